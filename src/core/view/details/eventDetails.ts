/** ICMP errors and missing fragments among the messages of a lookup's details, and in its sentences. */
import { hexText } from '../../packet/bytes.ts';
import { decodeFrame, Frame, IpProtocol } from '../../packet/frame.ts';
import type { IcmpErrorKind } from '../../packet/icmpError.ts';
import { enterTunnel } from '../../packet/tunnel.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import type { IcmpErrorEvent, LostFragmentsEvent } from '../../trace/wireEvents.ts';
import { transactionRow } from '../rowBuilder.ts';
import type { DetailNode, MessageDetails } from '../rows.ts';

const KIND_WORDS: Readonly<Record<IcmpErrorKind, string>> = {
  'port-unreachable': 'port unreachable',
  'host-unreachable': 'host unreachable',
  'net-unreachable': 'network unreachable',
  'protocol-unreachable': 'protocol unreachable',
  'admin-prohibited': 'administratively prohibited',
  'fragmentation-needed': 'packet too big',
  'time-exceeded': 'time to live exceeded',
  'reassembly-timeout': 'fragments missing',
  'parameter-problem': 'a header field makes no sense',
  other: 'not delivered',
};

/** What happened to a transaction's messages besides being captured, in the order of time. */
export function eventDetails(engine: TraceEngine, transaction: number): readonly MessageDetails[] {
  const { trace } = engine;
  const errors = (trace.icmpErrors.get(transaction) ?? []).map((event) => icmpDetails(engine, transaction, event));
  const lost = (trace.lostFragments.get(transaction) ?? []).map((event) => lostDetails(engine, transaction, event));
  return [...errors, ...lost].sort((a, b) => a.timeUs - b.timeUs);
}

/** What the network said about any of these transactions, as sentences with a space before each; most often empty. */
export function eventSentences(engine: TraceEngine, transactions: readonly number[]): string {
  const { trace } = engine;
  if (trace.icmpErrors.size + trace.lostFragments.size + trace.fromElsewhere.size === 0) return '';
  const sentences = new Set<string>();
  for (const id of transactions) {
    for (const event of trace.icmpErrors.get(id) ?? []) {
      const from = trace.addresses.textOf(event.from);
      const what = KIND_WORDS[event.kind];
      if (event.about === 'query') sentences.add(` ${from} reported that a query was not delivered: ${what}.`);
      else if (event.kind === 'port-unreachable')
        sentences.add(
          ` ${from} no longer listened when an answer arrived (${what}): it had given up or was restarted.`,
        );
      else sentences.add(` ${from} reported that an answer was not delivered: ${what}.`);
    }
    const elsewhere = trace.fromElsewhere.get(id);
    if (elsewhere !== undefined)
      sentences.add(
        ` An answer came from ${trace.addresses.textOf(elsewhere)}, which was not asked: resolvers refuse such answers.`,
      );
    for (const { about } of trace.lostFragments.get(id) ?? [])
      sentences.add(
        about === 'response'
          ? ' An answer came in fragments, and not all of them arrived: whoever waited for it got nothing.'
          : ' A query was sent in fragments, and not all of them arrived.',
      );
  }
  return [...sentences].slice(0, 3).join('');
}

function icmpDetails(engine: TraceEngine, transaction: number, event: IcmpErrorEvent): MessageDetails {
  const { trace } = engine;
  const from = trace.addresses.textOf(event.from);
  const words = KIND_WORDS[event.kind];
  const bytes = icmpBytes(engine, event);
  const at = (start: number, end: number): Pick<DetailNode, 'start' | 'end'> =>
    bytes === undefined ? {} : { start, end };
  return {
    ...baseOf(engine, transaction, event, 'ICMP error'),
    // It travels against what it is about.
    direction: event.about === 'query' ? 'response' : 'query',
    summary: `${from}: ${words}, about the ${event.about}`,
    tree: [
      { label: 'From', value: from },
      { label: 'Type', value: String(event.type), ...at(0, 1) },
      { label: 'Code', value: `${String(event.code)} (${words})`, ...at(1, 2) },
      ...(event.mtu === 0
        ? []
        : [{ label: 'Largest packet that gets through', value: `${String(event.mtu)} bytes`, ...at(4, 8) }]),
      { label: 'About', value: `the ${event.about}`, ...(bytes === undefined ? {} : at(8, bytes.length)) },
    ],
    hex: bytes === undefined ? '' : hexText(bytes, 0, bytes.length),
  };
}

function lostDetails(engine: TraceEngine, transaction: number, event: LostFragmentsEvent): MessageDetails {
  return {
    ...baseOf(engine, transaction, event, 'Fragments missing'),
    direction: event.about,
    summary: `A ${event.about} in fragments, not all of which were captured: ${String(event.received)} bytes came`,
    tree: [{ label: 'Came', value: `${String(event.received)} bytes of the ${event.about}, from its beginning` }],
    hex: '',
  };
}

function baseOf(
  engine: TraceEngine,
  transaction: number,
  { time, packet }: IcmpErrorEvent | LostFragmentsEvent,
  what: string,
): Pick<MessageDetails, 'title' | 'vantage' | 'timeUs' | 'problems' | 'packet'> {
  const { leg, vantage } = transactionRow(engine, transaction, 0);
  return { title: `${what} · ${leg}`, vantage, timeUs: engine.trace.epochUs(time), problems: [], packet };
}

/** The ICMP message, read again from its packet. */
function icmpBytes(engine: TraceEngine, event: IcmpErrorEvent): Uint8Array | undefined {
  const packet = engine.byteSources[event.vantage]?.(event.offset, event.packetLength);
  const linkType = engine.trace.vantages[event.vantage]?.linkType;
  const frame = new Frame();
  if (packet === undefined || linkType === undefined || !decodeFrame(packet, 0, packet.length, linkType, frame))
    return undefined;
  while (frame.protocol !== IpProtocol.icmp && frame.protocol !== IpProtocol.icmp6)
    if (!enterTunnel(packet, frame)) return undefined;
  return packet.slice(frame.payloadStart, frame.payloadEnd);
}
