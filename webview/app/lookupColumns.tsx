import type { ComponentChildren } from 'preact';
import type { GridRow, RowLevel } from '../../src/core/view/rows.ts';
import type { EventSortColumn, LookupSortColumn, SortColumn } from '../../src/protocol/sortOrder.ts';
import type { Column } from '../grid/columns.ts';
import { formatClock, formatDateTime, formatDuration, formatSince } from '../widgets/format.ts';
import { HopStrip } from '../widgets/hopStrip.tsx';
import { SeverityMark } from '../widgets/severityMark.tsx';
import { stripHops } from './hops.ts';
import { Waiting } from './waiting.tsx';
import { isWaiting, lookupResult, messageResult, type ResultWords, transactionResult } from './words.ts';

export interface ColumnContext {
  /** Epoch µs to count from; `undefined` shows the time of day. */
  readonly startUs: number | undefined;
  /** Waiting rows count up. */
  readonly live: boolean;
}

/** Column id → what the host sorts by. */
type Sorts<Column> = Readonly<Record<string, Column>>;

const LOOKUP_SORTS: Sorts<LookupSortColumn> = {
  time: 'time',
  pod: 'client',
  name: 'name',
  qtype: 'qtype',
  result: 'outcome',
  latency: 'latency',
};

const TRANSACTION_SORTS: Sorts<EventSortColumn> = {
  time: 'time',
  node: 'node',
  namespace: 'namespace',
  pod: 'vantage',
  vantage: 'vantage',
  src: 'src',
  dst: 'dst',
  id: 'id',
  qr: 'qr',
  name: 'name',
  qname: 'name',
  qtype: 'qtype',
  way: 'leg',
  result: 'outcome',
  rcode: 'rcode',
  latency: 'latency',
  nameserver: 'server',
  numAnswers: 'answers',
  proto: 'proto',
  queries: 'queries',
  sure: 'confidence',
};

export const SORT_COLUMNS: Readonly<Record<RowLevel, Sorts<SortColumn>>> = {
  lookups: LOOKUP_SORTS,
  transactions: TRANSACTION_SORTS,
  messages: { ...TRANSACTION_SORTS, size: 'size', packet: 'packet' },
};

function plain(text: string, className?: string): ComponentChildren {
  return (
    <span class={className} title={text}>
      {text}
    </span>
  );
}

function resultCell({ text, tone }: ResultWords): ComponentChildren {
  return (
    <span class={`result result-${tone}`} title={text}>
      {tone === 'bad' && <SeverityMark level="error" />}
      {tone === 'warn' && <SeverityMark level="warning" />}
      {text}
    </span>
  );
}

function resultOf(row: GridRow): ResultWords {
  if (row.kind === 'message') return messageResult(row);
  return row.kind === 'lookup' ? lookupResult(row) : transactionResult(row);
}

function whoAsked(row: GridRow): string {
  if (row.kind !== 'lookup') return row.vantage;
  return row.pod === '' ? row.client : row.pod;
}

function nameCell(row: GridRow): ComponentChildren {
  if (row.kind !== 'lookup') {
    const again = row.retransmissions > 0 ? ` · sent ${String(row.retransmissions + 1)} times` : '';
    return (
      <span title={`${row.leg}, seen at ${row.vantage}: ${row.name}`}>
        <span class="leg">{row.leg}</span>
        <span class="muted">{`  ${row.nameserver}${again}  `}</span>
        {row.name}
      </span>
    );
  }
  return (
    <span title={row.name}>
      {row.name}
      {row.searchNames > 0 && (
        <span class="muted">{`  after ${String(row.searchNames)} search ${row.searchNames === 1 ? 'name' : 'names'}`}</span>
      )}
    </span>
  );
}

function latencyCell(row: GridRow, context: ColumnContext): ComponentChildren {
  if (isWaiting(row)) return <Waiting sinceUs={row.timeUs} running={context.live} />;
  if (row.latencyNs === undefined) return undefined;
  return (
    <span
      class={row.slow ? 'took took-slow' : 'took'}
      title={row.slow ? 'Slower than the threshold: filter by Slow to change it' : undefined}
    >
      {row.slow && row.kind === 'lookup' && row.outcome === 'answered' && <SeverityMark level="warning" label="Slow" />}
      {formatDuration(row.latencyNs)}
    </span>
  );
}

