import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyTopology } from '../../../src/core/topology/topology.ts';
import { Join } from '../../../src/core/trace/tables.ts';
import type { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { STATE_NAMES } from '../../../src/core/view/rowBuilder.ts';
import { ask, COREDNS, forward, POD, Story, UPSTREAM, VIP, watchedStory } from '../../support/story.ts';
import { KUBE_DNS, placedPod } from '../../support/storyTopology.ts';

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

test('R2: a view of the same query comes within eleven seconds, in either order', () => {
  const query = { client: POD, port: 40_000, id: 7, name: 'a.example.com', took: 1 };
  for (const [later, count] of [
    [11_000, 1],
    [11_000.001, 2],
  ] as const) {
    for (const order of [
      [pod, dns],
      [dns, pod],
    ]) {
      const story = watchedStory();
      story.leg({ ...query, at: 0, server: VIP, vantage: pod });
      story.leg({ ...query, at: later, server: COREDNS, vantage: dns });
      assert.equal(story.run(order).engine.trace.exchanges.length, count, `${String(later)} ${order.join()}`);
    }
  }
});

test('R2: of several uses of one port and ID the nearest in time is the other view', () => {
  const query = { client: POD, port: 40_000, id: 7, name: 'a.example.com', took: 1 };
  for (const [at, expected] of [
    [0.1, [`${dns} + ${pod}`, pod]],
    [3000.1, [pod, `${dns} + ${pod}`]],
  ] as const) {
    const story = watchedStory();
    for (const asked of [0, 3000]) story.leg({ ...query, at: asked, server: VIP, vantage: pod });
    story.leg({ ...query, at, server: COREDNS, vantage: dns });
    assert.deepEqual(joinsOf(story), expected);
  }
});

test('R2: one place shows a query again to another server, within 50 ms; to the same server it is asked again', () => {
  const query = { client: POD, port: 40_000, id: 7, name: 'a.example.com', took: 1, vantage: 'node' };
  for (const [at, server, count] of [
    [50, COREDNS, 1],
    [50.001, COREDNS, 2],
    [20, VIP, 2],
  ] as const) {
    const story = new Story().vantage('node', 'node', '192.168.77.11');
    story.leg({ ...query, at: 0, server: VIP });
    story.leg({ ...query, at, server });
    assert.equal(joinsOf(story).length, count, `${String(at)} ${server}`);
  }
});

test('R2: an exchange holds one query of each place and server: the second is another use of the ID', () => {
  const query = { client: POD, port: 40_000, id: 7, name: 'a.example.com', took: 1 };
  const story = watchedStory();
  story.leg({ ...query, at: 0, server: VIP, vantage: pod });
  story.leg({ ...query, at: 0.1, server: COREDNS, vantage: dns });
  story.leg({ ...query, at: 100, server: COREDNS, vantage: dns });
  assert.deepEqual(joinsOf(story), [`${dns} + ${pod}`, dns]);
});

test('R2: what a client repeats, as it never got the answer that CoreDNS gave, is the same query; what it has an answer to is not', () => {
  const query = { client: POD, port: 40_000, id: 7, name: 'a.example.com' };
  const up = { client: COREDNS, server: UPSTREAM, name: 'a.example.com', vantage: dns, took: 2 };
  const repeated = (first: object): Story => {
    const story = watchedStory();
    story.leg({ ...query, ...first, at: 0, server: VIP, vantage: pod });
    story.leg({ ...query, at: 5000, server: VIP, vantage: pod });
    for (const [at, id] of [
      [0.2, 900],
      [5000.2, 901],
    ] as const) {
      story.leg({ ...query, at, took: 4, server: COREDNS, vantage: dns });
      story.leg({ ...up, at: at + 1, port: 50_000 + id, id });
    }
    return story;
  };
  const lost = repeated({});
  assert.deepEqual(joinsOf(lost), [`${dns} + ${dns} + ${pod}`, dns, dns]);
  const { engine, told } = lost.run();
  assert.equal(engine.trace.background.length, 0);
  assert.deepEqual(told, ['error unanswered coredns-client lost-on-return']);
  assert.equal(joinsOf(repeated({ took: 5 })).filter((views) => views === `${dns} + ${pod}`).length, 2);
});

test('R2: a translated view comes within 50 ms, at another place, one of them CoreDNS’s', () => {
  const query = { id: 7, name: 'a.example.com', took: 1 };
  const replica = 'kube-system/coredns-2';
  for (const [at, first, second, count] of [
    [50, pod, dns, 1],
    [50.001, pod, dns, 2],
    [1, dns, dns, 2],
    [1, replica, dns, 2],
    [1, pod, 'shop/cart', 2],
  ] as const) {
    const story = watchedStory()
      .vantage(replica, 'coredns', '10.244.0.6')
      .vantage('shop/cart', 'client', '10.244.1.13');
    story.leg({ ...query, at: 0, client: '10.244.9.9', port: 40_000, server: VIP, vantage: first });
    story.leg({ ...query, at, client: '192.168.77.11', port: 61_234, server: COREDNS, vantage: second });
    assert.equal(
      story.run([pod, replica, 'shop/cart', dns]).engine.trace.exchanges.length,
      count,
      `${String(at)} ${first} ${second}`,
    );
  }
});

test('R2: what an old CoreDNS asks with its client’s ID is no view of the client’s query', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 10, id: 7, name: 'a.example.com' });
  forward(story, { at: 2, took: 1, id: 7, name: 'a.example.com' });
  for (const order of [
    [pod, dns],
    [dns, pod],
  ])
    assert.equal(story.run(order).engine.trace.exchanges.length, 2, order.join());
});

