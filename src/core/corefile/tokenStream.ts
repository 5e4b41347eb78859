import type { CorefileToken } from './lexer.ts';

/**
 * Words in the order in which CoreDNS meets them, with imported words spliced in where their `import` stood.
 * Holds a stack of lists instead of one array that is cut and joined, so that n splices cost O(n), not O(n²).
 */
export class TokenStream {
  readonly #frames: { readonly tokens: readonly CorefileToken[]; next: number }[];
  #last: CorefileToken | undefined;

  constructor(tokens: readonly CorefileToken[]) {
    this.#frames = [{ tokens, next: 0 }];
  }

  /** The word taken last; an `import` that was replaced counts as never taken. */
  get last(): CorefileToken | undefined {
    return this.#last;
  }

  peek(): CorefileToken | undefined {
    for (;;) {
      const frame = this.#frames[this.#frames.length - 1];
      if (frame === undefined) return undefined;
      const token = frame.tokens[frame.next];
      if (token !== undefined) return token;
      if (this.#frames.length === 1) return undefined;
      this.#frames.pop();
    }
  }

  take(): CorefileToken | undefined {
    const token = this.peek();
    const frame = this.#frames[this.#frames.length - 1];
    if (token === undefined || frame === undefined) return undefined;
    frame.next += 1;
    this.#last = token;
    return token;
  }

  /** True when the next word begins a new line (also for the first word of all). False at the end. */
  nextBeginsLine(): boolean {
    const next = this.peek();
    if (next === undefined) return false;
    return this.#last === undefined || beginsNewLine(this.#last, next);
  }

  /** Puts words in front of what is left; `last` becomes the word in front of the replaced `import`. */
  splice(tokens: readonly CorefileToken[], last: CorefileToken | undefined): void {
    this.#frames.push({ tokens, next: 0 });
    this.#last = last;
  }
}

/** caddyfile/dispenser.go isNewLine: another file, or a line below the last line of the word before. */
export function beginsNewLine(before: CorefileToken, token: CorefileToken): boolean {
  return before.file !== token.file || before.line + before.lineBreaks < token.line;
}

/**
 * caddyfile/dispenser.go NextArg: the same file and exactly the line on which the word before ends. Not the opposite of
 * `beginsNewLine`: a snippet's words keep their own line numbers, so a word may stand on an earlier line.
 */
export function continuesLine(before: CorefileToken, token: CorefileToken): boolean {
  return before.file === token.file && before.line + before.lineBreaks === token.line;
}
