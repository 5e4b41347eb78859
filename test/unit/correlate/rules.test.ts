/** Cases of R2 to R6 that the tests beside this do not draw; docs/correlation.md lists which rule is tested where. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countOwnQueries, ownQueriesText } from '../../../src/core/correlate/ownQueries.ts';
import { ROW_MASK } from '../../../src/core/trace/tables.ts';
import type { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { transactionsOfLookup } from '../../../src/core/view/rowBuilder.ts';
import { icmpError } from '../../support/encapsulation.ts';
import { dnsQuery, udpPacket } from '../../support/packetBuilder.ts';
import {
  ask,
  COREDNS,
  forward,
  POD,
  Story,
  UPSTREAM,
  VIP,
  watchedStory,
  type Ask,
  type Told,
} from '../../support/story.ts';

const NAME = 'a.example.com';
const NODE = '192.168.1.10';
const coredns = 'kube-system/coredns-1';

/** `client>server join` of each transaction of each lookup. */
const trees = ({ engine }: Told): readonly string[] =>
  Array.from({ length: engine.trace.lookups.length }, (_, lookup) =>
    transactionsOfLookup(engine, lookup)
      .map((id) => edgeOf(engine, id))
      .join(', '),
  );
function edgeOf({ trace }: TraceEngine, id: number): string {
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const exchange = chunk.exchange[row]!;
  const join = Math.max(chunk.joined[row]!, trace.exchanges.of(exchange).parentJoin[exchange & ROW_MASK]!);
  const text = (address: number): string => trace.addresses.textOf(address);
  return `${text(chunk.client[row]!)}:${String(chunk.clientPort[row])}>${text(chunk.server[row]!)} ${['none', 'exact', 'strong', 'inferred'][join]!}`;
}

describe('R2', () => {
  test('a hostNetwork pod asks from its node’s address: the same at both ends, exact', () => {
    const story = new Story().vantage('shop/host-agent', 'client', NODE).vantage(coredns, 'coredns', COREDNS);
    const leg = { name: NAME, client: NODE, port: 41_000, id: 7, answers: ['192.0.2.1'] };
    story.leg({ ...leg, at: 0, took: 4, server: VIP, vantage: 'shop/host-agent' });
    story.leg({ ...leg, at: 1, took: 2, server: COREDNS, vantage: coredns });
    assert.deepEqual(trees(story.run()), [`${NODE}:41000>${VIP} exact, ${NODE}:41000>${COREDNS} exact`]);
  });

  test('one packet on veth, bridge and NIC of a node, translated on the way, is one query', () => {
    const story = new Story().vantage('node.pcap', 'node', '');
    const leg = { name: NAME, client: POD, port: 41_000, id: 7, vantage: 'node.pcap' };
    story.leg({ ...leg, at: 0, took: 6, server: VIP });
    for (const at of [0.05, 0.1, 0.15]) story.leg({ ...leg, at, took: 5.7, server: COREDNS });
    const told = story.run();
    assert.deepEqual(trees(told), [`${POD}:41000>${VIP} exact, ${POD}:41000>${COREDNS} exact`]);
    const { copies, retransmissions, unsolicited } = told.engine.trace.totals;
    assert.deepEqual([copies, retransmissions, unsolicited], [2, 0, 0]);
  });
});

