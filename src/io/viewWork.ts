/**
 * Filters and sorts a view without keeping its thread: over many rows the work is done in slices, between which packets and other requests
 * have their turn. A newer view drops the work on an older one. Rows stay as they were until the new ones are there, and keeping up with a
 * trace that grows takes at most a quarter of the time.
 */
import type { DisposableLike } from '../base/disposable.ts';
import { toProblem, type Problem } from '../base/problem.ts';
import type { FindingSet } from '../core/findings/evaluateFindings.ts';
import type { TraceEngine } from '../core/trace/traceEngine.ts';
import type { LookupView, ViewSort } from '../core/view/lookupView.ts';
import { runInSlices, SLICE_MS } from './slices.ts';
import type { Steps } from '../base/steps.ts';

const REST = 3;

export interface ViewWorkOptions {
  /** Fewer rows are done at once. */
  readonly manyRows: number;
  readonly sliceMs: number;
}

const DEFAULTS: ViewWorkOptions = { manyRows: 200_000, sliceMs: SLICE_MS };

export class ViewWork implements DisposableLike {
  readonly view: LookupView;
  readonly #engine: TraceEngine;
  readonly #onDidUpdate: () => void;
  readonly #options: ViewWorkOptions;
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
    return this.view.isCurrent || this.#failed === undefined ? [] : [this.#failed.problem];
  }

  get #isMuch(): boolean {
    return this.#engine.trace.lookups.length >= this.#options.manyRows;
  }

  /**
   * @returns whether other rows may be shown from here on; false as well when a newer view was asked for meanwhile, and then not before that
   *   one is there
   */
  async set(filter: string, sort: ViewSort | undefined): Promise<boolean> {
    if (!this.#isMuch) return this.view.set(filter, sort);
    const set = this.#inSlices(this.view.setting(filter, sort));
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
    const { view } = this;
    if (!this.#isMuch || view.isCurrent || (view.filter === '' && view.sort === undefined)) {
      view.update(findings);
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
    void this.#inSlices(view.updating(findings))
      .catch((error: unknown) => {
        this.#failed = { version, problem: toProblem(error, 'trace-failed') };
      })
      .then(() => {
        const now = performance.now();
        this.#restUntil = now + REST * (now - started);
        this.#onDidUpdate();
      });
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
