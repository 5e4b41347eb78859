import type { PluginSetup } from './pluginSetup.ts';
import { noneOf, optionsOf, subjectOf, unknownOption, wrongCount } from './refuse.ts';

/** plugin/pkg/response/typify.go ClassFromString. */
const CLASSES = ['all', 'success', 'denial', 'error'];

/** plugin/log/setup.go logParse: any scopes and a format; the block refines classes. */
export const logSetup: PluginSetup = (words) => {
  while (words.next() !== undefined) {
    words.remainingArgs();
    for (const option of optionsOf(words)) {
      if (words.valueOf(option) !== 'class') return unknownOption(words, 'log', option);
      const args = words.remainingArgs();
      const missing = wrongCount('log', option, args, 1);
      if (missing !== undefined) return missing;
      for (const token of args) {
        const wrong = noneOf(words, subjectOf('log', option), token, CLASSES);
        if (wrong !== undefined) return wrong;
      }
    }
  }
  return undefined;
};
