/**
 * The node level: each message as it passed a network namespace, between the addresses it bears, with the process behind it where the source
 * tells. What is not known stays empty, and says why when pointed at: nothing is filled in.
 */
import * as l10n from '@vscode/l10n';
import type { ComponentChildren } from 'preact';
import type { GridRow, MessageRow } from '../../../src/core/view/rows.ts';
import type { SortColumn } from '../../../src/protocol/sortOrder.ts';
import type { Column } from '../../grid/columns.ts';
import { CutText } from '../../widgets/cutText.tsx';
import { type ColumnContext, LOOKUP_SORTS, lookupColumns, type Sorts, TRANSACTION_SORTS } from './lookupColumns.tsx';
import { hasNodeColumns, type PanelRows } from './panelRows.ts';

const MESSAGE_SORTS: Sorts<SortColumn> = {
  ...TRANSACTION_SORTS,
  size: 'size',
  packet: 'packet',
  seenNode: 'seenNode',
  netns: 'netns',
  packetType: 'packetType',
  srcAddress: 'srcAddress',
  srcPort: 'srcPort',
  dstAddress: 'dstAddress',
  dstPort: 'dstPort',
  pid: 'pid',
  tid: 'tid',
  command: 'command',
  uid: 'uid',
};

/** By what rows are: column id → what the host sorts by. */
export const SORT_COLUMNS: Readonly<Record<PanelRows, Sorts<SortColumn>>> = {
  lookups: LOOKUP_SORTS,
  transactions: TRANSACTION_SORTS,
  messages: MESSAGE_SORTS,
  node: MESSAGE_SORTS,
};

export function columnsFor(rows: PanelRows, context: ColumnContext): readonly Column<GridRow>[] {
  const usual = lookupColumns(context).map((one) => ({ ...one, ...WIDTHS[rows][one.id] }));
  return hasNodeColumns(rows) ? [...usual, ...NODE_COLUMNS] : usual;
}

type Widths = Readonly<Record<string, Partial<Pick<Column<GridRow>, 'width' | 'minWidth'>>>>;

/** Results such as `SERVFAIL (unasked)`, which no lookup has; ends with their port. */
const OF_EVENTS: Widths = {
  src: { minWidth: 132 },
  dst: { minWidth: 132 },
  result: { width: 160, minWidth: 130 },
};

/** Messages of one query are told apart by their milliseconds, and all that the node level shows has to fit in a window. */
const OF_MESSAGES: Widths = {
  ...OF_EVENTS,
  time: { minWidth: 118 },
  vantage: { minWidth: 94 },
  qr: { minWidth: 40 },
  id: { minWidth: 48 },
  qname: { minWidth: 88 },
  qtype: { minWidth: 58 },
  rcode: { minWidth: 84 },
  latency: { minWidth: 70 },
};

/** By what rows are: other room than among lookups. */
const WIDTHS: Readonly<Record<PanelRows, Widths>> = {
  lookups: {},
  transactions: OF_EVENTS,
  messages: OF_MESSAGES,
  node: OF_MESSAGES,
};

const NO_NODE = l10n.t('Not known: the capture does not say on which node it was taken');
const NO_NETNS = l10n.t(
  'Not known: packets do not bear the number of their network namespace. Live traces find it out',
);
const NO_PROCESS = l10n.t('Not known: packets do not bear the process behind them. Captures by ptcpdump name it');

function cell(text: string, title: string): ComponentChildren {
  return text === '' ? <span class="not-known" title={title} /> : <CutText text={text} title={title} />;
}

interface NodeColumn {
  readonly id: string;
  readonly title: string;
  readonly width: number;
  /** An address that is cut says nothing. */
  readonly minWidth?: number;
  readonly description: string;
  readonly of: (row: MessageRow) => string | number | undefined;
  /** On hover, where something stands in the cell. */
  readonly more?: (row: MessageRow) => string;
  /** On hover, where nothing does. */
  readonly why: string;
}

