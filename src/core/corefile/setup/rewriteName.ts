import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { readGoRegexp } from './goRegexp.ts';
import { normalizeName } from './goValues.ts';
import { MAX_REGEXP_LENGTH, wrongRegexp } from './wrongRegexp.ts';
import type { Refusal } from './pluginSetup.ts';
import { noneOf, refuse, shownWord, wrongCount } from './refuse.ts';

/** How a rule may match names. */
export const MATCHES: readonly string[] = ['exact', 'prefix', 'suffix', 'substring', 'regex'];

/** plugin/rewrite/name.go newNameRule: `OLD NEW`, or `MATCH OLD NEW [metadata] [answer …]`. */
export function wrongNameRule(
  words: Dispenser,
  type: CorefileToken,
  args: readonly CorefileToken[],
): Refusal | undefined {
  const missing = wrongCount('rewrite', type, args, 2);
  const [first, second, third, fourth] = args;
  if (missing !== undefined || first === undefined || second === undefined) return missing;
  if (third === undefined) return wrongExact(words, first, second);
  const match = words.valueOf(first).toLowerCase();
  if (!MATCHES.includes(match)) return wrongFirstWord(words, first, third);
  const withMetadata = fourth !== undefined && words.valueOf(fourth) === 'metadata';
  if (withMetadata && match !== 'regex')
    return refuse('CF427', fourth, `rewrite name takes metadata only with regex, not with ${match}. Remove it`);
  const answers = args.slice(withMetadata ? 4 : 3);
  const refusal = answers.length === 0 ? undefined : wrongAnswers(words, match, answers);
  if (refusal !== undefined) return refusal;
  if (match === 'exact') return wrongExact(words, second, third);
  if (match !== 'regex') return undefined;
  const pattern = words.valueOf(second);
  return (
    wrongRegexp(words, 'rewrite name regex', second, MAX_REGEXP_LENGTH, pattern) ??
    (withMetadata ? wrongPlaceholders(words, third, pattern) : wrongGroups(words, third, pattern))
  );
}

/** Behind `name` stands none of the kinds of match, though the rule has more than two names. */
function wrongFirstWord(words: Dispenser, first: CorefileToken, third: CorefileToken): Refusal | undefined {
  if (words.valueOf(third) !== 'answer') return noneOf(words, 'rewrite name', first, MATCHES, true);
  return refuse(
    'CF413',
    third,
    'rewrite name takes answer only behind a kind of match. Write rewrite name exact OLD NEW answer …',
    [{ title: 'Insert exact', edits: [{ start: first.start, end: first.start, newText: 'exact ' }] }],
  );
}

/** Of an exact rule CoreDNS compiles the new name as a pattern, and reads the old one for `{N}`. */
function wrongExact(words: Dispenser, from: CorefileToken, to: CorefileToken): Refusal | undefined {
  const pattern = normalizeName(words.valueOf(to));
  const problem = wrongRegexp(words, 'rewrite name', to, MAX_REGEXP_LENGTH, pattern);
  if (problem !== undefined || groupsUsed(words.valueOf(from)) <= readGoRegexp(pattern).groups) return problem;
  return refuse(
    'CF429',
    from,
    `rewrite name reads {N} in ${shownWord(words.valueOf(from))} as a group of a pattern, and there is none. Write the match as regex`,
  );
}

/** name.go parseAnswerRules: `answer auto`, `answer name OLD NEW`, `answer value OLD NEW`, one after the other. */
function wrongAnswers(words: Dispenser, match: string, args: readonly CorefileToken[]): Refusal | undefined {
  let auto: CorefileToken | undefined;
  let explicit = false;
  for (let at = 0; at < args.length;) {
    const head = args[at];
    if (head === undefined) break;
    const isAnswer = words.valueOf(head) === 'answer';
    if (at === 0 && !isAnswer) return surplus(match, head);
    if (isAnswer) at += 1;
    const kind = args[at];
    if (kind === undefined)
      return refuse('CF304', head, 'rewrite name answer needs auto, name OLD NEW or value OLD NEW. Add one');
    at += 1;
    const name = words.valueOf(kind);
    if (name === 'auto') {
      auto = kind;
      continue;
    }
    const wrong = noneOf(words, 'rewrite name answer', kind, ['auto', 'name', 'value']);
    if (wrong !== undefined) return wrong;
    const [from, to] = args.slice(at, at + 2);
    if (from === undefined || to === undefined)
      return refuse('CF304', kind, `rewrite name answer ${name} needs a pattern and what to write for it. Add both`);
    const pattern = words.valueOf(from);
    const refusal =
      wrongRegexp(words, `rewrite name answer ${name}`, from, MAX_REGEXP_LENGTH, pattern) ??
      wrongGroups(words, to, pattern);
    if (refusal !== undefined) return refusal;
    explicit ||= name === 'name';
    at += 2;
  }
  if (auto === undefined || !explicit) return undefined;
  return refuse(
    'CF413',
    auto,
    'rewrite takes answer auto or answer name, CoreDNS refuses both together. Remove one of them',
  );
}

function surplus(match: string, token: CorefileToken): Refusal {
  return refuse(
    'CF304',
    token,
    `rewrite name ${match} takes two names and then answer …, ${shownWord(token.text)} is one too many. Remove it`,
  );
}

/** name.go isValidRegexPattern: `{N}` may not stand for more groups than the pattern captures. */
function wrongGroups(words: Dispenser, to: CorefileToken, pattern: string): Refusal | undefined {
  const text = words.valueOf(to);
  const { groups } = readGoRegexp(pattern);
  const used = groupsUsed(text);
  if (used <= groups) return undefined;
  return refuse(
    'CF429',
    to,
    `${shownWord(text)} uses ${used} ${used === 1 ? 'group' : 'groups'} of its pattern, which captures ${groups === 0 ? 'none' : groups}. Put parentheses into the pattern`,
  );
}

/** name.go getSubExprUsage: how many different `{0}` to `{100}` stand in a text. */
function groupsUsed(text: string): number {
  return new Set([...text.matchAll(/\{(0|[1-9]\d?|100)\}/gu)].map((match) => match[1])).size;
}

/** name_metadata.go parseNameReplacement: `{N}` is a group of the pattern, `{plugin/label}` metadata. */
function wrongPlaceholders(words: Dispenser, to: CorefileToken, pattern: string): Refusal | undefined {
  const text = words.valueOf(to);
  const said = (what: string): Refusal => refuse('CF429', to, `${shownWord(text)} ${what}`);
  const { groups } = readGoRegexp(pattern);
  for (let rest = text; rest !== '';) {
    const open = rest.indexOf('{');
    if ((open === -1 ? rest : rest.slice(0, open)).includes('}')) return said('has a "}" without its "{". Remove it');
    if (open === -1) break;
    const close = rest.indexOf('}', open);
    if (close === -1) return said('has a "{" without its "}". Complete it');
    const label = rest.slice(open + 1, close);
    if (/^[+-]?\d+$/u.test(label)) {
      const group = Number(label);
      if (group < 0 || group > groups)
        return said(`uses group ${label} of its pattern, which captures ${groups}. Put parentheses into the pattern`);
    } else if (!/^[^/{]+\/[^{]+$/u.test(label)) {
      return said(`has {${shownWord(label)}}, which is neither a group nor metadata. Write {1} or {plugin/label}`);
    }
    rest = rest.slice(close + 1);
  }
  return undefined;
}
