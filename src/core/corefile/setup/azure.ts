import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { wrongCloudZone, wrongRefresh } from './cloudZones.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { noneOf, optionsOf, unknownOption, withArgument } from './refuse.ts';

const ENVIRONMENTS =
  'AzurePublicCloud AzureCloud AzureChinaCloud AzureGermanCloud AzureUSGovernment AzureUSGovernmentCloud AzureStackCloud';

/** plugin/azure/setup.go parse; the credentials are not looked at. */
export const azureSetup: PluginSetup = (words) => {
  const zones = new Set<string>();
  while (words.next() !== undefined) {
    for (const zone of words.remainingArgs()) {
      const refusal = wrongCloudZone(words, 'azure', zone, 'RESOURCE_GROUP:ZONE', zones);
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
    case 'subscription':
    case 'tenant':
    case 'client':
    case 'secret':
      return withArgument(words, 'azure', option);
    case 'environment':
      return withArgument(words, 'azure', option, (value, subject) => {
        const known = ENVIRONMENTS.split(' ');
        const isKnown = known.some((name) => name.toUpperCase() === words.valueOf(value).toUpperCase());
        return isKnown ? undefined : noneOf(words, subject, value, known);
      });
    case 'fallthrough':
      words.remainingArgs();
      return undefined;
    case 'access':
      return withArgument(words, 'azure', option, (value, subject) =>
        noneOf(words, subject, value, ['public', 'private']),
      );
    case 'refresh':
      return withArgument(words, 'azure', option, (value, subject) => wrongRefresh(words, value, subject));
    default:
      return unknownOption(words, 'azure', option);
  }
}
