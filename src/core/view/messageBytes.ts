/** From a message's row back to its bytes: the packet is read from its stream again, and the DNS message found in it. */
import { answerAddresses, decodeMessage } from '../dns/message.ts';
import { addressText } from '../packet/address.ts';
import { decodeFrame, Frame, IpProtocol } from '../packet/frame.ts';
import { enterTunnel } from '../packet/tunnel.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';

/** Where messages lie; an engine is one. */
export type MessageSource = Pick<TraceEngine, 'trace' | 'byteSources'>;

/** The DNS message of row `message`, or `undefined` when its bytes are no longer held. The array is the caller's. */
export function messageBytes(engine: MessageSource, message: number): Uint8Array | undefined {
  const { trace } = engine;
  if (message === NONE) return undefined;
  const kept = trace.reassembled.get(message);
  if (kept !== undefined) return kept;
  const found = packetOf(engine, message);
  if (found === undefined) return undefined;
  const { packet, frame } = found;
  if (frame.protocol === IpProtocol.udp) return packet.slice(frame.payloadStart, frame.payloadEnd);
  const chunk = trace.messages.of(message);
  const row = message & ROW_MASK;
  const transaction = chunk.transaction[row]!;
  return inTcpSegment(
    packet,
    frame,
    chunk.size[row]!,
    trace.transactions.of(transaction).dnsId[transaction & ROW_MASK]!,
  );
}

/**
 * The ends of a message's packet where they are none of its query: translated back before it was captured (`answeredBack` of
 * correlate/exchangeJoin.ts). `undefined` for nearly all, and when the bytes are no longer held.
 */
export function translatedEnds(
  engine: MessageSource,
  message: number,
): { readonly from: string; readonly to: string } | undefined {
  const found = packetOf(engine, message);
  if (found === undefined) return undefined;
  const { trace } = engine;
  const { packet, frame } = found;
  const transaction = trace.messages.of(message).transaction[message & ROW_MASK]!;
  const chunk = trace.transactions.of(transaction);
  const at = transaction & ROW_MASK;
  const from = addressText(packet, frame.srcStart, frame.addressLength);
  const to = addressText(packet, frame.dstStart, frame.addressLength);
  const client = `${trace.addresses.textOf(chunk.client[at]!)} ${String(chunk.clientPort[at])}`;
  const server = `${trace.addresses.textOf(chunk.server[at]!)} ${String(chunk.serverPort[at])}`;
  const ends = [`${from} ${String(frame.srcPort)}`, `${to} ${String(frame.dstPort)}`];
  if (ends.includes(client) && ends.includes(server)) return undefined;
  return { from: `${from} port ${String(frame.srcPort)}`, to: `${to} port ${String(frame.dstPort)}` };
}

/** The packet that a message lies in, read again, and the frame in it that is meant. */
function packetOf(
  { trace, byteSources }: MessageSource,
  message: number,
): { readonly packet: Uint8Array; readonly frame: Frame } | undefined {
  const chunk = trace.messages.of(message);
  const row = message & ROW_MASK;
  const transaction = chunk.transaction[row]!;
  const vantage = trace.transactions.of(transaction).vantage[transaction & ROW_MASK]!;
  const packet = byteSources[vantage]?.(chunk.offset[row]!, chunk.packetLength[row]!);
  if (packet === undefined) return undefined;
  const frame = new Frame();
  if (!decodeFrame(packet, 0, packet.length, trace.vantages[vantage]!.linkType, frame)) return undefined;
  const transactions = trace.transactions.of(transaction);
  const at = transaction & ROW_MASK;
  const ports = [transactions.clientPort[at], transactions.serverPort[at]];
  // An overlay's packet carries the one that is meant. Each turn goes deeper into the bytes, which bounds the loop. Of an answer whose
  // addresses were translated back one port is another: it is what lies innermost.
  while (!ports.includes(frame.srcPort) || !ports.includes(frame.dstPort))
    if (!enterTunnel(packet, frame))
      return ports.includes(frame.srcPort) || ports.includes(frame.dstPort) ? { packet, frame } : undefined;
  return { packet, frame };
}

/** Messages of a segment stand behind their lengths (RFC 1035 §4.2.2); the one with this size and ID is meant. */
function inTcpSegment(packet: Uint8Array, frame: Frame, size: number, dnsId: number): Uint8Array | undefined {
  for (let at = frame.payloadStart; at + 4 <= frame.payloadEnd;) {
    const length = (packet[at]! << 8) | packet[at + 1]!;
    const id = (packet[at + 2]! << 8) | packet[at + 3]!;
    if (length === size && id === dnsId && at + 2 + length <= frame.payloadEnd)
      return packet.slice(at + 2, at + 2 + length);
    at += 2 + length;
  }
  return undefined;
}

export function answersOf(
  engine: TraceEngine,
  message: number,
): { readonly count: number; readonly addresses: readonly string[] } {
  const bytes = messageBytes(engine, message);
  if (bytes === undefined) return { count: 0, addresses: [] };
  const decoded = decodeMessage(bytes).message;
  const addresses = answerAddresses(decoded);
  return { count: addresses.length, addresses };
}
