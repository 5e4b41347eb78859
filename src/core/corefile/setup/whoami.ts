import { wrongTail } from './bareLine.ts';
import type { PluginSetup } from './pluginSetup.ts';

/** plugin/whoami/setup.go setup: not a word more; what follows on other lines is never read. */
export const whoamiSetup: PluginSetup = (words) => {
  const name = words.next();
  return name === undefined ? undefined : wrongTail(words, 'whoami', name);
};
