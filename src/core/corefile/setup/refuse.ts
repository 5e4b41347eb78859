/**
 * Refusals that many plugins share, worded alike: each says what CoreDNS stops at and what to do, with a fix where there is
 * only one way out. A check gives `undefined` when the words are in order, so that checks chain with `??`.
 */
import { visibleText } from '../../../base/visibleText.ts';
import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { existsIn, pluginCatalogue } from '../pluginCatalogue.ts';
import { suggest } from '../suggest.ts';
import { SECOND, parseDuration, parseInteger } from './goValues.ts';
import { type Refusal, TWINS_RELEASE, placeOf } from './pluginSetup.ts';

type Fixes = NonNullable<Refusal['fixes']>;

export function refuse(code: string, at: CorefileToken, message: string, fixes: Fixes = []): Refusal {
  return { code, message, at: placeOf(at), fixes };
}

/** A fix that puts `text` in place of a word. */
export function replaceWith(token: CorefileToken, text: string): Fixes {
  return [{ title: `Replace with ${text}`, edits: [{ start: token.start, end: token.end, newText: text }] }];
}

/** A word from the file for a message: hidden characters made visible, long words cut, nothing called so. */
export function shownWord(text: string): string {
  if (text === '') return 'an empty word';
  return visibleText(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** The options of a block, one after the other; the twin reads each one's arguments. */
export function* optionsOf(words: Dispenser): Iterable<CorefileToken> {
  while (words.nextBlock()) {
    const option = words.current;
    if (option !== undefined) yield option;
  }
}

/** CF301: a second stanza of a plugin that may stand once. `first` is the name of the first one, `again` where it stands again. */
export function twice(plugin: string, first: CorefileToken | undefined, again: CorefileToken): Refusal {
  const word = again.text;
  const refusal = refuse(
    'CF301',
    again,
    word === plugin
      ? `${plugin} may stand only once in a server block. Join the two or remove one`
      : word === '{'
        ? `The "{" of ${plugin} stands on a line of its own, so CoreDNS reads it as a second ${plugin}. Move it up to the end of the line before`
        : `CoreDNS reads ${shownWord(word)} as a second ${plugin}, which may stand only once. Put it on a line of its own or remove it`,
  );
  if (first === undefined) return refusal;
  return { ...refusal, mentions: [{ at: placeOf(first), message: `First ${plugin} of the block` }] };
}

/** CF303: a word in the block of `plugin` that is none of its options. */
export function unknownOption(words: Dispenser, plugin: string, option: CorefileToken): Refusal {
  const name = words.valueOf(option);
  const facts = pluginCatalogue().get(plugin);
  const names = [...(facts?.options.values() ?? [])]
    .filter((candidate) => existsIn(candidate, TWINS_RELEASE) === 'yes')
    .map((candidate) => candidate.name);
  if (names.length === 0) return takesNoBlock(plugin, option);
  const near = suggest(name, names);
  if (near !== undefined)
    return refuse(
      'CF303',
      option,
      `${plugin} has no option ${shownWord(name)}. Did you mean ${near}?`,
      replaceWith(option, near),
    );
  if (name !== plugin && pluginCatalogue().has(name))
    return refuse(
      'CF303',
      option,
      `${plugin} has no option ${shownWord(name)}: it is a plugin, and a "}" is missing above it. Close the block of ${plugin}`,
    );
  return refuse('CF303', option, `${plugin} has no option ${shownWord(name)}. It has: ${names.join(', ')}`);
}

/** CF304: `args` behind `head` are fewer than `min` or more than `max`. `head` is the plugin's name or an option of it. */
export function wrongCount(
  plugin: string,
  head: CorefileToken,
  args: readonly CorefileToken[],
  min: number,
  max = Infinity,
): Refusal | undefined {
  const subject = subjectOf(plugin, head);
  if (args.length < min) {
    const limit = min === max ? '' : 'at least ';
    const have = args.length === 0 ? 'is none' : `${args.length === 1 ? 'is' : 'are'} ${args.length}`;
    const last = args[args.length - 1];
    const at = { ...placeOf(head), end: last?.file === head.file ? last.end : head.end };
    return {
      code: 'CF304',
      message: `${subject} needs ${limit}${min} ${plural(min)}, here ${have}. Add what is missing`,
      at,
    };
  }
  const surplus = args[max];
  if (surplus === undefined) return undefined;
  if (surplus.text === '}') return braceAsArgument(subject, surplus);
  const limit = max === 0 ? 'takes no arguments' : `takes ${min === max ? '' : 'at most '}${max} ${plural(max)}`;
  return refuse('CF304', surplus, `${subject} ${limit}, ${shownWord(surplus.text)} is one too many. Remove it`);
}

/** CF304: a `}` on the line of `subject`, which CoreDNS reads as an argument. */
export function braceAsArgument(subject: string, brace: CorefileToken): Refusal {
  return refuse(
    'CF304',
    brace,
    `${subject} reads this "}" as an argument, it doesn't close the block. Put it on a line of its own`,
  );
}

/** What a message is about: the plugin, one of its options, or a stray word that began a stanza. */
export function subjectOf(plugin: string, head: CorefileToken): string {
  if (head.text === plugin) return plugin;
  if (head.text === '{') return `The "{" of ${plugin} on a line of its own begins another ${plugin}, which`;
  return `${plugin} option ${shownWord(head.text)}`;
}

function plural(count: number): string {
  return count === 1 ? 'argument' : 'arguments';
}

export interface NumberLimits {
  readonly min?: number;
  readonly max?: number;
  /** How to read the word; strconv.Atoi unless given. */
  readonly read?: (text: string) => number | undefined;
}

/** CF305: no whole number; CF306: outside its limits (both inclusive). */
export function wrongNumber(
  words: Dispenser,
  subject: string,
  token: CorefileToken,
  { min = -Infinity, max = Infinity, read = parseInteger }: NumberLimits = {},
): Refusal | undefined {
  const text = words.valueOf(token);
  const value = read(text);
  if (value === undefined) {
    if (text === '}') return braceAsArgument(subject, token);
    const seconds = /^(\d{1,9})s$/u.exec(text)?.[1];
    const tooLong = /^[+-]?\d+$/u.test(text);
    return refuse(
      'CF305',
      token,
      tooLong
        ? `${subject} can't hold a number as ${text.startsWith('-') ? 'small' : 'large'} as ${shownWord(text)}. Write one within its limits`
        : `${subject} needs a whole number, ${shownWord(text)} is none. Write ${seconds ?? 'digits only'}`,
      seconds === undefined ? [] : replaceWith(token, seconds),
    );
  }
  if (value >= min && value <= max) return undefined;
  const limits =
    max === Infinity
      ? `must be ${min} or more`
      : min === -Infinity
        ? `must be ${max} or less`
        : `must be ${min} to ${max}`;
  const nearest = value < min ? min : max;
  return refuse('CF306', token, `${subject} ${limits}, ${shownWord(text)} is not. Write ${nearest}`);
}

export interface DurationLimits {
  /** Nanoseconds, inclusive; without it negative times pass. */
  readonly min?: bigint;
  readonly max?: bigint;
  /** Zero is refused, too. */
  readonly positive?: boolean;
}

/** CF305: no time with a unit; CF306: outside its limits. */
export function wrongDuration(
  words: Dispenser,
  subject: string,
  token: CorefileToken,
  { min, max, positive = false }: DurationLimits = {},
): Refusal | undefined {
  const text = words.valueOf(token);
  const value = parseDuration(text);
  if (value === undefined) {
    if (text === '}') return braceAsArgument(subject, token);
    const bare = /^\d{1,9}$/u.test(text);
    return refuse(
      'CF305',
      token,
      `${subject} needs a time with a unit (ms, s, m, h), ${shownWord(text)} ${bare ? 'has none' : 'is none'}. Write ${bare ? `${text}s` : 'one such as 30s'}`,
      bare ? replaceWith(token, `${text}s`) : [],
    );
  }
  const said = (what: string): Refusal => refuse('CF306', token, `${subject} ${what}`);
  if (positive && value <= 0n) return said(`must be longer than 0, ${shownWord(text)} is not. Write a longer time`);
  if (min === 0n && value < 0n) return said(`can't be negative, ${shownWord(text)} is. Write 0s or more`);
  if (min !== undefined && value < min)
    return said(`is too short with ${shownWord(text)}. Write ${printed(min)} or more`);
  if (max !== undefined && value > max)
    return said(`is too long with ${shownWord(text)}. Write ${printed(max)} or less`);
  return undefined;
}

function printed(nanoseconds: bigint): string {
  const seconds = nanoseconds / SECOND;
  if (seconds === 0n) return `${nanoseconds / 1_000_000n}ms`;
  return seconds % 60n === 0n ? `${seconds / 60n}m` : `${seconds}s`;
}

/** CF306: none of `values`. With `anyCase` the word is lower-cased first. */
export function noneOf(
  words: Dispenser,
  subject: string,
  token: CorefileToken,
  values: readonly string[],
  anyCase = false,
): Refusal | undefined {
  const text = words.valueOf(token);
  if (values.includes(anyCase ? text.toLowerCase() : text)) return undefined;
  if (text === '}') return braceAsArgument(subject, token);
  const near = suggest(text, values);
  return refuse(
    'CF306',
    token,
    `${subject} takes ${values.join(', ')}, ${shownWord(text)} is none of them. ${near === undefined ? 'Choose one' : `Did you mean ${near}?`}`,
    near === undefined ? [] : replaceWith(token, near),
  );
}

/** One argument on the option's line, judged by `check`; CF304 without it. What follows it on the line is left unread. */
export function withArgument(
  words: Dispenser,
  plugin: string,
  option: CorefileToken,
  check: (value: CorefileToken, subject: string) => Refusal | undefined = () => undefined,
): Refusal | undefined {
  const value = words.nextArg();
  return value === undefined ? wrongCount(plugin, option, [], 1) : check(value, subjectOf(plugin, option));
}

/** For plugins that read neither arguments nor a block: what stands on the line, if anything. */
export function nothingBehind(words: Dispenser, plugin: string): Refusal | undefined {
  const name = words.current;
  const behind = words.nextArg();
  if (behind === undefined || name === undefined) return undefined;
  if (behind.text !== '{') return wrongCount(plugin, name, [behind], 0, 0);
  const inside = words.next();
  return takesNoBlock(plugin, inside === undefined || inside.text === '}' ? behind : inside);
}

/** CF303: braces where the plugin has none. */
export function takesNoBlock(plugin: string, at: CorefileToken): Refusal {
  return refuse('CF303', at, `${plugin} takes no block, CoreDNS stops here. Remove the braces and what they hold`);
}
