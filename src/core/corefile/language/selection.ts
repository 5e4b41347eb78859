import { placeAt } from './place.ts';
import { type StatementTree, rangeOf } from './statements.ts';

/** Ranges around `offset`, from the word outwards to the whole text; each holds the one before and is greater. */
export function selectionRanges(
  tree: StatementTree,
  offset: number,
): readonly { readonly start: number; readonly end: number }[] {
  const place = placeAt(tree, offset);
  const found: { readonly start: number; readonly end: number }[] = [];
  const add = (start: number, end: number): void => {
    const last = found[found.length - 1];
    if (start > offset || end < offset) return;
    if (last !== undefined && (start > last.start || end < last.end || (start === last.start && end === last.end)))
      return;
    found.push({ start, end });
  };
  if (place.token !== undefined) add(place.token.start, place.token.end);
  for (const statement of [place.statement, ...[...place.path].reverse()]) {
    if (statement === undefined) continue;
    const { words, block } = statement;
    const first = words[0];
    const last = words[words.length - 1];
    if (block !== undefined) add(block.start, block.end);
    if (first !== undefined && last !== undefined) add(first.start, last.end);
    const { start, end } = rangeOf(statement);
    add(start, end);
  }
  add(0, tree.text.length);
  return found;
}
