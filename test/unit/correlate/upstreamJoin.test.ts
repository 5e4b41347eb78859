import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, COREDNS, forward, watchedStory, type Story } from '../../support/story.ts';
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
