import type { ServerBlockModel } from '../model.ts';
import { zonesOfArgument } from '../serverKey.ts';
import type { Stanza } from '../stanza.ts';
import { type Finding, type Rule, type RuleContext, indentOf, knownStanzas, valueOf } from './rule.ts';

/** Plugins behind hosts in the chain that answer names. */
const BACKENDS = ['route53', 'azure', 'clouddns', 'kubernetes', 'file', 'auto', 'secondary', 'etcd', 'forward', 'grpc'];

/** hosts without fallthrough answers every name of its zones, so the plugins behind it are never asked. */
export const hostsFallthrough: Rule = {
  code: 'CF405',
  title: 'hosts without fallthrough hides the plugins behind it',
  *check(context) {
    for (const { block, plugin, stanza } of knownStanzas(context)) {
      if (plugin.name !== 'hosts' || stanza.uncertain) continue;
      if (stanza.options.some(({ name }) => valueOf(context, name) === 'fallthrough')) continue;
      const hidden = BACKENDS.filter((name) => block.plugins.has(name));
      if (hidden.length === 0 || !coversBlock(context, block, stanza)) continue;
      yield {
        severity: 'warning',
        message: `hosts has no fallthrough: names it doesn't list get SERVFAIL, and ${hidden.join(', ')} is never asked. Add fallthrough`,
        at: stanza.name,
        fixes: fixes(context, stanza),
      };
    }
  },
};

/** True when hosts answers for a whole zone of the block: it has no zones of its own, or one that is as wide. */
function coversBlock(context: RuleContext, block: ServerBlockModel, stanza: Stanza): boolean {
  const own = stanza.args.slice(1).flatMap((token) => zonesOfArgument(valueOf(context, token) ?? ''));
  if (stanza.args.length < 2) return true;
  return own.some((zone) => zone === '.' || block.zones.includes(zone));
}

function fixes(context: RuleContext, stanza: Stanza): NonNullable<Finding['fixes']> {
  const { close, open, name } = stanza;
  const title = 'Add fallthrough';
  const indent = indentOf(context.text, name.start);
  const step = indent.includes('\t') ? '\t' : '    ';
  if (open === undefined) {
    const end = stanza.args[stanza.args.length - 1]?.end ?? name.end;
    const newText = ` {\n${indent}${step}fallthrough\n${indent}}`;
    return [{ title, edits: [{ start: end, end, newText }] }];
  }
  const first = stanza.options[0]?.name;
  if (close === undefined || first === undefined || close.line === first.line) return [];
  const inner = indentOf(context.text, first.start);
  const lineStart = close.start - indentOf(context.text, close.start).length;
  return [{ title, edits: [{ start: lineStart, end: lineStart, newText: `${inner}fallthrough\n` }] }];
}
