import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { firstRefusal } from './firstRefusal.ts';
import { isGoUrl } from './goUrl.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import {
  optionsOf,
  refuse,
  replaceWith,
  shownWord,
  subjectOf,
  unknownOption,
  wrongCount,
  wrongNumber,
} from './refuse.ts';

/** plugin/nomad/setup.go parse: one stanza is read, option names in any case; addresses must be URLs. */
export const nomadSetup: PluginSetup = (words) => {
  words.next();
  words.remainingArgs();
  const addresses: CorefileToken[] = [];
  for (const option of optionsOf(words)) {
    const name = words.valueOf(option).toLowerCase();
    if (!['address', 'filter', 'token', 'ttl'].includes(name)) return unknownOption(words, 'nomad', option);
    const args = words.remainingArgs();
    const [value] = args;
    const refusal =
      wrongCount('nomad', option, args, 1, name === 'address' ? Infinity : 1) ??
      (name === 'ttl' && value !== undefined
        ? wrongNumber(words, subjectOf('nomad', option), value, { min: 0, max: 3600 })
        : undefined);
    if (refusal !== undefined) return refusal;
    if (name === 'address') addresses.push(...args);
  }
  return firstRefusal(addresses, (token) => wrongUrl(words, token));
};

/** Go takes `HOST:PORT` for a path whose first part has a colon, and refuses that. */
function wrongUrl(words: Dispenser, token: CorefileToken): Refusal | undefined {
  const text = words.valueOf(token);
  if (isGoUrl(text)) return undefined;
  const url = /^(?:[\d.]+|\[[\da-f:]+\]):\d+$/iu.test(text) ? `http://${text}` : undefined;
  return refuse(
    'CF306',
    token,
    `nomad option address needs a URL, ${shownWord(text)} is none. Write ${url ?? 'one such as http://127.0.0.1:4646'}`,
    url === undefined ? [] : replaceWith(token, url),
  );
}
