import { type StatementTree, allStatements } from './statements.ts';

export interface FoldingRange {
  /** 1-based, both inclusive; `end` is the last line that disappears. */
  readonly startLine: number;
  readonly endLine: number;
  readonly kind: 'block' | 'comment';
}

/** Braces over several lines, and runs of at least two lines that are only comments. */
export function foldingRanges(tree: StatementTree): readonly FoldingRange[] {
  const ranges: FoldingRange[] = [];
  for (const { words, block } of allStatements(tree.statements)) {
    if (block === undefined) continue;
    const startLine = (words[words.length - 1] ?? block.open)?.line ?? 1;
    // The closing brace stays in sight; without one everything below goes.
    const endLine = block.close === undefined ? tree.lines.positionAt(block.end).line : block.close.line - 1;
    if (endLine > startLine) ranges.push({ startLine, endLine, kind: 'block' });
  }
  let run: { start: number; end: number } | undefined;
  const flush = (): void => {
    if (run !== undefined && run.end > run.start)
      ranges.push({ startLine: run.start, endLine: run.end, kind: 'comment' });
    run = undefined;
  };
  for (const { start } of tree.comments) {
    const { line } = tree.lines.positionAt(start);
    const alone = /^\s*$/u.test(tree.text.slice(tree.lines.lineStart(line), start));
    if (!alone) continue;
    if (run !== undefined && run.end === line - 1) run.end = line;
    else {
      flush();
      run = { start: line, end: line };
    }
  }
  flush();
  return ranges.sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}
