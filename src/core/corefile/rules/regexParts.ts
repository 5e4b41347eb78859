/**
 * A regular expression (Go's RE2) cut into its parts, just far enough to say what certainly holds of the names it matches:
 * no tree, no engine. One pass; what it doesn't understand (`\Q…\E`) makes it give up.
 * Why not: JavaScript's own engine on the pattern. Its syntax differs, and a hostile pattern makes it run for ever.
 */
export interface RegexPart {
  readonly kind: 'literal' | 'escape' | 'any' | 'class' | 'open' | 'close' | 'or' | 'begin' | 'end' | 'quantifier';
  readonly text: string;
  readonly start: number;
  /** Number of groups around it. */
  readonly depth: number;
}

const SINGLE: Readonly<Record<string, RegexPart['kind']>> = {
  '.': 'any',
  '|': 'or',
  '^': 'begin',
  $: 'end',
  '*': 'quantifier',
  '+': 'quantifier',
  '?': 'quantifier',
};

export function regexParts(pattern: string): readonly RegexPart[] | undefined {
  const parts: RegexPart[] = [];
  let depth = 0;
  for (let start = 0; start < pattern.length;) {
    const letter = pattern.charAt(start);
    let kind: RegexPart['kind'] = SINGLE[letter] ?? 'literal';
    let length = 1;
    if (letter === '\\') {
      kind = 'escape';
      length = escapeLength(pattern, start);
      if (pattern[start + 1] === 'Q') return undefined;
    } else if (letter === '[') {
      kind = 'class';
      length = classLength(pattern, start);
    } else if (letter === '(') {
      kind = 'open';
      length = /^\((?:\?(?:P?<\w*>|[imsU-]*[:)])?)?/u.exec(pattern.slice(start, start + 80))?.[0].length ?? 1;
    } else if (letter === ')') kind = 'close';
    else if (letter === '{') {
      const count = /^\{\d{1,4}(?:,\d{0,4})?\}/u.exec(pattern.slice(start, start + 12))?.[0];
      if (count !== undefined) [kind, length] = ['quantifier', count.length];
    }
    const text = pattern.slice(start, start + length);
    // `(?i)` opens nothing.
    const opens = kind === 'open' && !text.endsWith(')');
    if (kind === 'close') depth = Math.max(depth - 1, 0);
    parts.push({ kind, text, start, depth });
    if (opens) depth += 1;
    start += length;
  }
  return parts;
}

function escapeLength(pattern: string, start: number): number {
  const rest = pattern.slice(start + 1, start + 60);
  const braced = /^[pPx]\{[^}]*\}/u.exec(rest)?.[0] ?? /^x[0-9A-Fa-f]{2}/u.exec(rest)?.[0];
  return braced === undefined ? 2 : 1 + braced.length;
}

function classLength(pattern: string, start: number): number {
  let at = start + 1;
  if (pattern[at] === '^') at += 1;
  // A bracket in first place is a letter.
  if (pattern[at] === ']') at += 1;
  while (at < pattern.length && pattern[at] !== ']') {
    if (pattern[at] === '\\') at += 2;
    else if (pattern.startsWith('[:', at) && pattern.includes(':]', at)) at = pattern.indexOf(':]', at) + 2;
    else at += 1;
  }
  return Math.min(at + 1, pattern.length) - start;
}
