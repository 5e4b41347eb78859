/**
 * What the extension host and the trace's worker thread say to each other: structured clones, chunks transferred.
 * Both ends are ours and of one version, so there are no checks here; the panel's border has them (webview.ts).
 */
import type { Problem } from '../base/problem.ts';
import type { Topology } from '../core/topology/topology.ts';
import type { CaptureLoss, Vantage } from '../core/trace/vantage.ts';
import type { ExportProgress, ExportRequest } from './export.ts';
import type { PanelRequest, TraceSnapshot } from './webview.ts';

export type ToWorker =
  | { readonly kind: 'addVantage'; readonly vantage: number; readonly description: Vantage }
  | { readonly kind: 'push'; readonly vantage: number; readonly chunk: Uint8Array }
  | { readonly kind: 'restartStream'; readonly vantage: number }
  | { readonly kind: 'endStream'; readonly vantage: number }
  | { readonly kind: 'reportLoss'; readonly vantage: number; readonly loss: CaptureLoss }
  | { readonly kind: 'noteNetns'; readonly vantage: number; readonly netns: number }
  | { readonly kind: 'setTopology'; readonly topology: Topology }
  | { readonly kind: 'setUnwatched'; readonly pods: readonly string[] }
  | { readonly kind: 'tick'; readonly nowNs: bigint }
  | { readonly kind: 'setSource'; readonly source: TraceSnapshot['source'] }
  | { readonly kind: 'setSlowThreshold'; readonly nanoseconds: number }
  /** Let go of everything and end the thread. */
  | { readonly kind: 'dispose' }
  /** Answered by a reply of the same id, always. */
  | { readonly kind: 'call'; readonly id: number; readonly call: WorkerCall }
  /** Gives up call `id`: its reply comes soon, with what was done until then. */
  | { readonly kind: 'abort'; readonly id: number };

export type WorkerCall =
  | { readonly kind: 'query'; readonly query: Exclude<PanelRequest, { kind: 'action/run' }> }
  | { readonly kind: 'openFiles'; readonly paths: readonly string[] }
  | { readonly kind: 'save'; readonly path: string }
  | { readonly kind: 'export'; readonly path: string; readonly request: ExportRequest }
  /** A session file of what a killed process left in that folder. */
  | { readonly kind: 'saveLost'; readonly folder: string; readonly path: string }
  | { readonly kind: 'clear' };

export type FromWorker =
  | { readonly kind: 'reply'; readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly kind: 'reply'; readonly id: number; readonly ok: false; readonly problem: Problem }
  /** How far call `id` is. */
  | { readonly kind: 'progress'; readonly id: number; readonly progress: ExportProgress }
  | { readonly kind: 'snapshot'; readonly snapshot: TraceSnapshot }
  /** Bytes of pushed chunks that have been processed. */
  | { readonly kind: 'consumed'; readonly bytes: number };
