import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { parseDuration, parseInteger } from './goValues.ts';
import type { Refusal } from './pluginSetup.ts';
import { refuse, shownWord } from './refuse.ts';

/** Words such as `ZONE:ID` of the plugins that read zones from a cloud: `parts` pieces between colons, none empty, no word twice. */
export function wrongCloudZone(
  words: Dispenser,
  plugin: string,
  token: CorefileToken,
  form: string,
  seen: Set<string>,
): Refusal | undefined {
  const text = words.valueOf(token);
  const count = form.split(':').length;
  const pieces = text.split(':');
  if (pieces.length < count || pieces.slice(0, count - 1).includes('') || pieces.slice(count - 1).join(':') === '')
    return refuse('CF306', token, `${plugin} needs ${form}, ${shownWord(text)} is not of that form. Complete it`);
  if (seen.has(text)) return refuse('CF427', token, `${shownWord(text)} stands twice in ${plugin}. Remove one`);
  seen.add(text);
  return undefined;
}

/** The option `refresh`: a bare number counts as seconds, the time is longer than 0. */
export function wrongRefresh(words: Dispenser, token: CorefileToken, subject: string): Refusal | undefined {
  const text = words.valueOf(token);
  const value = parseDuration(parseInteger(text) === undefined ? text : `${text}s`);
  if (value === undefined)
    return refuse('CF305', token, `${subject} needs a time, ${shownWord(text)} is none. Write one such as 1m`);
  if (value > 0n) return undefined;
  return refuse('CF306', token, `${subject} must be longer than 0, ${shownWord(text)} is not. Write a longer time`);
}
