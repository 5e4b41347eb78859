import { wrongTail } from './bareLine.ts';
import type { PluginSetup } from './pluginSetup.ts';
import { twice } from './refuse.ts';

/** plugin/loop/setup.go parse: once, and not a word more. */
export const loopSetup: PluginSetup = (words) => {
  const first = words.next();
  if (first === undefined) return undefined;
  const wrong = wrongTail(words, 'loop', first);
  if (wrong !== undefined) return wrong;
  const again = words.next();
  return again === undefined ? undefined : twice('loop', first, again);
};
