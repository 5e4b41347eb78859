import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { plural, setPluralLanguage } from '../../../src/base/plural.ts';

afterEach(() => setPluralLanguage('en'));

test('English has a form for one and a form for all others', () => {
  const say = (count: number): string => plural('{0} lookup|{0} lookups', count);
  assert.deepEqual([0, 1, 2, 21, 1.5].map(say), ['0 lookups', '1 lookup', '2 lookups', '21 lookups', '1.5 lookups']);
});

test('a language with more forms, or with one, chooses by its own rules', () => {
  setPluralLanguage('pl');
  const polish = (count: number): string => plural('{0} plik|{0} pliki|{0} plików|{0} pliku', count);
  assert.deepEqual([1, 2, 4, 5, 22, 25, 1.5].map(polish), [
    '1 plik',
    '2 pliki',
    '4 pliki',
    '5 plików',
    '22 pliki',
    '25 plików',
    '1.5 pliku',
  ]);
  setPluralLanguage('ja');
  assert.equal(plural('{0} 件', 1), '1 件');
});

test('fewer forms than the language has: the last one serves for the rest', () => {
  setPluralLanguage('pl');
  assert.equal(plural('{0} plik|{0} pliki', 5), '5 pliki');
  setPluralLanguage('no such tag');
  assert.equal(plural('one|many', 1), 'one');
});

test('values stand where the translator puts them, and what is in them changes nothing', () => {
  assert.equal(plural('{1}: {0} row|{1}: {0} rows', 2000, '2,000', 'a|b {0}'), 'a|b {0}: 2,000 rows');
  assert.equal(plural('{0} of {1}|{0} of {1} ({2})', 2, 1), '1 of {1} ({2})');
});
