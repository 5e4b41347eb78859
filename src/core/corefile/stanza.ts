/**
 * A plugin's words cut into stanzas and options the way its setup code reads them: name, arguments to the end of the line
 * or `{`, then a line per option (caddyfile/dispenser.go Next, RemainingArgs, NextBlock). All words of one plugin in one
 * server block come as one list, in file order, so that a word that strays from one place shows up as CoreDNS sees it.
 */
import { Dispenser } from './dispenser.ts';
import type { CorefileToken } from './lexer.ts';

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
