import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { asciiLowerCase, lowerCaseName, nameText, parseNameText } from '../../../src/core/dns/name.ts';
import { concat } from '../../support/packetBuilder.ts';

const nameBytes = fc
  .array(fc.uint8Array({ minLength: 1, maxLength: 63 }), { maxLength: 3 })
  .map((labels) => concat(...labels.flatMap((label) => [Uint8Array.of(label.length), label]), Uint8Array.of(0)));

describe('presentation form (RFC 1035 §5.1)', () => {
  const cases: readonly (readonly [string, readonly number[], string])[] = [
    ['root', [0], '.'],
    ['plain, case kept', [1, 0x61, 2, 0x42, 0x63, 0], 'a.Bc.'],
    ['a dot inside a label is not a label border', [3, 0x61, 0x2e, 0x62, 0], 'a\\.b.'],
    ['backslash', [2, 0x5c, 0x61, 0], '\\\\a.'],
    ['bytes that are not UTF-8', [2, 0xff, 0xfe, 0], '\\255\\254.'],
    ['space, control, delete', [3, 0x20, 0x00, 0x7f, 0], '\\032\\000\\127.'],
    ['a cut name gives what is there', [3, 0x61, 0x62], 'ab.'],
  ];
  for (const [name, bytes, text] of cases)
    test(name, () => assert.equal(nameText(Uint8Array.from(bytes), 0, bytes.length), text));
});

describe('reading names as text', () => {
  const bad: readonly (readonly [string, string, number])[] = [
    ['', 'name-empty', 0],
    ['a..b', 'name-empty-label', 2],
    ['.a', 'name-empty-label', 0],
    ['a\\256', 'name-bad-escape', 1],
    ['a\\', 'name-bad-escape', 1],
    ['a\\12', 'name-bad-escape', 1],
    ['münchen.de', 'name-not-ascii', 1],
    ['a\\é', 'name-not-ascii', 1],
    [`${'a'.repeat(64)}.b`, 'name-label-too-long', 63],
    [`${'a.'.repeat(127)}b`, 'name-too-long', 254],
  ];
  for (const [text, code, offset] of bad) {
    test(JSON.stringify(text.slice(0, 12)), () => {
      const { value, problems } = parseNameText(text);
      assert.equal(value, undefined);
      assert.deepEqual(
        problems.map((problem) => [problem.code, problem.offset]),
        [[code, offset]],
      );
    });
  }

  test('a missing final dot is understood', () => {
    assert.deepEqual(parseNameText('a.b').value, parseNameText('a.b.').value);
  });

  test('escapes: a character, and three digits', () => {
    assert.deepEqual(parseNameText('a\\.\\b\\255.').value, Uint8Array.of(4, 0x61, 0x2e, 0x62, 255, 0));
  });

  test('255 bytes are the most there may be', () => {
    assert.equal(parseNameText('a.'.repeat(127)).value?.length, 255);
  });
});

test('text and back gives the same bytes, in printable ASCII', () => {
  fc.assert(
    fc.property(nameBytes, (bytes) => {
      const text = nameText(bytes, 0, bytes.length);
      assert.match(text, /^[\x21-\x7e]+$/);
      assert.ok(text.endsWith('.'));
      assert.deepEqual(parseNameText(text), { value: bytes, problems: [] });
    }),
    { numRuns: 500 },
  );
});

test('arbitrary text: a name or a problem, never both, never a throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('a', '.', '\\', '0', '9') })),
      (text) => {
        const { value, problems } = parseNameText(text);
        assert.equal(value === undefined, problems.length > 0);
        if (value !== undefined) {
          assert.ok(value.length <= 255 && value.at(-1) === 0);
          assert.deepEqual(parseNameText(nameText(value, 0, value.length)).value, value);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('arbitrary bytes as a name: no throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => assert.ok(nameText(bytes, 0, bytes.length).length > 0)),
  );
});

test('lower-casing touches ASCII letters only', () => {
  assert.equal(asciiLowerCase('ÀBÇdİ'), 'ÀbÇdİ');
  assert.deepEqual(lowerCaseName(Uint8Array.of(3, 0x41, 0xc1, 0x5b, 0)), Uint8Array.of(3, 0x61, 0xc1, 0x5b, 0));
});
