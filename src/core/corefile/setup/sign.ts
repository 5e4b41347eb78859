import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, refuse, unknownOption, wrongCount } from './refuse.ts';

/** plugin/sign/setup.go parse. Neither the zone's file nor keys are opened here. */
export const signSetup: PluginSetup = (words) => {
  for (let name = words.next(); name !== undefined; name = words.next()) {
    const file = words.nextArg();
    if (file === undefined) return wrongCount('sign', name, [], 1);
    if (words.valueOf(file).includes('\ufffd'))
      return refuse('CF306', file, "sign can't open a file whose name holds damaged characters. Write the name again");
    words.remainingArgs();
    for (const option of optionsOf(words)) {
      const refusal = judge(words, option);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function judge(words: Dispenser, option: CorefileToken): Refusal | undefined {
  switch (words.valueOf(option)) {
    case 'key':
      return wrongKey(words, option);
    case 'directory':
      return wrongCount('sign', option, words.remainingArgs(), 1, 1);
    default:
      return unknownOption(words, 'sign', option);
  }
}

/** plugin/sign/keys.go keyParse: any other word than `file` and `directory` passes and does nothing. */
function wrongKey(words: Dispenser, option: CorefileToken): Refusal | undefined {
  const kind = words.nextArg();
  if (kind === undefined) return wrongCount('sign', option, [], 2);
  const name = words.valueOf(kind);
  if (name === 'directory')
    return refuse('CF306', kind, 'sign option key takes no directory, CoreDNS never learned that. Write key file FILE');
  if (name !== 'file') return undefined;
  return words.remainingArgs().length === 0 ? wrongCount('sign', option, [kind], 2) : undefined;
}
