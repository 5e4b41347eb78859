import type { PluginSetup } from './pluginSetup.ts';
import { nothingBehind } from './refuse.ts';

/** plugin/any/setup.go setup: the first stanza only. */
export const anySetup: PluginSetup = (words) => {
  words.next();
  return nothingBehind(words, 'any');
};
