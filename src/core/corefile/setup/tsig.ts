import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { OPCODE_NAMES, TYPE_NAMES } from './dnsNames.ts';
import { firstRefusal } from './firstRefusal.ts';
import { normalizeName } from './goValues.ts';
import { wrongMnemonic } from './mnemonics.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, refuse, shownWord, subjectOf, twice, unknownOption, wrongCount } from './refuse.ts';

/** plugin/tsig/setup.go parse. A file of secrets is not opened here. */
export const tsigSetup: PluginSetup = (words) => {
  const first = words.next();
  if (first === undefined) return undefined;
  words.remainingArgs();
  const keys = new Set<string>();
  for (const option of optionsOf(words)) {
    const refusal = judge(words, option, keys);
    if (refusal !== undefined) return refusal;
  }
  const again = words.next();
  return again === undefined ? undefined : twice('tsig', first, again);
};

function judge(words: Dispenser, option: CorefileToken, keys: Set<string>): Refusal | undefined {
  const name = words.valueOf(option);
  if (!['secret', 'secrets', 'require', 'require_opcode'].includes(name)) return unknownOption(words, 'tsig', option);
  const args = words.remainingArgs();
  const [first] = args;
  const count = name === 'secret' ? 2 : name === 'secrets' ? 1 : undefined;
  const wrong = wrongCount('tsig', option, args, count ?? 1, count ?? Infinity);
  if (wrong !== undefined || first === undefined || name === 'secrets') return wrong;
  if (name === 'secret') {
    const key = normalizeName(words.valueOf(first));
    if (keys.has(key))
      return refuse('CF427', first, `tsig has a secret for the key ${shownWord(key)} already. Remove one`);
    keys.add(key);
    return undefined;
  }
  if (['all', 'none'].includes(words.valueOf(first))) return undefined;
  const [names, kind] = name === 'require' ? ([TYPE_NAMES, 'type'] as const) : ([OPCODE_NAMES, 'opcode'] as const);
  return firstRefusal(args, (token) => wrongMnemonic(words, subjectOf('tsig', option), token, names, kind));
}
