/** Words of findings, and what becomes of several findings of one trace. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateFindings } from '../../../src/core/findings/evaluateFindings.ts';
import { confidenceOf, durationText, listOf, plural, shownName } from '../../../src/core/findings/findingRule.ts';
import { Join } from '../../../src/core/trace/tables.ts';
import { ask, COREDNS, EPOCH_NS, POD, Story, VIP, watchedStory } from '../../support/story.ts';

test('durations have as many digits as one reads', () => {
  assert.deepEqual(
    [0, 400, 80_000, 999_499, 1e6, 15_440_000, 99.94e6, 1e8, 150.4e6, 999e6, 1e9, 4.04e9, 65e9].map(durationText),
    [
      '0 µs',
      '0 µs',
      '80 µs',
      '999 µs',
      '1.0 ms',
      '15.4 ms',
      '99.9 ms',
      '100 ms',
      '150 ms',
      '999 ms',
      '1.0 s',
      '4.0 s',
      '65.0 s',
    ],
  );
});

test('lists name a few and count the rest, each once', () => {
  assert.deepEqual(
    [[], ['a'], ['a', 'a'], ['a', 'b'], ['a', 'b', 'a'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd']].map((items) =>
      listOf(items),
    ),
    ['', 'a', 'a', 'a and b', 'a and b', 'a, b and 1 more', 'a, b and 2 more'],
  );
  assert.deepEqual(
    [['a'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd']].map((items) => listOf(items, 3)),
    ['a', 'a, b and c', 'a, b, c and 1 more'],
  );
  assert.deepEqual(
    [plural(0, 'query', 'queries'), plural(1, 'query', 'queries'), plural(2, 'lookup')],
    ['0 queries', '1 query', '2 lookups'],
  );
});

test('a name stands there without its final dot, its controls visible, and at most 120 characters long', () => {
  assert.deepEqual(['a.example.', 'a.example', '.'].map(shownName), ['a.example', 'a.example', '.']);
  assert.doesNotMatch(shownName('a\u202eb\n.'), /[\u202e\n]/u);
  assert.equal(shownName('x'.repeat(120)), 'x'.repeat(120));
  assert.equal(shownName('x'.repeat(121)), `${'x'.repeat(117)}…`);
});

test('a join says how sure a finding is', () => {
  assert.deepEqual([Join.none, Join.exact, Join.strong, Join.inferred, 99].map(confidenceOf), [
    'exact',
    'exact',
    'strong',
    'inferred',
    'inferred',
  ]);
});

/** Errors of two servers, the second with more of them. */
function severalFaults(): Story {
  const story = new Story().vantage('shop/order-service', 'client', POD);
  const pod = { client: POD, vantage: 'shop/order-service' };
  let id = 1;
  const failing = (server: string, count: number, at: number): void => {
    for (let k = 0; k < count; k++, id++) {
      const name = `host-${String(id)}.example.com`;
      story.leg({ ...pod, at: at + k * 10, took: 1, port: 40_000 + id, id, server, name, rcode: 'REFUSED' });
    }
  };
  failing(VIP, 3, 0);
  failing('10.96.0.53', 7, 1000);
  return story;
}

test('findings: errors first, then by how many lookups show them; each has its filter, its proofs and where they lie', () => {
  const { engine, findings } = severalFaults().withFaults(9).run();
  assert.deepEqual(
    findings.findings.map(({ severity, filter, evidence, subject }) => [
      severity,
      filter,
      evidence.count,
      subject['server'],
    ]),
    [
      ['error', 'finding:unsuccessful-response#2', 7, '10.96.0.53'],
      ['error', 'finding:unsuccessful-response', 3, VIP],
    ],
  );
  assert.deepEqual(
    findings.lookups.map((lookups) => [...lookups].sort((a, b) => a - b)),
    [
      [3, 4, 5, 6, 7, 8, 9],
      [0, 1, 2],
    ],
  );
  const [, second] = findings.findings;
  assert.deepEqual(
    second!.evidence.samples,
    [0, 1, 2].map((k) => ({
      file: 'shop/order-service',
      packet: 1 + 2 * k,
      timeNs: String(EPOCH_NS + BigInt(k) * 10_000_000n),
      lookup: k,
    })),
  );
  assert.equal(findings.findings[0]!.evidence.samples.length, 5, 'a few samples are enough');
  const among = new Uint8Array(engine.trace.lookups.length).fill(1, 0, 2);
  assert.deepEqual(
    evaluateFindings(engine, among).findings.map(({ evidence }) => evidence.count),
    [2],
    'only what is asked about',
  );
});

test('one fault is told once, whatever rules could tell it', () => {
  const story = watchedStory();
  for (let k = 0; k < 4; k++) {
    ask(story, { at: k * 100, took: 2, name: 'a.example.com', rcode: 'REFUSED', port: 40_000 + k });
  }
  const { told, findings } = story.run();
  assert.deepEqual(told, ['error unsuccessful-response coredns coredns-error']);
  assert.equal(findings.findings[0]!.subject['server'], COREDNS);
  assert.deepEqual(findings.broken, []);
});
