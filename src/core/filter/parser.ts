/**
 * From text to a typed tree. Grammar, loosest first:
 *
 *     filter  = either { "," either }                 a comma is AND, as in Inspektor Gadget
 *     either  = both { ("or" | "||") both }
 *     both    = one { ["and" | "&&"] one }            words side by side must all hold
 *     one     = ("not" | "!") one | ["none"] "(" filter ")" | field operator value | field | word | "quoted words"
 *
 * Never throws. Bounded: {@link MOST_CHARACTERS}, {@link DEEPEST} levels, {@link MOST_TERMS} terms; one pass, one problem.
 */
import { suggest } from '../corefile/suggest.ts';
import type { FilterNode, ValueTest, VerdictWord } from './ast.ts';
import { fieldNamed, fieldNames, operatorsOf, standsAlone, VERDICT_WORDS } from './fields.ts';
import type { FilterField, FilterOperator } from './fields.ts';
import { filterProblem, type FilterProblem } from './filterProblem.ts';
import { Pattern } from './pattern.ts';
import { FilterReader, shortened, type TextPart } from './reader.ts';
import { globProgram, readRegex } from './regex.ts';
import { expectedValue, readValue } from './values.ts';

export const MOST_CHARACTERS = 10_000;
const MOST_TERMS = 500;
const DEEPEST = 50;

export interface ParsedFilter {
  /** `undefined` for a filter without a term: all rows; and beside a problem. */
  readonly value: FilterNode | undefined;
  readonly problem: FilterProblem | undefined;
}

export function parseFilter(text: string): ParsedFilter {
  if (text.length > MOST_CHARACTERS) {
    const problem = filterProblem(
      MOST_CHARACTERS,
      text.length,
      `at most ${String(MOST_CHARACTERS)} characters`,
      'more',
    );
    return { value: undefined, problem };
  }
  const parser = new FilterParser(text);
  const value = parser.whole();
  return parser.problem === undefined ? { value, problem: undefined } : { value: undefined, problem: parser.problem };
}

/** The conditions that must all hold, as they are written: what stands as one chip each beside the filter. */
export function filterTerms(text: string, root: FilterNode | undefined): readonly string[] {
  if (root === undefined) return [];
  return (root.kind === 'and' ? root.items : [root]).map(({ start, end }) => text.slice(start, end));
}

/** What may be written at the end of a text: for completion. */
export type FilterPlace =
  /** A word, a field, or, behind a condition that is whole, something that joins on. */
  | { readonly kind: 'term'; readonly start: number }
  | { readonly kind: 'operator'; readonly start: number; readonly field: FilterField }
  | { readonly kind: 'value'; readonly start: number; readonly field: FilterField }
  /** Inside quotes or a pattern, or right behind a parenthesis. */
  | { readonly kind: 'nothing'; readonly start: number };

export function placeAtEnd(text: string): FilterPlace {
  const parser = new FilterParser(text.slice(0, MOST_CHARACTERS));
  parser.whole();
  return parser.place;
}

