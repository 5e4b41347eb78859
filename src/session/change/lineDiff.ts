/**
 * Lines that differ between two texts, as hunks with context. Common ends are cut off first; the rest is Myers' greedy
 * O((n + m) d) walk ("An O(ND) Difference Algorithm", 1986) with the frontiers kept for the way back, so memory is O(d²).
 * Why not a library: 100 lines, and core and session take no packages. Above `MAX_EDITS` differing lines the rest is told as
 * one block removed and one added: still true, only less fine, and no text can make it slow.
 */
import type { DiffHunk, DiffLine } from './corefileChangeTypes.ts';

const CONTEXT = 3;
const MAX_EDITS = 1_000;

export function diffLines(before: string, after: string): readonly DiffHunk[] {
  return hunksOf(scriptOf(linesOf(before), linesOf(after)));
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  // A final line break ends the last line, it begins no further one.
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function scriptOf(a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail])
    tail += 1;
  const same = (text: string): DiffLine => ({ kind: 'same', text });
  return [
    ...a.slice(0, head).map(same),
    ...middleOf(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ];
}

function middleOf(a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  const whole = (): readonly DiffLine[] => [
    ...a.map((text): DiffLine => ({ kind: 'removed', text })),
    ...b.map((text): DiffLine => ({ kind: 'added', text })),
  ];
  if (a.length === 0 || b.length === 0) return whole();
  const frontiers: ReadonlyMap<number, number>[] = [];
  let reach = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= Math.min(a.length + b.length, MAX_EDITS); edits += 1) {
    frontiers.push(reach);
    const next = new Map<number, number>();
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down = (reach.get(diagonal + 1) ?? -1) >= (reach.get(diagonal - 1) ?? -1) + 1;
      let x = down ? (reach.get(diagonal + 1) ?? 0) : (reach.get(diagonal - 1) ?? 0) + 1;
      let y = x - diagonal;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x += 1;
        y += 1;
      }
      if (x > a.length || y > b.length || y < 0) continue;
      next.set(diagonal, x);
      if (x === a.length && y === b.length) return wayBack(a, b, frontiers);
    }
    reach = next;
  }
  return whole();
}

function wayBack(
  a: readonly string[],
  b: readonly string[],
  frontiers: readonly ReadonlyMap<number, number>[],
): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let x = a.length;
  let y = b.length;
  for (let edits = frontiers.length - 1; edits >= 0; edits -= 1) {
    const reach = frontiers[edits] ?? new Map<number, number>();
    const diagonal = x - y;
    const down = (reach.get(diagonal + 1) ?? -1) >= (reach.get(diagonal - 1) ?? -1) + 1;
    const fromX = reach.get(down ? diagonal + 1 : diagonal - 1) ?? 0;
    const fromY = fromX - (down ? diagonal + 1 : diagonal - 1);
    while (x > (down ? fromX : fromX + 1) && y > (down ? fromY + 1 : fromY) && x > 0 && y > 0) {
      x -= 1;
      y -= 1;
      lines.push({ kind: 'same', text: a[x] ?? '' });
    }
    if (edits === 0) break;
    if (down) lines.push({ kind: 'added', text: b[fromY] ?? '' });
    else lines.push({ kind: 'removed', text: a[fromX] ?? '' });
    x = fromX;
    y = fromY;
  }
  return lines.reverse();
}

function hunksOf(script: readonly DiffLine[]): readonly DiffHunk[] {
  const hunks: DiffHunk[] = [];
  let oldLine = 1;
  let newLine = 1;
  let at = 0;
  const step = (line: DiffLine | undefined): void => {
    if (line?.kind !== 'added') oldLine += 1;
    if (line?.kind !== 'removed') newLine += 1;
  };
  while (at < script.length) {
    let first = at;
    while (first < script.length && script[first]?.kind === 'same') first += 1;
    if (first === script.length) break;
    const from = Math.max(at, first - CONTEXT);
    for (; at < from; at += 1) step(script[at]);
    // Changes up to twice the context apart share a hunk.
    let end = first;
    for (let quiet = 0; end < script.length && quiet <= 2 * CONTEXT; end += 1)
      quiet = script[end]?.kind === 'same' ? quiet + 1 : 0;
    while (end > first && script[end - 1]?.kind === 'same') end -= 1;
    const lines = script.slice(from, Math.min(end + CONTEXT, script.length));
    const oldLines = lines.filter(({ kind }) => kind !== 'added').length;
    const newLines = lines.filter(({ kind }) => kind !== 'removed').length;
    hunks.push({
      oldStart: oldLines === 0 ? oldLine - 1 : oldLine,
      oldLines,
      newStart: newLines === 0 ? newLine - 1 : newLine,
      newLines,
      lines,
    });
    for (const line of lines) step(line);
    at = from + lines.length;
  }
  return hunks;
}
