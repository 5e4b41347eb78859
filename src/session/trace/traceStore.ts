import type { DisposableLike } from '../../base/disposable.ts';
import type { Event } from '../../base/event.ts';
import type { Problem } from '../../base/problem.ts';
import type { ExportProgress, ExportRequest, ExportResult } from '../../protocol/export.ts';
import type { PanelRequest, ReplyMap, TraceSnapshot } from '../../protocol/webview.ts';
import type { TraceSink } from '../ports.ts';

/** The requests a trace itself answers; `action/run` is the shell's. */
export type TraceQuery = Exclude<PanelRequest, { kind: 'action/run' }>;

/** The state of the source as only the shell knows it; merged into each snapshot. */
export type SourceView = TraceSnapshot['source'];

/**
 * A trace that can be fed, asked, saved and cleared: the engine behind a worker thread (`io/traceWorkerClient.ts`).
 * One store is one panel's trace.
 */
export interface TraceStore extends TraceSink, DisposableLike {
  /** Latest snapshot after something changed; at most ten a second. */
  readonly onDidChange: Event<TraceSnapshot>;
  /** Settles always; a refused query rejects with a `ProblemError` (`stale-view`, `trace-closed`, …). */
  query<Q extends TraceQuery>(query: Q): Promise<ReplyMap[Q['kind']]>;
  setSource(source: SourceView): void;
  /** Reads capture files, merged by time, each its own vantage. Resolves with what each file turned out to be. */
  openFiles(paths: readonly string[], signal?: AbortSignal): Promise<readonly OpenedFile[]>;
  /** Writes everything captured so far as pcapng, vantages as interfaces with their names, atomically. */
  save(path: string): Promise<{ readonly packets: number; readonly bytes: number }>;
  /** Writes the trace, or what a filter or some rows choose of it, in another format, atomically. Rejects with `cancelled` when aborted. */
  export(path: string, request: ExportRequest, options?: ExportOptions): Promise<ExportResult>;
  /** Forgets all rows; a new generation starts and streams go on. */
  clear(): Promise<void>;
  setSlowThreshold(nanoseconds: number): void;
}

export interface ExportOptions {
  readonly signal?: AbortSignal;
  /** A few times a second. */
  readonly onProgress?: (progress: ExportProgress) => void;
}

export interface OpenedFile {
  readonly path: string;
  readonly packets: number;
  readonly bytes: number;
  readonly truncated: boolean;
  readonly problem?: Problem;
}
