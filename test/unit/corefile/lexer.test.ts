import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lexCorefile } from '../../../src/core/corefile/lexer.ts';

function words(text: string): readonly string[] {
  return lexCorefile(text).tokens.map((token) => token.text);
}

describe('lexCorefile cuts words as CoreDNS does', () => {
  const cases: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
    ['a byte order mark is dropped at the start only', '\ufeffa \ufeffb', ['a', '\ufeffb']],
    ['any Unicode white space separates', 'a\u00a0b\u2003c\u3000d\u0085e', ['a', 'b', 'c', 'd', 'e']],
    ['a zero-width space does not', 'a\u200bb', ['a\u200bb']],
    ['CRLF ends a line', 'a\r\nb', ['a', 'b']],
    ['a lone carriage return glues words', 'who\rami', ['whoami']],
    ['a quoted word ends at its closing quote', '"a"b', ['a', 'b']],
    ['a quote inside a word is a letter', 'a"b c"', ['a"b', 'c"']],
    ['only a quote can be escaped', '"a\\"b\\\\c\\nd"', ['a"b\\\\c\\nd']],
    ['an empty quoted word counts', 'a "" b', ['a', '', 'b']],
    ['a quoted word may span lines', '"a\nb" c', ['a\nb', 'c']],
    ['quoted braces are words like bare ones', '"{" "}"', ['{', '}']],
    ['an open quote takes the rest', 'a "b c\nd', ['a', 'b c\nd']],
    ['an open quote without a character is no word', 'a "', ['a']],
    ['a backslash at the very end of an open quote is lost', '"a\\', ['a']],
    ['a comment runs to the end of the line', 'a # b c\nd', ['a', 'd']],
    ['a comment glued to a word ends at the next blank', 'whoami#this is', ['whoami', 'is']],
    ['a quote after a glued comment opens nothing', 'a#"b c"', ['a', 'c"']],
    ['apostrophes and backticks are letters', "'a b' `c`", ["'a", "b'", '`c`']],
    ['a backslash at a line end is a word', 'a \\\nb', ['a', '\\', 'b']],
    ['braces need blanks', 'log{ }{', ['log{', '}{']],
  ];
  for (const [name, text, expected] of cases) {
    test(name, () => {
      assert.deepEqual(words(text), expected);
    });
  }
});

describe('lexCorefile knows where words stand', () => {
  test('ranges hold the quotes, lines and columns count from 1', () => {
    const { tokens } = lexCorefile('ab\n  "c d" e');
    assert.deepEqual(
      tokens.map(({ start, end, line, column, quoted }) => [start, end, line, column, quoted]),
      [
        [0, 2, 1, 1, false],
        [5, 10, 2, 3, true],
        [11, 12, 2, 9, false],
      ],
    );
  });

  test('a word over lines belongs to its first, and says how many follow', () => {
    const { tokens } = lexCorefile('"a\nb\nc" d\ne');
    assert.deepEqual(
      tokens.map(({ line, lineBreaks }) => [line, lineBreaks]),
      [
        [1, 2],
        [3, 0],
        [4, 0],
      ],
    );
  });

  test('comments keep their place, without the carriage return of the line end', () => {
    const { comments } = lexCorefile('a#b c # d\r\n#e');
    assert.deepEqual(comments, [
      { start: 1, end: 3, glued: true },
      { start: 6, end: 9, glued: false },
      { start: 11, end: 13, glued: false },
    ]);
  });

  test('an open quote is a problem at the quote', () => {
    assert.deepEqual(lexCorefile('a "b\nc').problems, [{ kind: 'unterminated-quote', start: 2, end: 6 }]);
  });
});