/** All columns in their order; seed fields keep the names users know from Inspektor Gadget in the descriptions. */
export function lookupColumns(context: ColumnContext): readonly Column<GridRow>[] {
  const text = (
    id: string,
    title: string,
    width: number,
    of: (row: GridRow) => string,
    description?: string,
  ): Column<GridRow> => ({
    id,
    title,
    width,
    minWidth: Math.min(width, 110),
    ...(description === undefined ? {} : { description }),
    render: (row) => plain(of(row)),
    text: of,
  });
  return [
    {
      id: 'time',
      title: 'Time',
      width: 126,
      minWidth: 102,
      render: (row) => (
        <span class="time" title={formatDateTime(row.timeUs)}>
          {context.startUs === undefined ? formatClock(row.timeUs) : formatSince(row.timeUs, context.startUs)}
        </span>
      ),
      text: (row) => new Date(row.timeUs / 1000).toISOString(),
    },
    text('node', 'Node', 130, (row) => row.node, 'k8s.node'),
    text('namespace', 'Namespace', 110, (row) => row.namespace, 'k8s.namespace'),
    {
      id: 'pod',
      title: 'Pod',
      width: 150,
      minWidth: 44,
      description: 'Who asked; for a leg, where it was seen',
      render: (row) => plain(whoAsked(row), row.kind === 'lookup' ? undefined : 'muted'),
      text: whoAsked,
    },
    text('vantage', 'Seen at', 150, (row) => (row.kind === 'lookup' ? '' : row.vantage), 'Where it was captured'),
    text('src', 'Source', 210, (row) => row.src, 'src: p/ pod, s/ Service, n/ node, r/ other address'),
    text('dst', 'Destination', 210, (row) => row.dst, 'dst: p/ pod, s/ Service, n/ node, r/ other address'),
    text('id', 'ID', 54, (row) => (row.kind === 'lookup' ? '' : row.dnsId), 'id: of the DNS message, hexadecimal'),
    text(
      'qr',
      'QR',
      54,
      (row) => (row.kind === 'lookup' ? (row.latencyNs === undefined ? 'Q' : 'Q+R') : row.qr),
      'qr: Q query, R response',
    ),
    {
      id: 'name',
      title: 'Name',
      width: 240,
      minWidth: 100,
      grows: true,
      render: nameCell,
      text: ({ name }) => name,
    },
    { ...text('qname', 'Question', 240, (row) => row.name, 'name: as it was asked'), minWidth: 100, grows: true },
    {
      id: 'qtype',
      title: 'Type',
      width: 76,
      minWidth: 74,
      render: (row) => plain(row.qtype),
      text: ({ qtype }) => qtype,
    },
    {
      id: 'way',
      title: 'Way',
      width: 104,
      minWidth: 82,
      description: 'Pod, kube-dns, CoreDNS, upstream',
      render: (row) => row.kind === 'lookup' && <HopStrip hops={stripHops(row.way)} />,
      text: (row) => (row.kind === 'lookup' ? row.way.map(({ hop, state }) => `${hop} ${state}`).join(' > ') : row.leg),
    },
    {
      id: 'result',
      title: 'Result',
      width: 112,
      minWidth: 98,
      render: (row) => resultCell(resultOf(row)),
      text: (row) => resultOf(row).text,
    },
    text('rcode', 'Response code', 100, (row) => row.rcode, 'rcode'),
    {
      id: 'latency',
      title: 'Took',
      width: 88,
      minWidth: 84,
      align: 'end',
      description: 'From the first query to the last response',
      render: (row) => latencyCell(row, context),
      text: (row) => (row.latencyNs === undefined ? '' : formatDuration(row.latencyNs)),
    },
    text('nameserver', 'Nameserver', 120, (row) => row.nameserver, 'nameserver: the address asked'),
    text(
      'numAnswers',
      'Answers',
      64,
      (row) => (row.numAnswers === undefined ? '' : String(row.numAnswers)),
      'num_answers',
    ),
    text('addresses', 'Addresses', 190, (row) => row.addresses.join(', '), 'addresses'),
    text('proto', 'Transport', 76, (row) => row.proto),
    text(
      'queries',
      'Queries',
      70,
      (row) => (row.kind === 'lookup' ? String(row.attempts) : String(row.retransmissions + 1)),
      'Queries sent, repeats included',
    ),
    text('size', 'Size', 64, (row) => (row.kind === 'message' ? String(row.size) : ''), 'Bytes of the DNS message'),
    text('packet', 'Packet', 70, (row) => (row.kind === 'message' ? String(row.packet) : ''), 'Number in its capture'),
    text(
      'sure',
      'Confidence',
      84,
      (row) => (row.kind === 'lookup' ? row.confidence : row.joined),
      'How sure the join of the legs is',
    ),
  ];
}
