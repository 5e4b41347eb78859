import * as vscode from 'vscode';
import { Disposable, type DisposableLike } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { SharedRuns } from '../../base/sharedRuns.ts';
import type { TraceSnapshot, UpstreamTraffic } from '../../protocol/webview.ts';
import { ContextKey } from '../commands/ids.ts';
import type { OpenTrace } from './openTrace.ts';

/** The traces of this window. Owns them: a trace lives until it is removed here. */
export class TraceList extends Disposable {
  /** Traces being asked for and started, by pod: not yet in the list, and still no reason for a second one. */
  readonly starts = new SharedRuns<OpenTrace | undefined>();
  readonly #traces = new Map<OpenTrace, DisposableLike>();
  readonly #changed = this._register(new Emitter<void>());
  /** A trace came, went, changed its state or its counts. */
  readonly onDidChange: Event<void> = this.#changed.event;
  #active: OpenTrace | undefined;

  constructor() {
    super();
    this._register({ dispose: () => [...this.#traces.keys()].forEach((trace) => this.#drop(trace)) });
  }

  add(trace: OpenTrace): void {
    this.#traces.set(
      trace,
      trace.onDidChange(() => this.#fire()),
    );
    this.#active = trace;
    this.#fire();
  }

  remove(trace: OpenTrace): void {
    if (!this.#traces.has(trace)) return;
    this.#drop(trace);
    this.#fire();
  }

  get all(): readonly OpenTrace[] {
    return [...this.#traces.keys()];
  }

  get running(): readonly OpenTrace[] {
    return this.all.filter((trace) => trace.isRunning);
  }

  /** The trace whose panel was used last; commands without a target mean it. */
  get active(): OpenTrace | undefined {
    return this.#active ?? this.all.at(-1);
  }

  setActive(trace: OpenTrace): void {
    if (!this.#traces.has(trace)) return;
    this.#active = trace;
    this.#fire();
  }

  watchedIn(context: string): ReadonlySet<string> {
    return new Set(this.#in(context).flatMap((trace) => [...trace.watched]));
  }

  upstreamsIn(context: string): readonly UpstreamTraffic[] {
    return this.#in(context).flatMap((trace) => upstreamsOf(trace.snapshot));
  }

  /** Another text: counts of {@link upstreamsIn} before and after can't be compared, for another trace runs or packets were lost. */
  seenWith(context: string): string {
    const losses = this.#in(context).map(({ restore, snapshot }) => [restore, snapshot?.generation, snapshot?.loss]);
    return JSON.stringify(losses);
  }

  /** The live trace of that cluster whose panel was used last, else the newest; running or ended. */
  latestIn(context: string): OpenTrace | undefined {
    const live = this.all.filter((trace) => trace.kind === 'live' && trace.choice?.context === context);
    return live.find((trace) => trace === this.#active) ?? live.at(-1);
  }

  /** Ends every capture; for shutdown. */
  async stopAll(): Promise<void> {
    await Promise.allSettled(this.running.map((trace) => trace.stop()));
  }

  #in(context: string): readonly OpenTrace[] {
    return this.running.filter((trace) => trace.choice?.context === context);
  }

  #drop(trace: OpenTrace): void {
    this.#traces.get(trace)?.dispose();
    this.#traces.delete(trace);
    if (this.#active === trace) this.#active = undefined;
    trace.dispose();
  }

  #fire(): void {
    void vscode.commands.executeCommand('setContext', ContextKey.tracing, this.running.length > 0);
    void vscode.commands.executeCommand('setContext', ContextKey.panel, this.#traces.size > 0);
    if (!this.isDisposed) this.#changed.fire();
  }
}

/** An engine that counts no traffic by server still names the silent ones in its findings. */
function upstreamsOf(snapshot: TraceSnapshot | undefined): readonly UpstreamTraffic[] {
  if (snapshot?.upstreams !== undefined) return snapshot.upstreams;
  return (snapshot?.findings ?? []).flatMap(({ subject }) => {
    const { upstream, port, queries, otherNamesAnswered } = subject;
    if (typeof upstream !== 'string' || typeof port !== 'number') return [];
    const unanswered = Number(queries ?? 1);
    const answered = Number(otherNamesAnswered ?? 0);
    return [{ address: upstream, port, queries: unanswered + answered, answered, unanswered }];
  });
}
