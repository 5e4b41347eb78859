import type { StanzaOption } from '../stanza.ts';
import { optionRange, stanzaRange, stanzasOf } from './pluginStanzas.ts';
import { type Rule, type RuleContext, refused, shown, valueOf } from './rule.ts';

const RULE_WORDS: ReadonlySet<string> = new Set([
  'stop',
  'continue',
  'name',
  'type',
  'class',
  'edns0',
  'ttl',
  'cname',
  'rcode',
]);

/** The words in a rewrite block are one rule, however many lines they stand on. */
export const rewriteBlock: Rule = {
  code: 'CF414',
  title: 'Several rules in one rewrite block',
  *check(context) {
    yield* refused(context, 'CF414');
    for (const { stanza } of stanzasOf(context, 'rewrite')) {
      if (stanza.args.length >= 2 || stanza.uncertain) continue;
      const range = stanzaRange(stanza);
      const second = stanza.options.slice(1).findIndex(({ name }) => RULE_WORDS.has(valueOf(context, name) ?? ''));
      const option = stanza.options[second + 1];
      if (second === -1 || option === undefined) continue;
      const word = shown(valueOf(context, option.name) ?? '');
      const accepted = isReadAsAnswer(context, stanza.options.slice(0, second + 1), option);
      yield {
        severity: accepted ? 'warning' : 'error',
        message: accepted
          ? `A rewrite block is one rule: this line is read as part of the answer rule above it. Give ${word} a rewrite of its own`
          : `A rewrite block is one rule, and CoreDNS stops at the second. Give ${word} a rewrite of its own`,
        at: optionRange(option),
        // What CoreDNS says of the joined words is a consequence.
        claims: [range],
      };
    }
  },
};

/** Behind `answer …` the word `name` with two more is another answer rule (plugin/rewrite/name.go parseAnswerRules). */
function isReadAsAnswer(context: RuleContext, before: readonly StanzaOption[], { name, args }: StanzaOption): boolean {
  const answered = before.some((line) => valueOf(context, line.name) === 'answer');
  return answered && valueOf(context, name) === 'name' && args.length === 2;
}
