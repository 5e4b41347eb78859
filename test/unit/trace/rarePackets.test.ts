/** Packets beside the plain ones, through the whole engine: what becomes a row, what becomes an event, what is only counted. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { wireLines } from '../../../src/cli/wireLines.ts';
import { summarize } from '../../../src/core/analysis/summary.ts';
import { decodeFrame, Frame } from '../../../src/core/packet/frame.ts';
import { LinkType } from '../../../src/core/packet/packetSink.ts';
import { emptyTopology } from '../../../src/core/topology/topology.ts';
import { AddressTable } from '../../../src/core/trace/addressTable.ts';
import { OpaqueFlows } from '../../../src/core/trace/opaqueFlows.ts';
import { TraceEngine, type EngineOptions } from '../../../src/core/trace/traceEngine.ts';
import { lookupDetails } from '../../../src/core/view/details/lookupDetails.ts';
import { messageBytes } from '../../../src/core/view/messageBytes.ts';
import { fragmentsOf, icmpError, ipInIp, vxlan } from '../../support/encapsulation.ts';
import {
  CaptureBuilder,
  dnsQuery,
  dnsResponse,
  linkFrame,
  tcpFramed,
  tcpPacket,
  udpPacket,
} from '../../support/packetBuilder.ts';

const POD = '10.244.1.12';
const DNS = '10.96.0.10';
const NODE = '192.168.1.10';
const up = { src: POD, sport: 40_000, dst: DNS, dport: 53 };
const down = { src: DNS, sport: 53, dst: POD, dport: 40_000 };
const dns = { id: 7, name: 'a.example.com' };
const query = udpPacket({ ...up, payload: dnsQuery(dns) });
const large = dnsResponse({
  ...dns,
  answers: Array.from({ length: 100 }, (_, k) => ({
    type: 'A' as const,
    name: dns.name,
    data: `192.0.2.${String(k)}`,
  })),
});
const response = udpPacket({ ...down, payload: large });

/** IP packets a millisecond apart, with some at their own time in ms. */
function trace(
  packets: readonly (Uint8Array | readonly [ms: number, packet: Uint8Array])[],
  options: EngineOptions = {},
): TraceEngine {
  const builder = new CaptureBuilder({ linkType: LinkType.ethernet });
  packets.forEach((entry, k) => {
    const [ms, packet] = entry instanceof Uint8Array ? [k, entry] : entry;
    builder.ip({ timeNs: 1_763_700_000_000_000_000n + BigInt(ms) * 1_000_000n }, packet);
  });
  const bytes = builder.bytes();
  const engine = new TraceEngine(options);
  const stream = engine.openFile(
    () => ({ name: 'pod', role: 'client', addresses: [POD] }),
    (offset, length) => bytes.slice(offset, offset + length),
  );
  for (let at = 0; at < bytes.length; at += 777) stream.push(bytes.slice(at, at + 777));
  stream.end();
  engine.finish();
  return engine;
}

const states = (engine: TraceEngine): readonly number[] =>
  Array.from({ length: engine.trace.transactions.length }, (_, id) => engine.trace.transactions.of(id).state[id]!);

describe('fragments', () => {
  test('a response in three parts answers its query, and its bytes can be read again', () => {
    const engine = trace([query, ...fragmentsOf(response, 800)]);
    assert.deepEqual(states(engine), [1]);
    assert.deepEqual(messageBytes(engine, 1), large);
    assert.deepEqual([engine.trace.totals.messages, engine.trace.totals.reassembledFragments], [2, 1]);
  });

  test('a part that never comes leaves the query unanswered, and says so', () => {
    const [first, , last] = fragmentsOf(response, 800);
    const engine = trace([query, first!, last!, [9000, udpPacket({ ...up, sport: 1, payload: dnsQuery(dns) })]]);
    assert.equal(states(engine)[0], 3);
    const [event] = engine.trace.lostFragments.get(0)!;
    assert.deepEqual([event?.about, event?.received, event?.packet], ['response', 792, 2]);
    assert.equal(engine.trace.totals.incompleteFragments, 1);
  });

  test('a capture filter on ports takes first fragments only: they are read as far as they go', () => {
    const [first] = fragmentsOf(response, 800);
    const later = udpPacket({ ...up, sport: 41_000, payload: dnsQuery({ ...dns, id: 9 }) });
    const engine = trace([query, first!, [3000, later], [3001, later]]);
    assert.deepEqual(states(engine), [1, 0]);
    assert.deepEqual([engine.trace.lostFragments.size, engine.trace.totals.incompleteFragments], [0, 0]);
    const row = engine.trace.transactions.of(0);
    assert.equal(row.end[0]! - row.start[0]!, 1e6, 'when it came, not when it was given up');
    assert.equal(messageBytes(engine, 1)?.length, 792);
    assert.equal(engine.trace.messages.of(2).packet[2], 3);
  });

  test('TCP in fragments', () => {
    const segment = tcpPacket({ ...up, seq: 1, payload: tcpFramed(dnsQuery(dns)) });
    assert.deepEqual(states(trace(fragmentsOf(segment, 24))), [0]);
  });

  test('a first fragment that the snap length cut is read as far as it goes', () => {
    const builder = new CaptureBuilder({ linkType: LinkType.ethernet, snapLength: 200 });
    builder.ip({ timeNs: 0n }, query);
    for (const part of fragmentsOf(response, 800)) builder.ip({ timeNs: 1n }, part);
    const engine = new TraceEngine();
    engine.openFile(() => ({ name: 'pod', role: 'client', addresses: [POD] })).push(builder.bytes());
    assert.deepEqual(states(engine), [1]);
  });
});

