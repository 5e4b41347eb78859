/**
 * The condition that a cell of the grid stands for, in the filter language: what "Filter for this value" adds and "Exclude this value" turns
 * round. What the lookup has as a whole is denied with `not`, what each of its events has with `none(…)` (docs/filter.md).
 */
import * as l10n from '@vscode/l10n';
import { writtenValue } from '../../../src/core/filter/writtenValue.ts';
import type { GridRow, LookupRow, MessageRow } from '../../../src/core/view/rows.ts';
import { formatClock } from '../../widgets/format.ts';
import { joinedTerms } from '../filter/filterTerms.ts';
import { lookupResult } from '../words.ts';

export interface CellFilter {
  /** What the cell says, as a user reads it. */
  readonly value: string;
  readonly include: string;
  readonly exclude: string;
}

/**
 * @param isOfLookups rows are lookups, and excluding means that none of their events is so; rows that are events are asked themselves
 * @returns `undefined` where the language has no word for the cell, or nothing stands in it
 */
export function cellFilter(column: string, row: GridRow, isOfLookups = true): CellFilter | undefined {
  const filter = conditionOf(column, row);
  return filter === undefined || isOfLookups ? filter : { ...filter, exclude: `not ${filter.include}` };
}

function conditionOf(column: string, row: GridRow): CellFilter | undefined {
  switch (column) {
    case 'time':
      return row.kind === 'lookup' ? later(row.timeUs) : undefined;
    case 'pod':
      return row.kind === 'lookup' ? whoAsked(row) : ofEvents('vantage ==', row.vantage);
    case 'vantage':
      return row.kind === 'lookup' ? undefined : ofEvents('vantage ==', row.vantage);
    case 'src':
      return row.kind === 'lookup' ? whoAsked(row) : undefined;
    case 'node':
      return ofLookup('node ==', row.node);
    case 'namespace':
      return ofLookup('ns ==', row.namespace);
    case 'dst':
    case 'nameserver':
      return ofEvents('server ==', row.nameserver);
    case 'id':
      return row.kind === 'lookup' ? undefined : ofEvents('id ==', row.dnsId);
    case 'qr':
      return row.kind === 'message' ? ofEvents('qr ==', row.qr) : undefined;
    case 'name':
    case 'qname':
      return ofEvents('name ==', row.name);
    case 'qtype':
      return types(row.qtype);
    case 'way':
      return row.kind === 'lookup' ? lastHop(row) : undefined;
    case 'result':
    case 'rcode':
      return row.kind === 'lookup' ? outcome(row) : reply(row);
    case 'latency':
      return row.latencyNs === undefined ? undefined : longer(row.kind, row.latencyNs);
    case 'numAnswers':
      return row.numAnswers === undefined ? undefined : ofEvents('answers ==', String(row.numAnswers));
    case 'seenNode':
      return ofMessage(row, 'k8s.node ==', (message) => message.seenNode);
    case 'netns':
      return ofMessage(row, 'netns_id ==', ({ netns }) => netns);
    case 'packetType':
      return ofMessage(row, 'pkt_type ==', (message) => message.packetType);
    case 'srcAddress':
      return ofMessage(row, 'src.addr ==', ({ srcAddress }) => srcAddress);
    case 'srcPort':
      return ofMessage(row, 'src.port ==', ({ srcPort }) => srcPort);
    case 'dstAddress':
      return ofMessage(row, 'dst.addr ==', ({ dstAddress }) => dstAddress);
    case 'dstPort':
      return ofMessage(row, 'dst.port ==', ({ dstPort }) => dstPort);
    case 'pid':
      return ofMessage(row, 'proc.pid ==', ({ process }) => process?.pid);
    case 'tid':
      return ofMessage(row, 'proc.tid ==', ({ process }) => process?.tid);
    case 'command':
      return ofMessage(row, 'proc.comm ==', ({ process }) => process?.command);
    case 'uid':
      return ofMessage(row, 'proc.creds.uid ==', ({ process }) => process?.uid);
    case 'proto':
      return ofEvents('proto ==', row.proto.toLowerCase());
    case 'queries':
      return row.kind === 'lookup'
        ? ofLookup('attempts ==', String(row.attempts))
        : ofEvents('retransmissions ==', String(row.retransmissions));
    default:
      return undefined;
  }
}

