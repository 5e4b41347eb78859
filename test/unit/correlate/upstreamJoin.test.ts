import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, COREDNS, forward, POD, watchedStory, type Story } from '../../support/story.ts';
import { NONE } from '../../../src/core/trace/tables.ts';

/** `parent<-child:confidence` for every upstream exchange, by the names of their first transactions' clients. */
function childrenOf(story: Story): readonly string[] {
  const { engine } = story.run(['kube-system/coredns-1', 'shop/order-service']);
  const { trace } = engine;
  const result: string[] = [];
  for (let id = 0; id < trace.exchanges.length; id++) {
    const chunk = trace.exchanges.of(id);
    const first = chunk.first[id]!;
    const client = trace.addresses.textOf(trace.transactions.of(first).client[first]!);
    if (client !== COREDNS) continue;
    const parent = chunk.parent[id]!;
    const background = chunk.background[id] === 1 ? ' background' : '';
    result.push(`${parent === NONE ? 'none' : String(parent)}:${String(chunk.parentJoin[id]!)}${background}`);
  }
  return result;
}

test('R3: the only waiting client query with that question is the parent, strong', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 10, name: 'a.example.com' });
  forward(story, { at: 2, took: 5, name: 'a.example.com' });
  assert.deepEqual(childrenOf(story), ['0:2']);
});

test('R3: of several waiting ones the first come is served first, as inferred', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 20, port: 40_001, name: 'a.example.com' });
  ask(story, { at: 0.5, took: 20, port: 40_002, name: 'a.example.com' });
  forward(story, { at: 3, took: 5, name: 'a.example.com' });
  forward(story, { at: 3.5, took: 5, name: 'a.example.com' });
  assert.deepEqual(childrenOf(story), ['0:3', '1:3']);
});

test('R3: another type or name is nobody’s child', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 10, name: 'a.example.com' });
  forward(story, { at: 2, took: 5, name: 'a.example.com', type: 'AAAA' });
  forward(story, { at: 2, took: 5, name: 'b.example.com' });
  assert.deepEqual(childrenOf(story), ['none:0 background', 'none:0 background']);
});

test('R5: what a resolver asks after the client was answered is its own business and no lookup', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 10, name: 'a.example.com' });
  forward(story, { at: 500, took: 5, name: 'a.example.com' });
  assert.deepEqual(childrenOf(story), ['none:0 background']);
  assert.equal(story.run().engine.trace.lookups.length, 1);
});

test('R6: further attempts for one client query hang under it in order', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 4002, name: 'a.example.com', rcode: 'SERVFAIL' });
  forward(story, { at: 401, name: 'a.example.com' });
  forward(story, { at: 2401, name: 'a.example.com' });
  assert.deepEqual(childrenOf(story), ['0:2', '0:2']);
});

test('R3: a query waits ten seconds for what is asked for it', () => {
  for (const [at, expected] of [
    [10_000.1, '0:2'],
    [10_000.101, 'none:0 background'],
  ] as const) {
    const story = watchedStory();
    ask(story, { at: 0, name: 'a.example.com' }); // at CoreDNS 0.1 ms later
    forward(story, { at, took: 1, name: 'a.example.com' });
    assert.deepEqual(childrenOf(story), [expected]);
  }
});

test('R3: packets may be captured a millisecond out of order, no more', () => {
  for (const [at, expected] of [
    [10, '0:2'],
    [10.001, 'none:0 background'],
  ] as const) {
    const story = watchedStory();
    ask(story, { at: 0, took: 10, name: 'a.example.com' }); // at CoreDNS from 1 to 9 ms
    forward(story, { at, took: 1, name: 'a.example.com' });
    assert.deepEqual(childrenOf(story), [expected]);
  }
});

test('R3: queries that come after the server first asked somebody have children too', () => {
  const story = watchedStory();
  for (const at of [0, 1000, 2000]) {
    ask(story, { at, took: 10, name: 'a.example.com' });
    forward(story, { at: at + 2, took: 5, name: 'a.example.com' });
  }
  assert.deepEqual(childrenOf(story), ['0:2', '2:2', '4:2']);
});

test('R3: a query that just came in is served before an older one is retried, for 100 ms', () => {
  for (const [at, parent] of [
    [2100, 'second'],
    [2100.1, 'first'],
  ] as const) {
    const story = watchedStory();
    ask(story, { at: 0, port: 40_001, name: 'a.example.com' });
    forward(story, { at: 1, name: 'a.example.com' });
    ask(story, { at: 2000, port: 40_002, name: 'a.example.com' }); // at CoreDNS 0.1 ms later
    forward(story, { at, name: 'a.example.com' });
    assert.deepEqual(childrenOf(story), ['0:2', parent === 'first' ? '0:3' : '2:3']);
  }
});

test('R3: once its attempt was answered well a query needs no further one, after an error it does', () => {
  for (const [rcode, second] of [
    ['NOERROR', 'none:0 background'],
    ['SERVFAIL', '0:2'],
    ['REFUSED', '0:2'],
  ] as const) {
    const story = watchedStory();
    ask(story, { at: 0, took: 100, name: 'a.example.com' });
    forward(story, { at: 20, took: 5, rcode, name: 'a.example.com' });
    forward(story, { at: 40, took: 5, name: 'a.example.com' });
    assert.deepEqual(childrenOf(story), ['0:2', second], rcode);
  }
});

test('R3: an answer whose query was not seen waits for nothing', () => {
  const story = watchedStory();
  const leg = {
    client: POD,
    port: 40_000,
    id: 7,
    name: 'a.example.com',
    server: COREDNS,
    vantage: 'kube-system/coredns-1',
  };
  story.leg({ ...leg, at: 0, took: 10, queryLost: true });
  forward(story, { at: 10.5, took: 1, name: 'a.example.com' });
  assert.deepEqual(childrenOf(story), ['none:0 background']);
});
