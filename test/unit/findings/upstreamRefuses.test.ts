import assert from 'node:assert/strict';
import { test } from 'node:test';
import { icmpError } from '../../support/encapsulation.ts';
import { dnsQuery, udpPacket } from '../../support/packetBuilder.ts';
import { ask, COREDNS, forward, POD, UPSTREAM, VIP, watchedStory, type Story } from '../../support/story.ts';

/** Two attempts at the upstream, each told to be undeliverable; `code` says how, `from` is who tells. */
function refused(code = 3, icmp = true, from = UPSTREAM): Story {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  ask(story, { at: 1000, took: 6, name: 'www.example.com', rcode: 'SERVFAIL' });
  for (const [at, port] of [
    [1001, 50_001],
    [1003, 50_002],
  ] as const) {
    forward(story, { at, port, id: port, name: 'www.example.com' });
    const query = { src: COREDNS, dst: UPSTREAM, sport: port, dport: 53 };
    const about = udpPacket({ ...query, payload: dnsQuery({ id: port, name: 'www.example.com' }) });
    const error = icmpError({ src: from, dst: COREDNS, type: 3, code, about });
    if (icmp) story.packet('kube-system/coredns-1', at + 0.5, error);
  }
  ask(story, { at: 9000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  return story;
}

test('ICMP says what silence leaves open: nothing listens, no route, a firewall', () => {
  const { told, findings } = refused().run();
  assert.deepEqual(told, ['error upstream-refuses upstream upstream-port-closed']);
  assert.equal(findings.findings[0]!.subject['upstream'], UPSTREAM);
  assert.match(findings.findings[0]!.title, /port 53: it answers ICMP port unreachable/);
  assert.deepEqual(refused(1).run().told, ['error upstream-refuses upstream upstream-unreachable']);
  assert.deepEqual(refused(13).run().told, ['error upstream-refuses upstream upstream-prohibited']);
});

test('silence without ICMP stays silence, and so does an error that says something else', () => {
  assert.deepEqual(refused(3, false).run().told, ['error upstream-no-answer upstream upstream-silent']);
  assert.deepEqual(refused(4).run().told, ['error upstream-no-answer upstream upstream-silent']);
});

test('an upstream that answers at other times does not refuse', () => {
  const story = refused();
  ask(story, { at: 5000, took: 4, name: 'www.example.org', answers: ['192.0.2.1'] });
  forward(story, { at: 5001, took: 1, name: 'www.example.org', answers: ['192.0.2.1'] });
  assert.deepEqual(story.run().told, ['error upstream-no-answer upstream upstream-silent-for-names']);
});

test('what it says: who told it, for which lookups, on which queries it rests', () => {
  const [finding] = refused(1, true, '10.224.0.1').run().findings.findings;
  assert.match(
    finding!.title,
    /^Upstream 10\.224\.0\.92 takes no queries on port 53: 10\.224\.0\.1 answers ICMP unreachable \(1 lookup\)$/u,
  );
  assert.deepEqual(finding!.subject, {
    upstream: UPSTREAM,
    port: 53,
    reportedBy: '10.224.0.1',
    lookups: 1,
    failedLookups: 1,
    names: 'www.example.com',
  });
  assert.deepEqual([finding!.confidence, finding!.evidence.count, finding!.evidence.samples.length], ['strong', 1, 2]);
});

test('a SERVFAIL that CoreDNS serves from its cache afterwards belongs to it', () => {
  const story = refused();
  ask(story, { at: 3000, took: 1, name: 'www.example.com', rcode: 'SERVFAIL' });
  const { told, findings } = story.run();
  assert.deepEqual(told, ['error upstream-refuses upstream upstream-port-closed']);
  assert.equal(findings.findings[0]!.evidence.count, 2);
});

test('while another upstream answers in its place it is a warning', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  ask(story, { at: 1000, took: 2500, name: 'www.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 1250, port: 50_001, id: 7, name: 'www.example.com' });
  const about = udpPacket({
    src: COREDNS,
    dst: UPSTREAM,
    sport: 50_001,
    dport: 53,
    payload: dnsQuery({ id: 7, name: 'www.example.com' }),
  });
  const error = icmpError({ src: UPSTREAM, dst: COREDNS, type: 3, code: 3, about });
  story.packet('kube-system/coredns-1', 1251, error);
  story.leg({
    at: 3252,
    took: 1,
    client: COREDNS,
    port: 50_002,
    server: '10.224.0.93',
    id: 8,
    name: 'www.example.com',
    answers: ['192.0.2.1'],
    vantage: 'kube-system/coredns-1',
  });
  ask(story, { at: 9000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  const { told, findings } = story.run();
  assert.deepEqual(told, ['warning upstream-refuses upstream upstream-port-closed']);
  assert.equal(findings.findings[0]!.subject['failedLookups'], 0);
});

test('ICMP about the query of a pod is of no upstream', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  const query = { client: POD, port: 44_000, server: '10.96.0.11', id: 9, name: 'www.example.com' };
  story.leg({ ...query, at: 1000, vantage: 'shop/order-service' });
  const payload = dnsQuery({ id: 9, name: 'www.example.com' });
  const about = udpPacket({ src: POD, dst: '10.96.0.11', sport: 44_000, dport: 53, payload });
  const error = icmpError({ src: VIP, dst: POD, type: 3, code: 3, about });
  story.packet('shop/order-service', 1001, error);
  ask(story, { at: 9000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  const { told } = story.run();
  assert.ok(told.length === 1 && !told[0]!.includes('upstream'), told.join());
});
