import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { readGoRegexp } from './goRegexp.ts';
import type { Refusal } from './pluginSetup.ts';
import { braceAsArgument, refuse, shownWord } from './refuse.ts';

/** Octets a pattern may have where CoreDNS's plugins bound it. */
export const MAX_REGEXP_LENGTH = 10_000;

/** CF429: not a pattern for Go's regexp, or longer than the plugin takes. `pattern` is what becomes of the word first. */
export function wrongRegexp(
  words: Dispenser,
  subject: string,
  token: CorefileToken,
  maxLength = Infinity,
  pattern = words.valueOf(token),
): Refusal | undefined {
  if (utf8Length(pattern) > maxLength)
    return refuse(
      'CF429',
      token,
      `${subject} takes patterns of at most ${maxLength} octets, this is longer. Shorten it`,
    );
  const { problem } = readGoRegexp(pattern);
  if (problem === undefined) return undefined;
  if (words.valueOf(token) === '}') return braceAsArgument(subject, token);
  return refuse('CF429', token, `${subject} has a pattern that Go can't read: it ${shownWord(problem)}. Correct it`);
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}
