import { wrongListenAddress } from './listenAddress.ts';
import type { PluginSetup } from './pluginSetup.ts';
import { optionsOf, subjectOf, twice, unknownOption, wrongCount, wrongNumber } from './refuse.ts';

/** plugin/pprof/setup.go setup. */
export const pprofSetup: PluginSetup = (words) => {
  const first = words.next();
  if (first === undefined) return undefined;
  const args = words.remainingArgs();
  const [address] = args;
  const wrong = wrongCount('pprof', first, args, 0, 1) ?? (address && wrongListenAddress(words, 'pprof', address));
  if (wrong !== undefined) return wrong;
  for (const option of optionsOf(words)) {
    if (words.valueOf(option) !== 'block') return unknownOption(words, 'pprof', option);
    const values = words.remainingArgs();
    const [value] = values;
    const refusal =
      wrongCount('pprof', option, values, 0, 1) ?? (value && wrongNumber(words, subjectOf('pprof', option), value));
    if (refusal !== undefined) return refusal;
  }
  const again = words.next();
  return again === undefined ? undefined : twice('pprof', first, again);
};
