import type { ServerBlockModel } from '../model.ts';
import type { Stanza, StanzaOption } from '../stanza.ts';
import { addOptions, optionRange, stanzasIn } from './pluginStanzas.ts';
import { type Finding, type Rule, type RuleContext, certainOptions, liveBlocks, shown, valueOf } from './rule.ts';

/** Rules of acl are tried from the top, and who matches none is let in. */
export const aclOrder: Rule = {
  code: 'CF423',
  title: 'acl does not keep anybody out',
  *check(context) {
    for (const block of liveBlocks(context)) {
      for (const stanza of stanzasIn(context, block, 'acl')) {
        if (stanza.uncertain) break;
        const finding = judge(context, block, stanza);
        if (finding !== undefined) yield finding;
      }
    }
  },
};

interface Policy {
  readonly action: string;
  readonly everybody: boolean;
  readonly option: StanzaOption;
}

function judge(context: RuleContext, block: ServerBlockModel, stanza: Stanza): Finding | undefined {
  const policies = certainOptions(stanza).map((option) => readPolicy(context, option));
  const catchAll = policies.findIndex((policy) => policy?.everybody === true);
  const dead = catchAll === -1 ? undefined : policies[catchAll + 1];
  if (dead !== undefined) {
    const first = policies[catchAll]?.option.name;
    const message = `This rule is never reached: the ${shown(first?.text ?? '')} above it takes every query. Move it up or remove it`;
    const mentions = first === undefined ? [] : [{ at: first, message: 'Takes every query' }];
    return { severity: 'warning', message, at: optionRange(dead.option), mentions };
  }
  const all = block.plugins.get('acl') ?? [];
  const later = all.slice(all.indexOf(stanza) + 1);
  // A brace on a line of its own, or an acl further down that may keep others out.
  if (later.some(({ name, options }) => name.text !== 'acl' || options.some(({ name: word }) => !isAllow(word.text)))) {
    return undefined;
  }
  const last = policies.at(-1);
  if (policies.length === 0) {
    const message = 'This acl has no rules, so it lets everybody in. Add rules or remove it';
    return { severity: 'warning', message, at: stanza.name };
  }
  if (last?.action !== 'allow' || last.everybody) return undefined;
  return {
    severity: 'warning',
    message: 'Who matches no rule is let in, so this allow keeps nobody out. Add block as the last line',
    at: optionRange(last.option),
    fixes: addOptions(context, stanza, ['block'], 'Add block'),
  };
}

function isAllow(word: string): boolean {
  return word.toLowerCase() === 'allow';
}

/** `undefined` when a variable decides. */
function readPolicy(context: RuleContext, option: StanzaOption): Policy | undefined {
  const action = valueOf(context, option.name)?.toLowerCase();
  const words = option.args.map((token) => valueOf(context, token)?.toLowerCase());
  if (action === undefined || words.includes(undefined)) return undefined;
  // A section without `*` restricts the rule; a missing one doesn't.
  let everybody = true;
  for (let at = 0; at < words.length;) {
    const end = words.findIndex((word, index) => index > at && (word === 'type' || word === 'net'));
    const section = words.slice(at + 1, end === -1 ? words.length : end);
    if (!section.includes('*')) everybody = false;
    at = end === -1 ? words.length : end;
  }
  return { action, everybody, option };
}
