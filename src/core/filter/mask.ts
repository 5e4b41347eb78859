/**
 * Filters judge a chunk of rows at a time: each condition fills a byte a row, `and`, `or` and `not` combine whole chunks.
 * The loops are short, alike and free of calls, so a condition costs about a nanosecond a row and the row loop knows
 * nothing of text. Why not a closure a row: it costs ten times as much, since no two calls go to the same place.
 */
import { ROWS } from '../trace/tables.ts';

/** Four rows that match. */
const ONES = 0x0101_0101;

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
    for (let i = 0; i < this.words.length; i++) this.words[i]! ^= ONES;
  }
}

/** A condition over windows of one table. */
export interface MaskTest<Window> {
  /** Another answer for a transaction's query than for its response. */
  readonly sided: boolean;
  /** Rows cost so much that it is worth knowing which are wanted. */
  readonly isDear: boolean;
  /** Before each pass over the table: resolves what names, addresses and findings there are now. */
  prepare(): void;
  /** @param wanted rows that matter; the others may be 0 or 1. All rows without it. */
  fill(window: Window, out: Mask, wanted?: Mask): void;
}

const spare: Mask[] = [];

export function withMask(use: (mask: Mask) => void): void {
  const mask = spare.pop() ?? new Mask();
  use(mask);
  spare.push(mask);
}

/** Several conditions, dear ones last: they need look only at the rows that the others leave undecided. */
abstract class Combination<Window> implements MaskTest<Window> {
  readonly sided: boolean;
  readonly isDear: boolean;
  readonly #items: readonly MaskTest<Window>[];

  constructor(items: readonly MaskTest<Window>[]) {
    this.#items = [...items].sort((a, b) => Number(a.isDear) - Number(b.isDear));
    this.sided = items.some((item) => item.sided);
    this.isDear = items.some((item) => item.isDear);
  }

  prepare(): void {
    for (const item of this.#items) item.prepare();
  }

  fill(window: Window, out: Mask, wanted?: Mask): void {
    const [first, ...others] = this.#items;
    first!.fill(window, out, wanted);
    withMask((own) => {
      for (const item of others) {
        if (item.isDear) {
          withMask((spareOne) => {
            const open = this.leftOpen(out, wanted, spareOne);
            if (open.any) item.fill(window, own, open);
            else own.words.set(out.words);
          });
        } else item.fill(window, own, wanted);
        this.combine(out, own);
      }
    });
  }

  /** Rows undecided by what is known so far: in `own`, or in one of the others when that will do. */
  protected abstract leftOpen(known: Mask, wanted: Mask | undefined, own: Mask): Mask;
  protected abstract combine(out: Mask, own: Mask): void;
}

export class Conjunction<Window> extends Combination<Window> {
  protected override leftOpen(known: Mask): Mask {
    return known;
  }

  protected override combine(out: Mask, own: Mask): void {
    out.and(own);
  }
}

export class Disjunction<Window> extends Combination<Window> {
  protected override leftOpen(known: Mask, wanted: Mask | undefined, own: Mask): Mask {
    const from = known.words;
    const to = own.words;
    if (wanted === undefined) for (let i = 0; i < to.length; i++) to[i] = from[i]! ^ ONES;
    else for (let i = 0; i < to.length; i++) to[i] = wanted.words[i]! & (from[i]! ^ ONES);
    return own;
  }

  protected override combine(out: Mask, own: Mask): void {
    out.or(own);
  }
}

export class Negation<Window> implements MaskTest<Window> {
  readonly sided: boolean;
  readonly isDear: boolean;
  readonly #item: MaskTest<Window>;

  constructor(item: MaskTest<Window>) {
    this.#item = item;
    this.sided = item.sided;
    this.isDear = item.isDear;
  }

  prepare(): void {
    this.#item.prepare();
  }

  fill(window: Window, out: Mask, wanted?: Mask): void {
    this.#item.fill(window, out, wanted);
    out.not();
  }
}