/** What became of the transactions of a node's capture: `state`, and the counts of answers that were not asked for and that came twice. */
function onBridge(story: Story): readonly (string | number)[] {
  const { trace } = story.run().engine;
  const states = Array.from(
    { length: trace.transactions.length },
    (_, id) => STATE_NAMES[trace.transactions.of(id).state[id]!]!,
  );
  return [...states, trace.totals.unsolicited, trace.totals.duplicates];
}
const NODE = '192.168.77.11';
const bridge = (role: 'node' | 'client' = 'node'): Story =>
  new Story().vantage('cni0', role, role === 'client' ? POD : '');
const seen = { client: POD, port: 40_000, id: 7, name: 'a.example.com', vantage: 'cni0' };

test('R2: a bridge shows a query as it goes to the CoreDNS pod and the answer as the Service’s: that is its answer', () => {
  const story = bridge();
  story.leg({ ...seen, at: 0, server: COREDNS });
  story.leg({ ...seen, at: 0, took: 2, server: VIP, queryLost: true, answers: ['192.0.2.1'] });
  assert.deepEqual(onBridge(story), ['answered', 0, 0]);
  const { engine, outcomes, told } = story.run();
  assert.deepEqual([outcomes, told], [['a.example.com. A answered'], []]);
  assert.equal(engine.trace.transactions.of(0).end[0]! - engine.trace.transactions.of(0).start[0]!, 2e6);
  const server = engine.trace.addresses.intern(COREDNS);
  assert.deepEqual([engine.trace.serverAsked.get(server), engine.trace.serverAnswered.get(server)], [1, 1]);
});

test('R2: a query that left under the node’s address is answered where the answer is back at who asked, over TCP too', () => {
  for (const proto of ['udp', 'tcp'] as const) {
    const story = bridge();
    story.leg({ ...seen, at: 0, client: '10.244.0.1', port: 13_381, server: COREDNS, proto });
    story.leg({ ...seen, at: 0, took: 2, client: NODE, port: 40_074, server: COREDNS, proto, queryLost: true });
    assert.deepEqual(onBridge(story), ['answered', 0, 0], proto);
  }
});

test('R2: an answer that was seen before and after it was translated back came once', () => {
  const story = bridge();
  story.leg({ ...seen, at: 0, took: 2, server: COREDNS });
  story.leg({ ...seen, at: 0, took: 2.05, server: VIP, queryLost: true });
  assert.deepEqual(onBridge(story), ['answered', 0, 1]);
});

test('R2: of two views of one query the one that waits is answered', () => {
  const story = bridge();
  story.leg({ ...seen, at: 0, server: COREDNS });
  story.leg({ ...seen, at: 0.05, took: 2, server: '10.244.0.6' });
  story.leg({ ...seen, at: 0, took: 2.1, server: VIP, queryLost: true });
  assert.deepEqual(onBridge(story), ['answered', 'answered', 0, 0]);
});

