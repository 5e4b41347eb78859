import * as l10n from '@vscode/l10n';
import type { FaultHop } from '../../src/core/findings/finding.ts';
import type { Confidence, GridRow, LookupRow, MessageRow, TransactionState } from '../../src/core/view/rows.ts';
import type { SortColumn } from '../../src/protocol/sortOrder.ts';
import type { PanelRows } from './rows/panelRows.ts';

/** What the result column says, and how loud: `bad` is an error, `warn` a warning, `calm` is muted. */
export interface ResultWords {
  readonly text: string;
  readonly tone: 'calm' | 'warn' | 'bad' | 'wait';
}

export function lookupResult(row: LookupRow): ResultWords {
  switch (row.outcome) {
    case 'pending':
      return { text: l10n.t('Waiting'), tone: 'wait' };
    case 'answered':
      return { text: row.rcode === '' ? 'NOERROR' : row.rcode, tone: 'calm' };
    case 'nodata':
      return { text: l10n.t('No records'), tone: 'calm' };
    case 'nxdomain':
      return { text: 'NXDOMAIN', tone: 'warn' };
    case 'error':
      return { text: row.rcode === '' ? l10n.t('Error') : row.rcode, tone: 'bad' };
    case 'unanswered':
      return { text: l10n.t('No answer'), tone: 'bad' };
  }
}

const QUIET_RCODES: ReadonlySet<string> = new Set(['NOERROR', 'NXDOMAIN', '']);

export function transactionResult(row: { readonly state: TransactionState; readonly rcode: string }): ResultWords {
  switch (row.state) {
    case 'pending':
      return { text: l10n.t('Waiting'), tone: 'wait' };
    case 'answered':
      return { text: row.rcode, tone: QUIET_RCODES.has(row.rcode) ? 'calm' : 'bad' };
    case 'late':
      return { text: l10n.t('{0} (late)', row.rcode), tone: 'warn' };
    case 'unanswered':
      return { text: l10n.t('No answer'), tone: 'bad' };
    case 'unsolicited':
      return { text: l10n.t('{0} (unasked)', row.rcode), tone: 'warn' };
  }
}

/** What is said of a message alone: a query that nobody answered is bad, one under way is no news. */
export function messageResult(row: MessageRow): ResultWords {
  if (row.qr === 'R') return transactionResult(row);
  return row.state === 'unanswered' ? { text: l10n.t('No answer'), tone: 'bad' } : { text: '', tone: 'calm' };
}

export function isWaiting(row: GridRow): boolean {
  switch (row.kind) {
    case 'lookup':
      return row.outcome === 'pending';
    case 'transaction':
      return row.state === 'pending';
    case 'message':
      return false;
  }
}

export const ROW_TITLES: Readonly<Record<PanelRows, string>> = {
  lookups: l10n.t('Lookups'),
  transactions: l10n.t('Queries'),
  messages: l10n.t('Messages'),
  node: l10n.t('Node level'),
};

/** Whole sentences: where a word is put into one, languages with genders and cases cannot translate it. */
export const NEXT_FAILURE_WORDS: Readonly<Record<PanelRows, string>> = {
  lookups: l10n.t('Go to the next failed lookup'),
  transactions: l10n.t('Go to the next failed query'),
  messages: l10n.t('Go to the next failed message'),
  node: l10n.t('Go to the next failed message'),
};

export const SORTED_WORDS: Readonly<Record<SortColumn, string>> = {
  time: l10n.t('Sorted by time'),
  client: l10n.t('Sorted by pod'),
  node: l10n.t('Sorted by node'),
  namespace: l10n.t('Sorted by namespace'),
  vantage: l10n.t('Sorted by where they were seen'),
  src: l10n.t('Sorted by source'),
  dst: l10n.t('Sorted by destination'),
  id: l10n.t('Sorted by ID'),
  qr: l10n.t('Sorted by QR'),
  name: l10n.t('Sorted by name'),
  qtype: l10n.t('Sorted by type'),
  leg: l10n.t('Sorted by way'),
  outcome: l10n.t('Sorted by result'),
  rcode: l10n.t('Sorted by response code'),
  latency: l10n.t('Sorted by time taken'),
  server: l10n.t('Sorted by nameserver'),
  answers: l10n.t('Sorted by number of answers'),
  proto: l10n.t('Sorted by transport'),
  queries: l10n.t('Sorted by number of queries'),
  size: l10n.t('Sorted by size'),
  packet: l10n.t('Sorted by packet'),
  confidence: l10n.t('Sorted by confidence'),
  seenNode: l10n.t('Sorted by node'),
  netns: l10n.t('Sorted by network namespace'),
  packetType: l10n.t('Sorted by packet type'),
  srcAddress: l10n.t('Sorted by source address'),
  srcPort: l10n.t('Sorted by source port'),
  dstAddress: l10n.t('Sorted by destination address'),
  dstPort: l10n.t('Sorted by destination port'),
  pid: l10n.t('Sorted by process'),
  tid: l10n.t('Sorted by thread'),
  command: l10n.t('Sorted by command'),
  uid: l10n.t('Sorted by user ID'),
};

/** As a word; filters have the English one. */
export const CONFIDENCE_NAMES: Readonly<Record<Confidence, string>> = {
  exact: l10n.t('exact'),
  strong: l10n.t('strong'),
  inferred: l10n.t('inferred'),
};

export const CONFIDENCE_WORDS: Readonly<Record<Confidence, string>> = {
  exact: l10n.t('Exact: every packet behind this was seen, and nothing was lost there'),
  strong: l10n.t('Strong: the packets fit together in one way only, but not every one of them was seen'),
  inferred: l10n.t('Inferred: the likeliest reading of what was seen; watch more to be sure'),
};

export const HOP_WORDS: Readonly<Record<FaultHop, string>> = {
  client: l10n.t('Pod'),
  name: l10n.t('Name'),
  'client-coredns': l10n.t('Between pod and CoreDNS'),
  coredns: 'CoreDNS',
  'coredns-upstream': l10n.t('Between CoreDNS and upstream'),
  upstream: l10n.t('Upstream'),
  'coredns-client': l10n.t('Between CoreDNS and pod'),
  nodelocal: 'NodeLocal DNSCache',
  config: l10n.t('Configuration'),
};
