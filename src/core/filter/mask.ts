/**
 * Filters judge a chunk of rows at a time: each condition fills a byte a row, `and`, `or` and `not` combine whole chunks.
 * The loops are short, alike and free of calls, so a condition costs about a nanosecond a row and the row loop knows
 * nothing of text. Why not a closure a row: it costs ten times as much, since no two calls go to the same place.
 */
import { ROWS } from '../trace/tables.ts';

/** One byte a row of a chunk, 0 or 1; rows past a table's end hold anything. */
export class Mask {
  readonly bytes = new Uint8Array(ROWS);
  /** The same, four rows at a time. */
  readonly words = new Int32Array(this.bytes.buffer);

  get any(): boolean {
    for (const word of this.words) if (word !== 0) return true;
    return false;
  }

  and(other: Mask): void {
    for (let i = 0; i < this.words.length; i++) this.words[i]! &= other.words[i]!;
  }

  or(other: Mask): void {
    for (let i = 0; i < this.words.length; i++) this.words[i]! |= other.words[i]!;
  }

  not(): void {
    for (let i = 0; i < this.words.length; i++) this.words[i]! ^= 0x0101_0101;
  }
}

/** A condition over windows of one table. */
export interface MaskTest<Window> {
  /** Another answer for a transaction's query than for its response. */
  readonly sided: boolean;
  /** Before each pass over the table: resolves what names, addresses and findings there are now. */
  prepare(): void;
  fill(window: Window, out: Mask): void;
}

const spare: Mask[] = [];

export function withMask(use: (mask: Mask) => void): void {
  const mask = spare.pop() ?? new Mask();
  use(mask);
  spare.push(mask);
}

export class Conjunction<Window> implements MaskTest<Window> {
  readonly sided: boolean;
  readonly #items: readonly MaskTest<Window>[];

  constructor(items: readonly MaskTest<Window>[]) {
    this.#items = items;
    this.sided = items.some((item) => item.sided);
  }

  prepare(): void {
    for (const item of this.#items) item.prepare();
  }

  fill(window: Window, out: Mask): void {
    this.#items[0]!.fill(window, out);
    withMask((own) => {
      for (let i = 1; i < this.#items.length && out.any; i++) {
        this.#items[i]!.fill(window, own);
        out.and(own);
      }
    });
  }
}

export class Disjunction<Window> implements MaskTest<Window> {
  readonly sided: boolean;
  readonly #items: readonly MaskTest<Window>[];

  constructor(items: readonly MaskTest<Window>[]) {
    this.#items = items;
    this.sided = items.some((item) => item.sided);
  }

  prepare(): void {
    for (const item of this.#items) item.prepare();
  }

  fill(window: Window, out: Mask): void {
    this.#items[0]!.fill(window, out);
    withMask((own) => {
      for (let i = 1; i < this.#items.length; i++) {
        this.#items[i]!.fill(window, own);
        out.or(own);
      }
    });
  }
}

export class Negation<Window> implements MaskTest<Window> {
  readonly sided: boolean;
  readonly #item: MaskTest<Window>;

  constructor(item: MaskTest<Window>) {
    this.#item = item;
    this.sided = item.sided;
  }

  prepare(): void {
    this.#item.prepare();
  }

  fill(window: Window, out: Mask): void {
    this.#item.fill(window, out);
    out.not();
  }
}
