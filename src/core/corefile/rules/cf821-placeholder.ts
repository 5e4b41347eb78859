import { isNodeLocal } from './nodeLocal.ts';
import { placeholderIn } from './placeholders.ts';
import { type Rule, shown } from './rule.ts';

/** node-cache fills these in itself when it starts. */
const FILLED: ReadonlySet<string> = new Set(['__PILLAR__CLUSTER__DNS__', '__PILLAR__UPSTREAM__SERVERS__']);

/** A word that an installer should have replaced. */
export const placeholder: Rule = {
  code: 'CF821',
  title: 'Placeholder was not filled in',
  *check(context) {
    const nodeLocal = isNodeLocal(context);
    for (const token of context.model.corefile.tokens) {
      const found = placeholderIn(token.text);
      if (found === undefined || (nodeLocal && FILLED.has(found))) continue;
      const who = FILLED.has(found) ? 'only node-cache fills it in' : 'installing should have filled it in';
      const refused = context.refusals.some(({ at }) => at.file === '' && at.start === token.start);
      yield {
        severity: refused ? 'error' : 'warning',
        message: `${shown(found)} is a placeholder: ${who}. Write the value it stands for`,
        at: token,
      };
    }
  },
};
