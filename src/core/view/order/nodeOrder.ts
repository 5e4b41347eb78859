/**
 * Order by what the node level shows. Network namespace and process are those of a vantage and of a packet; where a source does not tell,
 * the row comes last. A repeated query counts as the first one.
 */
import { assertNever } from '../../../base/assertNever.ts';
import type { Steps } from '../../../base/steps.ts';
import { messageProcess } from '../../trace/messageProcess.ts';
import { ownAddresses, PACKET_TYPES, packetType } from '../../trace/packetType.ts';
import type { Process } from '../../trace/processes.ts';
import type { TransactionRows } from '../../trace/tables.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import { knowsNode, seenNode } from '../nodeLevel.ts';
import type { Read, Values } from './eventValues.ts';
import { TextRanks } from './textRanks.ts';

export const NODE_SORT_COLUMNS = [
  'seenNode',
  'netns',
  'packetType',
  'srcAddress',
  'srcPort',
  'dstAddress',
  'dstPort',
  'pid',
  'tid',
  'command',
  'uid',
] as const;
export type NodeSortColumn = (typeof NODE_SORT_COLUMNS)[number];

export function* nodeValues(engine: TraceEngine, column: NodeSortColumn): Steps<Values> {
  const { trace } = engine;
  switch (column) {
    case 'seenNode':
      return { whole: yield* bySeenNode(engine) };
    case 'netns': {
      const numbers = trace.vantages.map(({ netns }) => netns ?? Number.NaN);
      return { whole: ({ vantage }, row) => numbers[vantage[row]!]!, isWide: true };
    }
    case 'packetType': {
      const own = trace.vantages.map((state) => ownAddresses(trace, state));
      const of =
        (sender: 'client' | 'server'): Read =>
        (chunk, row) =>
          PACKET_TYPES.indexOf(packetType(own[chunk.vantage[row]!]!, chunk[sender][row]!));
      return { whole: of('client'), query: of('client'), response: of('server') };
    }
    case 'srcAddress':
    case 'dstAddress': {
      const ranks = yield* new TextRanks().upTo(trace.addresses.size, (id) => trace.addresses.textOf(id));
      return sides(
        column === 'srcAddress',
        ({ client }, row) => ranks[client[row]!]!,
        ({ server }, row) => ranks[server[row]!]!,
      );
    }
    case 'srcPort':
    case 'dstPort':
      return sides(
        column === 'srcPort',
        ({ clientPort }, row) => clientPort[row]!,
        ({ serverPort }, row) => serverPort[row]!,
      );
    case 'pid':
    case 'tid':
    case 'uid':
      return ofProcess(engine, (process) => process[column] ?? Number.NaN);
    case 'command': {
      const { processes } = trace;
      const ranks = yield* new TextRanks().upTo(processes.size, (id) => processes.of(id + 1)!.command ?? '');
      return ofProcess(engine, ({ command }, id) => (command === undefined ? Number.NaN : ranks[id - 1]!));
    }
    default:
      return assertNever(column);
  }
}

/** Of who sends: the client a query, the server a response; of who receives, the other way round. */
function sides(isSender: boolean, client: Read, server: Read): Values {
  return isSender
    ? { whole: client, query: client, response: server }
    : { whole: server, query: server, response: client };
}

function* bySeenNode(engine: TraceEngine): Steps<Read> {
  const { addresses, vantages } = engine.trace;
  const count = addresses.size;
  const isOfVantage = vantages.map(({ vantage }) => knowsNode(vantage));
  const nobody = { name: '', role: 'unknown', addresses: [] } as const;
  const ranks = yield* new TextRanks().upTo(count + vantages.length, (id) =>
    seenNode(engine, vantages[id - count]?.vantage ?? nobody, id < count ? addresses.textOf(id) : ''),
  );
  return ({ client, vantage }, row) =>
    ranks[isOfVantage[vantage[row]!] === true ? count + vantage[row]! : client[row]!]!;
}

function ofProcess({ trace }: TraceEngine, of: (process: Process, id: number) => number): Values {
  const value = (chunk: TransactionRows, row: number, message: number): number => {
    const id = messageProcess(trace, chunk.vantage[row]!, message);
    const process = trace.processes.of(id);
    return process === undefined ? Number.NaN : of(process, id);
  };
  const query: Read = (chunk, row) => value(chunk, row, chunk.firstMessage[row]!);
  const response: Read = (chunk, row) => value(chunk, row, chunk.response[row]!);
  return { whole: query, query, response, isWide: true };
}
