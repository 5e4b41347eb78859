import type { TraceSnapshot } from '../../src/protocol/webview.ts';

export type SnapshotUse =
  /** Newer than what is shown. */
  | 'apply'
  /** Newer, but others before it were lost: show it and ask for the state again. */
  | 'apply-and-ask'
  /** Older than what is shown. */
  | 'ignore';

/** What to do with a pushed snapshot after another one. Each is complete, so a gap loses nothing that can be seen. */
export function snapshotUse(
  last: Pick<TraceSnapshot, 'generation' | 'seq'> | undefined,
  next: Pick<TraceSnapshot, 'generation' | 'seq'>,
): SnapshotUse {
  if (last === undefined || next.generation > last.generation) return 'apply';
  if (next.generation < last.generation || next.seq <= last.seq) return 'ignore';
  return next.seq === last.seq + 1 ? 'apply' : 'apply-and-ask';
}
