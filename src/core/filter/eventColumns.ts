/** What the fields of transactions and messages read from the columns. */
import { messageProcess } from '../trace/messageProcess.ts';
import { ownAddresses, PACKET_TYPES, packetType } from '../trace/packetType.ts';
import type { Process } from '../trace/processes.ts';
import { NONE, Proto, ROW_MASK, State, type TransactionChunk } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';

/** Rows of the transaction table. */
export interface EventWindow {
  readonly chunk: TransactionChunk;
  readonly rows: number;
  /** The responses are asked about, not the queries. */
  readonly response: boolean;
}

/** Reads a column as numbers; NaN where a row has no value. */
export type Read = (window: EventWindow, out: Float64Array, trace: Trace) => void;

/** Only of responses. */
const ofResponse =
  (read: Read): Read =>
  (window, out, trace) => {
    if (window.response) read(window, out, trace);
    else out.fill(Number.NaN);
  };

const latency: Read = ({ chunk, rows }, out) => {
  const { start, end, state } = chunk;
  for (let row = 0; row < rows; row++)
    out[row] = state[row] === State.unsolicited ? Number.NaN : end[row]! - start[row]!;
};

/** A port as sender or receiver, over one transport or any. */
const port =
  (sender: boolean, proto?: number): Read =>
  ({ chunk, rows, response }, out) => {
    out.set(sender === response ? chunk.serverPort : chunk.clientPort);
    if (proto === undefined) return;
    for (let row = 0; row < rows; row++) if (chunk.proto[row] !== proto) out[row] = Number.NaN;
  };

/** The message asked about: NONE where there is none. */
function messageOf({ chunk, response }: EventWindow, row: number): number {
  if (response) return chunk.response[row]!;
  return chunk.state[row] === State.unsolicited ? NONE : chunk.firstMessage[row]!;
}

const ofMessage =
  (of: (chunk: ReturnType<Trace['messages']['of']>, row: number) => number): Read =>
  (window, out, trace) => {
    for (let row = 0; row < window.rows; row++) {
      const message = messageOf(window, row);
      out[row] = message === NONE ? Number.NaN : of(trace.messages.of(message), message & ROW_MASK);
    }
  };

/** RFC 1035 §4.1.1, RFC 2535 §6.1: bits of the second header word. */
const flag = (bit: number): Read => ofMessage(({ flags }, row) => (flags[row]! >> bit) & 1);

/** Of the process behind the message, where a source tells. */
const ofProcess =
  (of: (process: Process) => number | undefined): Read =>
  (window, out, trace) => {
    const { processes } = trace;
    for (let row = 0; row < window.rows; row++) {
      const process = processes.of(processOf(window, row, trace));
      out[row] = (process && of(process)) ?? Number.NaN;
    }
  };

/** Number of the process behind the message asked about; 0 where that is not known. */
export function processOf(window: EventWindow, row: number, trace: Trace): number {
  return messageProcess(trace, window.chunk.vantage[row]!, messageOf(window, row));
}

const whole = (read: Read): { readonly read: readonly Read[]; readonly sided: boolean } => ({
  read: [read],
  sided: false,
});
const sided = (...read: readonly Read[]): { readonly read: readonly Read[]; readonly sided: boolean } => ({
  read,
  sided: true,
});

/** Small whole numbers, judged once each. */
export interface Code {
  readonly of: (chunk: TransactionChunk) => Uint8Array | Uint16Array;
  /** Only where a response came. */
  readonly answered?: boolean;
  /** Only of responses. */
  readonly ofResponse?: boolean;
}

export const CODES: Readonly<Record<string, Code>> = {
  type: { of: ({ qtype }) => qtype },
  class: { of: ({ qclass }) => qclass },
  rcode: { of: ({ rcode }) => rcode, answered: true },
  responseRcode: { of: ({ rcode }) => rcode, answered: true, ofResponse: true },
  answers: { of: ({ answers }) => answers, answered: true },
  state: { of: ({ state }) => state },
  port: { of: ({ serverPort }) => serverPort },
  proto: { of: ({ proto }) => proto },
  retransmissions: { of: ({ retransmissions }) => retransmissions },
  id: { of: ({ dnsId }) => dnsId },
};

