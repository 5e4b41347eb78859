import * as l10n from '@vscode/l10n';
import type { ComponentChildren } from 'preact';
import type { GridRow } from '../../../src/core/view/rows.ts';
import type { EventSortColumn, LookupSortColumn } from '../../../src/protocol/sortOrder.ts';
import type { Column } from '../../grid/columns.ts';
import { CutText } from '../../widgets/cutText.tsx';
import { formatClock, formatDateTime, formatDuration, formatPlural, formatSince } from '../../widgets/format.ts';
import { HopStrip } from '../../widgets/hopStrip.tsx';
import { SeverityMark } from '../../widgets/severityMark.tsx';
import { stripHops } from '../hops.ts';
import { Waiting } from '../waiting.tsx';
import {
  CONFIDENCE_NAMES,
  isWaiting,
  lookupResult,
  messageResult,
  type ResultWords,
  transactionResult,
} from '../words.ts';

export interface ColumnContext {
  /** Epoch µs to count from; `undefined` shows the time of day. */
  readonly startUs: number | undefined;
  /** Waiting rows count up. */
  readonly live: boolean;
}

/** Column id → what the host sorts by. */
export type Sorts<Column> = Readonly<Record<string, Column>>;

export const LOOKUP_SORTS: Sorts<LookupSortColumn> = {
  time: 'time',
  pod: 'client',
  name: 'name',
  qtype: 'qtype',
  result: 'outcome',
  latency: 'latency',
};

