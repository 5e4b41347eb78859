/** By which columns rows may be sorted, and the check of what a webview says about it. */
import type { EventSortColumn } from '../core/view/order/eventOrder.ts';
import type { LookupSortColumn } from '../core/view/order/lookupOrder.ts';

export type { EventSortColumn, LookupSortColumn };
export type SortColumn = LookupSortColumn | EventSortColumn;
/** Rows without a value come last, first when descending. */
export interface SortOrder<Column extends SortColumn = SortColumn> {
  readonly column: Column;
  readonly descending: boolean;
}

/** Every column of the type, or it does not compile. */
const columnsOf = <Column extends string>(columns: Readonly<Record<Column, true>>): ReadonlySet<unknown> =>
  new Set(Object.keys(columns));
const LOOKUP_SORTS = columnsOf<LookupSortColumn>({
  time: true,
  client: true,
  name: true,
  qtype: true,
  outcome: true,
  latency: true,
});
const EVENT_SORTS = columnsOf<EventSortColumn>({
  time: true,
  node: true,
  namespace: true,
  vantage: true,
  src: true,
  dst: true,
  id: true,
  qr: true,
  name: true,
  qtype: true,
  leg: true,
  outcome: true,
  rcode: true,
  latency: true,
  server: true,
  answers: true,
  proto: true,
  queries: true,
  size: true,
  packet: true,
  confidence: true,
  seenNode: true,
  netns: true,
  packetType: true,
  srcAddress: true,
  srcPort: true,
  dstAddress: true,
  dstPort: true,
  pid: true,
  tid: true,
  command: true,
  uid: true,
});

const isLookupSort = (value: unknown): value is LookupSortColumn => LOOKUP_SORTS.has(value);
const isEventSort = (value: unknown): value is EventSortColumn => EVENT_SORTS.has(value);

function asSortOrder<Column extends SortColumn>(
  value: unknown,
  isColumn: (column: unknown) => column is Column,
): SortOrder<Column> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { column, descending } = value as Readonly<Record<string, unknown>>;
  return isColumn(column) && typeof descending === 'boolean' ? { column, descending } : undefined;
}

/** The order of lookups when the value is one in every field, else `undefined`. */
export const asLookupSort = (value: unknown): SortOrder<LookupSortColumn> | undefined =>
  asSortOrder(value, isLookupSort);
/** The same of transactions and messages. */
export const asEventSort = (value: unknown): SortOrder<EventSortColumn> | undefined => asSortOrder(value, isEventSort);
