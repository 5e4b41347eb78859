import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { parseCidr } from './goValues.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, refuse, shownWord, unknownOption, withArgument, wrongCount } from './refuse.ts';

const PREFIX_LENGTHS: readonly number[] = [32, 40, 48, 56, 64, 96];

/** plugin/dns64/setup.go dns64Parse: behind a prefix on its line the block isn't read, its words count as further stanzas. */
export const dns64Setup: PluginSetup = (words) => {
  for (let head = words.next(); head !== undefined; head = words.next()) {
    const args = words.remainingArgs();
    const [prefix] = args;
    const refusal =
      wrongCount('dns64', head, args, 0, 1) ?? (prefix === undefined ? undefined : wrongPrefix(words, prefix));
    if (refusal !== undefined) return refusal;
    if (prefix !== undefined) continue;
    for (const option of optionsOf(words)) {
      const wrong = wrongOption(words, option);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
};

function wrongOption(words: Dispenser, option: CorefileToken): Refusal | undefined {
  switch (words.value) {
    case 'prefix':
      return withArgument(words, 'dns64', option, (prefix) => wrongPrefix(words, prefix));
    case 'translate_all':
    case 'allow_ipv4':
      return undefined;
    default:
      return unknownOption(words, 'dns64', option);
  }
}

function wrongPrefix(words: Dispenser, token: CorefileToken): Refusal | undefined {
  const text = words.valueOf(token);
  const network = parseCidr(text);
  if (network?.family === 6 && PREFIX_LENGTHS.includes(network.ones)) return undefined;
  const what =
    network?.family === 6
      ? `an IPv6 prefix of length ${PREFIX_LENGTHS.join(', ')}`
      : 'an IPv6 prefix such as 64:ff9b::/96';
  return refuse('CF306', token, `dns64 needs ${what}, ${shownWord(text)} is none. Correct it`);
}
