import type { PluginSetup } from './pluginSetup.ts';
import { twice } from './refuse.ts';

/** plugin/nsid/setup.go nsidParse: any words on its line, once. */
export const nsidSetup: PluginSetup = (words) => {
  const first = words.next();
  words.remainingArgs();
  const again = words.next();
  return again === undefined ? undefined : twice('nsid', first, again);
};
