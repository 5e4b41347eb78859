import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { wrongCloudZone, wrongRefresh } from './cloudZones.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, unknownOption, withArgument } from './refuse.ts';

/** plugin/clouddns/setup.go setup: each stanza is set up by itself; the credentials are not looked at. */
export const clouddnsSetup: PluginSetup = (words) => {
  while (words.next() !== undefined) {
    const zones = new Set<string>();
    for (const zone of words.remainingArgs()) {
      const refusal = wrongCloudZone(words, 'clouddns', zone, 'ZONE:PROJECT:HOSTED_ZONE', zones);
      if (refusal !== undefined) return refusal;
    }
    for (const option of optionsOf(words)) {
      const refusal = wrongOption(words, option);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function wrongOption(words: Dispenser, option: CorefileToken): Refusal | undefined {
  switch (words.value) {
    case 'upstream':
    case 'fallthrough':
      words.remainingArgs();
      return undefined;
    case 'credentials':
    case 'endpoint':
      return withArgument(words, 'clouddns', option);
    case 'refresh':
      return withArgument(words, 'clouddns', option, (value, subject) => wrongRefresh(words, value, subject));
    default:
      return unknownOption(words, 'clouddns', option);
  }
}
