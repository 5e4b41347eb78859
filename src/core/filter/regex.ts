/**
 * Regular expressions for filters: what Inspektor Gadget (Go's RE2) and Wireshark take, without what can't be matched in one
 * pass. Read into a program of few instructions; `pattern.ts` runs it. Letters match in both cases, as names do (RFC 4343).
 * Invariant: at most {@link MOST_STEPS} instructions, so that a pattern's cost a character is bounded whatever it is.
 *
 * Why not JavaScript's RegExp: it backtracks, so `(a+)+$` typed into the filter bar would stop the trace.
 */
import { filterProblem, type FilterProblem } from './filterProblem.ts';

/** Characters 0 to 254 by code; everything above is one, 255. */
export const SYMBOLS = 256;
export const MOST_STEPS = 1000;
const MOST_REPEATS = 255;
const DEEPEST = 40;

export const Step = { symbol: 0, split: 1, begin: 2, end: 3, match: 4 } as const;

export interface RegexProgram {
  readonly op: readonly number[];
  /** Where to go on; for `split` also `other`. */
  readonly next: readonly number[];
  readonly other: readonly number[];
  /** For `symbol`: which symbols pass. */
  readonly symbols: readonly (Uint8Array | undefined)[];
}

export interface ReadRegex {
  readonly value: RegexProgram | undefined;
  readonly problem: FilterProblem | undefined;
}

type Tree =
  | { readonly kind: 'symbol'; readonly symbols: Uint8Array }
  | { readonly kind: 'begin' | 'end' | 'empty' }
  | { readonly kind: 'chain' | 'choice'; readonly items: readonly Tree[] }
  | { readonly kind: 'repeat'; readonly item: Tree; readonly least: number; readonly most: number };

/** @param offset where the pattern stands in the filter, for the problem's place. Never throws. */
export function readRegex(pattern: string, offset = 0): ReadRegex {
  const reader = new RegexReader(pattern, offset);
  const tree = reader.choice(0);
  if (reader.problem === undefined && reader.at < pattern.length) reader.fail('no ) without its (', ')');
  if (tree === undefined || reader.problem !== undefined) return { value: undefined, problem: reader.problem };
  const value = programOf(tree);
  if (value !== undefined) return { value, problem: undefined };
  const end = offset + pattern.length;
  const problem = filterProblem(offset, end, 'a smaller pattern', 'one whose repeats multiply too far');
  return { value: undefined, problem };
}

class RegexReader {
  at = 0;
  problem: FilterProblem | undefined;
  readonly #text: string;
  readonly #offset: number;

  constructor(text: string, offset: number) {
    this.#text = text;
    this.#offset = offset;
  }

  fail(expected: string, found: string, length = 1): undefined {
    const start = this.#offset + this.at;
    this.problem ??= filterProblem(start, start + length, expected, found);
    return undefined;
  }

  choice(depth: number): Tree | undefined {
    if (depth > DEEPEST) return this.fail('groups at most 40 deep', 'a deeper one');
    const items: Tree[] = [];
    for (;;) {
      const chain = this.#chain(depth);
      if (chain === undefined) return undefined;
      items.push(chain);
      if (this.#text[this.at] !== '|') break;
      this.at++;
    }
    return items.length === 1 ? items[0] : { kind: 'choice', items };
  }

  #chain(depth: number): Tree | undefined {
    const items: Tree[] = [];
    while (this.at < this.#text.length && this.#text[this.at] !== '|' && this.#text[this.at] !== ')') {
      const atom = this.#atom(depth);
      if (atom === undefined) return undefined;
      const repeated = this.#repeats(atom);
      if (repeated === undefined) return undefined;
      items.push(repeated);
    }
    return { kind: 'chain', items };
  }

  #repeats(atom: Tree): Tree | undefined {
    let tree = atom;
    for (let count = 0; ; count++) {
      const [length, least, most] = this.#repeat();
      if (length === 0) return tree;
      // Go refuses a** too; three suffixes in a row bring nothing but size.
      if (count > 0) return this.fail('one repeat after an item', 'another', length);
      if (most !== Number.POSITIVE_INFINITY && (most > MOST_REPEATS || most < least))
        return this.fail(`a repeat of at most ${String(MOST_REPEATS)}, the smaller number first`, 'another', length);
      if (least > MOST_REPEATS) return this.fail(`a repeat of at most ${String(MOST_REPEATS)}`, 'a larger one', length);
      this.at += length;
      // Lazy or not: whether it matches is the same.
      if (this.#text[this.at] === '?') this.at++;
      tree = { kind: 'repeat', item: tree, least, most };
    }
  }

