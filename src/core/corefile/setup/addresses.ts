import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { parseCidr, parseIp, splitHostPort, stripZone } from './goValues.ts';
import type { Refusal } from './pluginSetup.ts';
import { braceAsArgument, refuse, replaceWith, shownWord } from './refuse.ts';

/** CF424: an address to listen on that net.SplitHostPort refuses; `usual` is one the plugin often has. No port is opened. */
export function wrongListenAddress(
  words: Dispenser,
  plugin: string,
  token: CorefileToken,
  usual: string,
): Refusal | undefined {
  const text = words.valueOf(token);
  if (splitHostPort(text) !== undefined) return undefined;
  if (text === '}') return braceAsArgument(plugin, token);
  const example = /^\d{1,5}$/u.test(text) ? `:${text}` : undefined;
  if (example !== undefined)
    return refuse(
      'CF424',
      token,
      `${plugin} needs an address with a port behind a colon, ${text} has no colon. Write ${example}`,
      replaceWith(token, example),
    );
  if (text.includes(':') && parseIp(text) !== undefined)
    return refuse(
      'CF424',
      token,
      `${plugin} needs an address with a port, and IPv6 in brackets, ${shownWord(text)} has neither. Write [${text}]:PORT`,
    );
  const fault = text.includes(':') ? 'is not of the form HOST:PORT' : 'has no port';
  const message = `${plugin} needs an address with a port, ${shownWord(text)} ${fault}. Write one such as ${usual}`;
  return refuse('CF424', token, message);
}

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
