import { wrongListenAddress } from './listenAddress.ts';
import type { PluginSetup } from './pluginSetup.ts';
import { optionsOf, subjectOf, unknownOption, wrongCount, wrongDuration } from './refuse.ts';

/** plugin/health/setup.go parse. */
export const healthSetup: PluginSetup = (words) => {
  for (let head = words.next(); head !== undefined; head = words.next()) {
    const args = words.remainingArgs();
    const [address] = args;
    const refusal =
      wrongCount('health', head, args, 0, 1) ??
      (address === undefined ? undefined : wrongListenAddress(words, 'health', address));
    if (refusal !== undefined) return refusal;
    for (const option of optionsOf(words)) {
      if (words.value !== 'lameduck') return unknownOption(words, 'health', option);
      const times = words.remainingArgs();
      const [time] = times;
      const wrong =
        wrongCount('health', option, times, 1, 1) ??
        (time === undefined ? undefined : wrongDuration(words, subjectOf('health', option), time));
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
};
