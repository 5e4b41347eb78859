import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, COREDNS, forward, POD, watchedStory, type Ask, type Story } from '../../support/story.ts';
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

/** Two clients wait for one name; CoreDNS asks twice. Which client each of the two is for. */
function ofTwo(
  clients: readonly [Partial<Ask>, Partial<Ask>],
  asked: readonly Partial<Ask>[],
  before?: (story: Story) => void,
): readonly string[] {
  const story = watchedStory();
  before?.(story);
  const name = 'a.example.com';
  clients.forEach((client, k) => {
    ask(story, { at: 5000 + k * 0.5, took: 30, port: 40_001 + k, name, ...client });
  });
  asked.forEach((query, k) => {
    forward(story, { at: 5004 + k, took: 5, name, ...query });
  });
  return childrenOf(story).slice(-asked.length);
}
/** A lone client's query and what CoreDNS asked for it, which tells how it asks. */
const alone =
  (client: Partial<Ask>, upstream: Partial<Ask>) =>
  (story: Story): void => {
    ask(story, { at: 0, took: 10, name: 'before.example.com', ...client });
    forward(story, { at: 2, took: 5, name: 'before.example.com', ...upstream });
  };

test('R3: of several waiting ones it is for the one that asked with the same DO and CD bits, strong', () => {
  const validating = { dnssecOk: true };
  const unchecked = { checkingDisabled: true };
  assert.deepEqual(ofTwo([{}, validating], [validating, {}]), ['1:2', '0:2']);
  assert.deepEqual(ofTwo([validating, {}], [{}, validating]), ['1:2', '0:2']);
  assert.deepEqual(ofTwo([{}, unchecked], [unchecked, {}]), ['1:2', '0:2']);
  assert.deepEqual(ofTwo([validating, { ...validating, ...unchecked }], [{ ...validating, ...unchecked }]), ['1:2']);
  assert.deepEqual(ofTwo([validating, validating], [validating, validating]), ['0:3', '1:3']);
});

test('R3: a query with other bits than those of all who wait is for the first, as inferred', () => {
  assert.deepEqual(ofTwo([{}, {}], [{ dnssecOk: true }, {}]), ['0:3', '1:3']);
});

test('R3: a repeat with the bits of one that was asked for in vain is for that, whoever else came meanwhile', () => {
  const validating = { dnssecOk: true };
  const story = watchedStory();
  ask(story, { at: 0, took: 4000, port: 40_001, name: 'a.example.com', ...validating });
  forward(story, { at: 401, name: 'a.example.com', ...validating });
  ask(story, { at: 2400, took: 50, port: 40_002, name: 'a.example.com' });
  forward(story, { at: 2406, took: 5, name: 'a.example.com', ...validating });
  forward(story, { at: 2407, took: 5, name: 'a.example.com' });
  assert.deepEqual(childrenOf(story), ['0:2', '0:2', '2:2']);
});

test('R3: where the only client asked with other bits, the join is inferred; a resolver known for it is not judged by them', () => {
  const asksDo = alone({}, { dnssecOk: true });
  const story = watchedStory();
  asksDo(story);
  ask(story, { at: 1000, took: 10, name: 'b.example.com' });
  forward(story, { at: 1002, took: 5, name: 'b.example.com', dnssecOk: true });
  assert.deepEqual(childrenOf(story), ['0:3', '2:2']);
  const both = { dnssecOk: true };
  assert.deepEqual(ofTwo([{}, both], [both, both], asksDo), ['2:3', '3:3']);
});

test('R3: of several waiting ones that over the same transport goes first, unless the resolver changes it', () => {
  const tcp = { proto: 'tcp' } as const;
  assert.deepEqual(ofTwo([{}, tcp], [tcp, {}]), ['1:3', '0:3']);
  assert.deepEqual(ofTwo([tcp, {}], [{}, tcp]), ['1:3', '0:3']);
  assert.deepEqual(ofTwo([{}, tcp], [tcp, tcp], alone({}, tcp)), ['2:3', '3:3']);
  assert.deepEqual(ofTwo([tcp, {}], [tcp, {}], alone(tcp, {})), ['2:3', '3:3']);
});

test('R3: with prefer_udp, an upstream’s cut answer is asked for over TCP for the same client; what came whole is not', () => {
  for (const [truncated, second] of [
    [true, '0:2'],
    [false, 'none:0 background'],
  ] as const) {
    const story = watchedStory();
    ask(story, { at: 0, took: 100, name: 'a.example.com', proto: 'tcp' });
    forward(story, { at: 20, took: 5, name: 'a.example.com', truncated });
    forward(story, { at: 40, took: 5, name: 'a.example.com', proto: 'tcp' });
    assert.deepEqual(childrenOf(story), ['0:2', second]);
  }
});