describe('tunnels', () => {
  test('the query inside is a row, and its bytes are found again', () => {
    const engine = trace([vxlan(linkFrame(LinkType.ethernet, query)), ipInIp(response)]);
    assert.deepEqual(states(engine), [1]);
    assert.equal(engine.trace.addresses.textOf(engine.trace.transactions.of(0).client[0]!), POD);
    assert.deepEqual([messageBytes(engine, 0), messageBytes(engine, 1)], [dnsQuery(dns), large]);
  });

  test('a query on the pod, the bridge and inside the overlay is one query; what comes later is a retransmission', () => {
    const outer = vxlan(linkFrame(LinkType.ethernet, query));
    const engine = trace([
      [0, query],
      [0, query],
      [1, outer],
      [3, response],
      [3, ipInIp(response)],
    ]);
    assert.deepEqual(states(engine), [1]);
    const { copies, retransmissions, duplicates, messages } = engine.trace.totals;
    assert.deepEqual([copies, retransmissions, duplicates, messages], [2, 0, 1, 5]);
    const repeated = trace([
      [0, query],
      [0, outer],
      [5000, query],
      [5000, outer],
    ]).trace.totals;
    assert.deepEqual([repeated.copies, repeated.retransmissions], [2, 1]);
  });

  test('in four layers at most', () => {
    let packet = query;
    for (let layer = 0; layer < 3; layer++) packet = ipInIp(packet);
    assert.equal(trace([packet]).trace.transactions.length, 1);
    for (let layer = 0; layer < 20; layer++) packet = ipInIp(packet);
    assert.equal(trace([packet]).trace.transactions.length, 0);
  });

  test('fragments of the outer packet', () => {
    const outer = vxlan(linkFrame(LinkType.ethernet, response));
    const engine = trace([query, ...fragmentsOf(outer, 1000)]);
    assert.deepEqual(states(engine), [1]);
    assert.deepEqual(messageBytes(engine, 1), large);
  });
});

