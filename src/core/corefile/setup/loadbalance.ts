import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { wrongCidr } from './addresses.ts';
import { firstRefusal } from './firstRefusal.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { noneOf, optionsOf, refuse, subjectOf, unknownOption, wrongCount, wrongDuration } from './refuse.ts';

/** plugin/loadbalance/setup.go parse. `weighted` reads its block first; a block behind that one would be for `prefer`. */
export const loadbalanceSetup: PluginSetup = (words) => {
  for (let name = words.next(); name !== undefined; name = words.next()) {
    const args = words.remainingArgs();
    const [policy] = args;
    const refusal =
      (policy && wrongPolicy(words, policy, args)) ??
      (policy !== undefined && words.valueOf(policy) === 'weighted' ? weightedBlock(words) : undefined) ??
      preferBlock(words);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

function wrongPolicy(words: Dispenser, policy: CorefileToken, args: readonly CorefileToken[]): Refusal | undefined {
  const wrong = noneOf(words, 'loadbalance', policy, ['round_robin', 'weighted']);
  if (wrong !== undefined) return wrong;
  const rest = args.slice(1);
  const count = words.valueOf(policy) === 'weighted' ? 1 : 0;
  return wrongCount('loadbalance', policy, rest, count, count);
}

function weightedBlock(words: Dispenser): Refusal | undefined {
  for (const option of optionsOf(words)) {
    const name = words.valueOf(option);
    if (name === 'prefer')
      return refuse(
        'CF427',
        option,
        'loadbalance refuses prefer together with weighted. Remove prefer, or write loadbalance round_robin',
      );
    if (name !== 'reload') return unknownOption(words, 'loadbalance', option);
    const args = words.remainingArgs();
    const [time] = args;
    const refusal =
      wrongCount('loadbalance', option, args, 1, 1) ??
      (time && wrongDuration(words, subjectOf('loadbalance', option), time));
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function preferBlock(words: Dispenser): Refusal | undefined {
  for (const option of optionsOf(words)) {
    const name = words.valueOf(option);
    if (name === 'reload')
      return refuse('CF427', option, 'loadbalance takes reload only with weighted FILE. Remove reload');
    if (name !== 'prefer') return unknownOption(words, 'loadbalance', option);
    const subject = subjectOf('loadbalance', option);
    const refusal = firstRefusal(words.remainingArgs(), (token) => wrongCidr(words, subject, token));
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
