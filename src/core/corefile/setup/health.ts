import { isGoUrl } from './goUrl.ts';
import { wrongListenAddress } from './listenAddress.ts';
import type { CorefileToken } from '../lexer.ts';
import type { Dispenser } from '../dispenser.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, refuse, shownWord, subjectOf, unknownOption, wrongCount, wrongDuration } from './refuse.ts';

/** plugin/health/setup.go parse. */
export const healthSetup: PluginSetup = (words) => {
  for (let head = words.next(); head !== undefined; head = words.next()) {
    const args = words.remainingArgs();
    const [address] = args;
    const refusal =
      wrongCount('health', head, args, 0, 1) ??
      (address === undefined ? undefined : (wrongListenAddress(words, 'health', address) ?? wrongUrl(words, address)));
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

/** plugin/health/health.go OnStartup asks itself at `http://ADDRESS`: a port by name, which Go could listen on, makes no URL. */
function wrongUrl(words: Dispenser, address: CorefileToken): Refusal | undefined {
  const text = words.valueOf(address);
  if (isGoUrl(`http://${text}`)) return undefined;
  return refuse(
    'CF424',
    address,
    `health can't ask itself at ${shownWord(text)}. Write a port by number, such as :8080`,
  );
}
