import { firstIndex } from '../../base/firstIndex.ts';

/** A place in a text. `offset` counts UTF-16 units from 0; `line` and `column` count from 1, lines end at `\n` only (as in CoreDNS). */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** Offsets at which lines begin, found once, so that any offset becomes a line and column in O(log lines). */
export class LineIndex {
  readonly #starts: readonly number[];
  readonly #length: number;

  constructor(text: string) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#starts = starts;
    this.#length = text.length;
  }

  /** Offsets outside the text are moved to its nearest end. */
  positionAt(offset: number): Position {
    const inside = Math.min(Math.max(offset, 0), this.#length);
    const line = firstIndex(1, this.#starts.length, (next) => (this.#starts[next] ?? 0) > inside);
    return { line, column: inside - (this.#starts[line - 1] ?? 0) + 1, offset: inside };
  }

  /** Offset at which the 1-based `line` begins; the text's length when there is no such line. */
  lineStart(line: number): number {
    return this.#starts[line - 1] ?? this.#length;
  }
}
