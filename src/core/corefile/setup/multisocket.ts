import type { PluginSetup } from './pluginSetup.ts';
import { nothingBehind, twice, wrongCount, wrongNumber } from './refuse.ts';

/** plugin/multisocket/multisocket.go parseNumSockets: at most one number, 1 to 1024, and nothing behind it. */
export const multisocketSetup: PluginSetup = (words) => {
  const name = words.next();
  if (name === undefined) return undefined;
  const args = words.remainingArgs();
  const surplus = wrongCount('multisocket', name, args, 0, 1);
  if (surplus !== undefined) return surplus;
  const block = nothingBehind(words, 'multisocket');
  if (block !== undefined) return block;
  const again = words.next();
  if (again !== undefined) return twice('multisocket', name, again);
  const count = args[0];
  return count === undefined ? undefined : wrongNumber(words, 'multisocket', count, { min: 1, max: 1024 });
};
