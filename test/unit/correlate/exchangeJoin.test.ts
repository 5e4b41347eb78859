import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, COREDNS, POD, Story, VIP, watchedStory } from '../../support/story.ts';

const pod = 'shop/order-service';
const dns = 'kube-system/coredns-1';

function joinsOf(story: Story): readonly string[] {
  const { engine } = story.run();
  return Array.from({ length: engine.trace.exchanges.length }, (_, id) =>
    [...engine.trace.transactionsOf(id)]
      .map(
        (transaction) =>
          engine.trace.vantages[engine.trace.transactions.of(transaction).vantage[transaction]!]!.vantage.name,
      )
      .sort()
      .join(' + '),
  );
}

test('R2: the server address is not compared, client, port, ID, name and type are', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'a.example.com' });
  assert.deepEqual(joinsOf(story), [`${dns} + ${pod}`]);
});

test('R2: another type, port, name or ID is another exchange', () => {
  const base = { client: POD, port: 40_000, id: 7, name: 'a.example.com', took: 1, at: 0 };
  for (const other of [{ type: 'AAAA' }, { port: 40_001 }, { name: 'b.example.com' }, { id: 8 }]) {
    const story = watchedStory();
    story.leg({ ...base, server: VIP, vantage: pod });
    story.leg({ ...base, ...other, server: COREDNS, vantage: dns });
    assert.equal(joinsOf(story).length, 2, JSON.stringify(other));
  }
});

test('R2: names are compared without regard to case', () => {
  const base = { client: POD, port: 40_000, id: 7, took: 1, at: 0 };
  const story = watchedStory();
  story.leg({ ...base, name: 'WWW.Example.com', server: VIP, vantage: pod });
  story.leg({ ...base, name: 'www.example.com', server: COREDNS, vantage: dns });
  assert.equal(joinsOf(story).length, 1);
});

test('R2: the same port and ID again, later, is joined to its own time', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, port: 40_000, id: 7, name: 'a.example.com' });
  ask(story, { at: 60_000, took: 1, port: 40_000, id: 7, name: 'a.example.com' });
  assert.deepEqual(joinsOf(story), [`${dns} + ${pod}`, `${dns} + ${pod}`]);
});

test('R2: a translated client address is joined as inferred when it is the only candidate', () => {
  const base = { id: 7, name: 'a.example.com', took: 1 };
  const story = watchedStory();
  story.leg({ ...base, at: 0, client: POD, port: 40_000, server: VIP, vantage: pod });
  story.leg({ ...base, at: 0.2, client: '192.168.77.11', port: 61_234, server: COREDNS, vantage: dns });
  const { engine } = story.run();
  assert.equal(engine.trace.exchanges.length, 1);
  assert.equal(engine.trace.transactions.of(1).joined[1], 3);
});

test('R2: two candidates behind a translated address are joined to neither', () => {
  const base = { id: 7, name: 'a.example.com', took: 1 };
  const story = watchedStory().vantage('shop/cart', 'client', '10.244.1.13');
  story.leg({ ...base, at: 0, client: POD, port: 40_000, server: VIP, vantage: pod });
  story.leg({ ...base, at: 1, client: '10.244.1.13', port: 40_000, server: VIP, vantage: 'shop/cart' });
  story.leg({ ...base, at: 2, client: '192.168.77.11', port: 61_234, server: COREDNS, vantage: dns });
  assert.equal(story.run([pod, 'shop/cart', dns]).engine.trace.exchanges.length, 3);
});

test('R2: two pods that share an ID are two lookups', () => {
  const base = { id: 7, name: 'a.example.com', took: 1, server: VIP };
  const story = new Story().vantage('shop/a', 'client', POD).vantage('shop/b', 'client', '10.244.1.13');
  story.leg({ ...base, at: 0, client: POD, port: 40_000, vantage: 'shop/a' });
  story.leg({ ...base, at: 1, client: '10.244.1.13', port: 40_000, vantage: 'shop/b' });
  assert.equal(story.run().engine.trace.lookups.length, 2);
});

test('R2: a repeat is joined to the query that CoreDNS first saw after the loss', () => {
  const story = watchedStory();
  const query = { client: POD, port: 40_000, id: 7, name: 'a.example.com' };
  story.leg({ ...query, at: 0, server: VIP, vantage: pod });
  story.leg({ ...query, at: 5000, took: 1, server: VIP, vantage: pod });
  story.leg({ ...query, at: 5000.1, took: 0.8, server: COREDNS, vantage: dns });
  for (const order of [
    [pod, dns],
    [dns, pod],
  ]) {
    const { engine, told } = story.run(order);
    assert.equal(engine.trace.exchanges.length, 1);
    assert.equal(engine.trace.lookups.length, 1);
    assert.ok(!told.some((finding) => finding.startsWith('error')), told.join());
  }
});