/** The filter with one more condition; the opposite one, if it is there, makes room. */
export function withTerm(terms: readonly string[], term: string, opposite: string): string {
  return joinedTerms([...terms.filter((one) => one !== term && one !== opposite), term]);
}

function ofLookup(condition: string, value: string): CellFilter | undefined {
  if (value === '') return undefined;
  const include = `${condition} ${writtenValue(value)}`;
  return { value, include, exclude: `not ${include}` };
}

function ofEvents(condition: string, value: string): CellFilter | undefined {
  if (value === '') return undefined;
  const include = `${condition} ${writtenValue(value)}`;
  return { value, include, exclude: `none(${include})` };
}

function ofMessage(
  row: GridRow,
  condition: string,
  of: (row: MessageRow) => string | number | undefined,
): CellFilter | undefined {
  return row.kind === 'message' ? ofEvents(condition, String(of(row) ?? '')) : undefined;
}

/** From the row's millisecond on, or before it. */
function later(timeUs: number): CellFilter {
  const time = new Date(Math.floor(timeUs / 1000)).toISOString();
  return { value: l10n.t('{0} or later', formatClock(timeUs)), include: `time >= ${time}`, exclude: `time < ${time}` };
}

function whoAsked(row: LookupRow): CellFilter | undefined {
  if (row.pod === '') return ofLookup('client ==', row.client);
  return ofLookup('pod ==', row.namespace === '' ? row.pod : `${row.namespace}/${row.pod}`);
}

function types(value: string): CellFilter | undefined {
  if (value === '') return undefined;
  const all = value.split('+');
  const include = all.length === 1 ? `type == ${value}` : `type in (${all.join(', ')})`;
  return { value, include, exclude: `none(${include})` };
}

/** The farthest server on the way, where it was asked. */
function lastHop({ way }: LookupRow): CellFilter | undefined {
  const upstream = way.find(({ hop, state }) => hop === 'upstream' && state !== 'unused' && state !== 'unwatched');
  return upstream === undefined ? undefined : ofEvents('upstream ==', upstream.label);
}

function outcome(row: LookupRow): CellFilter {
  if (row.outcome === 'error' && row.rcode !== '') {
    // In parentheses it is one condition, and one chip.
    // eslint-disable-next-line repository/translated-text -- the filter language
    const include = `(error and rcode == ${writtenValue(row.rcode)})`;
    return { value: row.rcode, include, exclude: `none${include}` };
  }
  return { value: lookupResult(row).text, include: row.outcome, exclude: `not ${row.outcome}` };
}

function reply(row: Exclude<GridRow, LookupRow>): CellFilter | undefined {
  return row.rcode === '' ? ofEvents('state ==', row.state) : ofEvents('rcode ==', row.rcode);
}

/** An exact time is nobody's question: this one or more, a little less so that the row itself stays. */
function longer(kind: GridRow['kind'], nanoseconds: number): CellFilter {
  const value = roundedDown(nanoseconds);
  if (kind !== 'lookup') {
    const include = `latency >= ${value}`;
    return { value: l10n.t('{0} or more', value), include, exclude: `none(${include})` };
  }
  return { value: l10n.t('{0} or more', value), include: `took >= ${value}`, exclude: `not took >= ${value}` };
}

/** Three digits, never more than it was. */
function roundedDown(nanoseconds: number): string {
  const [divisor, unit] =
    nanoseconds >= 1e9 ? ([1e9, 's'] as const) : nanoseconds >= 1e6 ? ([1e6, 'ms'] as const) : ([1e3, 'us'] as const);
  const value = nanoseconds / divisor;
  const step = 10 ** (Math.floor(Math.log10(Math.max(value, 1e-3))) - 2);
  return `${String(Number((Math.floor(value / step + 1e-9) * step).toPrecision(3)))}${unit}`;
}
