import type { ServerBlockModel } from '../model.ts';
import type { Stanza } from '../stanza.ts';
import { BACKENDS } from './backends.ts';
import { addOptions, isWithin, optionsNamed, stanzasIn, stanzasOf, valuesOf, zonesFrom } from './pluginStanzas.ts';
import type { Rule, RuleContext } from './rule.ts';

/** template with a pattern and no fallthrough: the names of its zones that don't match get SERVFAIL. */
export const templateFallthrough: Rule = {
  code: 'CF409',
  title: 'template without fallthrough hides the plugins behind it',
  *check(context) {
    for (const { block, stanza } of stanzasOf(context, 'template')) {
      if (stanza.uncertain || !isSelective(context, stanza)) continue;
      if (optionsNamed(context, stanza, 'fallthrough').length > 0) continue;
      const zones = zonesFrom(context, block, stanza.args.slice(2));
      const hidden = zones === undefined ? [] : hiddenPlugins(context, block, stanza, zones);
      if (hidden.length === 0) continue;
      yield {
        severity: 'warning',
        message: `template has no fallthrough: names of its zones that don't match get SERVFAIL, and ${hidden.join(', ')} is never asked for them. Add fallthrough`,
        at: stanza.name,
        fixes: addOptions(context, stanza, ['fallthrough'], 'Add fallthrough'),
      };
    }
  },
};

/** True when it has patterns or conditions, and none of the patterns takes every name. */
function isSelective(context: RuleContext, stanza: Stanza): boolean {
  const patterns = optionsNamed(context, stanza, 'match').flatMap(({ args }) => args);
  if (optionsNamed(context, stanza, 'expr').length > 0) return true;
  const values = valuesOf(context, patterns);
  return values !== undefined && values.length > 0 && !values.some((value) => /^\^?\(?\.[*+]\)?\$?$/u.test(value));
}

function hiddenPlugins(
  context: RuleContext,
  block: ServerBlockModel,
  stanza: Stanza,
  zones: readonly string[],
): readonly string[] {
  const templates = stanzasIn(context, block, 'template');
  const later = templates.slice(templates.indexOf(stanza) + 1).some(
    (other) =>
      // Another class or type is let through in any case.
      sameQuestions(context, stanza, other) &&
      zonesFrom(context, block, other.args.slice(2))?.some((zone) => zones.some((own) => isWithin(zone, own))),
  );
  return [...(later ? ['the next template'] : []), ...BACKENDS.filter((name) => block.plugins.has(name))];
}

function sameQuestions(context: RuleContext, a: Stanza, b: Stanza): boolean {
  const [own, other] = [valuesOf(context, a.args.slice(0, 2)), valuesOf(context, b.args.slice(0, 2))];
  return [0, 1].every((at) => own?.[at] === 'ANY' || other?.[at] === 'ANY' || own?.[at] === other?.[at]);
}