export const TRANSACTION_SORTS: Sorts<EventSortColumn> = {
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

function plain(text: string, className?: string): ComponentChildren {
  return (
    <span class={className} title={text}>
      {text}
    </span>
  );
}

/** Of a pod, a node or a place: cut in the middle. */
const cut = (text: string, className?: string): ComponentChildren => (
  <CutText text={text} title={text} className={className} />
);

/** Where there is no room for the milliseconds they go as a whole, onto a line that is not seen. */
function clockCell(timeUs: number): ComponentChildren {
  const [seconds, fraction] = formatClock(timeUs).split('.');
  return (
    <span class="time time-clock" title={formatDateTime(timeUs)}>
      {seconds}
      <wbr />.{fraction}
    </span>
  );
}

function resultCell({ text, tone }: ResultWords): ComponentChildren {
  return (
    <span class={`result result-${tone}`} title={text}>
      {tone === 'bad' && <SeverityMark level="error" />}
      {tone === 'warn' && <SeverityMark level="warning" />}
      <span class="result-text">{text}</span>
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
    const again =
      row.retransmissions > 0
        ? ` · ${formatPlural(row.retransmissions + 1, l10n.t('sent {0} time|sent {0} times'))}`
        : '';
    return (
      <span title={l10n.t('{0}, seen at {1}: {2}', row.leg, row.vantage, row.name)}>
        <span class="leg">{row.leg}</span>
        <span class="muted">{`  ${row.nameserver}${again}  `}</span>
        {row.name}
      </span>
    );
  }
  const walked =
    row.searchNames > 0 ? formatPlural(row.searchNames, l10n.t('after {0} search name|after {0} search names')) : '';
  return (
    <span title={walked === '' ? row.name : `${row.name} · ${walked}`}>
      {row.name}
      {walked !== '' && <span class="muted">{`  ${walked}`}</span>}
    </span>
  );
}

function latencyCell(row: GridRow, context: ColumnContext): ComponentChildren {
  if (isWaiting(row)) return <Waiting sinceUs={row.timeUs} running={context.live} />;
  if (row.latencyNs === undefined) return undefined;
  return (
    <span
      class={row.slow ? 'took took-slow' : 'took'}
      title={row.slow ? l10n.t('Slower than the threshold: filter by Slow to change it') : undefined}
    >
      {row.slow && row.kind === 'lookup' && row.outcome === 'answered' && (
        <SeverityMark level="warning" label={l10n.t('Slow')} />
      )}
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
    show: (text: string) => ComponentChildren = plain,
  ): Column<GridRow> => ({
    id,
    title,
    width,
    minWidth: Math.min(width, 110),
    ...(description === undefined ? {} : { description }),
    render: (row) => show(of(row)),
    text: of,
  });
  return [
    {
      id: 'time',
      title: l10n.t('Time'),
      width: 126,
      minWidth: 92,
      render: (row) =>
        context.startUs === undefined ? (
          clockCell(row.timeUs)
        ) : (
          <span class="time" title={formatDateTime(row.timeUs)}>
            {formatSince(row.timeUs, context.startUs)}
          </span>
        ),
      text: (row) => new Date(row.timeUs / 1000).toISOString(),
    },
    text('node', l10n.t('Node'), 130, (row) => row.node, 'k8s.node', cut),
    text('namespace', l10n.t('Namespace'), 110, (row) => row.namespace, 'k8s.namespace'),
    {
      id: 'pod',
      title: l10n.t('Pod'),
      width: 240,
      minWidth: 64,
      description: l10n.t('Who asked; for a leg, where it was seen'),
      render: (row) => cut(whoAsked(row), row.kind === 'lookup' ? undefined : 'muted'),
      text: whoAsked,
    },
    text(
      'vantage',
      l10n.t('Seen at'),
      150,
      (row) => (row.kind === 'lookup' ? '' : row.vantage),
      l10n.t('Where it was captured'),
      cut,
    ),
    text(
      'src',
      l10n.t('Source'),
      210,
      (row) => row.src,
      l10n.t('src: p/ pod, s/ Service, n/ node, r/ other address'),
      cut,
    ),
    text(
      'dst',
      l10n.t('Destination'),
      210,
      (row) => row.dst,
      l10n.t('dst: p/ pod, s/ Service, n/ node, r/ other address'),
      cut,
    ),
    text(
      'id',
      'ID',
      54,
      (row) => (row.kind === 'lookup' ? '' : row.dnsId),
      l10n.t('id: of the DNS message, hexadecimal'),
    ),
    text(
      'qr',
      'QR',
      54,
      (row) => (row.kind === 'lookup' ? (row.latencyNs === undefined ? 'Q' : 'Q+R') : row.qr),
      l10n.t('qr: Q query, R response'),
    ),
    {
      id: 'name',
      title: l10n.t('Name'),
      width: 240,
      minWidth: 90,
      grows: true,
      render: nameCell,
      text: ({ name }) => name,
    },
    {
      ...text('qname', l10n.t('Question'), 240, (row) => row.name, l10n.t('name: as it was asked')),
      minWidth: 100,
      grows: true,
    },
    {
      id: 'qtype',
      title: l10n.t('Type'),
      width: 76,
      minWidth: 70,
      render: (row) => plain(row.qtype),
      text: ({ qtype }) => qtype,
    },
    {
      id: 'way',
      title: l10n.t('Way'),
      width: 104,
      minWidth: 86,
      description: l10n.t('Pod, kube-dns, CoreDNS, upstream'),
      render: (row) => row.kind === 'lookup' && <HopStrip hops={stripHops(row.way)} />,
      text: (row) => (row.kind === 'lookup' ? row.way.map(({ hop, state }) => `${hop} ${state}`).join(' > ') : row.leg),
    },
    {
      id: 'result',
      title: l10n.t('Result'),
      width: 112,
      minWidth: 96,
      render: (row) => resultCell(resultOf(row)),
      text: (row) => resultOf(row).text,
    },
    text('rcode', 'RCODE', 100, (row) => row.rcode, l10n.t('rcode: response code')),
    {
      id: 'latency',
      title: l10n.t('Took'),
      width: 88,
      minWidth: 84,
      align: 'end',
      description: l10n.t('From the first query to the last response'),
      render: (row) => latencyCell(row, context),
      text: (row) => (row.latencyNs === undefined ? '' : formatDuration(row.latencyNs)),
    },
    text('nameserver', l10n.t('Nameserver'), 120, (row) => row.nameserver, l10n.t('nameserver: the address asked')),
    text(
      'numAnswers',
      l10n.t('Answers'),
      64,
      (row) => (row.numAnswers === undefined ? '' : String(row.numAnswers)),
      'num_answers',
    ),
    text('addresses', l10n.t('Addresses'), 190, (row) => row.addresses.join(', '), 'addresses'),
    text('proto', l10n.t('Transport'), 76, (row) => row.proto),
    text(
      'queries',
      l10n.t('Queries'),
      70,
      (row) => (row.kind === 'lookup' ? String(row.attempts) : String(row.retransmissions + 1)),
      l10n.t('Queries sent, repeats included'),
    ),
    text(
      'size',
      l10n.t('Size'),
      64,
      (row) => (row.kind === 'message' ? String(row.size) : ''),
      l10n.t('Bytes of the DNS message'),
    ),
    text(
      'packet',
      l10n.t('Packet'),
      70,
      (row) => (row.kind === 'message' ? String(row.packet) : ''),
      l10n.t('Number in its capture'),
    ),
    text(
      'sure',
      l10n.t('Confidence'),
      84,
      (row) => CONFIDENCE_NAMES[row.kind === 'lookup' ? row.confidence : row.joined],
      l10n.t('How sure the join of the legs is'),
    ),
  ];
}
