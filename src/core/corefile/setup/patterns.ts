import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { readGoRegexp } from './goRegexp.ts';
import type { Refusal } from './pluginSetup.ts';
import { braceAsArgument, refuse, shownWord } from './refuse.ts';

/** Octets a pattern may have in rewrite and template. */
const MAX_LENGTH = 10_000;

/** CF429: a regular expression that Go doesn't compile. `pattern` is what becomes of the word before it is compiled. */
export function wrongPattern(
  words: Dispenser,
  subject: string,
  token: CorefileToken,
  pattern: string,
): Refusal | undefined {
  if (utf8Length(pattern) > MAX_LENGTH)
    return refuse('CF429', token, `${subject} takes patterns of at most 10000 octets, this one is longer. Shorten it`);
  const { problem } = readGoRegexp(pattern);
  if (problem === undefined) return undefined;
  if (words.valueOf(token) === '}') return braceAsArgument(subject, token);
  return refuse('CF429', token, `${subject} can't read the pattern: it ${shownWord(problem)}. Correct it`);
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}
