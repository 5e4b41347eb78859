import type { PluginSetup } from './pluginSetup.ts';
import { nothingBehind } from './refuse.ts';

/** plugin/debug/debug.go setup. */
export const debugSetup: PluginSetup = (words) => {
  while (words.next() !== undefined) {
    const refusal = nothingBehind(words, 'debug');
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};
