import type { PluginSetup } from './pluginSetup.ts';
import { wrongCount, wrongNumber } from './refuse.ts';

/** plugin/bufsize/setup.go parse: the first stanza decides, what follows it isn't read. */
export const bufsizeSetup: PluginSetup = (words) => {
  const head = words.next();
  if (head === undefined) return undefined;
  const args = words.remainingArgs();
  const size = args[0];
  return (
    wrongCount('bufsize', head, args, 0, 1) ??
    (size === undefined ? undefined : wrongNumber(words, 'bufsize', size, { min: 512, max: 4096 }))
  );
};
