/** Look-ups that were made quick, held against the plain way of saying the same. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { inRange, isLoopback, isPrivate } from '../../../src/core/corefile/addressRange.ts';
import { lexCorefile } from '../../../src/core/corefile/lexer.ts';
import { oncePer } from '../../../src/core/corefile/oncePer.ts';
import { LineIndex } from '../../../src/core/corefile/position.ts';
import { suggest } from '../../../src/core/corefile/suggest.ts';
import { Suppressions, suppressionsOf } from '../../../src/core/corefile/suppression.ts';

describe('quick look-ups of the linter', () => {
  test('a value is worked out once per object, also when it is undefined', () => {
    const asked: object[] = [];
    const once = oncePer((key: object) => {
      asked.push(key);
      return undefined;
    });
    const [first, second] = [{}, {}];
    assert.deepEqual([once(first), once(second), once(first)], [undefined, undefined, undefined]);
    assert.deepEqual(asked, [first, second]);
  });

  test('the nearest word is the one the whole table of distances names', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'D'), maxLength: 9 });
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 8 }), (wanted, candidates) => {
        assert.equal(suggest(wanted, candidates), plainSuggest(wanted, candidates));
      }),
      { numRuns: 3_000 },
    );
  });

  test('an address lies in a range when its first bits are the range’s', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(
        fc.tuple(octet, octet, octet, octet),
        fc.tuple(octet, octet, octet, octet),
        fc.integer({ min: 0, max: 32 }),
        (address, flips, ones) => {
          const bits = (bytes: readonly number[]): string =>
            bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
          const other = address.map((byte, index) => byte ^ (flips[index] ?? 0));
          const expected = bits(address).slice(0, ones) === bits(other).slice(0, ones);
          assert.equal(inRange(other.join('.'), `${address.join('.')}/${ones}`), expected);
        },
      ),
    );
  });

  test('private, loopback and public addresses of both families', () => {
    for (const address of ['127.8.9.1', '::1']) assert.ok(isLoopback(address) && isPrivate(address), address);
    for (const address of [
      '10.1.2.3',
      '172.31.0.1',
      '192.168.1.1',
      '100.127.0.1',
      'fd00::1',
      'fe80::1',
      '169.254.20.10',
    ])
      assert.ok(isPrivate(address) && !isLoopback(address), address);
    for (const address of ['172.32.0.1', '100.128.0.1', '192.0.2.1', '2001:db8::1', '::2', 'name', '', '127.0.0.01'])
      assert.ok(!isPrivate(address), address);
  });

  test('the suppression found is the first in the text that speaks of the code and the lines', () => {
    const line = fc.constantFrom(
      'word',
      '',
      'word "over\ntwo lines"',
      '# dnscope: ignore CF001 -- a',
      'word # dnscope: ignore CF001 CF002 -- b',
      '# dnscope: ignore CF002',
      '# dnscope: ignore-file CF002 -- c',
    );
    const place = fc.integer({ min: 1, max: 14 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), place, place, (written, a, b) => {
        const text = written.join('\n');
        const words = { text, lines: new LineIndex(text), ...lexCorefile(text) };
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        for (const code of ['CF001', 'CF002', 'CF003']) {
          const expected = suppressionsOf(words).find(
            ({ codes, reason, line: own }) =>
              codes.includes(code) && reason !== '' && (own === undefined || (own >= first && own <= last)),
          );
          assert.deepEqual(new Suppressions(words).find(code, first, last), expected);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Every cell of every table. */
function plainSuggest(word: string, candidates: readonly string[]): string | undefined {
  const limit = word.length < 5 ? 1 : 2;
  const near = candidates
    .map((candidate) => ({ candidate, distance: plainDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit);
  return near.toSorted((a, b) => a.distance - b.distance)[0]?.candidate;
}

function plainDistance(a: string, b: string): number {
  const table = new Map<string, number>();
  const cell = (i: number, j: number): number => table.get(`${i} ${j}`) ?? Infinity;
  for (let i = 0; i <= a.length; i += 1) {
    for (let j = 0; j <= b.length; j += 1) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const least = Math.min(
        cell(i - 1, j) + 1,
        cell(i, j - 1) + 1,
        cell(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
        swapped ? cell(i - 2, j - 2) + 1 : Infinity,
      );
      table.set(`${i} ${j}`, i === 0 && j === 0 ? 0 : least);
    }
  }
  return cell(a.length, b.length);
}
