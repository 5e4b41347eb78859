import type { PluginSetup } from './pluginSetup.ts';
import { wrongCount, wrongDuration } from './refuse.ts';

/** plugin/cancel/cancel.go setup: a block isn't read, its words count as further stanzas. */
export const cancelSetup: PluginSetup = (words) => {
  for (let head = words.next(); head !== undefined; head = words.next()) {
    const args = words.remainingArgs();
    const time = args[0];
    const refusal =
      wrongCount('cancel', head, args, 0, 1) ??
      (time === undefined ? undefined : wrongDuration(words, 'cancel', time, { positive: true }));
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};
