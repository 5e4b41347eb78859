import type { PluginSetup } from './pluginSetup.ts';
import { optionsOf, refuse, subjectOf, unknownOption, wrongCount, wrongNumber } from './refuse.ts';

/** Least value by option. */
const LEAST: ReadonlyMap<string, number> = new Map([
  ['max_streams', 1],
  ['max_connections', 0],
  ['worker_pool_size', 1],
]);

/** plugin/quic/setup.go parseQuic: reads one stanza, each option once. */
export const quicSetup: PluginSetup = (words) => {
  const head = words.next();
  if (head === undefined) return undefined;
  const wrong = wrongCount('quic', head, words.remainingArgs(), 0, 0);
  if (wrong !== undefined) return wrong;
  const seen = new Set<string>();
  for (const option of optionsOf(words)) {
    const name = words.valueOf(option);
    const min = LEAST.get(name);
    if (min === undefined) return unknownOption(words, 'quic', option);
    const args = words.remainingArgs();
    const [value] = args;
    const refusal =
      wrongCount('quic', option, args, 1, 1) ??
      (value && wrongNumber(words, subjectOf('quic', option), value, { min }));
    if (refusal !== undefined) return refusal;
    if (seen.has(name))
      return refuse('CF427', option, `quic takes its option ${name} once, this is the second. Remove one`);
    seen.add(name);
  }
  return undefined;
};