describe('R3', () => {
  test('CoreDNS up to 1.8.6 keeps the ID: that makes it exact', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 10, name: NAME, id: 77, port: 41_000 });
    forward(story, { at: 2, took: 5, name: NAME, id: 77, port: 51_000 });
    assert.match(trees(story.run())[0]!, new RegExp(`${COREDNS}:51000>${UPSTREAM} exact$`));
  });

  test('and tells apart which of several waiting clients a query is for', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 20, name: NAME, id: 77, port: 41_000 });
    ask(story, { at: 0.5, took: 20, name: NAME, id: 78, port: 41_001 });
    forward(story, { at: 3, took: 5, name: NAME, id: 78, port: 51_001 });
    forward(story, { at: 3.5, took: 5, name: NAME, id: 77, port: 51_000 });
    const [first, second] = trees(story.run());
    assert.match(first!, /:51000>\S+ exact$/);
    assert.match(second!, /:51001>\S+ exact$/);
  });

  test('one upstream socket serves many clients in turn', () => {
    const story = watchedStory();
    for (const [k, name] of ['a.example.com', 'b.example.com', 'a.example.com'].entries()) {
      ask(story, { at: k * 100, took: 10, name, port: 41_000 + k, id: 100 + k });
      forward(story, { at: k * 100 + 2, took: 5, name, port: 51_000, id: 200 + k });
    }
    const told = story.run();
    assert.deepEqual(
      trees(told).map((tree) => tree.split(', ').at(-1)),
      new Array<string>(3).fill(`${COREDNS}:51000>${UPSTREAM} strong`),
    );
  });

  test('the same socket and ID again later is another query', () => {
    const story = watchedStory();
    for (const at of [0, 3000]) {
      ask(story, { at, took: 10, name: NAME, port: 41_000, id: 5 });
      forward(story, { at: at + 2, took: 5, name: NAME, port: 51_000, id: 6 });
    }
    const told = story.run();
    assert.equal(told.lookups.length, 2);
    assert.deepEqual(
      trees(told).map((tree) => tree.split(', ').length),
      [3, 3],
    );
    assert.equal(told.engine.trace.totals.retransmissions, 0);
  });
});

describe('R5: what CoreDNS asks for nobody', () => {
  test('health probes, loop probes, prefetch over TCP and the rest are told apart, and none is a lookup', () => {
    const story = watchedStory();
    forward(story, { at: 0, took: 2, name: '4511812.8879921', type: 'HINFO' });
    ask(story, { at: 1000, took: 10, name: NAME });
    forward(story, { at: 1002, took: 5, name: NAME });
    // The cache answers, and asks again for itself.
    ask(story, { at: 20_000, took: 1, name: NAME });
    forward(story, { at: 20_003, took: 8, name: NAME, proto: 'tcp' });
    for (const at of [30_000, 30_500]) forward(story, { at, name: '.', type: 'NS' });
    forward(story, { at: 40_000, took: 3, name: 'metrics.example.net' });
    for (const type of ['SOA', 'AXFR'])
      forward(story, { at: 41_000, took: 3, name: 'corp.example', type, proto: 'tcp' });
    const told = story.run();
    assert.equal(told.lookups.length, 2);
    const counts = countOwnQueries(told.engine.trace);
    assert.deepEqual(counts, { health: 2, loop: 1, refresh: 1, transfer: 2, other: 1 });
    assert.equal(
      ownQueriesText(counts),
      '2 health probes, 1 loop probe, 1 refresh of what is cached, 2 zone transfers, 1 other query',
    );
    assert.equal(ownQueriesText({ ...counts, health: 0, loop: 0, refresh: 0, transfer: 0, other: 0 }), '');
  });

  test('by name and type together: the root’s NS is a probe, other names’ and other types are none', () => {
    for (const [name, type, kind] of [
      ['.', 'NS', 'health'],
      ['.', 'A', 'other'],
      ['corp.example', 'NS', 'other'],
      ['1.2', 'HINFO', 'loop'],
      ['451.887.corp.example', 'HINFO', 'loop'],
      ['451.host.corp.example', 'HINFO', 'other'],
      ['x1.2', 'HINFO', 'other'],
      ['1', 'HINFO', 'other'],
      ['1.2', 'A', 'other'],
      ['corp.example', 'SOA', 'transfer'],
      ['corp.example', 'AXFR', 'transfer'],
      ['corp.example', 'IXFR', 'transfer'],
    ] as const) {
      const story = watchedStory();
      ask(story, { at: 0, took: 2, name: NAME });
      forward(story, { at: 1, took: 0.5, name: NAME });
      forward(story, { at: 5000, took: 1, name, type });
      const none = { health: 0, loop: 0, refresh: 0, transfer: 0, other: 0 };
      assert.deepEqual(countOwnQueries(story.run().engine.trace), { ...none, [kind]: 1 }, `${name} ${type}`);
    }
  });

  test('a refresh is of what this server answered, with the same type, before it asked', () => {
    const kindsOf = (answered: Partial<Ask>, answeredAt = 1000): number => {
      const story = watchedStory();
      ask(story, { at: 0, took: 2, name: 'b.example.com' });
      forward(story, { at: 1, took: 0.5, name: 'b.example.com' });
      ask(story, { at: answeredAt, took: 1, name: NAME, ...answered });
      forward(story, { at: 1500, took: 3, name: NAME, proto: 'tcp' });
      return countOwnQueries(story.run().engine.trace).refresh;
    };
    assert.equal(kindsOf({}), 1);
    assert.deepEqual([kindsOf({ type: 'AAAA' }), kindsOf({}, 1501), kindsOf({ took: 600 })], [0, 0, 0]);
  });

  test('a refresh follows an answer to a client by a second at most, however many clients ask meanwhile', () => {
    const refreshes = (at: number, name = NAME): number => {
      const story = watchedStory();
      ask(story, { at: 0, took: 2, name: NAME, port: 41_000 });
      forward(story, { at: 0.5, took: 1, name: NAME, port: 51_000 });
      ask(story, { at: 10_000, took: 1, name: NAME, port: 41_001 });
      // It asks later than all, and is answered later than the query that is told apart.
      ask(story, { at: 10_001.5, took: 5000, name: 'other.example.com', port: 41_002 });
      forward(story, { at, took: 3, name, port: 51_001, proto: 'tcp' });
      const { engine } = story.run();
      return countOwnQueries(engine.trace).refresh;
    };
    assert.deepEqual([refreshes(10_003), refreshes(10_990), refreshes(11_100)], [1, 1, 0]);
    assert.equal(refreshes(10_003, 'c.example.com'), 0);
  });

  test('only those of transactions that are asked about count', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 10, name: NAME });
    forward(story, { at: 2, took: 5, name: NAME });
    for (const at of [30_000, 30_500]) forward(story, { at, name: '.', type: 'NS' });
    const { trace } = story.run().engine;
    const among = new Uint8Array(trace.transactions.length).fill(1);
    assert.equal(countOwnQueries(trace, among).health, 2);
    among[trace.exchanges.of(trace.background[0]!).first[trace.background[0]! & ROW_MASK]!] = 0;
    assert.equal(countOwnQueries(trace, among).health, 1);
  });
});

