import { wrongListenAddress } from './listenAddress.ts';
import type { PluginSetup } from './pluginSetup.ts';
import { noneOf, optionsOf, subjectOf, twice, unknownOption, wrongCount } from './refuse.ts';

/** plugin/ready/setup.go parse. */
export const readySetup: PluginSetup = (words) => {
  const first = words.next();
  if (first === undefined) return undefined;
  const args = words.remainingArgs();
  const [address] = args;
  const wrong =
    wrongCount('ready', first, args, 0, 1) ?? (address && wrongListenAddress(words, 'ready', address, 'quietly'));
  if (wrong !== undefined) return wrong;
  for (const option of optionsOf(words)) {
    if (words.valueOf(option) !== 'monitor') return unknownOption(words, 'ready', option);
    const values = words.remainingArgs();
    const [value] = values;
    const refusal =
      wrongCount('ready', option, values, 1, 1) ??
      (value && noneOf(words, subjectOf('ready', option), value, ['until-ready', 'continuously']));
    if (refusal !== undefined) return refusal;
  }
  const again = words.next();
  return again === undefined ? undefined : twice('ready', first, again);
};
