import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { parseInt } from './goValues.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, subjectOf, unknownOption, wrongCount, wrongDuration, wrongNumber } from './refuse.ts';

/** plugin/erratic/setup.go parseErratic. */
export const erraticSetup: PluginSetup = (words) => {
  while (words.next() !== undefined) {
    for (const option of optionsOf(words)) {
      const refusal = wrongOption(words, option);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function wrongOption(words: Dispenser, option: CorefileToken): Refusal | undefined {
  switch (words.value) {
    case 'drop':
    case 'truncate':
      return wrongAmount(words, option, words.remainingArgs(), 1);
    case 'delay':
      return wrongAmount(words, option, words.remainingArgs(), 2);
    case 'large':
      return undefined;
    default:
      return unknownOption(words, 'erratic', option);
  }
}

/** `[AMOUNT [DURATION]]`. */
function wrongAmount(
  words: Dispenser,
  option: CorefileToken,
  args: readonly CorefileToken[],
  max: number,
): Refusal | undefined {
  const [amount, time] = args;
  const subject = subjectOf('erratic', option);
  const read = (text: string): number | undefined => parseInt(text, 32);
  return (
    wrongCount('erratic', option, args, 0, max) ??
    (amount === undefined ? undefined : wrongNumber(words, subject, amount, { min: 0, read })) ??
    (time === undefined ? undefined : wrongDuration(words, subject, time))
  );
}
