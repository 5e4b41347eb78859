import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Pattern } from '../../../src/core/filter/pattern.ts';
import { globProgram, readRegex } from '../../../src/core/filter/regex.ts';

function patternOf(source: string): Pattern {
  const { value, problem } = readRegex(source);
  assert.ok(value !== undefined, `${source}: ${problem?.detail ?? ''}`);
  return new Pattern(source, value);
}

const atom = fc.constantFrom('a', 'b', 'C', '.', '\\.', '[ab]', '[^a]', '[a-c.]', '\\d', '\\w', '\\W', '-', '\\x61');
const repeat = fc.constantFrom('', '', '*', '+', '?', '{2}', '{0,2}', '{1,}', '*?');
const items = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(
      fc.array(item, { maxLength: 4 }).map((chain) => chain.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((chains) => chains.join('|'));
/**
 * Patterns that JavaScript and we read alike. What is repeated holds no repeats of its own: the other side would backtrack
 * through them for hours.
 */
const regex = items(
  fc.oneof(
    fc.tuple(atom, repeat).map((parts) => parts.join('')),
    fc
      .tuple(fc.constantFrom('(', '(?:'), items(fc.oneof(atom, fc.constantFrom('^', '$'))), fc.constant(')'), repeat)
      .map((parts) => parts.join('')),
    fc
      .tuple(fc.constant('('), items(fc.tuple(atom, repeat).map((parts) => parts.join(''))), fc.constant(')'))
      .map((parts) => parts.join('')),
    fc.constantFrom('^', '$'),
  ),
);

test('matches what JavaScript’s own expressions match', () => {
  fc.assert(
    fc.property(
      regex,
      fc.array(fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'c', '.', '1', '-'), maxLength: 8 })),
      (source, texts) => {
        const pattern = patternOf(source);
        const oracle = new RegExp(source, 'i');
        for (const text of ['', ...texts]) assert.equal(pattern.test(text), oracle.test(text), `${source} on ${text}`);
      },
    ),
    { numRuns: 2000 },
  );
});

test('a glob is an expression over the whole text, * any part and ? one character', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?', '+', '('), maxLength: 8 }),
      fc.string({ unit: fc.constantFrom('a', 'B', '.', '+', '('), maxLength: 8 }),
      (glob, text) => {
        const oracle = glob.replace(/[.+(]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
        const pattern = new Pattern(glob, globProgram(glob, true)!);
        assert.equal(pattern.test(text), new RegExp(`^${oracle}$`, 'i').test(text));
      },
    ),
    { numRuns: 1000 },
  );
});

test('patterns that take backtracking for ever take one pass', () => {
  const text = `${'a'.repeat(200)}!`;
  for (const source of ['(a+)+$', '^(a|a)*$', '(a|aa)+$', '(.*)*x', '(a?){200}a{200}$', '([a-z]+)*\\d', '(x+x+)+y']) {
    assert.equal(patternOf(source).test(text), false, source);
  }
  // 2^20 states would stand behind the last a; they are dropped and made anew.
  const many = patternOf('a.{20}$');
  assert.equal(many.test(`${'ab'.repeat(5000)}a${'b'.repeat(20)}`), true);
  assert.equal(many.test(`${'ab'.repeat(5000)}b${'b'.repeat(20)}`), false);
});

test('what cannot be matched in one pass, or is too large, is refused with its place', () => {
  const told = (source: string): string => readRegex(source).problem?.detail ?? 'taken';
  assert.equal(told('a(?=b)'), 'Column 2: expected a plain group: looking ahead or back is not supported, found (?');
  assert.equal(
    told('(a)\\1'),
    'Column 4: expected \\d, \\w, \\s or a character that is meant literally after \\, found 1',
  );
  assert.equal(told('a**'), 'Column 3: expected one repeat after an item, found another');
  assert.equal(told('[a'), 'Column 1: expected ] at the end of the class, found the end');
  assert.equal(told('[z-a]'), 'Column 2: expected a range that goes up, found z-a');
  assert.equal(told('a)'), 'Column 2: expected no ) without its (, found )');
  assert.equal(told('+'), 'Column 1: expected something before + that it can repeat, found nothing');
  assert.equal(told('a{300}'), 'Column 2: expected a repeat of at most 255, the smaller number first, found another');
  assert.match(told('((a{255}){255}){255}'), /a smaller pattern/);
  assert.match(told('('.repeat(100)), /groups at most 40 deep/);
  for (const fine of ['', '(?i)a', '(?P<n>a)', 'a{', 'a{x}', '[]a]', '[^]]', '(){255}', '(((){255}){255}){255}'])
    assert.equal(told(fine), 'taken', fine);
});
