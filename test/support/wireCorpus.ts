/**
 * Captures with everything the wire reader claims to read, generated from a seed: every record type, EDNS, opcodes, odd question counts,
 * fragments, TCP in pieces, overlays, ICMP errors, each link layer.
 */
import { parseNameText } from '../../src/core/dns/name.ts';
import { parseType } from '../../src/core/dns/types.ts';
import { LinkType } from '../../src/core/packet/packetSink.ts';
import { fragmentsOf, geneve, gre, icmpError, ipInIp, vxlan } from './encapsulation.ts';
import { CaptureBuilder, concat, linkFrame, tcpFramed, tcpPacket, text, udpPacket } from './packetBuilder.ts';
import { RECORD_SAMPLES } from './recordSamples.ts';

export type Random = (below: number) => number;

const u16 = (...values: readonly number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));
const wire = (name: string): Uint8Array => parseNameText(name).value!;

interface Exchange {
  readonly query: Uint8Array;
  readonly response: Uint8Array;
}

const ADDRESSES: readonly (readonly [string, Uint8Array])[] = [
  ['A', Uint8Array.of(192, 0, 2, 1)],
  ['AAAA', concat(u16(0x2001, 0xdb8), new Uint8Array(11), Uint8Array.of(9))],
  ['CNAME', wire('target.example.')],
  ['NS', wire('ns.example.')],
  ['PTR', wire('host.example.')],
  ['MX', concat(u16(10), wire('mail.example.'))],
  ['TXT', concat(Uint8Array.of(5), text('hello'), Uint8Array.of(3), text('you'))],
  ['SRV', concat(u16(1, 2, 5060), wire('sip.example.'))],
  ['SOA', concat(wire('ns.example.'), wire('admin.example.'), u16(0, 1, 0, 2, 0, 3, 0, 4, 0, 5))],
  ['CAA', concat(Uint8Array.of(0, 5), text('issueca.example'))],
  ['DNAME', wire('other.example.')],
];
const OPTIONS: readonly Uint8Array[] = [
  concat(u16(10, 8), new Uint8Array(8).fill(0xab)),
  concat(u16(8, 7, 1), Uint8Array.of(24, 0, 192, 0, 2)),
  concat(u16(15, 8, 22), text('at 53!')),
  concat(u16(12, 4), new Uint8Array(4)),
  u16(11, 2, 300),
  concat(u16(3, 4), text('ns-1')),
];

function record(owner: Uint8Array, type: number, data: Uint8Array, dnsClass = 1): Uint8Array {
  return concat(owner, u16(type, dnsClass, 0, 300, data.length), data);
}

function anyRecord(random: Random, owner: Uint8Array): Uint8Array {
  if (random(2) === 0) {
    const [type, data] = ADDRESSES[random(ADDRESSES.length)]!;
    return record(owner, parseType(type)!, data);
  }
  const [type, hex] = RECORD_SAMPLES[random(RECORD_SAMPLES.length)]!;
  return record(owner, parseType(type)!, Uint8Array.from(Buffer.from(hex, 'hex')));
}

function optRecord(random: Random, extended = 0): Uint8Array {
  const options = Array.from({ length: random(3) }, () => OPTIONS[random(OPTIONS.length)]!);
  const data = concat(...options);
  return concat(Uint8Array.of(0), u16(41, 1232, extended << 8, random(2) * 0x8000, data.length), data);
}

/** A query and its response; `large` makes the response outgrow one packet. */
function exchange(random: Random, id: number, large = false): Exchange {
  const name = wire(`n${String(id)}.${['shop', 'Shop', 'svc.cluster'][random(3)]!}.example.`);
  const type = [1, 28, 15, 33, 65, 255, 43, 48][random(8)]!;
  const question = concat(name, u16(type, 1));
  const kind = large ? 9 : random(10);
  if (kind === 0) {
    // UPDATE: zone, a prerequisite, two updates.
    const zone = concat(name, u16(6, 1));
    const sections = concat(
      zone,
      record(name, 255, new Uint8Array(0), 255),
      record(name, 1, Uint8Array.of(192, 0, 2, 7)),
    );
    return { query: concat(u16(id, 0x2800, 1, 1, 1, 0), sections), response: u16(id, 0xa800, 0, 0, 0, 0) };
  }
  if (kind === 1) {
    const soa = concat(name, u16(6, 1));
    return { query: concat(u16(id, 0x2400, 1, 0, 0, 0), soa), response: concat(u16(id, 0xa400, 1, 0, 0, 0), soa) };
  }
  if (kind === 2) {
    const extended = concat(question, optRecord(random, 1));
    const query = concat(u16(id, 0x0100, 1, 0, 0, 1), question, optRecord(random));
    return { query, response: concat(u16(id, 0x8180 | [0, 7][random(2)]!, 1, 0, 0, 1), extended) };
  }
  const rcode = [0, 0, 0, 2, 3, 5][random(6)]!;
  const count = large ? 60 + random(40) : rcode === 0 ? random(5) : 0;
  const answers = Array.from({ length: count }, () => anyRecord(random, u16(0xc00c)));
  const authorities = Array.from({ length: random(2) }, () => record(u16(0xc00c), 6, ADDRESSES[8]![1]));
  const hasOpt = random(2);
  return {
    query: concat(u16(id, 0x0100, 1, 0, 0, hasOpt), question, ...(hasOpt === 1 ? [optRecord(random)] : [])),
    response: concat(
      u16(id, 0x8180 | rcode, 1, count, authorities.length, hasOpt),
      question,
      ...answers,
      ...authorities,
      ...(hasOpt === 1 ? [optRecord(random)] : []),
    ),
  };
}

