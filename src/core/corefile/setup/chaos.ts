import type { PluginSetup } from './pluginSetup.ts';
import { takesNoBlock } from './refuse.ts';

/** plugin/chaos/setup.go parse: the first stanza only; an empty block passes. */
export const chaosSetup: PluginSetup = (words) => {
  words.next();
  words.remainingArgs();
  const inside = words.nextBlock() ? words.current : undefined;
  return inside === undefined ? undefined : takesNoBlock('chaos', inside);
};
