import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tcpPacket } from '../../support/packetBuilder.ts';
import { ask, POD, watchedStory, type Story } from '../../support/story.ts';

const RESOLVER = '192.0.2.53';

function flow(port: number, answers: boolean): Story {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  for (let i = 0; i < 4; i++) {
    const payload = new Uint8Array(i === 0 ? 0 : 60);
    const to = { src: POD, dst: RESOLVER, sport: 40_000, dport: port, seq: 1 + i, payload };
    story.packet('shop/order-service', 1000 + i * 1000, tcpPacket({ ...to, flags: i === 0 ? 2 : 24 }), 'out');
    const back = { src: RESOLVER, dst: POD, sport: port, dport: 40_000, seq: 9 + i, flags: 24, payload };
    if (answers) story.packet('shop/order-service', 1001 + i * 1000, tcpPacket(back));
  }
  return story;
}

test('DNS over TLS is told as information: it is there, and unreadable', () => {
  const { told, findings } = flow(853, true).run();
  assert.deepEqual(told, ['info encrypted-dns client encrypted']);
  assert.equal(findings.findings[0]!.subject['connections'], 1);
});

test('a server that sends nothing back is a warning', () => {
  assert.deepEqual(flow(853, false).run().told, ['warning encrypted-dns client encrypted-and-silent']);
});

test('HTTPS to anybody is not DNS', () => {
  assert.deepEqual(flow(443, true).run().told, []);
});
