import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { SECOND, parseDuration, parseUint } from './goValues.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, refuse, shownWord, unknownOption, withArgument, wrongCount } from './refuse.ts';

/** plugin/etcd/setup.go etcdParse: the first stanza only. */
export const etcdSetup: PluginSetup = (words) => {
  words.next();
  words.remainingArgs();
  for (const option of optionsOf(words)) {
    const refusal = wrongOption(words, option);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

function wrongOption(words: Dispenser, option: CorefileToken): Refusal | undefined {
  switch (words.value) {
    case 'stubzones':
    case 'debug':
    case '}':
      return undefined;
    case 'fallthrough':
    case 'upstream':
      words.remainingArgs();
      return undefined;
    case 'no_apex_fallback':
      return wrongCount('etcd', option, words.remainingArgs(), 0, 0);
    case 'path':
      return withArgument(words, 'etcd', option);
    case 'endpoint':
      return wrongCount('etcd', option, words.remainingArgs(), 1);
    case 'tls':
      return wrongCount('etcd', option, words.remainingArgs(), 0, 3);
    case 'credentials':
      return wrongCount('etcd', option, words.remainingArgs(), 2, 2);
    case 'min-lease-ttl':
    case 'max-lease-ttl':
      return withArgument(words, 'etcd', option, (time, subject) => wrongLease(words, time, subject));
    default:
      return unknownOption(words, 'etcd', option);
  }
}

/** parseTTL: a bare number counts as seconds, blanks around it don't count, nothing at all is 0. */
function wrongLease(words: Dispenser, token: CorefileToken, subject: string): Refusal | undefined {
  const text = words.valueOf(token).trim();
  const value = text === '' ? 0n : parseDuration(parseUint(text, 64) === undefined ? text : `${text}s`);
  if (value === undefined)
    return refuse('CF305', token, `${subject} needs a time, ${shownWord(text)} is none. Write one such as 30s`);
  if (value >= 0n && value <= 4_294_967_295n * SECOND) return undefined;
  return refuse('CF306', token, `${subject} must be 0 to 4294967295 seconds, ${shownWord(text)} is not. Write less`);
}
