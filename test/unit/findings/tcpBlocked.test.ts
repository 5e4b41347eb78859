import assert from 'node:assert/strict';
import { test } from 'node:test';
import { icmpError } from '../../support/encapsulation.ts';
import { dnsQuery, dnsResponse, tcpFramed, tcpPacket, udpPacket } from '../../support/packetBuilder.ts';
import { ask, forward, POD, Story, UPSTREAM, VIP, watchedStory } from '../../support/story.ts';

const NAME = 'big.example.com';
const TO = { src: POD, dst: VIP, sport: 45_000, dport: 53 };
const BACK = { src: VIP, dst: POD, sport: 53, dport: 45_000 };

interface Tcp {
  readonly asked?: boolean;
  readonly answered?: boolean;
  readonly refused?: boolean;
  readonly truncated?: boolean;
  /** ICMP code of the refusal: 13 is "administratively prohibited", 4 "fragmentation needed". */
  readonly code?: number;
}

/** An answer over UDP with TC=1, and what became of the same question over TCP. */
function story({ asked = false, answered = false, refused = false, truncated = true, code = 13 }: Tcp): Story {
  const told = new Story().vantage('shop/order-service', 'client', POD);
  const query = { client: POD, port: 43_000, server: VIP, id: 7, name: NAME, vantage: 'shop/order-service' };
  told.leg({ ...query, at: 0, took: 1, ...(truncated ? { truncated } : { answers: ['192.0.2.1'] }) });
  const syn = tcpPacket({ ...TO, seq: 1, flags: 2, payload: new Uint8Array(0) });
  told.packet('shop/order-service', 2, syn, 'out');
  if (asked) {
    const payload = tcpFramed(dnsQuery({ id: 8, name: NAME }));
    told.packet('shop/order-service', 3, tcpPacket({ ...TO, seq: 2, flags: 24, payload }), 'out');
  }
  if (answered) {
    const answers = [{ type: 'A' as const, name: NAME, ttl: 30, data: '192.0.2.1' }];
    const payload = tcpFramed(dnsResponse({ id: 8, name: NAME, answers }));
    told.packet('shop/order-service', 4, tcpPacket({ ...BACK, seq: 9, flags: 24, payload }));
  }
  if (refused) told.packet('shop/order-service', 3, icmpError({ src: VIP, dst: POD, type: 3, code, about: syn }));
  told.leg({ ...query, at: 9000, took: 1, port: 43_009, id: 9, name: 'www.example.com', answers: ['192.0.2.2'] });
  return told;
}

test('a cut answer and no answer over TCP, or ICMP that forbids it', () => {
  const silent = story({ asked: true }).run();
  assert.deepEqual(silent.told, ['error tcp-blocked client-coredns tcp-blocked']);
  assert.equal(silent.findings.findings[0]!.confidence, 'inferred');
  assert.equal(silent.findings.findings[0]!.subject['unansweredOverTcp'], 1);
  const refused = story({ refused: true }).run();
  assert.deepEqual(refused.told, ['error tcp-blocked client-coredns tcp-blocked']);
  assert.equal(refused.findings.findings[0]!.confidence, 'strong');
});

test('TCP that answers, and an answer that was not cut, say nothing', () => {
  assert.deepEqual(story({ asked: true, answered: true }).run().told, []);
  assert.deepEqual(story({ refused: true, truncated: false }).run().told, []);
});

test('what it says: who asked whom, what for, how often TCP failed, and where to see it', () => {
  const { findings } = story({ asked: true, refused: true }).run();
  const [finding] = findings.findings;
  assert.equal(
    finding!.title,
    `Answers of ${VIP} for ${NAME} need TCP, and TCP port 53 does not get through (1 lookup)`,
  );
  assert.deepEqual(finding!.subject, {
    server: VIP,
    clients: POD,
    names: NAME,
    lookups: 1,
    unansweredOverTcp: 1,
    icmpErrors: 1,
  });
  assert.deepEqual(
    finding!.evidence.samples.map(({ packet }) => packet),
    [1, 4],
  );
  assert.equal(finding!.ruledOut.length, 2);
  assert.match(finding!.explanation, /gave no answer 1 time/u);
  assert.ok(finding!.nextSteps.includes(`Check from the client: dig +tcp @${VIP} ${NAME}`));
  assert.match(story({ refused: true }).run().findings.findings[0]!.explanation, /refused with ICMP errors/u);
});

