/**
 * Filters and sorts a view without keeping its thread: over many rows the work is done in slices, between which packets and other requests
 * have their turn. A newer view drops the work on an older one. Rows stay as they were until the new ones are there, and keeping up with a
 * trace that grows takes at most a quarter of the time.
 */
import type { DisposableLike } from '../base/disposable.ts';
import { toProblem, type Problem } from '../base/problem.ts';
import type { FindingSet } from '../core/findings/evaluateFindings.ts';
import type { TraceEngine } from '../core/trace/traceEngine.ts';
import { EventView, type EventSort } from '../core/view/eventView.ts';
import type { LookupView, ViewSort } from '../core/view/lookupView.ts';
import type { EventLevel } from '../core/view/rows.ts';
import { runInSlices, SLICE_MS } from './slices.ts';
import { runSteps, type Steps } from '../base/steps.ts';

const REST = 3;

export interface ViewWorkOptions {
  /** Fewer rows are done at once. */
  readonly manyRows: number;
  readonly sliceMs: number;
}

/** Rows that are no lookups. */
export interface EventRows {
  readonly level: EventLevel;
  readonly sort: EventSort | undefined;
}

const DEFAULTS: ViewWorkOptions = { manyRows: 200_000, sliceMs: SLICE_MS };

export class ViewWork implements DisposableLike {
  readonly view: LookupView;
  readonly #engine: TraceEngine;
  readonly #onDidUpdate: () => void;
  readonly #options: ViewWorkOptions;
  #events: EventView | undefined;
  /** Other rows than those that were told of. */
  #isOther = false;
  #running: Steps<unknown> | undefined;
  /** The latest view that was asked for. */
  #latest: Promise<boolean | undefined> = Promise.resolve(false);
  #restUntil = 0;
  #failed: { readonly version: number; readonly problem: Problem } | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param onDidUpdate rows have changed, or may be brought up to date again */
  constructor(engine: TraceEngine, view: LookupView, onDidUpdate: () => void, options = DEFAULTS) {
    this.#engine = engine;
    this.view = view;
    this.#onDidUpdate = onDidUpdate;
    this.#options = options;
  }

  /** Why rows are not up to date; gone when they are again. */
  get problems(): readonly Problem[] {
    return this.isCurrent || this.#failed === undefined ? [] : [this.#failed.problem];
  }

  /** Instead of lookups, when rows are something else. */
  get events(): EventView | undefined {
    return this.#events;
  }

  /** Whether rows are those of the trace as it is. */
  get isCurrent(): boolean {
    return this.view.isCurrent && this.#events?.isCurrent !== false;
  }

  #isMuch(level: EventLevel | undefined): boolean {
    const { trace } = this.#engine;
    const events = level === undefined ? 0 : trace[level].length;
    return Math.max(trace.lookups.length, events) >= this.#options.manyRows;
  }

  get #isSimple(): boolean {
    return this.view.filter === '' && this.view.sort === undefined && this.#events?.sort === undefined;
  }

  /**
   * @returns whether other rows may be shown from here on; false as well when a newer view was asked for meanwhile, and then not before that
   *   one is there
   */
  async set(filter: string, sort: ViewSort | undefined, events?: EventRows): Promise<boolean> {
    const steps = this.#setting(filter, sort, events);
    if (!this.#isMuch(events?.level)) {
      // Newer than whatever is under way.
      this.#running = undefined;
      return runSteps(steps);
    }
    const set = this.#inSlices(steps);
    this.#latest = set;
    const value = await set;
    try {
      while (this.#running !== undefined && this.#latest !== set) await this.#latest;
    } catch {
      // Who asked for the newer one is told.
      return false;
    }
    return value ?? false;
  }

  /** Brings the view up to the trace's state: by now, or soon. */
  update(findings: FindingSet): void {
    if (this.#running !== undefined) return;
    if (!this.#isMuch(this.#events?.level) || this.isCurrent || this.#isSimple) {
      runSteps(this.#updating(findings));
      return;
    }
    // Tried again when the trace has changed.
    if (this.#failed?.version === this.#engine.version) return;
    const wait = this.#restUntil - performance.now();
    if (wait > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#onDidUpdate();
      }, wait);
      return;
    }
    const started = performance.now();
    const { version } = this.#engine;
    void this.#inSlices(this.#updating(findings))
      .catch((error: unknown) => {
        this.#failed = { version, problem: toProblem(error, 'trace-failed') };
      })
      .then(() => {
        const now = performance.now();
        this.#restUntil = now + REST * (now - started);
        this.#onDidUpdate();
      });
  }

  *#setting(filter: string, sort: ViewSort | undefined, events: EventRows | undefined): Steps<boolean> {
    if (yield* this.view.setting(filter, sort)) this.#isOther = true;
    const before = this.#events;
    if (events === undefined) this.#events = undefined;
    else {
      const { column, descending } = before?.sort ?? {};
      if (column !== events.sort?.column || descending !== events.sort?.descending) this.#isOther = true;
      const shown = before?.level === events.level ? before : new EventView(this.#engine, this.view, events.level);
      yield* shown.setting(events.sort);
      this.#events = shown;
    }
    if (this.#events !== before) this.#isOther = true;
    const isOther = this.#isOther;
    this.#isOther = false;
    return isOther;
  }

  *#updating(findings: FindingSet): Steps<void> {
    yield* this.view.updating(findings);
    if (this.#events !== undefined) yield* this.#events.updating();
  }

  /** @returns what the work comes to; `undefined` when other work took its place */
  async #inSlices<Result>(steps: Steps<Result>): Promise<Result | undefined> {
    this.#running = steps;
    try {
      return await runInSlices(steps, this.#options.sliceMs, () => this.#running === steps);
    } finally {
      if (this.#running === steps) this.#running = undefined;
    }
  }

  dispose(): void {
    this.#running = undefined;
    clearTimeout(this.#timer);
  }
}
