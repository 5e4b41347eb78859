import { complete } from '../../../../src/core/corefile/language/complete.ts';
import type { Completion, LanguageContext } from '../../../../src/core/corefile/language/completion.ts';
import { type StatementTree, readStatements } from '../../../../src/core/corefile/language/statements.ts';

export interface Drawn {
  readonly tree: StatementTree;
  readonly offset: number;
}

/** A text with `‸` where the cursor stands. */
export function drawn(picture: string, options: { readonly fragment?: boolean } = {}): Drawn {
  const offset = picture.indexOf('‸');
  if (offset === -1) throw new Error('The picture has no cursor');
  return { tree: readStatements(picture.replace('‸', ''), options.fragment ?? false), offset };
}

export const NEWEST: LanguageContext = { version: '1.15.0' };

export function completions(picture: string, context: Partial<LanguageContext> = {}): readonly Completion[] {
  const { tree, offset } = drawn(picture);
  return complete(tree, offset, { ...NEWEST, ...context });
}

export function labels(picture: string, context: Partial<LanguageContext> = {}): readonly string[] {
  return completions(picture, context).map(({ label }) => label);
}

/** The text with each range in `[]`. */
export function marked(text: string, ranges: readonly { readonly start: number; readonly end: number }[]): string {
  let result = text;
  for (const { start, end } of [...ranges].sort((a, b) => b.start - a.start))
    result = `${result.slice(0, start)}[${result.slice(start, end)}]${result.slice(end)}`;
  return result;
}
