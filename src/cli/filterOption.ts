import { visibleText } from '../base/visibleText.ts';
import { parseFilter } from '../core/filter/parser.ts';

/** What is wrong with `--filter EXPR`, as one line; `undefined` when nothing is. */
export function filterComplaint(filter: string): string | undefined {
  const { problem } = parseFilter(filter);
  if (problem === undefined) return undefined;
  return visibleText(`--filter is broken. ${problem.detail}`);
}
