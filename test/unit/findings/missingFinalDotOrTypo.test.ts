import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isOneEdit, NameNeighbours } from '../../../src/core/findings/nameDistance.ts';
import { ask, watchedStory, type Story } from '../../support/story.ts';

function missing(wrong: string, right: string): Story {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: right, answers: ['10.96.0.9'] });
  ask(story, { at: 2000, took: 1, name: wrong, rcode: 'NXDOMAIN' });
  return story;
}

test('names the name that was probably meant', () => {
  const { told, findings } = missing('databse.shop.svc.cluster.local', 'database.shop.svc.cluster.local').run();
  assert.deepEqual(told, ['warning missing-final-dot-or-typo name typo']);
  assert.equal(findings.findings[0]!.subject['meant'], 'database.shop.svc.cluster.local');
  assert.equal(findings.findings[0]!.confidence, 'inferred');
});

test('a name that is two characters off, or another number, is no typo', () => {
  for (const wrong of ['databes-x.shop.svc.cluster.local', 'database.show2.svc.cluster.local']) {
    assert.deepEqual(missing(wrong, 'database.shop.svc.cluster.local').run().told, [
      'warning unsuccessful-response name name-does-not-exist',
    ]);
  }
  assert.deepEqual(missing('db-1.example.com', 'db-2.example.com').run().told, [
    'warning unsuccessful-response name name-does-not-exist',
  ]);
});

/** A walk through the search list; `bare` ends it with the name itself. */
function walk(name: string, bare: boolean): Story {
  const story = watchedStory();
  const tried = ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'].map((domain) => `${name}.${domain}`);
  [...tried, ...(bare ? [name] : [])].forEach((full, step) => {
    ask(story, { at: step * 2, took: 1, name: full, rcode: 'NXDOMAIN' });
  });
  ask(story, { at: 3000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  return story;
}

test('a name outside the cluster that is only tried with search domains misses its final dot', () => {
  const { told, findings } = walk('api.example.com', false).run();
  assert.deepEqual(told, ['warning missing-final-dot-or-typo name missing-final-dot']);
  assert.match(findings.findings[0]!.nextSteps[0]!, /api\.example\.com\.$/);
});

test('one that was tried as it is, and a short name, miss none', () => {
  for (const story of [walk('api.example.com', true), walk('database', false)])
    assert.deepEqual(story.run().told, ['warning unsuccessful-response name name-does-not-exist']);
});

test('nothing is said of the final dot when the client asks as it is at another time, or the capture may have cut the walk', () => {
  const early = walk('api.example.com', false);
  ask(early, { at: 6000, took: 1, name: 'api.example.com', answers: ['192.0.2.1'] });
  const cut = watchedStory();
  ask(cut, { at: 0, took: 1, name: 'api.example.com.shop.svc.cluster.local', rcode: 'NXDOMAIN' });
  ask(cut, { at: 2, took: 1, name: 'api.example.com.svc.cluster.local', rcode: 'NXDOMAIN' });
  for (const story of [early, cut])
    assert.deepEqual(story.run().told, ['warning unsuccessful-response name name-does-not-exist']);
});

test('one edit is an insertion, a deletion, a substitution or a swap', () => {
  for (const [a, b] of [
    ['abcd', 'abxcd'],
    ['abcd', 'acd'],
    ['abcd', 'abxd'],
    ['abcd', 'acbd'],
  ] as const) {
    assert.ok(isOneEdit(a, b) && isOneEdit(b, a), `${a} ${b}`);
  }
  for (const [a, b] of [
    ['abcd', 'abcd'],
    ['abcd', 'dcba'],
    ['abcd', 'abxxcd'],
    ['a1', 'a2'],
    ['aab', 'aba1'],
  ] as const) {
    assert.ok(!isOneEdit(a, b), `${a} ${b}`);
  }
});

test('neighbours are found as by comparing each with each', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 0, maxLength: 9 });
  fc.assert(
    fc.property(fc.array(name, { maxLength: 40 }), name, (names, wrong) => {
      assert.equal(
        new NameNeighbours(names).of(wrong),
        names.find((other) => isOneEdit(wrong, other)),
      );
    }),
    { numRuns: 2000 },
  );
});
