import { wrongExpression } from './expressions.ts';
import type { PluginSetup } from './pluginSetup.ts';
import { optionsOf, twice, unknownOption, wrongCount } from './refuse.ts';

/** plugin/view/setup.go parse. */
export const viewSetup: PluginSetup = (words) => {
  const first = words.next();
  if (first === undefined) return undefined;
  const wrong = wrongCount('view', first, words.remainingArgs(), 1, 1);
  if (wrong !== undefined) return wrong;
  for (const option of optionsOf(words)) {
    if (words.valueOf(option) !== 'expr') return unknownOption(words, 'view', option);
    const refusal = wrongExpression(words, 'view', option, words.remainingArgs());
    if (refusal !== undefined) return refusal;
  }
  const again = words.next();
  return again === undefined ? undefined : twice('view', first, again);
};
