/** Random traffic of one network namespace with everything known about it: answered, unanswered, repeated, unsolicited. */
import type { Answer } from 'dns-packet';
import { CaptureBuilder, dnsQuery, dnsResponse } from './packetBuilder.ts';

export interface KnownMessage {
  readonly timeNs: bigint;
  readonly kind: 'query' | 'retransmission' | 'copy' | 'response' | 'duplicate' | 'unsolicited';
  readonly client: string;
  readonly server: string;
  readonly name: string;
  readonly type: string;
  readonly rcode: string;
  readonly opcode: number;
  readonly payload: Uint8Array;
  /** Of a first response: since the first query. */
  readonly tookNs: number;
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
}

export interface KnownTraffic {
  readonly messages: readonly KnownMessage[];
  readonly unanswered: number;
}

const NAMES = [
  '.',
  'local',
  'example.com',
  'www.example.com',
  'db.shop.svc.cluster.local',
  `${'a'.repeat(60)}.example.org`,
];
const TYPES = ['A', 'AAAA', 'TXT', 'NS'];
const RCODES = ['NOERROR', 'NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED'];
const SERVERS = ['10.96.0.10', '168.63.129.16', '10.244.0.21'];
const START = 1_763_700_000_123_456_789n;

export interface KnownTrafficOptions {
  readonly count: number;
  readonly spanNs: number;
}

export function knownTraffic(random: (below: number) => number, options: KnownTrafficOptions): KnownTraffic {
  const messages: KnownMessage[] = [];
  let unanswered = 0;
  const pick = <T>(from: readonly T[]): T => from[random(from.length)]!;
  for (let k = 0; k < options.count; k++) {
    const name = pick(NAMES);
    const type = pick(TYPES);
    const rcode = pick(RCODES);
    const opcode = random(10) === 0 ? 4 : 0;
    // An odd factor: no ID comes twice.
    const id = (k * 40_503) & 0xffff;
    const client = `10.244.1.${String(1 + random(9))}`;
    const server = pick(SERVERS);
    const sent = BigInt(random(options.spanNs / 1000)) * 1000n;
    const fate = random(10);
    const answers: Answer[] =
      rcode === 'NOERROR' && type === 'A'
        ? Array.from({ length: random(4) }, () => ({ name, type: 'A', ttl: random(90_000), data: '192.0.2.7' }))
        : [];
    const authorities: Answer[] = rcode === 'NXDOMAIN' ? [{ name, type: 'NS', ttl: 30, data: 'ns.example.com' }] : [];
    const dns = { id, name, type };
    const tookNs = 1000 * (50 + random(random(8) === 0 ? 2_900_000 : 9000));
    const add = (kind: KnownMessage['kind'], at: bigint): void => {
      const isResponse = kind === 'response' || kind === 'duplicate' || kind === 'unsolicited';
      const payload = isResponse ? dnsResponse({ ...dns, rcode, answers, authorities }) : dnsQuery(dns);
      payload[2]! |= opcode << 3;
      const timeNs = START + at;
      messages.push({ timeNs, kind, client, server, name, type, rcode, opcode, payload, tookNs, answers, authorities });
    };
    if (fate === 0) {
      add('unsolicited', sent);
      continue;
    }
    add('query', sent);
    if (fate === 1) add(tookNs > 2_000_000 ? 'retransmission' : 'copy', sent + BigInt(Math.floor(tookNs / 2)));
    if (fate === 2) {
      unanswered++;
      continue;
    }
    add('response', sent + BigInt(tookNs));
    if (fate === 3) add('duplicate', sent + BigInt(tookNs) + 700_000n);
  }
  return { messages, unanswered };
}

/** A capture of the messages, in the order of their times; a port to each question. */
export function captureOf({ messages }: KnownTraffic): Uint8Array {
  const ports = new Map<string, number>();
  const capture = new CaptureBuilder({ nanos: true });
  for (const message of [...messages].sort((a, b) => Number(a.timeNs - b.timeNs))) {
    const { client, server, payload, kind, timeNs } = message;
    const question = `${client} ${server} ${String(payload[0])} ${String(payload[1])} ${message.name} ${message.type}`;
    const port = ports.get(question) ?? 20_000 + ports.size;
    ports.set(question, port);
    const isQuery = kind === 'query' || kind === 'retransmission' || kind === 'copy';
    capture.udp(
      isQuery
        ? { src: client, sport: port, dst: server, dport: 53, payload, timeNs }
        : { src: server, sport: 53, dst: client, dport: port, payload, timeNs },
    );
  }
  return capture.bytes();
}
