import type { PluginSetup } from './pluginSetup.ts';
import { noneOf, optionsOf, subjectOf, unknownOption, wrongCount } from './refuse.ts';

/** plugin/local/setup.go parse. */
export const localSetup: PluginSetup = (words) => {
  for (let name = words.next(); name !== undefined; name = words.next()) {
    const wrong = wrongCount('local', name, words.remainingArgs(), 0, 0);
    if (wrong !== undefined) return wrong;
    for (const option of optionsOf(words)) {
      if (words.valueOf(option) !== 'localhost_prefix') return unknownOption(words, 'local', option);
      const args = words.remainingArgs();
      const [value] = args;
      const refusal =
        wrongCount('local', option, args, 1, 1) ??
        (value === undefined ? undefined : noneOf(words, subjectOf('local', option), value, ['on', 'off']));
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};
