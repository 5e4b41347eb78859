import { SECOND, parseDuration } from './goValues.ts';
import type { PluginSetup } from './pluginSetup.ts';
import { wrongCount, wrongDuration } from './refuse.ts';

/** plugin/reload/setup.go setup: an interval of 2s or more, a jitter of 0 or of 1s or more; nothing behind is read. */
export const reloadSetup: PluginSetup = (words) => {
  const head = words.next();
  if (head === undefined) return undefined;
  const args = words.remainingArgs();
  const [interval, jitter] = args;
  const wrong =
    wrongCount('reload', head, args, 0, 2) ??
    (interval && wrongDuration(words, 'reload interval', interval, { min: 2n * SECOND }));
  if (wrong !== undefined || jitter === undefined) return wrong;
  const none = parseDuration(words.valueOf(jitter)) === 0n;
  return none ? undefined : wrongDuration(words, 'reload jitter', jitter, { min: SECOND });
};
