import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { parseCidr, parseIp, splitHostPort, stripZone } from './goValues.ts';
import type { Refusal } from './pluginSetup.ts';
import { braceAsArgument, refuse, shownWord } from './refuse.ts';

/** CF306: a word that net.ParseCIDR refuses. */
export function wrongCidr(
  words: Dispenser,
  subject: string,
  token: CorefileToken,
  example = '10.0.0.0/8',
): Refusal | undefined {
  const text = words.valueOf(token);
  if (parseCidr(text) !== undefined) return undefined;
  if (text === '}') return braceAsArgument(subject, token);
  return refuse(
    'CF306',
    token,
    `${subject} needs a network with its mask, ${shownWord(text)} is none. Write one such as ${example}`,
  );
}

/** CF306: no IP address, with or without a port (plugin/pkg/parse HostPort). */
export function wrongHostPort(words: Dispenser, subject: string, token: CorefileToken): Refusal | undefined {
  const text = words.valueOf(token);
  const host = splitHostPort(text)?.host ?? text;
  return parseIp(stripZone(host)) === undefined ? noAddress(words, subject, token) : undefined;
}

/** CF306: no IP address. */
export function wrongIp(words: Dispenser, subject: string, token: CorefileToken): Refusal | undefined {
  return parseIp(words.valueOf(token)) === undefined ? noAddress(words, subject, token) : undefined;
}

function noAddress(words: Dispenser, subject: string, token: CorefileToken): Refusal {
  const text = words.valueOf(token);
  if (text === '}') return braceAsArgument(subject, token);
  return refuse(
    'CF306',
    token,
    `${subject} needs an IP address, ${shownWord(text)} is none. Write one such as 192.0.2.1`,
  );
}