describe('ICMP errors', () => {
  const unreachable = { src: NODE, dst: POD, type: 3, code: 3 };

  test('about a query: joined to its transaction', () => {
    const engine = trace([query, icmpError({ ...unreachable, about: query })]);
    const [event] = engine.trace.icmpErrors.get(0)!;
    assert.deepEqual(
      [event?.kind, event?.about, event?.packet, engine.trace.addresses.textOf(event!.from)],
      ['port-unreachable', 'query', 2, NODE],
    );
    assert.deepEqual(
      [...engine.trace.icmpTallies.values()].map(({ kind, port, count, joined }) => [kind, port, count, joined]),
      [['port-unreachable', 53, 1, 1]],
    );
  });

  test('about a response: the client was no longer waiting', () => {
    const engine = trace([query, response, icmpError({ src: POD, dst: DNS, type: 3, code: 3, about: response })]);
    assert.equal(engine.trace.icmpErrors.get(0)?.[0]?.about, 'response');
  });

  test('details show it, with its bytes, and the sentence about the lookup says it', () => {
    const prohibited = icmpError({ ...unreachable, code: 4, mtu: 1400, about: query });
    const { meaning, messages } = lookupDetails(trace([query, prohibited, [9000, vxlan(new Uint8Array(0))]]), 0);
    assert.match(meaning, / 192\.168\.1\.10 reported that a query was not delivered: packet too big\.$/);
    assert.deepEqual(
      [messages[1]?.summary, messages[1]?.direction, messages[1]?.packet, messages[1]?.hex],
      [
        '192.168.1.10: packet too big, about the query',
        'response',
        2,
        Buffer.from(prohibited.subarray(20)).toString('hex'),
      ],
    );
    assert.deepEqual(
      messages[1]?.tree.map(({ label, value }) => `${label}: ${value ?? ''}`),
      [
        'From: 192.168.1.10',
        'Type: 3',
        'Code: 4 (packet too big)',
        'Largest packet that gets through: 1400 bytes',
        'About: the query',
      ],
    );
    const gone = trace([query, response, icmpError({ src: POD, dst: DNS, type: 3, code: 3, about: response })]);
    assert.match(lookupDetails(gone, 0).meaning, / 10\.244\.1\.12 no longer listened when an answer arrived/);
    const [first, , last] = fragmentsOf(response, 800);
    const lost = lookupDetails(trace([query, first!, last!]), 0);
    assert.match(lost.meaning, / An answer came in fragments, and not all of them arrived/);
    assert.equal(lost.messages[1]?.summary, 'A response in fragments, not all of which were captured: 792 bytes came');
  });

  test('eight bytes quoted are enough, and name no other transaction', () => {
    const other = udpPacket({ ...up, sport: 40_001, payload: dnsQuery({ ...dns, id: 8 }) });
    const engine = trace([query, other, icmpError({ ...unreachable, about: query, quote: 28 })]);
    assert.deepEqual([...engine.trace.icmpErrors.keys()], [0]);
  });

  const kinds: readonly (readonly [number, number, string])[] = [
    [3, 0, 'net-unreachable'],
    [3, 1, 'host-unreachable'],
    [3, 2, 'protocol-unreachable'],
    [3, 4, 'fragmentation-needed'],
    [3, 13, 'admin-prohibited'],
    [3, 99, 'other'],
    [11, 0, 'time-exceeded'],
    [11, 1, 'reassembly-timeout'],
    [12, 0, 'parameter-problem'],
  ];
  for (const [type, code, kind] of kinds) {
    test(`type ${String(type)}, code ${String(code)}: ${kind}`, () => {
      const engine = trace([query, icmpError({ ...unreachable, type, code, about: query, mtu: 1400 })]);
      const [event] = engine.trace.icmpErrors.get(0)!;
      assert.deepEqual([event?.kind, event?.mtu], [kind, kind === 'fragmentation-needed' ? 1400 : 0]);
    });
  }

  test('ICMPv6', () => {
    const ends = { src: 'fd00::1', sport: 40_000, dst: 'fd00::a', dport: 53 };
    const asked = udpPacket({ ...ends, payload: dnsQuery(dns) });
    const from = { src: 'fd00::99', dst: 'fd00::1' };
    const kindsOf = [
      [1, 0, 'net-unreachable'],
      [1, 1, 'admin-prohibited'],
      [1, 3, 'host-unreachable'],
      [1, 4, 'port-unreachable'],
      [2, 0, 'fragmentation-needed'],
      [3, 0, 'time-exceeded'],
    ] as const;
    const errors = kindsOf.map(([type, code]) => icmpError({ ...from, type, code, about: asked, mtu: 1280 }));
    for (const [k, error] of errors.entries()) {
      const [event] = trace([asked, error]).trace.icmpErrors.get(0)!;
      assert.deepEqual([event?.kind, event?.mtu], [kindsOf[k]![2], k === 4 ? 1280 : 0]);
    }
  });

  test('a refused connection has no message to join, and is counted for its server', () => {
    const syn = tcpPacket({ ...up, seq: 1, flags: 2, payload: new Uint8Array(0) });
    const engine = trace([syn, icmpError({ ...unreachable, code: 13, about: syn, quote: 28 })]);
    assert.equal(engine.trace.icmpErrors.size, 0);
    const [tally] = engine.trace.icmpTallies.values();
    assert.deepEqual([tally?.kind, tally?.proto, tally?.count, tally?.joined], ['admin-prohibited', 1, 1, 0]);
  });

  test('about another port, an echo, and a quote too short: nothing', () => {
    const web = udpPacket({ ...up, dport: 443, payload: dnsQuery(dns) });
    const engine = trace([
      query,
      icmpError({ ...unreachable, about: web }),
      icmpError({ ...unreachable, type: 8, code: 0, about: query }),
      icmpError({ ...unreachable, about: query, quote: 24 }),
    ]);
    assert.deepEqual([engine.trace.icmpErrors.size, engine.trace.totals.icmpErrors], [0, 0]);
  });

  test('a storm of them costs a bounded number of events', () => {
    const error = icmpError({ ...unreachable, about: query });
    const engine = trace([query, ...Array.from({ length: 500 }, () => error)]);
    assert.deepEqual([engine.trace.icmpErrors.get(0)?.length, engine.trace.totals.icmpErrors], [4, 500]);
  });
});