/** By state: 1 where a response came. */
export const ANSWERED = Uint8Array.of(0, 1, 1, 0, 1);

/** Fields with several readers hold when one of them does. */
export const NUMBERS: Readonly<Record<string, { readonly read: readonly Read[]; readonly sided: boolean }>> = {
  latency: whole(latency),
  size: sided(ofMessage(({ size }, row) => size[row]!)),
  packet: sided(ofMessage(({ packet }, row) => packet[row]!)),
  epoch: sided((window, out, trace) => ofMessage(({ time }, row) => trace.epochUs(time[row]!))(window, out, trace)),
  relative: sided((window, out, trace) => {
    const begin = trace.firstTime;
    ofMessage(({ time }, row) => time[row]! - begin)(window, out, trace);
  }),
  srcPort: sided(port(true)),
  dstPort: sided(port(false)),
  udpPort: sided(port(true, Proto.udp), port(false, Proto.udp)),
  udpSrcPort: sided(port(true, Proto.udp)),
  udpDstPort: sided(port(false, Proto.udp)),
  tcpPort: sided(port(true, Proto.tcp), port(false, Proto.tcp)),
  tcpSrcPort: sided(port(true, Proto.tcp)),
  tcpDstPort: sided(port(false, Proto.tcp)),
  responseTime: sided(ofResponse(latency)),
  // A query has no answers (RFC 1035 §4.1.1); the columns keep the response's count alone.
  messageAnswers: sided(({ chunk, rows, response }, out) => {
    for (let row = 0; row < rows; row++)
      out[row] = !response ? 0 : ANSWERED[chunk.state[row]!] === 1 ? chunk.answers[row]! : Number.NaN;
  }),
  opcode: sided(ofMessage(({ flags }, row) => (flags[row]! >> 11) & 15)),
  // Wireshark shows these of responses alone.
  flagAa: sided(ofResponse(flag(10))),
  flagRa: sided(ofResponse(flag(7))),
  flagAd: sided(ofResponse(flag(5))),
  flagTc: sided(flag(9)),
  flagRd: sided(flag(8)),
  flagCd: sided(flag(4)),
  retransmitted: sided(({ chunk, rows, response }, out) => {
    for (let row = 0; row < rows; row++)
      out[row] = response || chunk.retransmissions[row] === 0 ? Number.NaN : chunk.retransmissions[row]!;
  }),
  netns: whole(({ chunk, rows }, out, { vantages }) => {
    const numbers = vantages.map(({ netns }) => netns ?? Number.NaN);
    for (let row = 0; row < rows; row++) out[row] = numbers[chunk.vantage[row]!]!;
  }),
  packetType: sided(({ chunk, rows, response }, out, trace) => {
    const own = trace.vantages.map((state) => ownAddresses(trace, state));
    const senders = response ? chunk.server : chunk.client;
    for (let row = 0; row < rows; row++)
      out[row] = PACKET_TYPES.indexOf(packetType(own[chunk.vantage[row]!]!, senders[row]!));
  }),
  pid: sided(ofProcess(({ pid }) => pid)),
  tid: sided(ofProcess(({ tid }) => tid)),
  uid: sided(ofProcess(({ uid }) => uid)),
  dns: whole((_, out) => out.fill(1)),
  udp: whole(({ chunk, rows }, out) => {
    for (let row = 0; row < rows; row++) out[row] = chunk.proto[row] === Proto.udp ? 1 : Number.NaN;
  }),
  tcp: whole(({ chunk, rows }, out) => {
    for (let row = 0; row < rows; row++) out[row] = chunk.proto[row] === Proto.tcp ? 1 : Number.NaN;
  }),
};

/** What only the state of a transaction decides: by state, whether its query and whether its response passes. */
export const BY_STATE: Readonly<Record<string, { readonly query: Uint8Array; readonly response: Uint8Array }>> = {
  responseIn: { query: Uint8Array.of(0, 1, 1, 0, 0), response: new Uint8Array(5) },
  responseTo: { query: new Uint8Array(5), response: Uint8Array.of(0, 1, 1, 0, 0) },
  unsolicited: { query: new Uint8Array(5), response: Uint8Array.of(0, 0, 0, 0, 1) },
};
