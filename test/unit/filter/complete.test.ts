import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { completeFilter, type FilterCompletion } from '../../../src/core/filter/complete.ts';
import { FILTER_FIELDS } from '../../../src/core/filter/fields.ts';
import { knownValues } from '../../../src/core/filter/knownValues.ts';
import { parseFilter } from '../../../src/core/filter/parser.ts';
import { ask, forward, UPSTREAM, watchedStory } from '../../support/story.ts';

const story = watchedStory();
ask(story, { at: 0, took: 2, name: 'www.example.com', answers: ['192.0.2.1'] });
ask(story, { at: 100, took: 4002, name: 'myexternalendpoint.com', rcode: 'SERVFAIL' });
forward(story, { at: 501, name: 'myexternalendpoint.com' });
const told = story.run();
const context = knownValues(told.engine, told.findings);

/** Completions at the `|` of a text. */
function at(marked: string): readonly FilterCompletion[] {
  const cursor = marked.indexOf('|');
  return completeFilter(marked.replace('|', ''), cursor, context);
}
const labels = (marked: string, count = 50): readonly string[] =>
  at(marked)
    .slice(0, count)
    .map(({ label }) => label);

test('where a condition begins, words that judge and fields; behind one, what joins on', () => {
  assert.ok(labels('|').includes('failed') && labels('|').includes('name'));
  assert.ok(!labels('|').includes('and'));
  assert.deepEqual(labels('sl|'), ['slow']);
  assert.deepEqual(labels('dns.ret|'), ['dns.retransmission']);
  assert.deepEqual(labels('slow |', 2), ['and', 'or']);
  assert.deepEqual(labels('slow o|', 2), ['or', 'outcome']);
  assert.equal(labels('slow and |').includes('and'), false);
  assert.deepEqual(labels('(rco|', 1), ['rcode']);
});

test('behind a field its operators, behind an operator values of its kind', () => {
  assert.deepEqual(labels('name |', 3), ['==', '!=', 'in']);
  assert.deepEqual(labels('latency > |', 2), ['5ms', '100ms']);
  assert.deepEqual(labels('rcode == s|', 1), ['SERVFAIL']);
  assert.deepEqual(labels('type in (A, aa|', 1), ['AAAA']);
  assert.deepEqual(labels('qr==|'), ['Q', 'R']);
  assert.deepEqual(labels('name == my|'), ['myexternalendpoint.com.']);
  assert.deepEqual(labels('name:www|'), ['www.example.com.']);
  assert.deepEqual(labels('pod:ord|'), ['shop/order-service']);
  assert.deepEqual(labels('workload == |'), ['shop/order-service', 'kube-system/coredns']);
  assert.deepEqual(labels('ns:|'), ['shop', 'kube-system']);
  assert.deepEqual(labels('upstream:|'), [UPSTREAM]);
  assert.deepEqual(labels('finding:|'), ['upstream-no-answer']);
  assert.equal(at('finding:|')[0]!.help, told.findings.findings[0]!.title);
});

test('nothing inside quotes and patterns', () => {
  for (const marked of ['"sl|', 'name == "w|', 'name ~ ^w|', 'name in ("w|', '(slow)|'])
    assert.deepEqual(labels(marked), [], marked);
});

test('a completion replaces the word at the cursor, and what it makes is read', () => {
  const [value] = at('rcode == SER|V and slow');
  assert.deepEqual([value!.insert, value!.start, value!.end], ['SERVFAIL', 9, 13]);
  for (const { insert, kind } of at('|')) {
    if (kind === 'word') assert.equal(parseFilter(insert).problem, undefined, insert);
  }
  for (const field of FILTER_FIELDS) {
    const name = field.names[0]!;
    for (const { insert } of completeFilter(`${name} == `, name.length + 4, context)) {
      const { problem } = parseFilter(`${name} == ${insert}`);
      if (field.kind !== 'presence') assert.equal(problem, undefined, `${name} == ${insert}`);
    }
  }
});

test('every completion has one line of help and a place that holds the cursor, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...FILTER_FIELDS.map(({ example }) => example), 'a "b', '('),
      fc.nat(40),
      (text, cursor) => {
        for (const item of completeFilter(text, Math.min(cursor, text.length), context)) {
          assert.ok(item.help !== '' && !item.help.includes('\n'), item.label);
          assert.ok(item.start <= cursor && item.start <= item.end && item.end <= text.length);
        }
      },
    ),
    { numRuns: 500 },
  );
});
