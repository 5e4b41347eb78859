import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { DiffHunk } from '../../../src/session/change/corefileChangeTypes.ts';
import { diffLines } from '../../../src/session/change/lineDiff.ts';

/** The new text, rebuilt from the old one and the hunks alone. */
function applied(before: readonly string[], hunks: readonly DiffHunk[]): readonly string[] {
  const result: string[] = [];
  let at = 0;
  for (const { oldStart, oldLines, lines } of hunks) {
    const start = oldLines === 0 ? oldStart : oldStart - 1;
    result.push(...before.slice(at, start));
    at = start;
    for (const { kind, text } of lines) {
      if (kind !== 'added') assert.equal(before[at++], text);
      if (kind !== 'removed') result.push(text);
    }
  }
  return [...result, ...before.slice(at)];
}

/** As `diff -u` shows them. */
function shown(hunks: readonly DiffHunk[]): string {
  const mark = { same: ' ', removed: '-', added: '+' } as const;
  return hunks
    .flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
      `@@ -${String(oldStart)},${String(oldLines)} +${String(newStart)},${String(newLines)} @@`,
      ...lines.map(({ kind, text }) => mark[kind] + text),
    ])
    .join('\n');
}

describe('the line diff', () => {
  it('shows the changed line with three lines around it', () => {
    const before = ['.:53 {', '    errors', '    health', '    cache 30', '    loop', '    reload', '}', ''].join('\n');
    const hunks = diffLines(before, before.replace('cache 30', 'cache 60'));
    assert.equal(
      shown(hunks),
      [
        '@@ -1,7 +1,7 @@',
        ' .:53 {',
        '     errors',
        '     health',
        '-    cache 30',
        '+    cache 60',
        '     loop',
        '     reload',
        ' }',
      ].join('\n'),
    );
  });

  it('says where lines were put into nothing and taken away to nothing', () => {
    assert.equal(shown(diffLines('', 'a\nb\n')), '@@ -0,0 +1,2 @@\n+a\n+b');
    assert.equal(shown(diffLines('a\nb\n', '')), '@@ -1,2 +0,0 @@\n-a\n-b');
    assert.deepEqual(diffLines('a\n', 'a'), []);
  });

  it('rebuilds the new text from the old one, with as few lines as there are, whatever the texts', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', '}'), { maxLength: 40 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const hunks = diffLines(before.map((line) => `${line}\n`).join(''), after.map((line) => `${line}\n`).join(''));
        assert.deepEqual(applied(before, hunks), after);
        const changed = hunks.flatMap(({ lines }) => lines).filter(({ kind }) => kind !== 'same').length;
        assert.equal(changed, before.length + after.length - 2 * longestCommon(before, after));
      }),
    );
  });

  it('stays quick on texts without a common line', () => {
    const lines = (word: string): string =>
      Array.from({ length: 20_000 }, (_, index) => `${word} ${String(index)}`).join('\n');
    const [hunk] = diffLines(lines('old'), lines('new'));
    assert.equal(hunk?.lines.length, 40_000);
  });
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const one of a) {
    const next = [0];
    b.forEach((other, index) =>
      next.push(one === other ? (row[index] ?? 0) + 1 : Math.max(next[index] ?? 0, row[index + 1] ?? 0)),
    );
    row = next;
  }
  return row[b.length] ?? 0;
}
