import { subjectServer } from '../clusterFacts.ts';
import { environmentReferences } from '../environment.ts';
import type { CorefileToken } from '../lexer.ts';
import { type Finding, type Rule, type RuleContext, shown } from './rule.ts';

/** A variable that CoreDNS's container doesn't have, or whose value isn't what the words around it let expect. */
export const variable: Rule = {
  code: 'CF118',
  title: 'Environment variable is not set, or holds blanks',
  *check(context) {
    const { text, model } = context;
    if (!text.includes('{$') && !text.includes('{%')) return;
    const keys = new Set(model.blocks.flatMap(({ node }) => node.keys.map(({ token }) => token)));
    for (const token of model.corefile.tokens) {
      for (const { name } of environmentReferences(token.text)) {
        // A name with a default in it is another mistake: CF117.
        const finding = name.includes(':') ? undefined : judge(context, token, name, keys.has(token));
        if (finding === undefined) continue;
        yield finding;
        break;
      }
    }
  },
};

function judge(
  { model, cluster }: RuleContext,
  token: CorefileToken,
  name: string,
  isKey: boolean,
): Finding | undefined {
  const known = subjectServer(cluster)?.environment;
  const value = model.environment?.[name] ?? known?.values[name];
  if (value === undefined) {
    if (known === undefined || !known.complete || known.unknown.includes(name)) return undefined;
    const effect = isKey
      ? 'a key that becomes empty is dropped, and a block without keys as well'
      : 'nothing takes its place';
    const message = `CoreDNS's container has no variable ${shown(name)}: ${effect}. Set it in the Deployment`;
    return { severity: 'warning', message, at: token };
  }
  if (token.quoted || !/\s/u.test(value)) return undefined;
  const message = `The value of ${shown(name)} holds a blank, but CoreDNS doesn't split it: it stays one word. Write the words out, or use one variable for each`;
  return { severity: 'warning', message, at: token, claims: [{ start: token.start, end: token.end }] };
}
