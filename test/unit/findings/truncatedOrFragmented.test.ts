import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fragmentsOf } from '../../support/encapsulation.ts';
import { dnsResponse, udpPacket } from '../../support/packetBuilder.ts';
import { ask, POD, VIP, watchedStory, type Story } from '../../support/story.ts';

const NAME = 'big.example.com';

/** A large answer in fragments, all but the `lost`th. */
function fragmented(lost: number): Story {
  const story = watchedStory();
  const answers = Array.from({ length: 120 }, (_, i) => ({
    type: 'A' as const,
    name: NAME,
    ttl: 30,
    data: `192.0.2.${String(i)}`,
  }));
  const payload = dnsResponse({ id: 7, name: NAME, answers });
  const answer = udpPacket({ src: VIP, dst: POD, sport: 53, dport: 43_000, payload });
  story.leg({ at: 0, client: POD, port: 43_000, server: VIP, id: 7, name: NAME, vantage: 'shop/order-service' });
  const fragments = fragmentsOf(answer, 800);
  assert.ok(fragments.length > 2);
  fragments.forEach((fragment, i) => {
    if (i !== lost) story.packet('shop/order-service', 1 + i, fragment);
  });
  ask(story, { at: 40_000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  return story;
}

function cut(count: number): Story {
  const story = watchedStory();
  for (let n = 0; n < count; n++) {
    const query = { client: POD, port: 43_000 + n, server: VIP, id: 100 + n, name: NAME, truncated: true };
    story.leg({ ...query, at: n * 1000, took: 1, vantage: 'shop/order-service' });
  }
  return story;
}

test('an answer of which a part never came', () => {
  assert.deepEqual(fragmented(1).run().told, ['error truncated-or-fragmented coredns-client fragments-lost']);
});

test('a whole one says nothing', () => {
  assert.deepEqual(fragmented(-1).run().told, []);
});

test('ten cut answers are information, nine are none', () => {
  assert.deepEqual(cut(10).run().told, ['info truncated-or-fragmented coredns-client truncated']);
  assert.deepEqual(cut(9).run().told, []);
});