test('R2: what is no translated answer stays unsolicited: in the pod itself, of another question or socket, too late, of two queries', () => {
  const back = { ...seen, at: 0, took: 2, server: VIP, queryLost: true };
  for (const [why, role, first, answer] of [
    ['in the pod', 'client', {}, {}],
    ['another name', 'node', {}, { name: 'b.example.com' }],
    ['another type', 'node', {}, { type: 'AAAA' }],
    ['another ID', 'node', {}, { id: 8 }],
    ['another transport', 'node', {}, { proto: 'tcp' }],
    ['another port of the client', 'node', {}, { port: 40_001 }],
    ['before the query', 'node', { at: 3 }, {}],
    ['after eleven seconds', 'node', {}, { took: 11_000.001 }],
    ['long after the answer', 'node', { took: 1 }, { took: 51.001 }],
  ] as const) {
    const story = bridge(role).withFaults(2);
    story.leg({ ...seen, at: 0, server: COREDNS, ...first });
    story.leg({ ...back, ...answer });
    assert.equal(onBridge(story).at(-2), 1, why);
  }
  const two = bridge();
  two.leg({ ...seen, at: 0, client: '10.244.0.1', port: 13_381, server: COREDNS });
  two.leg({ ...seen, at: 1, client: '10.244.0.1', port: 13_382, server: COREDNS });
  two.leg({ ...seen, at: 0, took: 4, client: NODE, port: 40_074, server: COREDNS, queryLost: true });
  assert.deepEqual(onBridge(two), ['pending', 'pending', 'unsolicited', 1, 0]);
});

test('R2: both sides translated: the one query at a CoreDNS pod that the Service’s answer fits, inferred', () => {
  const known = (engine: TraceEngine): void =>
    engine.setTopology({
      ...emptyTopology,
      pods: [placedPod('kube-system/coredns-1', COREDNS, { role: 'coredns' })],
      services: [KUBE_DNS],
    });
  const masked = { ...seen, client: '10.244.0.1', port: 13_381, server: COREDNS };
  const back = { ...seen, at: 0, took: 2, server: VIP, queryLost: true };
  const what = (story: Story, prepare: (engine: TraceEngine) => void = known): readonly (string | number)[] => {
    const { trace } = story.run(undefined, prepare).engine;
    const { state, joined } = trace.transactions.of(0);
    return [STATE_NAMES[state[0]!]!, joined[0]!, trace.totals.unsolicited];
  };
  const story = bridge();
  story.leg({ ...masked, at: 0 });
  story.leg(back);
  assert.deepEqual(what(story), ['answered', Join.inferred, 0]);
  assert.deepEqual(
    what(story, () => undefined),
    ['pending', Join.exact, 1],
  );
  const reverse = bridge();
  reverse.leg({ ...seen, at: 0, server: VIP });
  reverse.leg({ ...back, client: '10.244.0.1', port: 13_381, server: COREDNS });
  assert.deepEqual(what(reverse), ['pending', Join.exact, 1]);
  for (const [why, first, answer] of [
    ['another question', {}, { name: 'b.example.com' }],
    ['another ID', {}, { id: 8 }],
    ['after eleven seconds', {}, { took: 11_000.001 }],
    ['of an upstream', {}, { server: '10.224.0.92' }],
    ['to an upstream', { server: '10.224.0.92' }, {}],
    ['from one CoreDNS pod to another', { client: COREDNS, server: '10.244.0.6' }, {}],
  ] as const) {
    const other = bridge().withFaults(2);
    other.leg({ ...masked, at: 0, ...first });
    other.leg({ ...back, ...answer });
    assert.deepEqual(what(other)[2], 1, why);
  }
  const two = bridge().withFaults(2);
  for (const port of [13_381, 13_382]) two.leg({ ...masked, at: 0, port });
  two.leg(back);
  assert.equal(what(two)[2], 1);
});

test('R2: a CoreDNS pod that answers whoever asked the Service was not translated back: no answer to that query', () => {
  const story = bridge().vantage(dns, 'coredns', COREDNS);
  story.leg({ ...seen, at: 0, server: VIP });
  story.leg({ ...seen, at: 0, took: 2, server: COREDNS, queryLost: true });
  assert.deepEqual(onBridge(story), ['pending', 'unsolicited', 1, 0]);
});