  #repeat(): readonly [length: number, least: number, most: number] {
    switch (this.#text[this.at]) {
      case '*':
        return [1, 0, Number.POSITIVE_INFINITY];
      case '+':
        return [1, 1, Number.POSITIVE_INFINITY];
      case '?':
        return [1, 0, 1];
      case '{': {
        const counted = /^\{(\d{1,4})(,(\d{1,4})?)?\}/u.exec(this.#text.slice(this.at, this.at + 12));
        if (counted === null) return [0, 0, 0];
        const least = Number(counted[1]);
        const most =
          counted[2] === undefined ? least : counted[3] === undefined ? Number.POSITIVE_INFINITY : Number(counted[3]);
        return [counted[0].length, least, most];
      }
      default:
        return [0, 0, 0];
    }
  }

  #atom(depth: number): Tree | undefined {
    const character = this.#text[this.at]!;
    switch (character) {
      case '(':
        return this.#group(depth);
      case '[':
        return this.#bracket();
      case '.':
        this.at++;
        return { kind: 'symbol', symbols: all() };
      case '^':
        this.at++;
        return { kind: 'begin' };
      case '$':
        this.at++;
        return { kind: 'end' };
      case '*':
      case '+':
      case '?':
        return this.fail(`something before ${character} that it can repeat`, 'nothing');
      case '\\':
        return this.#escape();
      default: {
        const symbols = new Uint8Array(SYMBOLS);
        add(symbols, symbolOf(this.#text, this.at), symbolOf(this.#text, this.at));
        this.at++;
        return { kind: 'symbol', symbols };
      }
    }
  }

  #group(depth: number): Tree | undefined {
    const start = this.at;
    const opening = /^\((?:\?(?::|P?<\w{1,40}>|i\)|i:))?/u.exec(this.#text.slice(start, start + 50))?.[0] ?? '(';
    if (opening === '(' && this.#text[start + 1] === '?')
      return this.fail('a plain group: looking ahead or back is not supported', '(?', 2);
    this.at += opening.length;
    // Letters match in both cases anyway.
    if (opening === '(?i)') return { kind: 'empty' };
    const inside = this.choice(depth + 1);
    if (inside === undefined) return undefined;
    if (this.#text[this.at] !== ')') return this.fail(') at the end of the group', 'the end');
    this.at++;
    return inside;
  }

  #escape(): Tree | undefined {
    const start = this.at;
    const character = this.#text[start + 1];
    if (character === 'A' || character === 'z') {
      this.at += 2;
      return { kind: character === 'A' ? 'begin' : 'end' };
    }
    const symbols = new Uint8Array(SYMBOLS);
    return this.#escaped(symbols) ? { kind: 'symbol', symbols } : undefined;
  }

  /** Reads `\x`, adds what it stands for; false after a problem. */
  #escaped(symbols: Uint8Array): boolean {
    const character = this.#text[this.at + 1];
    const hex = /^\\x([0-9a-fA-F]{2})/u.exec(this.#text.slice(this.at, this.at + 4))?.[1];
    if (hex !== undefined) {
      add(symbols, Number.parseInt(hex, 16), Number.parseInt(hex, 16));
      this.at += 4;
      return true;
    }
    const known = CLASSES[character?.toLowerCase() ?? ''];
    if (known !== undefined) {
      const own = new Uint8Array(SYMBOLS);
      for (const [low, high] of known) add(own, low, high);
      if (character !== character!.toLowerCase()) invert(own);
      own.forEach((on, symbol) => (symbols[symbol]! |= on));
    } else if (character !== undefined && !/[A-Za-z0-9]/u.test(character)) {
      add(symbols, symbolOf(this.#text, this.at + 1), symbolOf(this.#text, this.at + 1));
    } else {
      this.fail('\\d, \\w, \\s or a character that is meant literally after \\', character ?? 'the end', 2);
      return false;
    }
    this.at += 2;
    return true;
  }

  #bracket(): Tree | undefined {
    const start = this.at;
    const symbols = new Uint8Array(SYMBOLS);
    this.at++;
    const negated = this.#text[this.at] === '^';
    if (negated) this.at++;
    // The first ] stands for itself.
    for (let first = true; first || this.#text[this.at] !== ']'; first = false) {
      if (this.at >= this.#text.length) {
        this.at = start;
        return this.fail('] at the end of the class', 'the end');
      }
      if (!this.#classItem(symbols)) return undefined;
    }
    this.at++;
    if (negated) invert(symbols);
    return { kind: 'symbol', symbols };
  }

  #classItem(symbols: Uint8Array): boolean {
    if (this.#text[this.at] === '\\') {
      if (this.at + 1 < this.#text.length) return this.#escaped(symbols);
      this.fail('a character after \\', 'the end');
      return false;
    }
    const low = symbolOf(this.#text, this.at);
    const end = this.#text[this.at + 2];
    if (this.#text[this.at + 1] === '-' && end !== undefined && end !== ']' && end !== '\\') {
      const high = symbolOf(this.#text, this.at + 2);
      if (high < low) {
        this.fail('a range that goes up', this.#text.slice(this.at, this.at + 3), 3);
        return false;
      }
      add(symbols, low, high);
      this.at += 3;
      return true;
    }
    add(symbols, low, low);
    this.at++;
    return true;
  }
}

const CLASSES: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  d: [[0x30, 0x39]],
  w: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  s: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
};

export function symbolOf(text: string, at: number): number {
  return Math.min(text.charCodeAt(at), SYMBOLS - 1);
}

function all(): Uint8Array {
  return new Uint8Array(SYMBOLS).fill(1);
}

function invert(symbols: Uint8Array): void {
  for (let symbol = 0; symbol < SYMBOLS; symbol++) symbols[symbol]! ^= 1;
}

/** Adds a range, each letter in both cases. */
function add(symbols: Uint8Array, low: number, high: number): void {
  for (let symbol = low; symbol <= high; symbol++) {
    symbols[symbol] = 1;
    const folded = symbol | 0x20;
    if (folded < 0x61 || folded > 0x7a || (symbol & 0xc0) !== 0x40) continue;
    symbols[folded] = 1;
    symbols[folded & 0xdf] = 1;
  }
}

/** Characters between which any number of others may stand (`*`) or exactly one (`?`): the whole text must fit. */
export function globProgram(glob: string, anchored: boolean): RegexProgram | undefined {
  const items: Tree[] = [];
  const any: Tree = { kind: 'symbol', symbols: all() };
  for (let at = 0; at < glob.length; at++) {
    if (glob[at] === '*') {
      if (glob[at - 1] !== '*') items.push({ kind: 'repeat', item: any, least: 0, most: Number.POSITIVE_INFINITY });
    } else if (glob[at] === '?') items.push(any);
    else {
      const symbols = new Uint8Array(SYMBOLS);
      add(symbols, symbolOf(glob, at), symbolOf(glob, at));
      items.push({ kind: 'symbol', symbols });
    }
  }
  const ends: readonly Tree[] = anchored ? [{ kind: 'begin' }, ...items, { kind: 'end' }] : items;
  return programOf({ kind: 'chain', items: ends });
}

function programOf(tree: Tree): RegexProgram | undefined {
  const writer = new ProgramWriter();
  const start = writer.write(tree, writer.step(Step.match, 0));
  if (writer.full) return undefined;
  // Execution begins at the last instruction.
  writer.step(Step.split, start, start);
  return writer;
}

/** Written back to front, so that each instruction knows where to go on. */
class ProgramWriter implements RegexProgram {
  readonly op: number[] = [];
  readonly next: number[] = [];
  readonly other: number[] = [];
  readonly symbols: (Uint8Array | undefined)[] = [];

  get full(): boolean {
    return this.op.length >= MOST_STEPS;
  }

  step(op: number, next: number, other = next, symbols?: Uint8Array): number {
    // One past the limit is enough to see that it is too large.
    if (this.full) return 0;
    this.next.push(next);
    this.other.push(other);
    this.symbols.push(symbols);
    return this.op.push(op) - 1;
  }

  write(tree: Tree, then: number): number {
    if (this.full) return 0;
    switch (tree.kind) {
      case 'empty':
        return then;
      case 'symbol':
        return this.step(Step.symbol, then, then, tree.symbols);
      case 'begin':
        return this.step(Step.begin, then);
      case 'end':
        return this.step(Step.end, then);
      case 'chain':
        return tree.items.reduceRight((at, item) => this.write(item, at), then);
      case 'choice':
        return tree.items
          .map((item) => this.write(item, then))
          .reduceRight((other, start) => this.step(Step.split, start, other));
      case 'repeat':
        return this.#repeat(tree, then);
    }
  }

  #repeat({ item, least, most }: Extract<Tree, { readonly kind: 'repeat' }>, then: number): number {
    let at = then;
    if (most === Number.POSITIVE_INFINITY) {
      const loop = this.step(Step.split, then);
      const body = this.write(item, loop);
      this.next[loop] = body;
      at = loop;
    } else {
      for (let count = least; count < most && !this.full; count++)
        at = this.step(Step.split, this.write(item, at), then);
    }
    for (let count = 0; count < least && !this.full; count++) {
      const before = this.op.length;
      at = this.write(item, at);
      // An item without instructions is the same any number of times: `(){255}` nested would count for ever.
      if (this.op.length === before) break;
    }
    return at;
  }
}
