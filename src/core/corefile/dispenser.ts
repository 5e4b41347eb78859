/**
 * The reading head that CoreDNS hands to a plugin (caddyfile/dispenser.go), step for step: braces inside braces count, and
 * depth outlives a stanza. Both the stanzas of the model and the setup twins read through it.
 */
import { type Environment, expandEnvironment } from './environment.ts';
import type { CorefileToken } from './lexer.ts';
import { beginsNewLine, continuesLine } from './tokenStream.ts';

export class Dispenser {
  /** The last `{` that opened a block, since the last `next`. */
  opened: CorefileToken | undefined;
  readonly #tokens: readonly CorefileToken[];
  readonly #environment: Environment | undefined;
  #at = -1;
  #depth = 0;
  #uncertain = false;

  /** `tokens`: all words of one plugin in one server block, its name first. */
  constructor(tokens: readonly CorefileToken[], environment?: Environment) {
    this.#tokens = tokens;
    this.#environment = environment;
  }

  get current(): CorefileToken | undefined {
    return this.#tokens[this.#at];
  }

  /** The current word, as Go's Val: empty before the first and behind the last. An unknown variable makes what follows uncertain. */
  get value(): string {
    const token = this.current;
    return token === undefined ? '' : this.valueOf(token);
  }

  /** True once a value was asked for that depends on an unknown variable or import: what the plugin does is not known. */
  get uncertain(): boolean {
    return this.#uncertain;
  }

  valueOf(token: CorefileToken): string {
    const value = expandEnvironment(token.text, this.#environment);
    if (value === undefined || token.text === 'import') this.#uncertain = true;
    return value ?? token.text;
  }

  /** Next word, on whatever line. */
  next(): CorefileToken | undefined {
    this.opened = undefined;
    return this.#advance() ? this.current : undefined;
  }

  /** Next word if it stands on the same line; `{` and `}` count as words. */
  nextArg(): CorefileToken | undefined {
    return (this.#at < 0 || this.#continues()) && this.#advance() ? this.current : undefined;
  }

  /** Next word if it stands on a later line (or in another file). */
  nextLine(): CorefileToken | undefined {
    const token = this.current;
    const next = this.#tokens[this.#at + 1];
    if (next === undefined || (token !== undefined && !beginsNewLine(token, next))) return undefined;
    return this.#advance() ? this.current : undefined;
  }

  /** Words on the line up to `{`. A closing brace counts as a word: CoreDNS takes it for one. */
  remainingArgs(): readonly CorefileToken[] {
    const start = this.#at + 1;
    while (this.#continues() && this.#tokens[this.#at + 1]?.text !== '{') this.#at += 1;
    return this.#tokens.slice(start, this.#at + 1);
  }

  nextBlock(): boolean {
    if (this.#depth > 0) {
      if (!this.#advance()) return false;
      if (this.current?.text === '}') {
        this.#depth -= 1;
        return false;
      }
      if (this.current?.text !== '{') return true;
      this.#at -= 1;
    }
    if (!this.#continues() || this.#tokens[this.#at + 1]?.text !== '{') return false;
    this.#at += 1;
    this.opened = this.current;
    if (!this.#advance() || this.current?.text === '}') return false;
    this.#depth += 1;
    return true;
  }

  #advance(): boolean {
    if (this.#at + 1 >= this.#tokens.length) return false;
    this.#at += 1;
    return true;
  }

  #continues(): boolean {
    const token = this.current;
    const next = this.#tokens[this.#at + 1];
    return token !== undefined && next !== undefined && continuesLine(token, next);
  }
}