/** IP packets of one item, in the order in which they are captured. */
function item(random: Random, k: number, tunnels: boolean): Uint8Array[] {
  const v6 = random(3) === 0;
  const [client, server] = v6 ? ['fd00::1', 'fd00::a'] : ['10.244.1.12', '10.96.0.10'];
  const port = 1024 + k;
  const up = { src: client, sport: port, dst: server, dport: 53 };
  const down = { src: server, sport: 53, dst: client, dport: port };
  const kind = random(tunnels ? 10 : 7);
  const one = exchange(random, (k * 7 + 1) & 0xffff, kind === 1);
  const query = udpPacket({ ...up, payload: one.query });
  const response = udpPacket({ ...down, payload: one.response });
  switch (kind) {
    case 1: {
      // Fragments, sometimes the last one first.
      const parts = fragmentsOf(response, 512, k);
      return [query, ...(random(2) === 0 ? parts : parts.reverse())];
    }
    case 2: {
      // Two queries in one segment; their responses in segments that split anywhere, the second ahead of the first.
      const two = exchange(random, (k * 7 + 2) & 0xffff);
      const asked = tcpFramed(one.query, two.query);
      const answered = tcpFramed(one.response, two.response);
      const cut = 1 + random(answered.length - 1);
      const segment = (ends: typeof up, seq: number, payload: Uint8Array, flags = 24): Uint8Array =>
        tcpPacket({ ...ends, seq, flags, payload });
      return [
        segment(up, 1000, new Uint8Array(0), 2),
        segment(down, 5000, new Uint8Array(0), 18),
        segment(up, 1001, asked),
        segment(down, 5001 + cut, answered.subarray(cut)),
        segment(down, 5001, answered.subarray(0, cut)),
      ];
    }
    case 3: // an error about the query
      return [
        query,
        v6
          ? icmpError({ src: server, dst: client, type: 1, code: 4, about: query })
          : icmpError({ src: server, dst: client, type: 3, code: 3, about: query }),
      ];
    case 4: // a retransmission
      return [query, query, response];
    case 5:
      return random(2) === 0 ? [query] : [response];
    case 7:
      return [
        vxlan(linkFrame(LinkType.ethernet, query), [4789, 8472][random(2)]),
        geneve(linkFrame(LinkType.ethernet, response)),
      ];
    case 8:
      return [gre(query, v6 ? 0x86dd : 0x0800), ipInIp(response)];
    case 9: {
      const outer = vxlan(linkFrame(LinkType.ethernet, response), 4789);
      return [query, ...fragmentsOf(outer, 64 + 8 * random(8), k)];
    }
    default:
      return [query, response];
  }
}

export interface CorpusCapture {
  readonly name: string;
  readonly linkType: number;
  readonly bytes: Uint8Array;
}

/** One capture a link layer, of `items` items each, two milliseconds from packet to packet. */
export function wireCorpus(random: Random, items: number): readonly CorpusCapture[] {
  const layers: readonly (readonly [string, number, (ip: Uint8Array) => Uint8Array])[] = [
    ...Object.entries(LinkType)
      .filter(([name]) => !['rawBsd', 'rawOpenBsd', 'ipv4', 'ipv6'].includes(name))
      .map(([name, linkType]) => [name, linkType, (ip: Uint8Array) => linkFrame(linkType, ip)] as const),
    [
      'VLAN',
      1,
      (ip) =>
        linkFrame(LinkType.ethernet, ip, {
          vlans: [
            [0x88a8, 7],
            [0x8100, 8],
          ],
        }),
    ],
    [
      'PPPoE',
      1,
      (ip) => concat(new Uint8Array(12), u16(0x8864, 0x1100, 1, ip.length + 2, ip[0]! >> 4 === 6 ? 0x57 : 0x21), ip),
    ],
    ['PPP', 9, (ip) => concat(u16(0xff03, ip[0]! >> 4 === 6 ? 0x57 : 0x21), ip)],
    ['MPLS', 1, (ip) => concat(new Uint8Array(12), u16(0x8847, 1, 0x0140), ip)],
  ];
  return layers.map(([name, linkType, frameOf]) => {
    const builder = new CaptureBuilder({ linkType, nanos: true });
    let timeNs = 1_763_700_000_000_000_000n;
    for (let k = 0; k < items; k++) {
      for (const packet of item(random, k, true)) {
        builder.frame(timeNs, frameOf(packet));
        timeNs += 2_000_000n;
      }
    }
    return { name, linkType, bytes: builder.bytes() };
  });
}
