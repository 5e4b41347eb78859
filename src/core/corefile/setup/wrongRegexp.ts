import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { readGoRegexp } from './goRegexp.ts';
import type { Refusal } from './pluginSetup.ts';
import { refuse } from './refuse.ts';

/** Longest pattern that CoreDNS's plugins take where they bound it. */
export const MAX_REGEXP_LENGTH = 10_000;

/** CF306: not a pattern for Go's regexp, or longer than the plugin takes. */
export function wrongRegexp(
  words: Dispenser,
  subject: string,
  token: CorefileToken,
  maxLength = Infinity,
): Refusal | undefined {
  const text = words.valueOf(token);
  if (text.length > maxLength)
    return refuse('CF306', token, `The pattern of ${subject} is longer than ${maxLength} characters. Shorten it`);
  const { problem } = readGoRegexp(text);
  if (problem === undefined) return undefined;
  return refuse('CF306', token, `${subject} has a pattern that Go can't read: the pattern ${problem}. Correct it`);
}
