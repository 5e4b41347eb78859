import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { wrongHostPort, wrongIp } from './addresses.ts';
import { firstRefusal } from './firstRefusal.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, refuse, subjectOf, unknownOption, wrongCount } from './refuse.ts';

/** plugin/transfer/setup.go parseTransfer: every stanza needs a `to`. */
export const transferSetup: PluginSetup = (words) => {
  for (let name = words.next(); name !== undefined; name = words.next()) {
    words.remainingArgs();
    let targets = 0;
    let source = false;
    for (const option of optionsOf(words)) {
      const optionName = words.valueOf(option);
      if (optionName !== 'to' && optionName !== 'source') return unknownOption(words, 'transfer', option);
      const args = words.remainingArgs();
      const refusal =
        optionName === 'to' ? wrongTargets(words, option, args) : wrongSource(words, option, args, source);
      if (refusal !== undefined) return refusal;
      if (optionName === 'to') targets += args.length;
      else source = true;
    }
    if (targets === 0)
      return refuse(
        'CF309',
        name,
        'transfer needs a block with the addresses it may send to. Add a line such as to 192.0.2.1',
      );
  }
  return undefined;
};

function wrongTargets(words: Dispenser, option: CorefileToken, args: readonly CorefileToken[]): Refusal | undefined {
  return (
    wrongCount('transfer', option, args, 1) ??
    firstRefusal(args, (token) =>
      words.valueOf(token) === '*' ? undefined : wrongHostPort(words, subjectOf('transfer', option), token),
    )
  );
}

function wrongSource(
  words: Dispenser,
  option: CorefileToken,
  args: readonly CorefileToken[],
  again: boolean,
): Refusal | undefined {
  const [address] = args;
  return (
    wrongCount('transfer', option, args, 1, 1) ??
    (again
      ? refuse('CF427', option, 'transfer takes its option source once, this is the second. Remove one')
      : undefined) ??
    (address && wrongIp(words, subjectOf('transfer', option), address))
  );
}
