/**
 * Pages of rows by number, least recently used out first. The rows belong to somebody else; this only remembers the
 * windows that were on screen.
 * Invariant: at most one read is under way; while it is, only the newest wish waits, older wishes are forgotten.
 * Invariant: what is shown never becomes blank because it became old: stale pages stay readable until replaced.
 */

/** Where rows come from. `read` may reject; the rows then stay unknown until they are wanted again. */
export interface RowSource<Row> {
  /** Rows `from` (inclusive) to `to` (exclusive); fewer at the end. */
  read(from: number, to: number): Promise<readonly Row[]>;
}

export interface RowCacheOptions {
  /** Rows per page. */
  readonly pageSize: number;
  /** Pages kept. */
  readonly maxPages: number;
  /** Pages in one read at most. */
  readonly maxRead: number;
}

interface Page<Row> {
  readonly rows: readonly Row[];
  fresh: boolean;
}

/** A page is about a screenful: twice as many rows take so long to send and read that they miss the frame they are for. */
const DEFAULTS: RowCacheOptions = { pageSize: 40, maxPages: 500, maxRead: 10 };

export class RowCache<Row> {
  readonly #source: RowSource<Row>;
  readonly #options: RowCacheOptions;
  readonly #onChange: () => void;
  readonly #pages = new Map<number, Page<Row>>();
  #epoch = 0;
  #version = 0;
  #lastReadEnd = 0;
  #reading = false;
  #wish: { readonly from: number; readonly to: number } | undefined;

  /** `onChange` is called after rows arrived or were dropped. */
  constructor(source: RowSource<Row>, onChange: () => void, options: Partial<RowCacheOptions> = {}) {
    this.#source = source;
    this.#onChange = onChange;
    this.#options = { ...DEFAULTS, ...options };
  }

  /** The row if it is known, perhaps as it was a moment ago. */
  get(index: number): Row | undefined {
    const number = Math.floor(index / this.#options.pageSize);
    return this.#pages.get(number)?.rows[index - number * this.#options.pageSize];
  }

  /** Where the last rows that came end, exclusive. */
  get lastReadEnd(): number {
    return this.#lastReadEnd;
  }

  /** Asks for rows that are unknown or stale. Cheap when nothing is missing: call it with every paint. */
  want(from: number, to: number): void {
    if (to <= from) return;
    this.#touch(from, to);
    if (this.#missing(from, to) === undefined) return;
    this.#wish = { from, to };
    if (!this.#reading) void this.#readWish();
  }

  /** Everything may have changed: shown until it has been read again. */
  invalidate(): void {
    this.#version++;
    for (const page of this.#pages.values()) page.fresh = false;
  }

  /** Everything is void: row numbers mean something else now. */
  clear(): void {
    this.#epoch++;
    this.#version++;
    this.#wish = undefined;
    this.#lastReadEnd = 0;
    this.#pages.clear();
    this.#onChange();
  }

  /** The known row nearest before `index` that fits, at most `limit` rows away; −1 when none. */
  findBefore(index: number, limit: number, fits: (row: Row) => boolean): number {
    for (let at = index - 1; at >= Math.max(0, index - limit); at--) {
      const row = this.get(at);
      if (row !== undefined && fits(row)) return at;
    }
    return -1;
  }

  /** The known row nearest to `index` that fits, looking outwards; −1 when none. */
  findNear(index: number, limit: number, fits: (row: Row) => boolean): number {
    for (let reach = 0; reach <= limit; reach++) {
      for (const at of [index + reach, index - reach]) {
        const row = at < 0 ? undefined : this.get(at);
        if (row !== undefined && fits(row)) return at;
      }
    }
    return -1;
  }

  /** Whether all of these rows are known as they are now. */
  isFresh(from: number, to: number): boolean {
    return this.#missing(from, to) === undefined;
  }

  async #readWish(): Promise<void> {
    this.#reading = true;
    for (let wish = this.#takeWish(); wish !== undefined; wish = this.#takeWish()) {
      const epoch = this.#epoch;
      const version = this.#version;
      let rows: readonly Row[] | undefined;
      try {
        rows = await this.#source.read(wish.from, wish.to);
      } catch {
        // A refused read leaves its rows unknown; they are asked for with the next paint. A wish that waits goes on.
      }
      if (rows !== undefined && epoch === this.#epoch) this.#store(wish.from, rows, version === this.#version);
    }
    this.#reading = false;
  }

  /** What of the newest wish has to be read. */
  #takeWish(): { readonly from: number; readonly to: number } | undefined {
    const wish = this.#wish;
    this.#wish = undefined;
    return wish === undefined ? undefined : this.#missing(wish.from, wish.to);
  }

  #store(from: number, rows: readonly Row[], fresh: boolean): void {
    const { pageSize, maxPages } = this.#options;
    for (let at = 0; at < rows.length; at += pageSize) {
      const number = Math.floor((from + at) / pageSize);
      this.#pages.delete(number);
      this.#pages.set(number, { rows: rows.slice(at, at + pageSize), fresh });
    }
    this.#lastReadEnd = from + rows.length;
    for (const number of this.#pages.keys()) {
      if (this.#pages.size <= maxPages) break;
      this.#pages.delete(number);
    }
    this.#onChange();
  }

  #touch(from: number, to: number): void {
    const { pageSize } = this.#options;
    for (let number = Math.floor(from / pageSize); number * pageSize < to; number++) {
      const page = this.#pages.get(number);
      if (page === undefined) continue;
      this.#pages.delete(number);
      this.#pages.set(number, page);
    }
  }

  /** Whole pages from the first to the last that has to be read, bounded. */
  #missing(from: number, to: number): { readonly from: number; readonly to: number } | undefined {
    const { pageSize, maxRead } = this.#options;
    let first = -1;
    let last = -1;
    for (let number = Math.floor(from / pageSize); number * pageSize < to; number++) {
      const page = this.#pages.get(number);
      const needed = Math.min(pageSize, to - number * pageSize);
      if (page !== undefined && page.fresh && page.rows.length >= needed) continue;
      if (first < 0) first = number;
      last = number;
    }
    if (first < 0) return undefined;
    return { from: first * pageSize, to: (Math.min(last, first + maxRead - 1) + 1) * pageSize };
  }
}
