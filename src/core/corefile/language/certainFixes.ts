import type { Diagnostic, TextEdit } from '../diagnostic.ts';

/**
 * Edits of all findings that have exactly one fix, in the order of the text. Of two that touch the same place the first
 * is taken: the other is found again, against the changed text, when all are fixed once more.
 */
export function certainFixes(diagnostics: readonly Diagnostic[]): readonly TextEdit[] {
  const taken: TextEdit[] = [];
  for (const { fixes } of diagnostics) {
    const [fix, ...others] = fixes;
    if (fix === undefined || others.length > 0) continue;
    if (fix.edits.some((edit) => taken.some((other) => collide(edit, other)))) continue;
    taken.push(...fix.edits);
  }
  return taken.sort((a, b) => a.start.offset - b.start.offset || a.end.offset - b.end.offset);
}

/** Two inserts at one place collide too: their order would be a guess. */
function collide(a: TextEdit, b: TextEdit): boolean {
  if (a.start.offset === b.start.offset) return true;
  return a.start.offset < b.end.offset && b.start.offset < a.end.offset;
}
