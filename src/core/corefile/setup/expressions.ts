/**
 * Expressions of `view` and `template` (the expr language): only what no reading can save is refused, which is an empty one,
 * a string that never ends and brackets that don't match.
 */
import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import type { Refusal } from './pluginSetup.ts';
import { refuse, wrongCount } from './refuse.ts';

const PARTNER: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** CF304 or CF429: the words of an expression, which CoreDNS joins with blanks. */
export function wrongExpression(
  words: Dispenser,
  plugin: string,
  option: CorefileToken,
  args: readonly CorefileToken[],
): Refusal | undefined {
  const [first] = args;
  if (first === undefined) return wrongCount(plugin, option, args, 1);
  const problem = expressionProblem(args.map((token) => words.valueOf(token)).join(' '));
  if (problem === undefined) return undefined;
  const last = args[args.length - 1];
  const refusal = refuse('CF429', first, `The expression ${problem}, CoreDNS can't read it. Complete it`);
  return last?.file === first.file ? { ...refusal, at: { ...refusal.at, end: last.end } } : refusal;
}

/** What is certainly wrong with an expression, to follow "The expression …". */
export function expressionProblem(text: string): string | undefined {
  if (/^\s*$/u.test(text)) return 'is empty';
  // Comments and raw strings hide brackets and quotes; who uses them is taken at his word.
  if (/`|\/[/*]|#/u.test(text)) return undefined;
  const open: string[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '"' || character === "'") {
      const end = stringEnd(text, at, character);
      if (end === undefined) return `has a string without its closing ${character}`;
      at = end;
    } else if ('([{'.includes(character)) open.push(character);
    else if (character in PARTNER && open.pop() !== PARTNER[character])
      return `has a "${character}" without its "${PARTNER[character] ?? ''}"`;
  }
  const left = open.pop();
  return left === undefined ? undefined : `has a "${left}" that is never closed`;
}

function stringEnd(text: string, start: number, quote: string): number | undefined {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return undefined;
}
