/**
 * The trace store behind a worker thread. Chunks are transferred, not copied; `backlogBytes` is what the worker has not
 * worked off yet, so that a capture can pause. When the worker dies, every open call is refused and the trace says so.
 */
import { Worker } from 'node:worker_threads';
import { Emitter } from '../base/event.ts';
import { ProblemError, type Problem } from '../base/problem.ts';
import type { Topology } from '../core/topology/topology.ts';
import type { CaptureLoss, Vantage, VantageId } from '../core/trace/vantage.ts';
import type { FromWorker, ToWorker, WorkerCall } from '../protocol/worker.ts';
import type { ExportProgress, ExportRequest, ExportResult } from '../protocol/export.ts';
import type { ReplyMap, TraceSnapshot } from '../protocol/webview.ts';
import type { ExportOptions, OpenedFile, SourceView, TraceQuery, TraceStore } from '../session/trace/traceStore.ts';
import type { LocalTraceOptions } from './localTraceStore.ts';

interface OpenCall {
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly onProgress?: ((progress: ExportProgress) => void) | undefined;
}

export class TraceWorkerClient implements TraceStore {
  readonly #onDidChange = new Emitter<TraceSnapshot>();
  readonly onDidChange = this.#onDidChange.event;
  readonly #worker: Worker;
  readonly #calls = new Map<number, OpenCall>();
  #nextId = 1;
  #backlog = 0;
  #closed: Problem | undefined;

  /** @param entry file of the worker bundle, `dist/traceWorker.cjs` */
  constructor(entry: string | URL, options: LocalTraceOptions) {
    this.#worker = new Worker(entry, { workerData: options, name: 'dnscope-trace' });
    this.#worker.on('message', (message: FromWorker) => {
      this.#receive(message);
    });
    this.#worker.on('error', (error: Error) => {
      this.#close({
        code: 'trace-crashed',
        detail: `The trace engine stopped: ${error.message}`,
        recover: 'Start the trace again',
      });
    });
    this.#worker.on('exit', () => {
      this.#close({ code: 'trace-closed', detail: 'The trace was closed' });
    });
  }

  get backlogBytes(): number {
    return this.#backlog;
  }

  addVantage(id: VantageId, vantage: Vantage): void {
    this.#send({ kind: 'addVantage', vantage: id, description: vantage });
  }

  push(id: VantageId, chunk: Uint8Array): void {
    // A view into a larger buffer (Node pools small reads) is copied, or the transfer would take its neighbours along.
    const whole = chunk.byteLength === chunk.buffer.byteLength;
    const own: Uint8Array<ArrayBuffer> =
      whole && chunk.buffer instanceof ArrayBuffer ? new Uint8Array(chunk.buffer) : new Uint8Array(chunk);
    this.#backlog += own.length;
    this.#send({ kind: 'push', vantage: id, chunk: own }, [own.buffer]);
  }

  restartStream(id: VantageId): void {
    this.#send({ kind: 'restartStream', vantage: id });
  }

  endStream(id: VantageId): void {
    this.#send({ kind: 'endStream', vantage: id });
  }

  noteNetns(id: VantageId, netns: number): void {
    this.#send({ kind: 'noteNetns', vantage: id, netns });
  }

  reportLoss(id: VantageId, loss: CaptureLoss): void {
    this.#send({ kind: 'reportLoss', vantage: id, loss });
  }

  setTopology(topology: Topology): void {
    this.#send({ kind: 'setTopology', topology });
  }

  setUnwatched(pods: readonly string[]): void {
    this.#send({ kind: 'setUnwatched', pods });
  }

  tick(nowNs: bigint): void {
    this.#send({ kind: 'tick', nowNs });
  }

  setSource(source: SourceView): void {
    this.#send({ kind: 'setSource', source });
  }

  setSlowThreshold(nanoseconds: number): void {
    this.#send({ kind: 'setSlowThreshold', nanoseconds });
  }

  query<Q extends TraceQuery>(query: Q): Promise<ReplyMap[Q['kind']]> {
    return this.#call({ kind: 'query', query }) as Promise<ReplyMap[Q['kind']]>;
  }

  openFiles(paths: readonly string[], signal?: AbortSignal): Promise<readonly OpenedFile[]> {
    return this.#call({ kind: 'openFiles', paths }, signal) as Promise<readonly OpenedFile[]>;
  }

  save(path: string): Promise<{ readonly packets: number; readonly bytes: number }> {
    return this.#call({ kind: 'save', path }) as Promise<{ readonly packets: number; readonly bytes: number }>;
  }

  /** Writes a session file of a lost trace (lostTraces.ts), whatever trace this store holds. */
  saveLostTrace(folder: string, path: string): Promise<{ readonly packets: number }> {
    return this.#call({ kind: 'saveLost', folder, path }) as Promise<{ readonly packets: number }>;
  }

  export(path: string, request: ExportRequest, options: ExportOptions = {}): Promise<ExportResult> {
    const call = this.#call({ kind: 'export', path, request }, options.signal, options.onProgress);
    return call as Promise<ExportResult>;
  }

  clear(): Promise<void> {
    return this.#call({ kind: 'clear' }) as Promise<void>;
  }

  dispose(): void {
    // Why not terminate: the thread deletes its spool files first, and then ends by itself.
    this.#send({ kind: 'dispose' });
    this.#close({ code: 'trace-closed', detail: 'The trace was closed' });
    this.#worker.unref();
    this.#onDidChange.dispose();
  }

  #call(call: WorkerCall, signal?: AbortSignal, onProgress?: (progress: ExportProgress) => void): Promise<unknown> {
    if (this.#closed !== undefined) return Promise.reject(new ProblemError(this.#closed));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject, onProgress });
      signal?.addEventListener('abort', () => {
        this.#send({ kind: 'abort', id });
      });
      this.#send({ kind: 'call', id, call });
    });
  }

  #send(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    if (this.#closed === undefined) this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case 'snapshot':
        this.#onDidChange.fire(message.snapshot);
        return;
      case 'consumed':
        this.#backlog -= message.bytes;
        return;
      case 'progress':
        this.#calls.get(message.id)?.onProgress?.(message.progress);
        return;
      case 'reply': {
        const call = this.#calls.get(message.id);
        this.#calls.delete(message.id);
        if (message.ok) call?.resolve(message.value);
        else call?.reject(new ProblemError(message.problem));
        return;
      }
    }
  }

  #close(problem: Problem): void {
    if (this.#closed !== undefined) return;
    this.#closed = problem;
    this.#backlog = 0;
    for (const call of this.#calls.values()) call.reject(new ProblemError(problem));
    this.#calls.clear();
  }
}
