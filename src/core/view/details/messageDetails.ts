/** The messages of a transaction, decoded, for the details pane. */
import { visibleText } from '../../../base/visibleText.ts';
import { DnsFlag } from '../../dns/header.ts';
import { decodeMessage } from '../../dns/message.ts';
import { MDNS_PORT } from '../../dns/ports.ts';
import { hexText } from '../../packet/bytes.ts';
import { NONE, ROW_MASK } from '../../trace/tables.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import { messageBytes, translatedEnds } from '../messageBytes.ts';
import { messageSummary, messageTree } from './messageTree.ts';
import { transactionRow } from '../rowBuilder.ts';
import type { DetailNode, MessageDetails } from '../rows.ts';

/** Of a query that was repeated without end, the first ones are shown. */
const MOST_MESSAGES = 8;

/** Ids of the messages shown of a transaction: the first ones, and `wanted` if it is another of them. */
export function messagesShown({ trace }: TraceEngine, transaction: number, wanted = NONE): readonly number[] {
  const shown: number[] = [];
  let message = trace.transactions.of(transaction).firstMessage[transaction & ROW_MASK]!;
  for (; message !== NONE; message = trace.messages.of(message).next[message & ROW_MASK]!) {
    if (shown.length < MOST_MESSAGES || message === wanted) shown.push(message);
    else if (shown.includes(wanted) || wanted === NONE) break;
  }
  return shown;
}

export function messageDetails(engine: TraceEngine, id: number, transaction: number): MessageDetails {
  const { trace } = engine;
  const chunk = trace.messages.of(id);
  const row = id & ROW_MASK;
  const owner = transactionRow(engine, transaction, 0);
  const isResponse = (chunk.flags[row]! & DnsFlag.QR) !== 0;
  const base = {
    title: `${isResponse ? 'Response' : 'Query'} · ${owner.leg}`,
    vantage: owner.vantage,
    timeUs: trace.epochUs(chunk.time[row]!),
    direction: isResponse ? 'response' : 'query',
    packet: chunk.packet[row]!,
  } as const;
  const bytes = messageBytes(engine, id);
  if (bytes === undefined) {
    const problem = 'The bytes of this message are no longer held, so only its header is known';
    return { ...base, summary: `${owner.name} ${owner.qtype}`, tree: [], problems: [problem], hex: '' };
  }
  const { message, problems } = decodeMessage(bytes);
  const owners = trace.transactions.of(transaction);
  const at = transaction & ROW_MASK;
  const isMdns = owners.serverPort[at] === MDNS_PORT || owners.clientPort[at] === MDNS_PORT;
  const comment = trace.vantages[owners.vantage[at]!]?.comments.get(base.packet);
  const ends = isResponse ? translatedEnds(engine, id) : undefined;
  const above: readonly DetailNode[] = [
    ...(comment === undefined ? [] : [{ label: 'Comment', value: visibleText(comment) }]),
    ...(ends === undefined
      ? []
      : [{ label: 'Translated back', value: `seen on its way from ${ends.from} to ${ends.to}` }]),
  ];
  return {
    ...base,
    summary: messageSummary(message),
    tree: [...above, ...messageTree(message, isMdns)],
    problems: problems.map((problem) => `${visibleText(problem.text)} (byte ${String(problem.offset)})`),
    hex: hexText(bytes, 0, bytes.length),
  };
}