describe('R6: attempts for one client query', () => {
  test('the second upstream is asked after the first one’s error, and its answer is the client’s', () => {
    const story = watchedStory();
    const second = '10.224.0.93';
    ask(story, { at: 0, took: 20, name: NAME, answers: ['192.0.2.1'] });
    forward(story, { at: 3, took: 2, name: NAME, rcode: 'SERVFAIL', port: 51_000 });
    story.leg({
      at: 6,
      took: 5,
      name: NAME,
      client: COREDNS,
      port: 51_001,
      server: second,
      id: 9,
      answers: ['192.0.2.1'],
      vantage: coredns,
    });
    const told = story.run();
    assert.deepEqual(trees(told)[0]!.split(', ').slice(2), [
      `${COREDNS}:51000>${UPSTREAM} strong`,
      `${COREDNS}:51001>${second} strong`,
    ]);
    assert.deepEqual(told.outcomes, [`${NAME}. A answered`]);
  });

  test('two silent attempts end in SERVFAIL after four seconds, laid to the upstream', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 4005, name: NAME, rcode: 'SERVFAIL' });
    for (const at of [402, 2402]) forward(story, { at, name: NAME });
    const told = story.run();
    assert.deepEqual(told.told, ['error upstream-no-answer upstream upstream-silent']);
    assert.match(told.lookups[0]!.way.at(-1)!.note!, /no answer to 2 queries/);
  });

  test('a late answer to a socket that CoreDNS closed: the ICMP error is the attempt’s', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 4005, name: NAME, rcode: 'SERVFAIL' });
    forward(story, { at: 402, took: 5000, name: NAME, id: 9, port: 51_000 });
    const late = udpPacket({ src: UPSTREAM, sport: 53, dst: COREDNS, dport: 51_000, payload: dnsResponseOf(9) });
    story.packet(coredns, 5403, icmpError({ src: COREDNS, dst: UPSTREAM, type: 3, code: 3, about: late }), 'out');
    const { trace } = story.run().engine;
    assert.deepEqual(
      [...trace.icmpErrors.values()].flat().map(({ kind, about }) => `${kind} ${about}`),
      ['port-unreachable response'],
    );
  });
});

/** A query with the QR bit: all that an ICMP error looks at. */
function dnsResponseOf(id: number): Uint8Array {
  const bytes = Uint8Array.from(dnsQuery({ id, name: NAME }));
  bytes[2]! |= 0x80;
  return bytes;
}
