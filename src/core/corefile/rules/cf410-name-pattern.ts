import type { CorefileToken } from '../lexer.ts';
import { optionsNamed, quoted, stanzasOf } from './pluginStanzas.ts';
import { type RegexPart, regexParts } from './regexParts.ts';
import { rewriteRules } from './rewriteRules.ts';
import { type Finding, type Fixes, type Rule, type RuleContext, replaceToken, shown, valueOf } from './rule.ts';

/** Patterns of template and rewrite see names in lower case and with a final dot; some never match, others match too much. */
export const namePattern: Rule = {
  code: 'CF410',
  title: 'Pattern for names matches nothing or too much',
  *check(context) {
    for (const { stanza } of stanzasOf(context, 'template')) {
      for (const token of optionsNamed(context, stanza, 'match').flatMap(({ args }) => args)) {
        const finding = judge(context, token, false);
        if (finding !== undefined) yield finding;
      }
    }
    for (const { names, target, answer } of rewriteRules(context)) {
      if (names?.match !== 'regex' || answer.includes('metadata')) continue;
      const finding = judge(context, names.token, target !== undefined);
      if (finding !== undefined) yield finding;
    }
  },
};

/** `whole`: the whole name is replaced, so that what the pattern leaves open matters. */
function judge(context: RuleContext, token: CorefileToken, whole: boolean): Finding | undefined {
  const pattern = valueOf(context, token);
  const parts = pattern === undefined ? undefined : regexParts(pattern);
  if (pattern === undefined || parts === undefined) return undefined;
  const mend = (title: string, changed: string): Fixes =>
    token.text === pattern && token.file === ''
      ? [{ title, edits: [replaceToken(token, token.quoted ? quoted(changed) : changed)] }]
      : [];
  const capital = /[A-Z]/u.test(pattern) ? parts.findIndex((_, at) => isCapital(parts, at)) : -1;
  if (capital !== -1) {
    const changed = parts.map(({ text }, at) => (isCapital(parts, at) ? text.toLowerCase() : text)).join('');
    const message = `Names reach the pattern in lower case, so ${shown(pattern)} never matches. Write its letters in lower case`;
    return { severity: 'warning', message, at: token, fixes: mend('Write in lower case', changed) };
  }
  if (endsWithoutDot(parts)) {
    const changed = `${pattern.slice(0, -1)}\\.$`;
    const message = `Names reach the pattern with a final dot, so ${shown(pattern)} never matches. End it with "\\.$"`;
    return { severity: 'warning', message, at: token, fixes: mend('End with "\\.$"', changed) };
  }
  if (parts.some((_, at) => isBareDot(parts, at))) {
    const changed = parts.map(({ text }, at) => (isBareDot(parts, at) ? '\\.' : text)).join('');
    const message = `A bare dot stands for any character, so ${shown(pattern)} matches more than it shows. Write "\\." for a dot`;
    return { severity: 'info', message, at: token, fixes: mend('Write "\\." for the dots', changed) };
  }
  const open = whole ? openEnds(parts) : undefined;
  if (open === undefined) return undefined;
  const message = `${shown(pattern)} matches inside longer names, too (${open}), and the whole name is then replaced. Anchor it with ^ and \\.$`;
  return { severity: 'info', message, at: token };
}

function isCapital(parts: readonly RegexPart[], at: number): boolean {
  const part = parts[at];
  if (part?.kind !== 'literal' || !/^[A-Z]$/u.test(part.text)) return false;
  const optional = /^(?:[?*]|\{0)/u.test(parts[at + 1]?.text ?? '');
  return !optional && !parts.some(({ kind, text }) => kind === 'open' && /^\(\?[a-zA-Z]*i/u.test(text));
}

/** `…com$`: a letter right in front of the end of the only alternative. */
function endsWithoutDot(parts: readonly RegexPart[]): boolean {
  const [before, last] = parts.slice(-2);
  if (last?.kind !== 'end' || parts.some(({ kind, depth }) => kind === 'or' && depth === 0)) return false;
  return before?.kind === 'literal' && /^[a-z0-9_-]$/u.test(before.text);
}

/** A dot, not repeated, between what stands for a label and a letter, or at the very end behind a letter. */
function isBareDot(parts: readonly RegexPart[], at: number): boolean {
  if (parts[at]?.kind !== 'any') return false;
  const [before, after] = [parts[at - 1], parts[at + 1]];
  if (before === undefined) return false;
  const label = before.kind === 'close' || before.kind === 'quantifier' || isLetter(before);
  if (isLetter(after)) return label;
  return isLetter(before) && (after === undefined || (after.kind === 'end' && at === parts.length - 2));
}

function isLetter(part: RegexPart | undefined): boolean {
  return part?.kind === 'literal' && /^[a-z0-9_-]$/u.test(part.text);
}

function openEnds(parts: readonly RegexPart[]): string | undefined {
  if (parts.some(({ kind, depth }) => kind === 'or' && depth === 0)) return undefined;
  const shape = parts.map(({ kind, text }) => (kind === 'any' ? '.' : kind === 'quantifier' ? text.charAt(0) : kind));
  const begin = shape.filter((kind) => kind !== 'open');
  const end = shape.filter((kind) => kind !== 'close');
  const opened = begin[0] !== 'begin' && !(begin[0] === '.' && /^[*+]$/u.test(begin[1] ?? ''));
  const closed = end.at(-1) === 'end' || (end.at(-2) === '.' && /^[*+]$/u.test(end.at(-1) ?? ''));
  if (!opened) return closed ? undefined : 'more may follow';
  return closed ? 'more may stand in front' : 'more may stand in front and follow';
}
