import type { PluginSetup } from './pluginSetup.ts';
import { nothingBehind } from './refuse.ts';

/** plugin/minimal/setup.go setup: not a word more; what follows on other lines is never read. */
export const minimalSetup: PluginSetup = (words) => {
  words.next();
  return nothingBehind(words, 'minimal');
};
