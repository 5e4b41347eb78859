/**
 * Rules of the rewrite plugin as it reads them (plugin/rewrite/rewrite.go newRule): the words of the line, or of the whole
 * block when the line has fewer than two, are ONE rule. Read once per lint; five rules ask.
 */
import type { CorefileToken } from '../lexer.ts';
import type { ServerBlockModel } from '../model.ts';
import { oncePer } from '../oncePer.ts';
import { normalizeName } from '../serverKey.ts';
import type { Stanza } from '../stanza.ts';
import { stanzasOf } from './pluginStanzas.ts';
import { type RuleContext, valueOf } from './rule.ts';

export type NameMatch = 'exact' | 'prefix' | 'suffix' | 'substring' | 'regex';

export interface RewriteRule {
  readonly block: ServerBlockModel;
  readonly stanza: Stanza;
  /** All words behind `rewrite`, those of the block included. */
  readonly words: readonly CorefileToken[];
  readonly mode: 'stop' | 'continue';
  /** `name`, `ttl`, `type`, …; lower case. `undefined` when a variable decides some word. */
  readonly type: string | undefined;
  /** What names it applies to; `undefined`: not by name, or not readable. */
  readonly names: NamePattern | undefined;
  /** Target of a name rule as written. */
  readonly target: { readonly token: CorefileToken; readonly text: string } | undefined;
  /** The words behind a name rule's target, usually `answer …`. */
  readonly answer: readonly string[];
}

export interface NamePattern {
  readonly match: NameMatch;
  /** Lower case and with final dot, as CoreDNS compares it (prefixes and substrings too); a regular expression as written. */
  readonly text: string;
  readonly token: CorefileToken;
}

const MATCHES: ReadonlySet<string> = new Set(['exact', 'prefix', 'suffix', 'substring', 'regex']);

/** Number of words behind match type and pattern, by rule type. */
const WORDS_BEHIND: Readonly<Record<string, number>> = { ttl: 1, rcode: 2 };

/** In the order in which CoreDNS tries them, block by block. */
export const rewriteRules = oncePer((context: RuleContext): readonly RewriteRule[] =>
  stanzasOf(context, 'rewrite').flatMap(({ block, stanza }) => {
    // With two words on the line the braces aren't read: the next stanza begins with one.
    if (stanza.uncertain || (stanza.args.length >= 2 && stanza.open !== undefined)) return [];
    return [readRule(context, block, stanza)];
  }),
);

function readRule(context: RuleContext, block: ServerBlockModel, stanza: Stanza): RewriteRule {
  const words = [...stanza.args, ...stanza.options.flatMap(({ name, args }) => [name, ...args])];
  const rule = { block, stanza, words, mode: 'stop', type: undefined, names: undefined, target: undefined, answer: [] };
  const values: string[] = [];
  for (const word of words) {
    const value = valueOf(context, word);
    if (value === undefined) return { ...rule, mode: 'stop' };
    values.push(value);
  }
  const first = values[0]?.toLowerCase();
  const mode = first === 'continue' ? 'continue' : 'stop';
  const at = first === 'continue' || first === 'stop' ? 1 : 0;
  const type = values[at]?.toLowerCase();
  const [tokens, rest] = [words.slice(at + 1), values.slice(at + 1)];
  if (type === 'name') return { ...rule, mode, type, ...readName(tokens, rest) };
  const behind = type === undefined ? undefined : WORDS_BEHIND[type];
  const names = behind === undefined ? undefined : readMatch(tokens, rest, behind);
  return { ...rule, mode, type, names };
}

function readName(
  tokens: readonly CorefileToken[],
  values: readonly string[],
): Pick<RewriteRule, 'names' | 'target' | 'answer'> {
  const names = readMatch(tokens, values.length > 3 ? values.slice(0, 3) : values, 1);
  const at = values.length === 2 ? 1 : 2;
  const [token, text] = [tokens[at], values[at]];
  const target = token === undefined || text === undefined || names === undefined ? undefined : { token, text };
  return { names, target, answer: values.slice(at + 1) };
}

/** `[MATCH] PATTERN` and `behind` further words; without MATCH the name must be equal. */
function readMatch(
  tokens: readonly CorefileToken[],
  values: readonly string[],
  behind: number,
): NamePattern | undefined {
  const plain = values.length === behind + 1;
  if (!plain && values.length !== behind + 2) return undefined;
  const match = plain ? 'exact' : (values[0]?.toLowerCase() ?? '');
  const [token, text] = plain ? [tokens[0], values[0]] : [tokens[1], values[1]];
  if (token === undefined || text === undefined || !isNameMatch(match)) return undefined;
  return { match, text: match === 'regex' ? text : normalizeName(text), token };
}

function isNameMatch(word: string): word is NameMatch {
  return MATCHES.has(word);
}
