import { wrongListenAddress } from './listenAddress.ts';
import type { PluginSetup } from './pluginSetup.ts';
import { optionsOf, refuse, twice, unknownOption, wrongCount } from './refuse.ts';

/** plugin/metrics/setup.go parse. */
export const prometheusSetup: PluginSetup = (words) => {
  const first = words.next();
  if (first === undefined) return undefined;
  const args = words.remainingArgs();
  const [address] = args;
  const wrong =
    wrongCount('prometheus', first, args, 0, 1) ??
    (address && wrongListenAddress(words, 'prometheus', address, 'quietly'));
  if (wrong !== undefined) return wrong;
  let tlsFile = '';
  for (const option of optionsOf(words)) {
    const name = words.valueOf(option);
    if (name !== 'runtime_metrics' && name !== 'tls') return unknownOption(words, 'prometheus', option);
    if (name === 'tls' && tlsFile !== '')
      return refuse('CF427', option, 'prometheus takes its option tls once, this is the second. Remove one');
    const count = name === 'tls' ? 1 : 0;
    const values = words.remainingArgs();
    const refusal = wrongCount('prometheus', option, values, count, count);
    if (refusal !== undefined) return refusal;
    const [file] = values;
    if (file !== undefined) tlsFile = words.valueOf(file);
  }
  const again = words.next();
  return again === undefined ? undefined : twice('prometheus', first, again);
};
