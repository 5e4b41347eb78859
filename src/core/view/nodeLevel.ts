/** What is known of a message below DNS and above the wire: the node, the network namespace, the addresses as they are, the process. */
import { visibleText } from '../../base/visibleText.ts';
import { whoAsked } from '../topology/whoAsked.ts';
import { messageProcess } from '../trace/messageProcess.ts';
import { ownAddresses, packetType } from '../trace/packetType.ts';
import type { Process } from '../trace/processes.ts';
import { ROW_MASK } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import type { Vantage } from '../trace/vantage.ts';
import type { MessageRow } from './rows.ts';

type NodeLevel = Pick<
  MessageRow,
  'seenNode' | 'netns' | 'packetType' | 'srcAddress' | 'srcPort' | 'dstAddress' | 'dstPort' | 'process'
>;

export function nodeLevelOf(engine: TraceEngine, message: number, transaction: number, isResponse: boolean): NodeLevel {
  const { trace } = engine;
  const chunk = trace.transactions.of(transaction);
  const row = transaction & ROW_MASK;
  const vantage = chunk.vantage[row]!;
  const state = trace.vantages[vantage]!;
  const [client, server] = [chunk.client[row]!, chunk.server[row]!];
  const [clientPort, serverPort] = [chunk.clientPort[row]!, chunk.serverPort[row]!];
  const clientAddress = trace.addresses.textOf(client);
  const serverAddress = trace.addresses.textOf(server);
  const process = trace.processes.of(messageProcess(trace, vantage, message));
  return {
    seenNode: visibleText(seenNode(engine, state.vantage, clientAddress)),
    netns: state.netns,
    packetType: packetType(ownAddresses(trace, state), isResponse ? server : client),
    srcAddress: isResponse ? serverAddress : clientAddress,
    srcPort: isResponse ? serverPort : clientPort,
    dstAddress: isResponse ? clientAddress : serverAddress,
    dstPort: isResponse ? clientPort : serverPort,
    process: process === undefined ? undefined : visibleProcess(process),
  };
}

/** Whether a vantage says on which node it is; one where packets of many pods pass leaves that to the client. */
export const knowsNode = ({ node, pod }: Vantage): boolean => (node ?? pod) !== undefined;

/** The vantage's own node; where packets of many pods pass and no node is named, that of the client. */
export function seenNode({ topology }: Pick<TraceEngine, 'topology'>, vantage: Vantage, client: string): string {
  return knowsNode(vantage) ? (vantage.node ?? '') : whoAsked(topology, client).node;
}

function visibleProcess({ command, path, user, ...numbers }: Process): Process {
  return {
    ...numbers,
    ...(command === undefined ? {} : { command: visibleText(command) }),
    ...(path === undefined ? {} : { path: visibleText(path) }),
    ...(user === undefined ? {} : { user: visibleText(user) }),
  };
}
