import type { PluginSetup } from './pluginSetup.ts';
import { nothingBehind, twice } from './refuse.ts';

/** plugin/loop/setup.go parse: once, and not a word more. */
export const loopSetup: PluginSetup = (words) => {
  const first = words.next();
  const wrong = nothingBehind(words, 'loop');
  if (wrong !== undefined) return wrong;
  const again = words.next();
  return again === undefined ? undefined : twice('loop', first, again);
};
