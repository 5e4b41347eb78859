/** Arbitrary and damaged text: always a tree, always an end, ranges that fit; and a second reading of what was printed. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { visibleText } from '../../../src/base/visibleText.ts';
import { isBlank, lexCorefile } from '../../../src/core/corefile/lexer.ts';
import { lintCorefile } from '../../../src/core/corefile/lint.ts';
import { parseCorefile } from '../../../src/core/corefile/parser.ts';

const FIXTURES = new URL('../../fixtures/corefiles/', import.meta.url);
const REAL = ['defaults/', 'rules/'].flatMap((folder) =>
  readdirSync(new URL(folder, FIXTURES)).map((name) => readFileSync(new URL(folder + name, FIXTURES), 'utf8')),
);

const PIECES =
  '{ } " # \\ , \n \r \t \u00a0 \ufeff \u200b import (s) . .:53 {$A} {%B%} log cache forward hosts errors'.split(' ');
const piece = fc.oneof(fc.constantFrom(...PIECES, ' ', '\n', '\n'), fc.string({ maxLength: 4 }));
const soup = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
const unicode = fc.string({ unit: 'binary', maxLength: 200 });
const damaged = fc
  .record({ text: fc.constantFrom(...REAL), at: fc.nat(), length: fc.nat(12), insert: soup })
  .map(({ text, at, length, insert }) => {
    const from = at % (text.length + 1);
    return text.slice(0, from) + insert + text.slice(from + length);
  });
const anyText = fc.oneof(soup, unicode, damaged);

describe('Corefile properties', () => {
  test('tokens and comments are in order and leave only blanks between them', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { tokens, comments } = lexCorefile(text);
        const pieces = [...tokens, ...comments].sort((a, b) => a.start - b.start);
        let end = 0;
        for (const { start, end: pieceEnd } of pieces) {
          assert.ok(start >= end && pieceEnd > start && pieceEnd <= text.length);
          assertBlank(text.slice(end, start));
          end = pieceEnd;
        }
        assertBlank(text.slice(end));
      }),
    );
  });

  test('line and column of a token are those of its offset', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { tokens, lines } = parseCorefile(text);
        for (const { start, line, column } of tokens) {
          assert.deepEqual(lines.positionAt(start), { line, column, offset: start });
        }
      }),
    );
  });

  test('every word of the text is in the unexpanded tree or in a problem', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { tokens, items, problems } = parseCorefile(text);
        if (problems.length > 0) return;
        let count = 0;
        for (const item of items) {
          if (item.kind === 'import') count += item.argument === undefined ? 1 : 2;
          else if (item.kind === 'snippet') count += 1 + item.tokens.length + (item.open === undefined ? 0 : 2);
          else {
            count += item.keys.length + (item.open === undefined ? 0 : 1) + (item.close === undefined ? 0 : 1);
            for (const child of item.body) {
              count += child.kind === 'directive' ? child.tokens.length : child.argument === undefined ? 1 : 2;
            }
          }
        }
        // Empty keys are dropped.
        const empty = tokens.filter((token) => token.text === '').length;
        assert.ok(count <= tokens.length && count >= tokens.length - empty);
      }),
    );
  });

  test('lint never throws, and its ranges and fixes lie in the text', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('corefile', 'server', 'override'), (text, purpose) => {
        const { diagnostics } = lintCorefile(text, { file: 'Corefile', purpose });
        for (const { start, end, message, fixes } of diagnostics) {
          assert.ok(start.offset <= end.offset && end.offset <= text.length);
          assert.equal(visibleText(message), message);
          for (const edit of fixes.flatMap(({ edits }) => edits)) assert.ok(edit.start.offset <= edit.end.offset);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('words printed one per line, quoted, are read back', () => {
    const word = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\\'));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), (list) => {
        const printed = list.map((text) => `"${text.replaceAll('"', '\\"')}"`).join('\n');
        assert.deepEqual(
          lexCorefile(printed).tokens.map(({ text }) => text),
          list,
        );
      }),
    );
  });

  test('snippets that import each other ever more often end', () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `(s${level + 1}) {\n import s${level}\n import s${level}\n}`,
    );
    const text = `(s0) {\n log a b c d e f g h\n}\n${levels.join('\n')}\n. {\n import s30\n}\n`;
    const { items } = parseCorefile(text, { expand: true });
    assert.equal(items.length, 32);
  });

  test('a long line of any kind is read whole', () => {
    for (const unit of ['a ', '{ ', '} ', '"a" ', '# ', 'a#b ', '\\', '"\\"', '{$A}', 'import a ', 'a, ']) {
      const text = unit.repeat(Math.ceil(200_000 / unit.length));
      const { diagnostics } = lintCorefile(text, { file: 'Corefile' });
      assert.ok(diagnostics.length >= 0);
    }
  });
});

function assertBlank(gap: string): void {
  for (let at = 0; at < gap.length; at += 1) {
    const unit = gap.charCodeAt(at);
    assert.ok(isBlank(unit) || unit === 0xfeff, JSON.stringify(gap));
  }
}