describe('encrypted flows', () => {
  const tls = (ends: typeof up, seq: number, flags = 16): Uint8Array =>
    tcpPacket({ ...ends, seq, flags, payload: Uint8Array.of(0x17, 3, 3, 0, 1, 9) });
  const flowsOf = (engine: TraceEngine): unknown =>
    [...engine.trace.opaqueFlows.tallies.values()].map(({ server, port, why, flows, packets, fromServer }) => [
      `${engine.trace.addresses.textOf(server)}:${String(port)} ${why}`,
      flows,
      packets,
      fromServer,
    ]);

  test('port 853: connections, repeated SYNs, a port used again, a flow that began before', () => {
    const to = { src: POD, dst: '192.0.2.53', sport: 40_000, dport: 853 };
    const from = { src: '192.0.2.53', dst: POD, sport: 853, dport: 40_000 };
    const syn = tls(to, 1, 2);
    const engine = trace([syn, syn, tls(from, 9, 18), tls(to, 2), tls(to, 500, 2), tls({ ...to, sport: 50_000 }, 7)]);
    assert.deepEqual(flowsOf(engine), [['192.0.2.53:853 port', 3, 6, 1]]);
    assert.equal(engine.trace.transactions.length, 0);
  });

  test('a report names them, with what ICMP said', () => {
    const to = { src: POD, dst: '192.0.2.53', sport: 40_000, dport: 853 };
    const error = icmpError({ src: NODE, dst: POD, type: 3, code: 10, about: query });
    const { wire } = summarize(trace([query, error, error, tls(to, 1)]), []);
    assert.deepEqual(wireLines(wire), [
      '  ICMP: admin prohibited, 2 times, about queries to 10.96.0.10 port 53 (UDP)',
      '  encrypted, cannot be read: 192.0.2.53 port 853, 1 connection, nothing came back',
    ]);
    assert.deepEqual(wireLines(summarize(trace([query]), []).wire), []);
  });

  test('HTTPS to a known resolver, and none to any other server', () => {
    const engine = trace([
      tls({ ...up, dst: '1.1.1.1', dport: 443 }, 1),
      tls({ ...up, dst: '192.0.2.1', dport: 443 }, 1),
    ]);
    assert.deepEqual(flowsOf(engine), [['1.1.1.1:443 resolver', 1, 1, 0]]);
  });

  test('sockets beyond counting are forgotten, not kept', () => {
    const flows = new OpaqueFlows(new AddressTable());
    const frame = new Frame();
    const packet = tls({ ...up, dst: '192.0.2.53', dport: 853 }, 1);
    assert.ok(decodeFrame(packet, 0, packet.length, LinkType.raw, frame));
    for (let k = 0; k < 200_000; k++) {
      packet[15] = k >> 16;
      frame.srcPort = k & 0xffff;
      flows.take(packet, frame, k);
    }
    const [tally] = flows.tallies.values();
    assert.deepEqual([tally?.flows, tally?.packets], [200_000, 200_000]);
  });

  test('an upstream that the Corefile reaches over TLS', () => {
    const upstream = { address: '192.0.2.8', port: 8853, transport: 'tls', zone: '.' } as const;
    const engine = new TraceEngine();
    engine.setTopology({ ...emptyTopology, upstreams: [upstream] });
    const builder = new CaptureBuilder({ linkType: LinkType.ethernet });
    builder.ip({ timeNs: 0n }, tls({ ...up, dst: '192.0.2.8', dport: 8853 }, 1));
    engine.openFile(() => ({ name: 'pod', role: 'client', addresses: [POD] })).push(builder.bytes());
    assert.deepEqual(flowsOf(engine), [['192.0.2.8:8853 upstream', 1, 1, 0]]);
  });
});

