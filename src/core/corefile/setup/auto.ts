import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { readGoRegexp } from './goRegexp.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, refuse, subjectOf, unknownOption, wrongCount, wrongDuration } from './refuse.ts';
import { MAX_REGEXP_LENGTH, wrongRegexp } from './wrongRegexp.ts';

/** plugin/auto/setup.go autoParse. */
export const autoSetup: PluginSetup = (words) => {
  while (words.next() !== undefined) {
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
    case 'directory':
      return wrongDirectory(words, option);
    case 'reload': {
      const args = words.remainingArgs();
      const time = args[0];
      if (time === undefined) return wrongCount('auto', option, args, 1);
      return wrongDuration(words, subjectOf('auto', option), time, { min: 0n });
    }
    case 'upstream':
      words.remainingArgs();
      return undefined;
    default:
      return unknownOption(words, 'auto', option);
  }
}

/** `directory DIR [REGEXP TEMPLATE]`. */
function wrongDirectory(words: Dispenser, option: CorefileToken): Refusal | undefined {
  const folder = words.nextArg();
  if (folder === undefined) return wrongCount('auto', option, [], 1, 3);
  const pattern = words.nextArg();
  if (pattern === undefined) return undefined;
  const refusal = wrongRegexp(words, 'auto option directory', pattern, MAX_REGEXP_LENGTH);
  if (refusal !== undefined) return refusal;
  if (readGoRegexp(words.value).groups === 0) {
    const message =
      'The pattern of auto needs a group in "( )" for the zone name, this one has none. Put the part that is the zone into one';
    return refuse('CF306', pattern, message);
  }
  const template = words.nextArg();
  if (template === undefined) return wrongCount('auto', option, [folder, pattern], 3, 3);
  const surplus = words.nextArg();
  return surplus === undefined ? undefined : wrongCount('auto', option, [folder, pattern, template, surplus], 1, 3);
}
