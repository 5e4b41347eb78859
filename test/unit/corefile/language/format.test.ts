/** The formatter: drawn cases, and the promise that no word, line or comment changes, on any text. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type FormatOptions, formatCorefile } from '../../../../src/core/corefile/language/format.ts';
import { lexCorefile } from '../../../../src/core/corefile/lexer.ts';
import { parseCorefile } from '../../../../src/core/corefile/parser.ts';
import { beginsNewLine, continuesLine } from '../../../../src/core/corefile/tokenStream.ts';
import { anyText } from './anyText.ts';

function format(text: string, options?: FormatOptions): string {
  const { edits, problem } = formatCorefile(text, options);
  assert.equal(problem, undefined);
  let result = text;
  for (const { start, end, newText } of [...edits].reverse())
    result = result.slice(0, start) + newText + result.slice(end);
  return result;
}

/** What CoreDNS reads: words, and how each stands to the one before. */
function meaning(text: string): readonly unknown[] {
  const { tokens } = lexCorefile(text);
  return tokens.map((token, index) => {
    const before = tokens[index - 1];
    const relation = before === undefined ? '' : `${beginsNewLine(before, token)} ${continuesLine(before, token)}`;
    return [token.text, token.quoted, relation];
  });
}

const comments = (text: string): readonly string[] =>
  lexCorefile(text).comments.map(({ start, end }) => text.slice(start, end).trimEnd());

describe('Formatter', () => {
  test('indents by braces, one blank between words, one empty line at most', () => {
    assert.equal(
      format(
        '\n\n# top\n.   :53  {\n\n\terrors   # all\n\n\n  forward .  192.0.2.1 {\nmax_fails   3\n      }\n # end\n\n}\n\n\nexample.org {\n}\n\n',
      ),
      '# top\n. :53 {\n    errors # all\n\n    forward . 192.0.2.1 {\n        max_fails 3\n    }\n    # end\n}\n\nexample.org {\n}\n',
    );
  });

  test('tabs where the editor says so, line breaks as they were', () => {
    assert.equal(format('. {\r\n  errors\r\n}', { indent: '\t' }), '. {\r\n\terrors\r\n}\r\n');
  });

  test('keys over several lines, braces on their own line, quotes, words glued to quotes and comments stay as they are', () => {
    const text = 'a.example,\nb.example\n{\n    log . "a  {x}\n   b"  # c\n    cache 30#glued\n    chaos "a"b\n}\n';
    assert.equal(format(text), text.replace('"  # c', '" # c'));
  });

  test('a fragment stands at the margin', () => {
    assert.equal(format('  log\n  cache {\n success 5\n }\n', { fragment: true }), 'log\ncache {\n    success 5\n}\n');
  });

  test('what CoreDNS can’t read is left alone, with a reason that names the line', () => {
    for (const text of ['. {\n  errors\n', '. {\n log "a\n}\n', '. {\n errors }\n', '(a) {\n}\n(a) {\n}\n']) {
      const { edits, problem } = formatCorefile(text);
      assert.deepEqual(edits, []);
      assert.match(problem ?? '', /line \d+/);
    }
  });

  test('a byte order mark stays at the start, and one inside a word doesn’t come to stand there', () => {
    assert.equal(format('\ufeff  . {\n}'), '\ufeff. {\n}\n');
    assert.equal(format(' \n \ufeff.\n'), '\n\ufeff.\n');
  });

  test('an empty file and one of comments', () => {
    assert.equal(format(''), '');
    assert.equal(format('\n  \n'), '');
    assert.equal(format('  # a'), '# a\n');
  });

  test('words, their lines, their quotes and the comments are the same afterwards; a second time changes nothing', () => {
    let formatted = 0;
    fc.assert(
      fc.property(anyText, fc.constantFrom('    ', '  ', '\t'), fc.boolean(), (text, indent, fragment) => {
        const { edits, problem } = formatCorefile(text, { indent, fragment });
        const refused = parseCorefile(text, { fragment });
        assert.equal(problem !== undefined, refused.problems.length > 0 || refused.unterminatedQuote !== undefined);
        if (problem !== undefined) return assert.deepEqual(edits, []);
        formatted += 1;
        let end = 0;
        for (const edit of edits) {
          assert.ok(edit.start >= end && edit.end >= edit.start && edit.end <= text.length);
          end = edit.end;
        }
        const once = format(text, { indent, fragment });
        assert.deepEqual(meaning(once), meaning(text));
        assert.deepEqual(comments(once), comments(text));
        assert.equal(format(once, { indent, fragment }), once);
      }),
      { numRuns: 1500 },
    );
    assert.ok(formatted > 100, `only ${formatted} texts could be formatted`);
  });
});
