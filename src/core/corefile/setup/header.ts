import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { noneOf, optionsOf, refuse, subjectOf, unknownOption, wrongCount } from './refuse.ts';

/** plugin/header/setup.go parse: reads up to the first stanza with a rule, and refuses when there is none. */
export const headerSetup: PluginSetup = (words) => {
  const head = words.next();
  for (let stanza = head; stanza !== undefined; stanza = words.next()) {
    let rules = 0;
    for (const selector of optionsOf(words)) {
      if (!['query', 'response'].includes(words.value.toLowerCase())) return unknownOption(words, 'header', selector);
      const action = words.nextArg();
      const flags = words.remainingArgs();
      const subject = subjectOf('header', selector);
      const refusal: Refusal | undefined =
        wrongCount(
          'header',
          selector,
          action === undefined || words.valueOf(action) === '' ? [] : [action, ...flags],
          2,
        ) ??
        (action === undefined ? undefined : noneOf(words, subject, action, ['set', 'clear'], true)) ??
        flags
          .map((flag) => noneOf(words, subject, flag, ['aa', 'ra', 'rd'], true))
          .find((wrong) => wrong !== undefined);
      if (refusal !== undefined) return refusal;
      rules += 1;
    }
    if (rules > 0) return undefined;
  }
  if (head === undefined) return undefined;
  return refuse(
    'CF304',
    head,
    'header needs a block with at least one rule. Add one such as "response set ra", or remove it',
  );
};
