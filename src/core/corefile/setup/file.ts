import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, subjectOf, unknownOption, wrongCount, wrongDuration } from './refuse.ts';

/** plugin/file/setup.go fileParse; what the file holds is not looked at. */
export const fileSetup: PluginSetup = (words) => {
  for (let head = words.next(); head !== undefined; head = words.next()) {
    if (words.nextArg() === undefined) return wrongCount('file', head, [], 1);
    words.remainingArgs();
    for (const option of optionsOf(words)) {
      const refusal = wrongOption(words, option);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function wrongOption(words: Dispenser, option: CorefileToken): Refusal | undefined {
  switch (words.value) {
    case 'fallthrough':
    case 'upstream':
      words.remainingArgs();
      return undefined;
    case 'reload': {
      const args = words.remainingArgs();
      const [time] = args;
      return time === undefined
        ? wrongCount('file', option, args, 1)
        : wrongDuration(words, subjectOf('file', option), time);
    }
    case 'reload_by_mtime':
      return undefined;
    default:
      return unknownOption(words, 'file', option);
  }
}