describe('DNS on ports nobody named', () => {
  const pair = (k: number, port = 1053): Uint8Array[] => {
    const asked = { id: 100 + k, name: `n${String(k)}.example.com` };
    const ends = { src: POD, sport: 30_000 + k, dst: DNS, dport: port };
    const back = { src: DNS, sport: port, dst: POD, dport: 30_000 + k };
    return [udpPacket({ ...ends, payload: dnsQuery(asked) }), udpPacket({ ...back, payload: dnsResponse(asked) })];
  };

  test('three answers make a server known, and nothing before them is lost', () => {
    const packets = [0, 1, 2, 3].flatMap((k) => pair(k));
    const engine = trace(packets);
    assert.deepEqual(states(engine), [1, 1, 1, 1]);
    assert.deepEqual(
      engine.trace.foundServers.found.map(({ port }) => port),
      [1053],
    );
    for (let id = 0; id < 8; id++) assert.deepEqual(messageBytes(engine, id)?.length, packets[id]!.length - 28);
    assert.deepEqual(trace(packets.slice(0, 4)).trace.transactions.length, 0, 'two are not enough');
  });

  test('by name, the first packet is enough', () => {
    assert.deepEqual(states(trace(pair(0), { dnsPorts: [1053] })), [1]);
  });

  test('another protocol of the same form, answers to nobody, and questions alone find nothing', () => {
    const netbios = [0, 1, 2, 3].flatMap((k) => pair(k, 137));
    const answers = [0, 1, 2, 3].map((k) => pair(k)[1]!);
    const questions = [0, 1, 2, 3].map((k) => pair(k)[0]!);
    for (const packets of [netbios, answers, questions]) assert.equal(trace(packets).trace.messages.length, 0);
  });

  test('an answer has the ID, the name and the socket of a question', () => {
    const name = (k: number): string => `n${String(k)}.example.com`;
    const ends = (k: number): typeof up => ({ src: POD, sport: 30_000 + k, dst: DNS, dport: 1053 });
    const asked = (k: number): Uint8Array => udpPacket({ ...ends(k), payload: dnsQuery({ id: k, name: name(k) }) });
    const back = (k: number): typeof up => ({ src: DNS, sport: 1053, dst: POD, dport: 30_000 + k });
    const found = (answer: (k: number) => Uint8Array): number =>
      trace([1, 2, 3, 4].flatMap((k) => [asked(k), answer(k)])).trace.foundServers.found.length;
    const said = (id: number, of: string): Uint8Array => dnsResponse({ id, name: of });
    assert.equal(
      found((k) => udpPacket({ ...back(k), payload: said(k, name(k)) })),
      1,
    );
    assert.equal(
      found((k) => udpPacket({ ...back(k), payload: said(k + 256, name(k)) })),
      0,
      'another ID',
    );
    assert.equal(
      found((k) => udpPacket({ ...back(k), payload: said(k, name(k + 1)) })),
      0,
      'another name',
    );
    assert.equal(
      found((k) => udpPacket({ ...back(k), dport: 29_000, payload: said(k, name(k)) })),
      0,
      'another socket',
    );
    assert.equal(
      found((k) => udpPacket({ ...back(k), src: NODE, payload: said(k, name(k)) })),
      0,
      'another server',
    );
    assert.equal(
      found((k) => udpPacket({ ...back(k), payload: said(k, name(k)).subarray(0, -1) })),
      0,
      'cut',
    );
  });

  test('of what came before a server was known the latest is kept', () => {
    const questions = Array.from({ length: 40 }, (_, k) => pair(k)[0]!);
    const answers = [37, 38, 39].map((k) => pair(k)[1]!);
    const engine = trace([...questions, ...answers]);
    assert.equal(engine.trace.messages.length, 32, 'with the three answers');
    assert.equal(trace([...questions, ...[0, 1, 2].map((k) => pair(k)[1]!)]).trace.messages.length, 0);
  });

  test('each server is found by itself, of many the ones asked last, and so many and no more', () => {
    const ports = Array.from({ length: 300 }, (_, k) => 2000 + k);
    const asked = ports.map((port) => pair(0, port)[0]!);
    const answered = (port: number): Uint8Array[] => [0, 1, 2].flatMap((k) => pair(k, port).slice(k === 0 ? 1 : 0));
    const portsOf = (engine: TraceEngine): readonly number[] => engine.trace.foundServers.found.map(({ port }) => port);
    assert.deepEqual(portsOf(trace([...asked, ...answered(2299), ...answered(2044)])), [2299, 2044]);
    assert.deepEqual(portsOf(trace([...asked, ...pair(0, 2043).slice(1), ...pair(1, 2043), ...pair(2, 2043)])), []);
    const all = trace(ports.slice(0, 70).flatMap((port) => [0, 1, 2].flatMap((k) => pair(k, port))));
    assert.deepEqual(portsOf(all), ports.slice(0, 64));
  });
});
