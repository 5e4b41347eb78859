import type { PluginSetup } from './pluginSetup.ts';
import { twice, unknownOption } from './refuse.ts';

/** plugin/metadata/setup.go metadataParse: zones, then nothing; an empty block passes. */
export const metadataSetup: PluginSetup = (words) => {
  const first = words.next();
  words.remainingArgs();
  // An empty block passes.
  if (words.nextBlock()) return words.current && unknownOption(words, 'metadata', words.current);
  const again = words.next();
  return again === undefined ? undefined : twice('metadata', first, again);
};