const KEYWORD = /(?:and|or|not|in|contains|matches)(?![^\s(){},"'=<>~!])/iuy;
/** With a blank before the parenthesis it is a word to search for. */
const NONE_OF = /^none\($/iu;
/** Operators in words that are ordinary words elsewhere. */
const WORD_OPERATORS: Readonly<Record<string, FilterOperator>> = {
  contains: 'contains',
  matches: '~',
  in: 'in',
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
};
/** Protocols that are words to search for unless an operator stands beside them: `dns` is part of many names. */
const SEARCHED_PROTOCOLS: ReadonlySet<string> = new Set(['dns', 'ip', 'ipv6']);

const NEGATED: ReadonlySet<FilterOperator> = new Set<FilterOperator>(['!=', '!~', 'not in']);

const A_TERM = 'a condition or a word';

class FilterParser {
  problem: FilterProblem | undefined;
  /** The latest that was read; a part that the text's end cuts short still counts. */
  place: FilterPlace = { kind: 'term', start: 0 };
  readonly #reader: FilterReader;
  /** Nodes in parentheses of their own. */
  readonly #wrapped = new WeakSet<FilterNode>();
  #terms = 0;

  constructor(text: string) {
    this.#reader = new FilterReader(text);
  }

  whole(): FilterNode | undefined {
    const reader = this.#reader.skipSpace();
    this.#at('term');
    if (reader.done) return undefined;
    const filter = this.#filter(0);
    if (filter !== undefined && !reader.skipSpace().done) this.#fail('and, or, a comma or the end');
    return filter;
  }

  #at(kind: 'term' | 'nothing'): void {
    this.place = { kind, start: this.#reader.at };
  }

  #fail(expected: string, found = this.#reader.found(), start = this.#reader.at, end?: number): undefined {
    const length = this.#reader.done ? 0 : 1;
    this.problem ??= filterProblem(start, end ?? start + length, expected, found);
    return undefined;
  }

  #filter(depth: number): FilterNode | undefined {
    if (depth > DEEPEST) return this.#fail(`at most ${String(DEEPEST)} levels of parentheses and not`, 'more');
    return this.#list(
      'and',
      () => this.#either(depth),
      () => this.#reader.take(','),
    );
  }

  #either(depth: number): FilterNode | undefined {
    return this.#list(
      'or',
      () => this.#both(depth),
      () => this.#reader.take('||') || this.#keyword('or'),
    );
  }

  #both(depth: number): FilterNode | undefined {
    return this.#list(
      'and',
      () => this.#one(depth),
      () => this.#reader.take('&&') || this.#keyword('and') || this.#begins(),
    );
  }

  #list(kind: 'and' | 'or', item: () => FilterNode | undefined, goesOn: () => boolean): FilterNode | undefined {
    const items: FilterNode[] = [];
    do {
      this.#reader.skipSpace();
      const next = item();
      if (next === undefined) return undefined;
      // One level for `a, b c` and `a b c` alike, and one chip for each of them.
      if (next.kind === kind && !this.#wrapped.has(next)) items.push(...next.items);
      else items.push(next);
      const { at } = this.#reader;
      if (this.#reader.skipSpace().done && this.#reader.at > at && this.place.kind !== 'operator') this.#at('term');
    } while (goesOn());
    if (items.length === 1) return items[0];
    return { kind, items, start: items[0]!.start, end: items.at(-1)!.end };
  }

  /** Whether another term begins here, without a word between it and the one before. */
  #begins(): boolean {
    const reader = this.#reader;
    if (reader.done || /[),}|&]/u.test(reader.next)) return false;
    return !/^or(?![^\s(){},"'=<>~!])/iu.test(reader.text.slice(reader.at, reader.at + 3));
  }

  #keyword(word: string): boolean {
    KEYWORD.lastIndex = this.#reader.at;
    return KEYWORD.exec(this.#reader.text)?.[0].toLowerCase() === word && this.#reader.take(this.#slice(word.length));
  }

  #slice(length: number): string {
    return this.#reader.text.slice(this.#reader.at, this.#reader.at + length);
  }

  #one(depth: number): FilterNode | undefined {
    const reader = this.#reader;
    const start = reader.at;
    this.#at('term');
    if (++this.#terms > MOST_TERMS) return this.#fail(`at most ${String(MOST_TERMS)} conditions`, 'more');
    if ((reader.next === '!' && !/^![=~]/u.test(this.#slice(2)) && reader.take('!')) || this.#keyword('not')) {
      if (depth >= DEEPEST) return this.#fail(`at most ${String(DEEPEST)} levels of parentheses and not`, 'more');
      reader.skipSpace();
      const item = this.#one(depth + 1);
      return item === undefined ? undefined : { kind: 'not', item, start, end: item.end };
    }
    const none = NONE_OF.test(this.#slice(5)) && reader.take(this.#slice(4));
    if (reader.take('(')) {
      const inside = this.#filter(depth + 1);
      if (inside === undefined) return undefined;
      if (!reader.skipSpace().take(')')) return this.#fail('and, or or )');
      this.#at('nothing');
      if (none) return { kind: 'none', item: inside, start, end: reader.at };
      const wrapped = { ...inside, start, end: reader.at };
      this.#wrapped.add(wrapped);
      return wrapped;
    }
    const quoted = /^r["']/iu.test(this.#slice(2)) ? undefined : reader.quoted();
    if (quoted !== undefined) {
      this.#at('nothing');
      if (!quoted.closed) return this.#fail('a closing quote', 'the end', reader.at);
      if (quoted.text === '') return this.#fail(A_TERM, 'nothing between the quotes', start, quoted.end);
      return { kind: 'word', text: quoted.text.toLowerCase(), start, end: quoted.end };
    }
    return this.#term();
  }

  /** A comparison, a field alone or a word. */
  #term(): FilterNode | undefined {
    const reader = this.#reader;
    const start = reader.at;
    KEYWORD.lastIndex = start;
    if (KEYWORD.test(reader.text)) return this.#fail(A_TERM, reader.found(), start, KEYWORD.lastIndex);
    const word = reader.word();
    if (word === undefined) return this.#fail(A_TERM);
    const colon = word.text.indexOf(':');
    const name = colon > 0 ? word.text.slice(0, colon) : word.text;
    const field = fieldNamed(name);
    if (colon > 0 && (field !== undefined || looksLikeField(name, word.text))) {
      reader.at = start + colon;
      return field === undefined ? this.#unknown(name, start) : this.#comparison(field, start);
    }
    const after = reader.at;
    if (field !== undefined && colon < 0) {
      if (this.#atOperator(true)) return this.#comparison(field, start);
      if (reader.at > after) this.place = { kind: 'operator', start: reader.at, field };
      reader.at = after;
      if (standsAlone(field) && (!SEARCHED_PROTOCOLS.has(name.toLowerCase()) || this.#isJoined(start)))
        return { kind: 'present', field, start, end: after };
    } else if (this.#atOperator(false)) return this.#unknown(name, start);
    reader.at = after;
    return this.#plainWord(word);
  }

  #plainWord({ text, start, end }: TextPart): FilterNode | undefined {
    const word = text.toLowerCase();
    if (Object.hasOwn(VERDICT_WORDS, word)) return { kind: 'verdict', word: word as VerdictWord, start, end };
    const program =
      word.includes('*') && word.length <= 255 ? globProgram(word.replaceAll('?', '*'), false) : undefined;
    if (program === undefined) return { kind: 'word', text: word, start, end };
    return { kind: 'word', text: word, pattern: new Pattern(word, program), start, end };
  }

  #unknown(name: string, start: number): undefined {
    const near = suggest(name, fieldNames());
    const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
    return this.#fail(
      'a field such as name, rcode or latency',
      `${shortened(name)}${hint}`,
      start,
      start + name.length,
    );
  }

  /** Whether an operator follows; `ofField` takes those that are ordinary words elsewhere too. */
  #atOperator(ofField: boolean): boolean {
    const { text, at } = this.#reader.skipSpace();
    const rest = text.slice(at, at + 12);
    if (/^(?:[=<>~]|!=|!~)/u.test(rest)) return true;
    return ofField
      ? /^(?:in|not\s{1,5}in|contains|matches|eq|ne|lt|le|gt|ge)(?![^\s({"'])/iu.test(rest)
      : /^(?:in|contains|matches)(?![^\s({"'])/iu.test(rest);
  }

  /** An explicit operator stands before or behind the word that began at `start`. */
  #isJoined(start: number): boolean {
    const { text, at } = this.#reader;
    return (
      /(?:&&|\|\||!|\(|,|\b(?:and|or|not))\s*$/iu.test(text.slice(Math.max(0, start - 12), start)) ||
      /^\s*(?:&&|\|\||\)|,|(?:and|or)\b)/iu.test(text.slice(at, at + 12))
    );
  }

  #comparison(field: FilterField, start: number): FilterNode | undefined {
    const reader = this.#reader;
    const at = reader.at;
    const operator = this.#operator();
    const allowed = operatorsOf(field);
    if (operator === undefined || !allowed.includes(operator)) {
      const text = reader.text.slice(at, reader.at).trim();
      const found = text === '' ? reader.found() : text;
      const wanted = allowed.length === 0 ? `no operator after ${field.names[0]!}` : `one of ${allowed.join(' ')}`;
      return this.#fail(wanted, found, at, Math.max(at + 1, reader.at));
    }
    reader.skipSpace();
    const tests =
      operator === '~' || operator === '!~'
        ? this.#pattern()
        : operator === 'in' || operator === 'not in'
          ? this.#values(field, operator)
          : this.#value(field, operator);
    if (tests === undefined) return undefined;
    return { kind: 'compare', field, negated: NEGATED.has(operator), tests, start, end: reader.at };
  }

  #operator(): FilterOperator | undefined {
    const reader = this.#reader;
    const first = reader.operator()?.text;
    // `latency:>5ms` is how Inspektor Gadget's older filters write it.
    const sign = first === ':' ? (reader.operator()?.text ?? ':') : first;
    if (sign !== undefined) return sign === '=' ? '==' : (sign as FilterOperator);
    const words = /^(?:not\s+in|[a-z]+)/iu.exec(this.#slice(12))?.[0] ?? '';
    const operator = /\s/u.test(words) ? 'not in' : WORD_OPERATORS[words.toLowerCase()];
    if (operator !== undefined) reader.at += words.length;
    return operator;
  }

  #pattern(): readonly ValueTest[] | undefined {
    const reader = this.#reader;
    this.#at('nothing');
    const part = reader.quoted() ?? reader.pattern();
    if (part === undefined) return this.#fail('a regular expression');
    if ('closed' in part && part.closed === false) return this.#fail('a closing quote', 'the end', reader.at);
    if (part.text === '') return this.#fail('a regular expression', 'nothing', part.start, part.end);
    const opening = /^r?["']/iu.exec(part.quoted ? reader.text.slice(part.start, part.start + 2) : '')?.[0] ?? '';
    const { value, problem } = readRegex(part.text, part.start + opening.length);
    if (value === undefined) {
      this.problem ??= problem;
      return undefined;
    }
    return [{ kind: 'pattern', pattern: new Pattern(part.text, value) }];
  }

  #values(field: FilterField, operator: FilterOperator): readonly ValueTest[] | undefined {
    const reader = this.#reader;
    const close = reader.take('(') ? ')' : reader.take('{') ? '}' : undefined;
    if (close === undefined) return this.#fail('a list in parentheses, such as (A, AAAA)');
    const tests: ValueTest[] = [];
    do {
      reader.skipSpace();
      const test = this.#value(field, operator);
      if (test === undefined) return undefined;
      tests.push(...test);
      reader.skipSpace();
      // Older Wireshark separates with blanks.
    } while (reader.take(',') || (reader.next !== close && !reader.done && !/[)}]/u.test(reader.next)));
    if (reader.take(close)) {
      this.#at('nothing');
      return tests;
    }
    return this.#fail(`a comma or ${close}`);
  }

  #value(field: FilterField, operator: FilterOperator): readonly ValueTest[] | undefined {
    const reader = this.#reader;
    this.place = { kind: 'value', start: reader.at, field };
    const part = reader.quoted() ?? reader.value();
    if (part === undefined) return this.#fail(expectedValue(field));
    if (part.quoted) this.#at('nothing');
    if ('closed' in part && part.closed === false) return this.#fail('a closing quote', 'the end', reader.at);
    const read = readValue(field, operator, part);
    if ('test' in read) return [read.test];
    return this.#fail(read.expected, read.found, part.start, part.end);
  }
}

/** `pood:x` is a slip, `fe80::1` and `p/shop/web:53` are words. */
function looksLikeField(name: string, word: string): boolean {
  return /^[a-z][a-z0-9_.]*$/iu.test(name) && !/^[0-9a-f:.]+$/iu.test(word);
}
