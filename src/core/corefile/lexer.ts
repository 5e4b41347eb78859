/**
 * Words of a Corefile exactly as CoreDNS's Caddyfile lexer cuts them (coredns/caddy v1.1.4, caddyfile/lexer.go), plus
 * what an editor needs and CoreDNS throws away: offsets, columns, comments and whether a word stood in quotes.
 * One pass, each character looked at once, no backtracking: linear in the text, however long a line is.
 *
 * Invariant: between two neighbours in `tokens` and `comments` together there is only white space (or a byte order mark).
 * Invariant: decisions never use `quoted`: CoreDNS forgets the quotes, so a quoted `"{"` opens a block.
 * Why not: a regular expression per token; `"a"b`, `a"b c"` and `a#b c` each end at a place that none says plainly.
 */
export interface CorefileToken {
  /** The word as CoreDNS reads it: without quotes, `\"` undone, carriage returns outside quotes dropped. */
  readonly text: string;
  /** Range in the source, quotes included; UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** 1-based line and column of `start`; a word over several lines belongs to its first. */
  readonly line: number;
  readonly column: number;
  /** Line breaks inside the word; needed to tell whether the next word stands on the same line. */
  readonly lineBreaks: number;
  readonly quoted: boolean;
  /** Empty for the file being read, else the path of the imported file. */
  readonly file: string;
}

export interface CorefileComment {
  /** From `#` to the end, exclusive of the line break (or of the blank, for a comment glued to a word). */
  readonly start: number;
  readonly end: number;
  /** True when the `#` touches the word before it: such a comment ends at the next blank. */
  readonly glued: boolean;
}

export interface LexerProblem {
  readonly kind: 'unterminated-quote';
  /** Offset of the quote that is never closed. */
  readonly start: number;
  readonly end: number;
}

export interface CorefileTokens {
  readonly tokens: readonly CorefileToken[];
  readonly comments: readonly CorefileComment[];
  readonly problems: readonly LexerProblem[];
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
const HASH = 0x23;
const BACKSLASH = 0x5c;
const BYTE_ORDER_MARK = 0xfeff;

/** Go's unicode.IsSpace (White_Space): unlike `\s` it has U+0085 and lacks U+FEFF. All of them are single UTF-16 units. */
export function isBlank(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  if (unit === 0x85 || unit === 0xa0 || unit === 0x1680 || unit === 0x202f || unit === 0x205f || unit === 0x3000)
    return true;
  return (unit >= 0x2000 && unit <= 0x200a) || unit === 0x2028 || unit === 0x2029;
}

/** Cuts `text` into words. Never throws; every text gives a list. */
export function lexCorefile(text: string, file = ''): CorefileTokens {
  return new Lexer(text, file).run();
}

class Lexer {
  readonly #text: string;
  readonly #file: string;
  readonly #tokens: CorefileToken[] = [];
  readonly #comments: CorefileComment[] = [];
  readonly #problems: LexerProblem[] = [];
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
    if (text.charCodeAt(0) === BYTE_ORDER_MARK) this.#at = 1;
  }

  run(): CorefileTokens {
    const length = this.#text.length;
    while (this.#at < length) {
      const unit = this.#text.charCodeAt(this.#at);
      if (isBlank(unit)) {
        this.#at += 1;
        if (unit === LINE_FEED) this.#newLine(this.#at);
      } else if (unit === HASH) this.#comment();
      else if (unit === QUOTE) this.#quotedWord();
      else this.#word();
    }
    return { tokens: this.#tokens, comments: this.#comments, problems: this.#problems };
  }

  #newLine(start: number): void {
    this.#line += 1;
    this.#lineStart = start;
  }

  #comment(): void {
    const start = this.#at;
    const lineEnd = this.#text.indexOf('\n', start);
    let end = lineEnd === -1 ? this.#text.length : lineEnd;
    this.#at = end;
    if (end > start + 1 && this.#text.charCodeAt(end - 1) === CARRIAGE_RETURN) end -= 1;
    this.#comments.push({ start, end, glued: false });
  }

  #word(): void {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    let value = '';
    let pieceStart = start;
    let wordEnd = start;
    for (; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === HASH) break;
      if (!isBlank(unit)) {
        wordEnd = at + 1;
      } else if (unit === CARRIAGE_RETURN) {
        // A carriage return is skipped, it doesn't separate: "a\rb" is the one word "ab".
        value += text.slice(pieceStart, at);
        pieceStart = at + 1;
      } else break;
    }
    // Past `wordEnd` there can only be carriage returns, each already skipped.
    value += text.slice(pieceStart, Math.max(pieceStart, at));
    this.#push(value, start, wordEnd, this.#line, this.#lineStart, false);
    this.#at = at;
    if (text.charCodeAt(at) === HASH) this.#gluedComment();
  }

  /** A comment glued to a word ends at the next blank that is no carriage return, even in the middle of a line. */
  #gluedComment(): void {
    const text = this.#text;
    const start = this.#at;
    let end = start + 1;
    let at = start + 1;
    for (; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (!isBlank(unit)) end = at + 1;
      else if (unit !== CARRIAGE_RETURN) break;
    }
    this.#comments.push({ start, end, glued: true });
    this.#at = at;
  }

  #quotedWord(): void {
    const text = this.#text;
    const start = this.#at;
    const line = this.#line;
    const lineStart = this.#lineStart;
    let value = '';
    let pieceStart = start + 1;
    let at = start + 1;
    for (; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === QUOTE) {
        value += text.slice(pieceStart, at);
        this.#at = at + 1;
        this.#push(value, start, at + 1, line, lineStart, true);
        return;
      }
      if (unit === LINE_FEED) this.#newLine(at + 1);
      if (unit !== BACKSLASH || at + 1 >= text.length) continue;
      // Only `\"` is an escape; any other backslash stays, and so does the character behind it.
      at += 1;
      const escaped = text.charCodeAt(at);
      if (escaped === QUOTE) {
        value += text.slice(pieceStart, at - 1);
        pieceStart = at;
      } else if (escaped === LINE_FEED) this.#newLine(at + 1);
    }
    value += text.slice(pieceStart);
    // At the end of the file a backslash that waits for its partner is lost, and so is a word without a character.
    if (endsInOpenEscape(text, start)) value = value.slice(0, -1);
    this.#at = text.length;
    this.#problems.push({ kind: 'unterminated-quote', start, end: text.length });
    if (value !== '') this.#push(value, start, text.length, line, lineStart, true);
    else this.#comments.push({ start, end: text.length, glued: false });
  }

  #push(text: string, start: number, end: number, line: number, lineStart: number, quoted: boolean): void {
    const lineBreaks = quoted ? countLineBreaks(text) : 0;
    const column = start - lineStart + 1;
    this.#tokens.push({ text, start, end, line, column, lineBreaks, quoted, file: this.#file });
  }
}

function countLineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** True when the text ends in an odd run of backslashes after the quote at `quote`. */
function endsInOpenEscape(text: string, quote: number): boolean {
  let run = 0;
  for (let at = text.length - 1; at > quote && text.charCodeAt(at) === BACKSLASH; at -= 1) run += 1;
  return run % 2 === 1;
}
