import { compareVersions } from '../pluginCatalogue.ts';
import { addOptions } from './pluginStanzas.ts';
import { type RewriteRule, rewriteRules } from './rewriteRules.ts';
import type { Fixes, Rule, RuleContext } from './rule.ts';

/** Since this release only exact rules turn the name in the answer back by themselves (issue 4834). */
const SINCE = '1.8.4';

/** A name that is rewritten by pattern comes back in the answer as the other name, which resolvers don't accept. */
export const rewriteAnswer: Rule = {
  code: 'CF412',
  title: 'Rewritten name is not turned back in the answer',
  *check(context) {
    if (compareVersions(context.version, SINCE) < 0) return;
    const rules = rewriteRules(context);
    for (const [index, rule] of rules.entries()) {
      if (rule.type !== 'name' || rule.names === undefined || rule.target === undefined) continue;
      if (rule.names.match === 'exact' || rule.answer.some((word) => word !== 'metadata')) continue;
      // A later rule of the chain may turn the answer back to the name that was asked for.
      if (rule.mode === 'continue' && turnedBackLater(rules, index)) continue;
      yield {
        severity: 'warning',
        message:
          'The answer keeps the rewritten name, and resolvers drop answers to a name they did not ask for. Add answer auto',
        at: { start: rule.stanza.name.start, end: rule.target.token.end, file: rule.stanza.name.file },
        fixes: fixes(context, rule),
      };
    }
  },
};

function turnedBackLater(rules: readonly RewriteRule[], index: number): boolean {
  for (let at = index + 1; at < rules.length && rules[at]?.block === rules[index]?.block; at += 1) {
    const rule = rules[at];
    if (rule === undefined || rule.type === undefined || rule.answer.length > 0) return true;
  }
  return false;
}

function fixes(context: RuleContext, { stanza, words }: RewriteRule): Fixes {
  const title = 'Add answer auto';
  if (stanza.options.length > 0) return addOptions(context, stanza, ['answer auto'], title);
  const end = words.at(-1);
  return end?.file === '' ? [{ title, edits: [{ start: end.end, end: end.end, newText: ' answer auto' }] }] : [];
}
