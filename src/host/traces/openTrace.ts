import type { DisposableLike } from '../../base/disposable.ts';
import type { Event } from '../../base/event.ts';
import type { TraceSnapshot } from '../../protocol/webview.ts';
import type { TraceStore } from '../../session/trace/traceStore.ts';
import type { ClusterLease } from '../cluster/clusterLeases.ts';
import type { PodRef } from '../cluster/podRef.ts';

/** What a live trace was started for; enough to start it again, also after a reload of the window. */
export interface TraceChoice extends PodRef {
  readonly context: string;
}

/** One trace as panel, status bar and tree see it: rows in a store, and for a live one the session that feeds it. */
export interface OpenTrace extends DisposableLike {
  readonly kind: 'live' | 'file';
  /** Short, for the tab and the status bar: the pod's name or the file's. */
  readonly name: string;
  readonly store: TraceStore;
  readonly snapshot: TraceSnapshot | undefined;
  readonly onDidChange: Event<void>;
  /** A live trace that still captures (or starts, or stops). */
  readonly isRunning: boolean;
  readonly choice?: TraceChoice;
  /** The cluster a live trace is pinned to. */
  readonly lease?: ClusterLease;
  /** `namespace/pod` of everything watched now. */
  readonly watched: ReadonlySet<string>;
  /** What a panel has to keep to come back after a reload. */
  readonly restore: PanelState;
  stop(): Promise<void>;
}

/** Lives in the webview's state, so it comes back from outside: read it with {@link asPanelState} only. */
export type PanelState =
  | { readonly kind: 'live'; readonly choice: TraceChoice }
  | { readonly kind: 'files'; readonly paths: readonly string[] };

export function asPanelState(value: unknown): PanelState | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, choice, paths } = value as Record<string, unknown>;
  if (kind === 'files' && Array.isArray(paths) && paths.every((path) => typeof path === 'string'))
    return { kind, paths };
  if (kind !== 'live' || typeof choice !== 'object' || choice === null) return undefined;
  const { context, namespace, pod } = choice as Record<string, unknown>;
  if (typeof context !== 'string' || typeof namespace !== 'string' || typeof pod !== 'string') return undefined;
  return { kind, choice: { context, namespace, pod } };
}
