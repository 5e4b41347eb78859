/** What resolvers asked others: the counts behind the tree's upstreams, and behind findings about who asks whom. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COREDNS, POD, Story, UPSTREAM, ask, forward, watchedStory, type Leg, type Told } from '../../support/story.ts';

const counts = ({ engine: { trace } }: Told): readonly string[] =>
  [...trace.upstreams.values()].map(
    ({ server, port, asked, answered }) =>
      `${trace.addresses.textOf(server)}:${String(port)} ${String(answered)} of ${String(asked)}`,
  );

test('what CoreDNS asks an upstream on behalf of clients and for itself is counted, each query once', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 20, name: 'a.example.com' });
  forward(story, { at: 5, took: 10, name: 'a.example.com' });
  ask(story, { at: 100, name: 'b.example.com' });
  forward(story, { at: 101, name: 'b.example.com' });
  forward(story, { at: 2000, took: 10, name: 'prefetched.example.com' });
  assert.deepEqual(counts(story.run()), [`${UPSTREAM}:53 2 of 3`]);
});

test('a leg to an upstream that is seen at both ends is counted once', () => {
  const upstream = 'dns/upstream';
  const story = watchedStory().vantage(upstream, 'unknown', UPSTREAM);
  ask(story, { at: 0, took: 20, name: 'a.example.com' });
  const leg = { client: COREDNS, port: 50_000, server: UPSTREAM, id: 77, name: 'a.example.com' };
  story.leg({ ...leg, at: 5, took: 10, vantage: 'kube-system/coredns-1' });
  story.leg({ ...leg, at: 6, took: 8, vantage: upstream });
  assert.deepEqual(counts(story.run()), [`${UPSTREAM}:53 1 of 1`]);
});

for (const order of ['pod node coredns', 'node coredns pod', 'coredns node pod', 'coredns pod node'])
  test(`what NodeLocal asks CoreDNS is no question to an upstream, captures in the order ${order}`, () => {
    const places = {
      pod: 'shop/order-service',
      node: 'kube-system/node-local-dns-1',
      coredns: 'kube-system/coredns-1',
    };
    const [cache, node, name] = ['169.254.20.10', '192.168.1.10', 'www.example.com'];
    const story = new Story()
      .vantage(places.pod, 'client', POD)
      .vantage(places.node, 'nodelocal', node)
      .vantage(places.coredns, 'coredns', COREDNS);
    for (let at = 0; at < 500; at += 100) {
      const seen = (leg: Omit<Leg, 'name' | 'id'>): Story => story.leg({ name, id: at + 1, ...leg });
      const own = { client: POD, port: 40_000 + at, server: cache };
      seen({ ...own, at, took: 12, vantage: places.pod });
      seen({ ...own, at: at + 0.1, took: 11.8, vantage: places.node });
      const between = { client: node, port: 30_000 + at, server: COREDNS, proto: 'tcp' } as const;
      seen({ ...between, at: at + 1, took: 10, vantage: places.node });
      seen({ ...between, at: at + 1.1, took: 9.8, vantage: places.coredns });
      seen({ client: COREDNS, port: 50_000 + at, server: UPSTREAM, at: at + 2, took: 8, vantage: places.coredns });
    }
    assert.deepEqual(counts(story.run(order.split(' ').map((place) => places[place as keyof typeof places]))), [
      `${UPSTREAM}:53 5 of 5`,
    ]);
  });
