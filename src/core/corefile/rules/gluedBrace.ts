import { environmentReferences } from '../environment.ts';
import type { CorefileToken } from '../lexer.ts';

export type GluedBrace = 'open' | 'close' | 'both';

/** Which brace is part of the word, environment references aside. A word in quotes is meant as it stands. */
export function gluedBrace({ text, quoted }: CorefileToken): GluedBrace | undefined {
  if (quoted || text.length < 2 || (!text.includes('{') && !text.includes('}'))) return undefined;
  const bare = withoutReferences(text);
  if (/^[^{}]*[^{}=]\{$/u.test(bare)) return 'open';
  // `{args[0]}` and its like are no braces of a block: CF117.
  if (/^(?!\{(?:args|env|block)\b)\{[^{}]*\}$/u.test(bare)) return 'both';
  if (/^\{[^{}]+$/u.test(bare)) return 'open';
  return /^[^{}]+\}$/u.test(bare) ? 'close' : undefined;
}

/** Each reference becomes one letter, so that its braces don't count. */
function withoutReferences(text: string): string {
  let result = '';
  let from = 0;
  for (const { start, end } of environmentReferences(text)) {
    result += `${text.slice(from, start)}x`;
    from = end;
  }
  return result + text.slice(from);
}
