import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { wrongCloudZone, wrongRefresh } from './cloudZones.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, subjectOf, unknownOption, wrongCount } from './refuse.ts';

/** plugin/route53/setup.go setup, up to where it asks the network. Options that read one word leave the rest of the line. */
export const route53Setup: PluginSetup = (words) => {
  for (let name = words.next(); name !== undefined; name = words.next()) {
    const seen = new Set<string>();
    for (const token of words.remainingArgs()) {
      const refusal = wrongCloudZone(words, 'route53', token, 'ZONE:ID', seen);
      if (refusal !== undefined) return refusal;
    }
    for (const option of optionsOf(words)) {
      const refusal = judge(words, option);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function judge(words: Dispenser, option: CorefileToken): Refusal | undefined {
  switch (words.valueOf(option)) {
    case 'aws_access_key':
      return wrongCount('route53', option, words.remainingArgs(), 2);
    case 'aws_endpoint':
      return words.nextArg() === undefined ? wrongCount('route53', option, [], 1, 1) : undefined;
    case 'upstream':
    case 'fallthrough':
      words.remainingArgs();
      return undefined;
    case 'credentials':
      if (words.nextArg() === undefined) return wrongCount('route53', option, [], 1, 2);
      words.nextArg();
      return undefined;
    case 'refresh': {
      const time = words.nextArg();
      return time === undefined
        ? wrongCount('route53', option, [], 1, 1)
        : wrongRefresh(words, time, subjectOf('route53', option));
    }
    default:
      return unknownOption(words, 'route53', option);
  }
}