test('a packet that was too big, and ICMP about UDP, block no TCP', () => {
  assert.deepEqual(story({ refused: true, code: 4 }).run().told, []);
  const overUdp = story({});
  const about = udpPacket({ ...TO, payload: dnsQuery({ id: 9, name: NAME }) });
  overUdp.packet('shop/order-service', 5, icmpError({ src: VIP, dst: POD, type: 3, code: 13, about }));
  assert.ok(!overUdp.run().told.some((line) => line.includes('tcp-blocked')));
});

test('an answer over TCP excludes it also where it came before the first cut answer', () => {
  const told = story({ asked: true });
  const query = { client: POD, server: VIP, vantage: 'shop/order-service', name: 'other.example.com' };
  told.leg({ ...query, at: -500, took: 1, port: 44_000, id: 5, answers: ['192.0.2.3'], proto: 'tcp' });
  assert.ok(!told.run().told.some((line) => line.includes('tcp-blocked')));
});

test('queries over TCP that no cut answer led to are none of it, whatever ICMP says', () => {
  const told = story({ truncated: false, refused: true });
  const query = { client: POD, server: VIP, vantage: 'shop/order-service', name: 'other.example.com' };
  told.leg({ ...query, at: 500, port: 44_000, id: 5, proto: 'tcp' });
  // Another pod's answers are cut, and it asks nothing over TCP.
  told.vantage('shop/cart', 'client', '10.244.1.99');
  told.leg({
    ...query,
    at: 600,
    took: 1,
    client: '10.244.1.99',
    port: 44_001,
    id: 6,
    truncated: true,
    vantage: 'shop/cart',
  });
  const { findings } = told.withFaults(2).run();
  assert.deepEqual(
    findings.findings.filter(({ id }) => id === 'tcp-blocked').map(({ subject }) => subject['clients']),
    ['10.244.1.99'],
  );
});

test('TCP that answers one client says nothing of another', () => {
  const other = '10.244.1.99';
  const told = story({ asked: true, answered: true });
  told.vantage('shop/cart', 'client', other);
  const query = { client: other, port: 43_000, server: VIP, id: 7, name: NAME, vantage: 'shop/cart' };
  told.leg({ ...query, at: 0, took: 1, truncated: true });
  told.leg({ ...query, at: 3, id: 8, port: 45_000, proto: 'tcp' });
  told.leg({ ...query, at: 9000, took: 1, id: 9, name: 'www.example.com', answers: ['192.0.2.2'] });
  const { findings } = told.run();
  assert.deepEqual(
    findings.findings.map(({ id, subject }) => [id, subject['clients'], subject['unansweredOverTcp']]),
    [['tcp-blocked', other, 1]],
  );
});

test('what CoreDNS cannot ask its upstream over TCP lies between these two', () => {
  const told = watchedStory();
  ask(told, { at: 0, took: 4002, name: NAME, rcode: 'SERVFAIL' });
  forward(told, { at: 401, took: 1, port: 50_001, id: 7, name: NAME, truncated: true });
  forward(told, { at: 403, port: 50_002, id: 8, name: NAME, proto: 'tcp' });
  ask(told, { at: 20_000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  const { findings } = told.run();
  const finding = findings.findings.find(({ id }) => id === 'tcp-blocked');
  assert.deepEqual([finding?.hop, finding?.subject['server']], ['coredns-upstream', UPSTREAM]);
});
