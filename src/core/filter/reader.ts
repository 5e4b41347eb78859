/**
 * The reading head of the filter parser: a position in the text, and what may be read there. Values are read apart from
 * terms, because what ends them differs: a pattern may hold commas inside braces, an IPv6 address colons.
 */

/** Ends a term's word wherever it stands. */
const ENDS_WORD = /[\s(){},"'=<>~]|!=|!~|&&|\|\|/u;
const WORD = new RegExp(`(?:(?!${ENDS_WORD.source})[^])+`, 'uy');
/** Ends a value; `=` and `:` may be in one. */
const VALUE = /(?:(?!&&|\|\|)[^\s(){},"'])+/uy;
const OPERATOR = /==|=|!=|!~|<=|<|>=|>|~|:/uy;
const SPACE = /\s+/uy;
/** What follows the brace of a repeat. */
const COUNT = /(?<=^\{)\d{1,4}(?:,\d{0,4})?\}/u;

export interface TextPart {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

export class FilterReader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  skipSpace(): this {
    this.#match(SPACE);
    return this;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  /** The character at hand, empty at the end. */
  get next(): string {
    return this.text[this.at] ?? '';
  }

  /** Takes `what` if it stands here. */
  take(what: string): boolean {
    if (!this.text.startsWith(what, this.at)) return false;
    this.at += what.length;
    return true;
  }

  /** A bare word of a term; `undefined` where none begins. */
  word(): TextPart | undefined {
    return this.#part(WORD);
  }

  operator(): TextPart | undefined {
    return this.#part(OPERATOR);
  }

  /** A bare value; `undefined` where none begins. */
  value(): TextPart | undefined {
    return this.#part(VALUE);
  }

  /** A bare pattern: up to a blank, a comma, `&&`, `||` or a `)` that are not inside its own brackets. */
  pattern(): TextPart | undefined {
    const start = this.at;
    const closers: string[] = [];
    let at = start;
    for (; at < this.text.length; at++) {
      const character = this.text[at]!;
      if (character === '\\' && at + 1 < this.text.length && !/\s/u.test(this.text[at + 1]!)) at++;
      else if (closers.at(-1) === ']') {
        if (character === ']') closers.pop();
      } else if (character === '(' || character === '[') closers.push(character === '(' ? ')' : ']');
      else if (character === '{') at += COUNT.exec(this.text.slice(at, at + 12))?.[0].length ?? 0;
      else if (character === closers.at(-1)) closers.pop();
      else if (closers.length === 0 && (character === ')' || character === ',' || /\s/u.test(character))) break;
      else if (closers.length === 0 && /^(?:&&|\|\|)/u.test(this.text.slice(at, at + 2))) break;
    }
    if (at === start) return undefined;
    this.at = at;
    return { text: this.text.slice(start, at), start, end: at, quoted: false };
  }

  /**
   * Text in quotes, either kind, with or without Wireshark's `r` before it; `\"` and `\\` stand for one character, any other backslash for
   * itself. `undefined` where no quote begins; a part that runs to the text's end was not closed.
   */
  quoted(): (TextPart & { readonly closed: boolean }) | undefined {
    const start = this.at;
    const raw = /^r["']/iu.test(this.text.slice(start, start + 2));
    const quote = raw ? this.text[start + 1]! : this.next;
    if (quote !== '"' && quote !== "'") return undefined;
    let text = '';
    let at = start + (raw ? 2 : 1);
    for (; at < this.text.length && this.text[at] !== quote; at++) {
      const after = this.text[at + 1];
      if (this.text[at] === '\\' && (after === quote || (after === '\\' && !raw))) at++;
      text += this.text[at]!;
    }
    const closed = at < this.text.length;
    this.at = closed ? at + 1 : at;
    return { text, start, end: this.at, quoted: true, closed };
  }

  /** What stands here, for a sentence about it. */
  found(): string {
    if (this.done) return 'the end';
    const before = this.at;
    const part = this.word() ?? this.operator() ?? this.quoted();
    this.at = before;
    return part === undefined ? this.next : shortened(this.text.slice(part.start, part.end));
  }

  #part(form: RegExp): TextPart | undefined {
    const start = this.at;
    const text = this.#match(form);
    return text === undefined ? undefined : { text, start, end: this.at, quoted: false };
  }

  #match(form: RegExp): string | undefined {
    form.lastIndex = this.at;
    const text = form.exec(this.text)?.[0];
    if (text === undefined || text === '') return undefined;
    this.at += text.length;
    return text;
  }
}

export function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
