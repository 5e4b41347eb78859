import type { FaultHop } from '../../src/core/findings/finding.ts';
import type {
  Confidence,
  GridRow,
  LookupRow,
  MessageRow,
  RowLevel,
  TransactionState,
} from '../../src/core/view/rows.ts';
import type { SortColumn } from '../../src/protocol/sortOrder.ts';

/** What the result column says, and how loud: `bad` is an error, `warn` a warning, `calm` is muted. */
export interface ResultWords {
  readonly text: string;
  readonly tone: 'calm' | 'warn' | 'bad' | 'wait';
}

export function lookupResult(row: LookupRow): ResultWords {
  switch (row.outcome) {
    case 'pending':
      return { text: 'Waiting', tone: 'wait' };
    case 'answered':
      return { text: row.rcode === '' ? 'NOERROR' : row.rcode, tone: 'calm' };
    case 'nodata':
      return { text: 'No records', tone: 'calm' };
    case 'nxdomain':
      return { text: 'NXDOMAIN', tone: 'warn' };
    case 'error':
      return { text: row.rcode === '' ? 'Error' : row.rcode, tone: 'bad' };
    case 'unanswered':
      return { text: 'No answer', tone: 'bad' };
  }
}

const QUIET_RCODES: ReadonlySet<string> = new Set(['NOERROR', 'NXDOMAIN', '']);

export function transactionResult(row: { readonly state: TransactionState; readonly rcode: string }): ResultWords {
  switch (row.state) {
    case 'pending':
      return { text: 'Waiting', tone: 'wait' };
    case 'answered':
      return { text: row.rcode, tone: QUIET_RCODES.has(row.rcode) ? 'calm' : 'bad' };
    case 'late':
      return { text: `${row.rcode} (late)`, tone: 'warn' };
    case 'unanswered':
      return { text: 'No answer', tone: 'bad' };
    case 'unsolicited':
      return { text: `${row.rcode} (unasked)`, tone: 'warn' };
  }
}

/** What is said of a message alone: a query that nobody answered is bad, one under way is no news. */
export function messageResult(row: MessageRow): ResultWords {
  if (row.qr === 'R') return transactionResult(row);
  return row.state === 'unanswered' ? { text: 'No answer', tone: 'bad' } : { text: '', tone: 'calm' };
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

export const ROW_TITLES: Readonly<Record<RowLevel, string>> = {
  lookups: 'Lookups',
  transactions: 'Queries',
  messages: 'Messages',
};

/** One row, within a sentence. */
export const ROW_WORDS: Readonly<Record<RowLevel, string>> = {
  lookups: 'lookup',
  transactions: 'query',
  messages: 'message',
};

/** What rows are sorted by, within a sentence. */
export const SORT_WORDS: Readonly<Record<SortColumn, string>> = {
  time: 'time',
  client: 'pod',
  node: 'node',
  namespace: 'namespace',
  vantage: 'where they were seen',
  src: 'source',
  dst: 'destination',
  id: 'ID',
  qr: 'QR',
  name: 'name',
  qtype: 'type',
  leg: 'way',
  outcome: 'result',
  rcode: 'response code',
  latency: 'took',
  server: 'nameserver',
  answers: 'answers',
  proto: 'transport',
  queries: 'queries',
  size: 'size',
  packet: 'packet',
  confidence: 'confidence',
};

export const CONFIDENCE_WORDS: Readonly<Record<Confidence, string>> = {
  exact: 'Exact: every packet behind this was seen, and nothing was lost there',
  strong: 'Strong: the packets fit together in one way only, but not every one of them was seen',
  inferred: 'Inferred: the likeliest reading of what was seen; watch more to be sure',
};

export const HOP_WORDS: Readonly<Record<FaultHop, string>> = {
  client: 'Pod',
  name: 'Name',
  'client-coredns': 'Between pod and CoreDNS',
  coredns: 'CoreDNS',
  'coredns-upstream': 'Between CoreDNS and upstream',
  upstream: 'Upstream',
  'coredns-client': 'Between CoreDNS and pod',
  nodelocal: 'NodeLocal DNSCache',
  config: 'Configuration',
};
