import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutNulls } from '../../../src/core/topology/withoutNulls.ts';

test('fields that are null are gone, at any depth, and everything else stays', () => {
  const slice = {
    endpoints: null,
    metadata: { labels: { a: 'b' }, ownerReferences: null },
    ports: [{ name: null, port: 53 }],
  };
  assert.deepEqual(withoutNulls(slice), { metadata: { labels: { a: 'b' } }, ports: [{ port: 53 }] });
});

test('what holds no fields comes back as it is', () => {
  for (const value of [null, undefined, 3, 'text', [], [null]]) assert.deepEqual(withoutNulls(value), value);
});

test('a deep object does not exhaust the stack', () => {
  let deep: object = { last: null };
  for (let depth = 0; depth < 200_000; depth++) deep = { deep };
  withoutNulls(deep);
  let inner = deep as { deep?: object };
  while (inner.deep !== undefined) inner = inner.deep;
  assert.deepEqual(inner, {});
});
