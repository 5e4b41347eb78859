/** Any text, any place: every feature answers, its ranges lie in the text, in order where that is promised. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { complete } from '../../../../src/core/corefile/language/complete.ts';
import { foldingRanges } from '../../../../src/core/corefile/language/folding.ts';
import { hoverAt } from '../../../../src/core/corefile/language/hover.ts';
import { type OutlineEntry, outline } from '../../../../src/core/corefile/language/outline.ts';
import { selectionRanges } from '../../../../src/core/corefile/language/selection.ts';
import { semanticTokens } from '../../../../src/core/corefile/language/semanticTokens.ts';
import { signatureAt } from '../../../../src/core/corefile/language/signature.ts';
import { snippetReferences, snippetsOf } from '../../../../src/core/corefile/language/snippets.ts';
import { allStatements, readStatements } from '../../../../src/core/corefile/language/statements.ts';
import { orderHints } from '../../../../src/core/corefile/language/turns.ts';
import { anyText } from './anyText.ts';

const context = { version: '1.15.0', zones: (): readonly string[] => ['cluster.local'] };
const place = fc.record({ text: anyText, at: fc.nat(), fragment: fc.boolean() });

describe('Language features on any text', () => {
  test('at a place: ranges hold the place', () => {
    fc.assert(
      fc.property(place, ({ text, at, fragment }) => {
        const tree = readStatements(text, fragment);
        const offset = at % (text.length + 1);
        for (const { start, end } of complete(tree, offset, context)) assert.ok(start <= offset && offset <= end);
        const hover = hoverAt(tree, offset, context);
        if (hover !== undefined) assert.ok(hover.start <= offset && offset <= hover.end);
        const signature = signatureAt(tree, offset);
        for (const { start, end } of signature?.parameters ?? [])
          assert.ok(start < end && end <= (signature?.label.length ?? 0));
        let inner = { start: offset, end: offset };
        for (const range of selectionRanges(tree, offset)) {
          assert.ok(range.start <= inner.start && range.end >= inner.end);
          inner = range;
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('of the whole text: every word in one statement, ranges inside each other and inside the text', () => {
    const inside = (entries: readonly OutlineEntry[], start: number, end: number): void => {
      for (const entry of entries) {
        assert.ok(entry.name !== '' && entry.start >= start && entry.end <= end);
        assert.ok(entry.nameStart >= entry.start && entry.nameEnd <= entry.end);
        inside(entry.children, entry.start, entry.end);
      }
    };
    fc.assert(
      fc.property(place, ({ text, fragment }) => {
        const tree = readStatements(text, fragment);
        const words = [...allStatements(tree.statements)].flatMap((one) => one.words);
        const expected = tree.tokens.filter((token) => token.text !== '{' && token.text !== '}');
        assert.deepEqual(
          words.map(({ start }) => start),
          expected.map(({ start }) => start),
        );
        inside(outline(tree), 0, text.length);
        let last = 0;
        for (const { start, end } of semanticTokens(tree, '1.15.0')) {
          assert.ok(start >= last && end > start && !text.slice(start, end).includes('\n'));
          last = end;
        }
        const lines = text.split('\n').length;
        for (const { startLine, endLine } of foldingRanges(tree))
          assert.ok(startLine >= 1 && endLine > startLine && endLine <= lines);
        for (const { name } of snippetsOf(tree))
          assert.ok(snippetReferences(tree, name, { withDeclaration: true }).length > 0);
        orderHints(tree, '1.15.0');
      }),
      { numRuns: 1000 },
    );
  });

  test('a deep and a long text cost no more than their length', () => {
    const deep = readStatements(`. {\n${'a {\n'.repeat(20_000)}`);
    assert.ok(outline(deep).length > 0);
    const long = readStatements(`. {\n${'    forward . 192.0.2.1\n'.repeat(20_000)}}\n`);
    assert.equal(semanticTokens(long, '1.15.0').length, 40_001);
    assert.equal(complete(long, 5, context).length > 0, true);
  });
});
