/**
 * Where the characters of a string stand in the file that holds it. The string is cut into pieces in order, each made of
 * one stretch of the file: a run of characters that stand there as they are (`verbatim`), or something of another length
 * (an escape, a line break with the indentation dropped, two quotes for one). A look-up is a binary search.
 *
 * Invariant: the pieces' texts joined are the string; scalarPieces.ts checks that before it calls the positions exact.
 */
import { firstIndex } from '../../../base/firstIndex.ts';
export interface TextPiece {
  readonly text: string;
  /** Stretch of the file, UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** How text that is put into the string has to be written. */
export type ScalarStyle = 'literal' | 'folded' | 'plain' | 'single' | 'double';

export interface MappedEdit {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

export interface TextPositionsOptions {
  readonly pieces: readonly TextPiece[];
  readonly style: ScalarStyle;
  /** What stands in front of each line of a literal block, and how its lines end. */
  readonly indent: string;
  readonly lineBreak: string;
  /** False: the pieces could not be made to agree with the string, and everything is mapped to `fallback`. */
  readonly exact: boolean;
  readonly fallback: { readonly start: number; readonly end: number };
}

/** Text that may stand in any style of scalar without being quoted or escaped. */
const HARMLESS = /^[\w./-]*(?: [\w./-]+)*$/u;

export class TextPositions {
  readonly exact: boolean;
  readonly style: ScalarStyle;
  readonly text: string;
  readonly #options: TextPositionsOptions;
  /** Offset in the string at which each piece begins. */
  readonly #starts: readonly number[];

  constructor(options: TextPositionsOptions) {
    this.exact = options.exact;
    this.style = options.style;
    this.text = options.pieces.map(({ text }) => text).join('');
    this.#options = options;
    let at = 0;
    this.#starts = options.pieces.map(({ text }) => {
      at += text.length;
      return at - text.length;
    });
  }

  /** The stretch of the file from which `start` to `end` of the string come. */
  range(start: number, end: number): { readonly start: number; readonly end: number } {
    if (!this.exact) return this.#options.fallback;
    const from = this.startOf(start);
    return { start: from, end: end <= start ? from : Math.max(from, this.#endOf(end)) };
  }

  /** Where the character at `offset` begins in the file; the end of the last one for the string's end. */
  startOf(offset: number): number {
    if (!this.exact) return this.#options.fallback.start;
    const { pieces } = this.#options;
    const index = this.#pieceAt(offset);
    const piece = pieces[index];
    if (piece === undefined) return this.#options.fallback.start;
    const within = offset - (this.#starts[index] ?? 0);
    if (within >= piece.text.length) return piece.end;
    return isVerbatim(piece) ? piece.start + within : piece.start;
  }

  /** The string's offset for a place in the file; `undefined` outside it. A place inside an escape is its start. */
  offsetAt(place: number): number | undefined {
    const { pieces, exact } = this.#options;
    const last = pieces[pieces.length - 1];
    if (!exact || last === undefined || place < (pieces[0]?.start ?? 0) || place > last.end) return undefined;
    const index = firstIndex(1, pieces.length, (next) => (pieces[next]?.start ?? 0) > place) - 1;
    const piece = pieces[index];
    if (piece === undefined) return undefined;
    const start = this.#starts[index] ?? 0;
    // The indentation behind a line break belongs to no piece: it is the start of the next line.
    if (place >= piece.end) return start + piece.text.length;
    return isVerbatim(piece) ? start + place - piece.start : start;
  }

  /**
   * An edit of the string as an edit of the file; `undefined` where the style would need more than putting text there
   * (only a literal block takes any text).
   */
  edit({ start, end, newText }: MappedEdit): MappedEdit | undefined {
    if (!this.exact) return undefined;
    if (this.style !== 'literal') {
      return HARMLESS.test(newText) ? { ...this.range(start, end), newText } : undefined;
    }
    const { indent, lineBreak } = this.#options;
    const { length } = this.text;
    const atLineStart = (offset: number): boolean => offset === 0 || this.text[offset - 1] === '\n';
    const lines = newText.replaceAll('\n', `${lineBreak}${indent}`);
    const from = this.startOf(start);
    // An empty line may lack its indentation, as does the end: whatever comes to stand there needs it.
    const missing = start > 0 && atLineStart(start) ? indent.slice(Math.max(0, from - this.#endOf(start))) : '';
    if (end < length || !this.text.endsWith('\n')) {
      const empty = newText === '' && this.text[end] === '\n';
      return { start: from, end: this.startOf(end), newText: (empty ? '' : missing) + lines };
    }
    // Behind the last line break another line of the file begins: whole lines come and go there.
    const stop = this.startOf(length);
    if (newText === '') {
      const whole = start > 0 && atLineStart(start) ? this.#endOf(start) : from;
      return { start: whole, end: stop, newText: atLineStart(start) || start === end ? '' : lineBreak };
    }
    const body = (newText.endsWith('\n') ? newText.slice(0, -1) : newText).replaceAll('\n', `${lineBreak}${indent}`);
    return { start: from, end: stop, newText: `${missing}${body}${lineBreak}` };
  }

  /** Positions of the part from `start` to `end`. */
  part(start: number, end: number): TextPositions {
    const pieces = this.#options.pieces.flatMap((piece, index): readonly TextPiece[] => {
      const first = this.#starts[index] ?? 0;
      const from = Math.max(0, start - first);
      const to = Math.min(piece.text.length, end - first);
      if (from >= to) return [];
      if (!isVerbatim(piece)) return [{ ...piece, text: piece.text.slice(from, to) }];
      return [{ text: piece.text.slice(from, to), start: piece.start + from, end: piece.start + to }];
    });
    return new TextPositions({ ...this.#options, pieces });
  }

  /** Positions of a text in `outer`, which is itself a string of a file, as positions in that file. */
  within(outer: TextPositions): TextPositions {
    const { text, style } = this;
    const pieces = this.#options.pieces.flatMap((piece): readonly TextPiece[] =>
      isVerbatim(piece)
        ? outer.part(piece.start, piece.end).#options.pieces
        : [{ text: piece.text, ...outer.range(piece.start, piece.end) }],
    );
    return new TextPositions({
      pieces,
      style: style === 'literal' ? outer.style : style,
      indent: outer.#options.indent + this.#options.indent,
      lineBreak: outer.#options.lineBreak,
      exact: this.exact && outer.exact && pieces.map((piece) => piece.text).join('') === text,
      fallback: outer.range(this.#options.fallback.start, this.#options.fallback.end),
    });
  }

  /** Where the character before `offset` ends in the file. */
  #endOf(offset: number): number {
    const index = this.#pieceAt(offset - 1);
    const piece = this.#options.pieces[index];
    if (piece === undefined) return this.#options.fallback.end;
    const within = offset - (this.#starts[index] ?? 0);
    return isVerbatim(piece) ? Math.min(piece.end, piece.start + within) : piece.end;
  }

  /** The piece that holds the character at `offset`; the last one for what lies behind. */
  #pieceAt(offset: number): number {
    return firstIndex(1, this.#starts.length, (next) => (this.#starts[next] ?? 0) > offset) - 1;
  }
}

/** A piece as long as its stretch stands there character by character. */
function isVerbatim({ text, start, end }: TextPiece): boolean {
  return end - start === text.length;
}
