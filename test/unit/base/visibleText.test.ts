import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { visibleText } from '../../../src/base/visibleText.ts';

test('controls, bidirectional overrides, zero-width characters and separators become escapes', () => {
  assert.equal(
    visibleText('a\u202eb\u0000c\u200bd\u2028e\ufefff\u009b'),
    'a\\u{202e}b\\u{0}c\\u{200b}d\\u{2028}e\\u{feff}f\\u{9b}',
  );
});

test('names in any script stay as they are', () => {
  for (const text of ['www.example.com.', 'müller.example', '例え.jp', 'пример.рф', 'a b'])
    assert.equal(visibleText(text), text);
});

test('what comes out holds nothing that hides', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(visibleText(text), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});
