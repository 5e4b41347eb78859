import type { ServerBlockModel } from '../model.ts';
import type { Stanza } from '../stanza.ts';
import { BACKENDS } from './backends.ts';
import { addOptions, optionsNamed, stanzasIn, valuesOf, zonesFrom } from './pluginStanzas.ts';
import { type Finding, type Rule, type RuleContext, liveBlocks } from './rule.ts';
import { parentZones } from './zones.ts';

/** template with a pattern and no fallthrough: the names of its zones that don't match get SERVFAIL. */
export const templateFallthrough: Rule = {
  code: 'CF409',
  title: 'template without fallthrough hides the plugins behind it',
  *check(context) {
    for (const block of liveBlocks(context)) {
      const behind = new Templates();
      const found: Finding[] = [];
      // From the last to the first, so that each is asked about those behind it.
      for (const stanza of stanzasIn(context, block, 'template').toReversed()) {
        const template = { questions: questionsOf(context, stanza), zones: zonesOf(context, block, stanza) };
        const finding = judge(context, block, stanza, behind.holds(template));
        if (finding !== undefined) found.push(finding);
        behind.add(template);
      }
      yield* found.toReversed();
    }
  },
};

function judge(
  context: RuleContext,
  block: ServerBlockModel,
  stanza: Stanza,
  hidesTemplate: boolean,
): Finding | undefined {
  if (stanza.uncertain || !isSelective(context, stanza)) return undefined;
  if (optionsNamed(context, stanza, 'fallthrough').length > 0) return undefined;
  if (zonesOf(context, block, stanza) === undefined) return undefined;
  const backends = BACKENDS.filter((name) => block.plugins.has(name));
  const hidden = [...(hidesTemplate ? ['the next template'] : []), ...backends];
  if (hidden.length === 0) return undefined;
  return {
    severity: 'warning',
    message: `template has no fallthrough: names of its zones that don't match get SERVFAIL, and ${hidden.join(', ')} is never asked for them. Add fallthrough`,
    at: stanza.name,
    fixes: addOptions(context, stanza, ['fallthrough'], 'Add fallthrough'),
  };
}

/** True when it has patterns or conditions, and none of the patterns takes every name. */
function isSelective(context: RuleContext, stanza: Stanza): boolean {
  const patterns = optionsNamed(context, stanza, 'match').flatMap(({ args }) => args);
  if (optionsNamed(context, stanza, 'expr').length > 0) return true;
  const values = valuesOf(context, patterns);
  return values !== undefined && values.length > 0 && !values.some((value) => /^\^?\(?\.[*+]\)?\$?$/u.test(value));
}

/** Class and type it answers; `undefined` where a variable decides. */
type Questions = readonly [string | undefined, string | undefined];

interface Template {
  readonly questions: Questions;
  readonly zones: readonly string[] | undefined;
}

function questionsOf(context: RuleContext, { args }: Stanza): Questions {
  const values = valuesOf(context, args.slice(0, 2));
  return [values?.[0], values?.[1]];
}

function zonesOf(context: RuleContext, block: ServerBlockModel, { args }: Stanza): readonly string[] | undefined {
  return zonesFrom(context, block, args.slice(2));
}

/** Templates by every zone that one of theirs lies in: a look-up instead of a comparison of all pairs. */
class Templates {
  readonly #byZone = new Map<string, Map<string, Questions>>();

  add({ questions, zones = [] }: Template): void {
    for (const zone of zones) {
      for (const above of [zone, ...parentZones(zone)]) {
        let known = this.#byZone.get(above);
        if (known === undefined) this.#byZone.set(above, (known = new Map<string, Questions>()));
        known.set(questions.join(' '), questions);
      }
    }
  }

  /** True when one answers the same questions for a zone within those of `template`. Another class or type is let through in any case. */
  holds({ questions, zones = [] }: Template): boolean {
    return zones.some((zone) => {
      for (const other of this.#byZone.get(zone)?.values() ?? []) {
        if (isSame(questions[0], other[0]) && isSame(questions[1], other[1])) return true;
      }
      return false;
    });
  }
}

function isSame(own: string | undefined, other: string | undefined): boolean {
  return own === 'ANY' || other === 'ANY' || own === other;
}
