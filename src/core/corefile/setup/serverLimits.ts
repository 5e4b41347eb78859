import type { PluginSetup } from './pluginSetup.ts';
import { optionsOf, refuse, subjectOf, unknownOption, wrongCount, wrongNumber } from './refuse.ts';

/**
 * The setup that quic, grpc_server, https and https3 share: one stanza of limits, each a whole number that may be set once.
 * `limits`: smallest and largest value by option.
 */
export function serverLimitsSetup(
  plugin: string,
  limits: Readonly<Record<string, { readonly min: number; readonly max?: number }>>,
): PluginSetup {
  return (words) => {
    const head = words.next();
    if (head === undefined) return undefined;
    const refusal = wrongCount(plugin, head, words.remainingArgs(), 0, 0);
    if (refusal !== undefined) return refusal;
    const seen = new Set<string>();
    for (const option of optionsOf(words)) {
      const name = words.value;
      const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
      if (limit === undefined) return unknownOption(words, plugin, option);
      const args = words.remainingArgs();
      const [value] = args;
      const wrong =
        wrongCount(plugin, option, args, 1, 1) ??
        (value === undefined ? undefined : wrongNumber(words, subjectOf(plugin, option), value, limit));
      if (wrong !== undefined) return wrong;
      if (seen.has(name)) return refuse('CF427', option, `${plugin} option ${name} is set twice. Remove one`);
      seen.add(name);
    }
    return undefined;
  };
}
