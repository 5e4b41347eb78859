/**
 * A plugin's words cut into stanzas and options the way its setup code reads them: name, arguments to the end of the line
 * or `{`, then a line per option (caddyfile/dispenser.go Next, RemainingArgs, NextBlock). All words of one plugin in one
 * server block come as one list, in file order, so that a word that strays from one place shows up as CoreDNS sees it.
 */
import type { CorefileToken } from './lexer.ts';
import { continuesLine } from './tokenStream.ts';

export interface StanzaOption {
  readonly name: CorefileToken;
  readonly args: readonly CorefileToken[];
}

export interface Stanza {
  /** The plugin's name, or the stray word that CoreDNS takes for the start of another stanza. */
  readonly name: CorefileToken;
  readonly args: readonly CorefileToken[];
  readonly open: CorefileToken | undefined;
  readonly close: CorefileToken | undefined;
  readonly options: readonly StanzaOption[];
  /** True when an import stands inside, or a `}` behind an argument: what the plugin reads isn't certain. */
  readonly uncertain: boolean;
}

/** `tokens` begins with the plugin's name. */
export function readStanzas(tokens: readonly CorefileToken[]): readonly Stanza[] {
  const reader = new Dispenser(tokens);
  const stanzas: Stanza[] = [];
  for (let name = reader.next(); name !== undefined; name = reader.next()) {
    const args = reader.remainingArgs();
    const options: StanzaOption[] = [];
    let open: CorefileToken | undefined;
    while (reader.nextBlock()) {
      open ??= reader.opened;
      const option = reader.current;
      if (option !== undefined) options.push({ name: option, args: reader.remainingArgs() });
    }
    open ??= reader.opened;
    const last = reader.current;
    const close = open !== undefined && last?.text === '}' ? last : undefined;
    const uncertain = options.some(({ name: option, args: words }) => option.text === 'import' || words.some(isClose));
    stanzas.push({ name, args, open, close, options, uncertain });
  }
  return stanzas;
}

function isClose(token: CorefileToken): boolean {
  return token.text === '}';
}

/** The reading head of CoreDNS's plugins, step for step: braces inside braces count, and depth outlives a stanza. */
class Dispenser {
  /** The last `{` that opened a block, since the last `next`. */
  opened: CorefileToken | undefined;
  readonly #tokens: readonly CorefileToken[];
  #at = -1;
  #depth = 0;

  constructor(tokens: readonly CorefileToken[]) {
    this.#tokens = tokens;
  }

  get current(): CorefileToken | undefined {
    return this.#tokens[this.#at];
  }

  next(): CorefileToken | undefined {
    this.opened = undefined;
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