const COLUMNS: readonly NodeColumn[] = [
  {
    id: 'seenNode',
    title: l10n.t('Node'),
    width: 130,
    minWidth: 74,
    description: l10n.t('k8s.node: where it was seen'),
    of: ({ seenNode }) => seenNode,
    why: NO_NODE,
  },
  {
    id: 'netns',
    title: l10n.t('Netns'),
    width: 110,
    minWidth: 102,
    description: l10n.t('netns_id: number of the network namespace in which it was seen'),
    of: ({ netns }) => netns,
    more: ({ netns = 0, vantage }) => l10n.t('Network namespace {0}, of {1}', netns, vantage),
    why: NO_NETNS,
  },
  {
    id: 'packetType',
    title: l10n.t('Packet'),
    width: 92,
    description: l10n.t('pkt_type: OUTGOING left the network namespace, HOST came to it, OTHERHOST passed by'),
    of: ({ packetType }) => packetType,
    why: '',
  },
  {
    id: 'srcAddress',
    title: l10n.t('Src address'),
    width: 116,
    minWidth: 108,
    description: l10n.t('src.addr: as the packet has it'),
    of: ({ srcAddress }) => srcAddress,
    more: ({ srcAddress, src }) => addressTitle(srcAddress, src),
    why: '',
  },
  {
    id: 'srcPort',
    title: l10n.t('Src port'),
    width: 72,
    minWidth: 68,
    description: 'src.port',
    of: ({ srcPort }) => srcPort,
    why: '',
  },
  {
    id: 'dstAddress',
    title: l10n.t('Dst address'),
    width: 116,
    minWidth: 108,
    description: l10n.t('dst.addr: as the packet has it, before or after its translation'),
    of: ({ dstAddress }) => dstAddress,
    more: ({ dstAddress, dst }) => addressTitle(dstAddress, dst),
    why: '',
  },
  {
    id: 'dstPort',
    title: l10n.t('Dst port'),
    width: 72,
    minWidth: 68,
    description: 'dst.port',
    of: ({ dstPort }) => dstPort,
    why: '',
  },
  {
    id: 'pid',
    title: 'PID',
    width: 60,
    minWidth: 54,
    description: l10n.t('proc.pid: process behind the packet'),
    of: ({ process }) => process?.pid,
    why: NO_PROCESS,
  },
  {
    id: 'tid',
    title: 'TID',
    width: 68,
    description: l10n.t('proc.tid: its thread'),
    of: ({ process }) => process?.tid,
    why: NO_PROCESS,
  },
  {
    id: 'command',
    title: l10n.t('Command'),
    width: 100,
    minWidth: 84,
    description: l10n.t('proc.comm: command of the process behind the packet'),
    of: ({ process }) => process?.command,
    more: ({ process }) => process?.path ?? process?.command ?? '',
    why: NO_PROCESS,
  },
  {
    id: 'uid',
    title: 'UID',
    width: 64,
    description: l10n.t('proc.creds.uid: user of the process behind the packet'),
    of: ({ process }) => process?.uid,
    more: ({ process }) => [process?.uid, process?.user].filter((part) => part !== undefined).join(' '),
    why: NO_PROCESS,
  },
];

/** Who stands behind an address: `p/shop/order-service:40000` without the port. */
function addressTitle(address: string, endpoint: string): string {
  const who = endpoint.slice(0, endpoint.lastIndexOf(':'));
  return who === '' || who.startsWith('r/') ? address : l10n.t('{0} is {1}', address, who);
}

const NODE_COLUMNS: readonly Column<GridRow>[] = COLUMNS.map(
  ({ id, title, width, minWidth, description, of, more, why }) => {
    const text = (row: GridRow): string => (row.kind === 'message' ? String(of(row) ?? '') : '');
    return {
      id,
      title,
      width,
      minWidth: minWidth ?? Math.min(width, 60),
      description,
      render: (row) => {
        const shown = text(row);
        return cell(shown, shown === '' || row.kind !== 'message' ? why : (more?.(row) ?? shown));
      },
      text,
    };
  },
);
