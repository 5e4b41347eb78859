import type { Problem } from '../../src/base/problem.ts';
import type { GridRow, LookupDetails } from '../../src/core/view/rows.ts';
import type { TraceSnapshot } from '../../src/protocol/webview.ts';

export const rowKey = (row: GridRow): string => `${row.kind}-${String(row.id)}`;

/** The lookup whose details a row opens; none for what a resolver asked of its own accord. */
export const lookupOf = (row: GridRow): number | undefined => (row.kind === 'lookup' ? row.id : row.lookup);

/** Why such a row opens nothing. */
export const NO_LOOKUP: Problem = {
  code: 'no-lookup',
  detail:
    'This query belongs to no lookup: CoreDNS asked it of its own accord (a health check, a prefetch), or its client was not seen',
};

/** How long after its start a lookup's far legs may still come in. */
const SETTLING_MS = 15_000;

/** Details of a lookup that still waits, or whose far legs may still come in, are read again. */
export function stillChanging(snapshot: TraceSnapshot, details: LookupDetails | undefined): boolean {
  if (snapshot.source.kind !== 'live') return false;
  if (details === undefined || details.lookup.outcome === 'pending') return true;
  return snapshot.source.state === 'running' && Date.now() - details.lookup.timeUs / 1000 < SETTLING_MS;
}
