import type { CorefileToken } from '../lexer.ts';
import type { StanzaOption } from '../stanza.ts';
import { type RuleContext, liveBlocks } from './rule.ts';

/** Plugins with an option `expr`, whose words CoreDNS joins by single blanks and compiles as one expression. */
const EXPRESSION_PLUGINS = ['view', 'template'] as const;

export function* expressionOptions(context: RuleContext): Iterable<StanzaOption> {
  for (const { plugins } of liveBlocks(context)) {
    for (const name of EXPRESSION_PLUGINS) {
      for (const { options } of plugins.get(name) ?? []) {
        for (const option of options) if (option.name.text === 'expr') yield option;
      }
    }
  }
}

/** Words inside expressions, where quotes have a meaning of their own. */
export function expressionWords(context: RuleContext): ReadonlySet<CorefileToken> {
  const words = new Set<CorefileToken>();
  for (const { args } of expressionOptions(context)) for (const word of args) words.add(word);
  return words;
}
