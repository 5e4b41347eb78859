import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, twice, unknownOption, withArgument, wrongCount, wrongNumber } from './refuse.ts';

/** plugin/dnssec/setup.go dnssecParse; key files are not looked at. */
export const dnssecSetup: PluginSetup = (words) => {
  const head = words.next();
  if (head === undefined) return undefined;
  words.remainingArgs();
  for (const option of optionsOf(words)) {
    const refusal = wrongOption(words, option);
    if (refusal !== undefined) return refusal;
  }
  const again = words.next();
  return again === undefined ? undefined : twice('dnssec', head, again);
};

function wrongOption(words: Dispenser, option: CorefileToken): Refusal | undefined {
  switch (words.value) {
    case 'key':
      return withArgument(words, 'dnssec', option, (source) =>
        // Any other word passes, and what follows it on the line counts as options.
        ['file', 'aws_secretsmanager'].includes(words.valueOf(source))
          ? wrongCount('dnssec', option, [source, ...words.remainingArgs()], 2)
          : undefined,
      );
    case 'cache_capacity':
      return withArgument(words, 'dnssec', option, (capacity, subject) => wrongNumber(words, subject, capacity));
    default:
      return unknownOption(words, 'dnssec', option);
  }
}
