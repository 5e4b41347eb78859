import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveClocks } from '../../../src/io/liveClocks.ts';
import { COREDNS, POD, VIP, watchedStory } from '../../support/story.ts';

test('a live trace tells how far CoreDNS’s node is ahead, and moves no times', () => {
  const story = watchedStory();
  for (let k = 0; k < 8; k++) {
    const query = { client: POD, port: 30_000 + k, id: k, name: 'a.example.com', answers: ['192.0.2.1'] };
    story.leg({ ...query, at: 100 * k, took: 10, server: VIP, vantage: 'shop/order-service' });
    story.leg({ ...query, at: 100 * k + 301, took: 8, server: COREDNS, vantage: 'kube-system/coredns-1' });
  }
  const { trace } = story.run().engine;
  new LiveClocks().compare(trace);
  const clocks = trace.vantages.map(({ clock }) => clock!);
  assert.equal(Math.round(Math.abs(clocks[1]!.offsetNs - clocks[0]!.offsetNs) / 1e6), 300);
  assert.deepEqual(
    clocks.map(({ correctionNs }) => correctionNs),
    [0, 0],
  );
});
