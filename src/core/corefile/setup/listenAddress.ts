import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { parseInteger, splitHostPort } from './goValues.ts';
import type { Refusal } from './pluginSetup.ts';
import { refuse, replaceWith, shownWord } from './refuse.ts';

/**
 * CF424: what net.SplitHostPort refuses of an address to listen on; CF306: a port number that Go can't listen on.
 * @param fails when listening fails: `quietly` for plugins that listen through plugin/pkg/uniq, whose ForEach drops the error
 */
export function wrongListenAddress(
  words: Dispenser,
  plugin: string,
  token: CorefileToken,
  fails: 'start' | 'quietly' = 'start',
): Refusal | undefined {
  const text = words.valueOf(token);
  const split = splitHostPort(text);
  if (split !== undefined) {
    const port = parseInteger(split.port);
    if (fails === 'quietly' || port === undefined || (port >= 0 && port <= 65_535)) return undefined;
    return refuse('CF306', token, `${plugin} can't listen on port ${shownWord(split.port)}. Write 1 to 65535`);
  }
  if (/^\d{1,5}$/u.test(text)) {
    const message = `${plugin} needs a colon in front of the port, ${text} alone is no address. Write :${text}`;
    return refuse('CF424', token, message, replaceWith(token, `:${text}`));
  }
  const what = `${plugin} needs an address with a port, ${shownWord(text)} is none`;
  return refuse('CF424', token, `${what}. Write one such as :8080 or [::1]:8080`);
}
