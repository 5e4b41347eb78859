import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { searchStep } from '../../../src/core/lookups/searchList.ts';

/** Two names in turn, the base before, and the base after: 0 where the second is another lookup. */
const STEPS: readonly (readonly [string, string, number, number])[] = [
  ['api.shop.svc.cluster.local.', 'api.svc.cluster.local.', 0, 1],
  ['api.svc.cluster.local.', 'api.', 1, 1],
  ['api.', 'api.svc.cluster.local.', 0, 1],
  ['API.Shop.svc.cluster.local.', 'api.svc.cluster.local.', 0, 1],
  ['api.github.com.shop.svc.cluster.local.', 'api.github.com.', 0, 3],
  ['api.github.com.', 'api.github.com.corp.example.', 0, 3],
  ['api.corp.example.', 'api.example.', 0, 1],
  // A namespace may be named svc.
  ['db.svc.svc.cluster.local.', 'db.svc.cluster.local.', 0, 1],
  ['db.svc.svc.svc.cluster.local.', 'db.svc.svc.cluster.local.', 0, 2],
  // Suffixes that have nothing in common are no search list.
  ['www.example.com.', 'www.example.org.', 0, 0],
  ['www.shop.svc.cluster.local.', 'www.example.org.', 0, 1],
  ['www.example.org.', 'www.shop.svc.cluster.local.', 0, 1],
  ['a.example.com.', 'b.example.com.', 0, 0],
  ['api.', 'api.', 0, 0],
  ['.', 'api.', 0, 0],
  // Once the bare name was asked for, nothing follows it; and the application's own labels stay.
  ['api.github.com.', 'api.github.com.svc.cluster.local.', 3, 0],
  ['api.github.com.svc.cluster.local.', 'api.gitlab.com.svc.cluster.local.', 3, 0],
  ['api.github.com.svc.cluster.local.', 'api.github.com.cluster.local.', 3, 3],
  // An escaped dot is part of its label.
  ['a\\.b.svc.cluster.local.', 'a\\.c.svc.cluster.local.', 0, 0],
  ['a\\.b.x.svc.cluster.local.', 'a\\.b.svc.cluster.local.', 0, 1],
  ['a\\\\.b.svc.cluster.local.', 'a\\\\.c.svc.cluster.local.', 0, 1],
];

for (const [current, next, base, expected] of STEPS) {
  test(`${current} then ${next}${base === 0 ? '' : ` in a walk of ${String(base)}`}: ${expected === 0 ? 'another lookup' : `a step, ${String(expected)} in common`}`, () => {
    assert.equal(searchStep(current, next, base), expected);
  });
}

test('any walk through a search list that ends with the bare name is one, and ends there', () => {
  const label = fc.stringMatching(/^[a-z]{1,4}$/u);
  const own = fc.array(label, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(own, label, (labels, namespace) => {
      const name = labels.join('.');
      const walk = [`${namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'].map(
        (end) => `${name}.${end}.`,
      );
      let base = 0;
      for (const [k, next] of [...walk.slice(1), `${name}.`].entries()) {
        base = searchStep(walk[k]!, next, base);
        assert.equal(base, labels.length);
      }
      assert.equal(searchStep(`${name}.`, `${name}.x.`, base), 0);
    }),
  );
});
