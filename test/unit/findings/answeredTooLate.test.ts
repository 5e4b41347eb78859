import assert from 'node:assert/strict';
import { test } from 'node:test';
import { icmpError } from '../../support/encapsulation.ts';
import { dnsResponse, udpPacket } from '../../support/packetBuilder.ts';
import { ask, COREDNS, forward, POD, UPSTREAM, VIP, watchedStory, type Story, type Told } from '../../support/story.ts';

function slowUpstream(took: number): Story {
  const story = watchedStory();
  ask(story, { at: 0, took: took + 2, name: 'www.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: took * 0.1 + 1, took: took * 0.7, name: 'www.example.com', answers: ['192.0.2.1'] });
  ask(story, { at: 20_000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  return story;
}

test('an answer after the wait of the client, laid to where the time passed, with what that time is known for', () => {
  const { told, findings } = slowUpstream(6000).run();
  assert.deepEqual(told, ['error answered-too-late upstream answered-too-late']);
  assert.equal(findings.findings[0]!.subject['server'], UPSTREAM);
  assert.equal(findings.findings[0]!.subject['signatureSeconds'], 6);
});

test('an answer to a closed socket is too late, however fast it was', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 1500, port: 43_000, id: 7, name: 'cart.shop.svc.cluster.local', answers: ['10.96.0.9'] });
  const about = udpPacket({
    src: VIP,
    dst: POD,
    sport: 53,
    dport: 43_000,
    payload: dnsResponse({ id: 7, name: 'cart.shop.svc.cluster.local' }),
  });
  story.packet('shop/order-service', 1501, icmpError({ src: POD, dst: VIP, type: 3, code: 3, about }), 'out');
  const { told, findings } = story.run();
  assert.deepEqual(told, ['error answered-too-late coredns answered-too-late']);
  assert.equal(findings.findings[0]!.subject['server'], COREDNS);
  assert.equal(findings.findings[0]!.subject['socketsClosed'], 1);
});

/** Five digs at once that wait a second, for an upstream that takes 1.5 s; the client's errors about `refused` of the answers come out. */
function digs(refused: readonly number[], more: (story: Story) => void = () => undefined): Told {
  const story = watchedStory();
  for (let n = 0; n < 5; n++) {
    const query = { name: `host-${String(n)}.example.com`, answers: ['192.0.2.1'] };
    const [at, port, id] = [n * 300, 43_000 + n, 100 + n];
    ask(story, { ...query, at, took: 1502 + n, port, id });
    forward(story, { ...query, at: at + 160, took: 1200 });
    if (!refused.includes(n)) continue;
    const payload = dnsResponse({ id, name: query.name });
    const about = udpPacket({ src: VIP, dst: POD, sport: 53, dport: port, payload });
    const error = icmpError({ src: POD, dst: VIP, type: 3, code: 3, about });
    story.packet('shop/order-service', at + 1503 + n, error, 'out');
  }
  for (let n = 0; n < 10; n++)
    ask(story, { at: 9000 + n * 100, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  more(story);
  return story.run();
}

test('a host sends one ICMP error a second: answers soon after one, to the same client and as late, came too late as well', () => {
  const { told, findings } = digs([0, 3]);
  assert.deepEqual(told, ['error answered-too-late upstream answered-too-late']);
  const [finding] = findings.findings;
  assert.deepEqual([finding!.subject['lookups'], finding!.subject['socketsClosed']], [5, 2]);
  assert.match(finding!.explanation, /as its ICMP errors say for 2 of them/u);
});

test('an answer before the first error, or long after the last, is only slow', () => {
  assert.equal(digs([2]).findings.findings[0]!.subject['lookups'], 3);
  const late = digs([0, 1, 2, 3, 4], (story) => {
    ask(story, { at: 6000, took: 1600, name: 'patient.example.com', answers: ['192.0.2.1'] });
    forward(story, { at: 6160, took: 1300, name: 'patient.example.com', answers: ['192.0.2.1'] });
  });
  assert.equal(late.findings.findings[0]!.subject['lookups'], 5);
  assert.ok(!late.findings.findings[0]!.subject['names']!.toString().includes('patient'));
});

test('a slow answer that somebody still waits for is not, and the wait for a silent upstream is told as that', () => {
  assert.deepEqual(slowUpstream(3000).run().told, []);
  const silent = watchedStory();
  ask(silent, { at: 0, took: 6002, name: 'www.example.com', rcode: 'SERVFAIL' });
  forward(silent, { at: 601, name: 'www.example.com' });
  ask(silent, { at: 20_000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  assert.deepEqual(silent.run().told, ['error upstream-no-answer upstream upstream-silent']);
});
