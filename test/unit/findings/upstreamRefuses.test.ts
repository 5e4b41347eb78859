import assert from 'node:assert/strict';
import { test } from 'node:test';
import { icmpError } from '../../support/encapsulation.ts';
import { dnsQuery, udpPacket } from '../../support/packetBuilder.ts';
import { ask, COREDNS, forward, UPSTREAM, watchedStory, type Story } from '../../support/story.ts';

/** Two attempts at the upstream, each told to be undeliverable; `code` says how. */
function refused(code = 3, icmp = true): Story {
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
    const error = icmpError({ src: UPSTREAM, dst: COREDNS, type: 3, code, about });
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
