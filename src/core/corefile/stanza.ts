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
  /** True when blocks are nested or an import stands inside: what the plugin reads isn't certain. */
  readonly uncertain: boolean;
}

/** `tokens` begins with the plugin's name. */
export function readStanzas(tokens: readonly CorefileToken[]): readonly Stanza[] {
  const stanzas: Stanza[] = [];
  let at = 0;
  for (;;) {
    const name = tokens[at];
    if (name === undefined) return stanzas;
    const args = argumentsAfter(tokens, at);
    at += args.length;
    const open = nextOnLine(tokens, at);
    if (open?.text !== '{') {
      stanzas.push({ name, args, open: undefined, close: undefined, options: [], uncertain: false });
      at += 1;
      continue;
    }
    const body = readBody(tokens, at + 2);
    stanzas.push({ name, args, open, close: body.close, options: body.options, uncertain: body.uncertain });
    at = body.next;
  }
}

interface Body {
  readonly options: readonly StanzaOption[];
  readonly close: CorefileToken | undefined;
  readonly uncertain: boolean;
  readonly next: number;
}

function readBody(tokens: readonly CorefileToken[], from: number): Body {
  const options: StanzaOption[] = [];
  let uncertain = false;
  let depth = 1;
  let at = from;
  for (;;) {
    const name = tokens[at];
    if (name === undefined) return { options, close: undefined, uncertain, next: at };
    if (name.text === '}') {
      depth -= 1;
      if (depth === 0) return { options, close: name, uncertain, next: at + 1 };
      at += 1;
    } else if (name.text === '{') {
      depth += 1;
      uncertain = true;
      at += 1;
    } else {
      const args = argumentsAfter(tokens, at);
      if (name.text === 'import') uncertain = true;
      options.push({ name, args });
      at += 1 + args.length;
    }
  }
}

/** Words on the line of `tokens[at]` behind it, up to `{`. A closing brace counts as a word: CoreDNS takes it for one. */
function argumentsAfter(tokens: readonly CorefileToken[], at: number): readonly CorefileToken[] {
  let end = at;
  for (let next = nextOnLine(tokens, end); next !== undefined && next.text !== '{'; next = nextOnLine(tokens, end))
    end += 1;
  return tokens.slice(at + 1, end + 1);
}

function nextOnLine(tokens: readonly CorefileToken[], at: number): CorefileToken | undefined {
  const token = tokens[at];
  const next = tokens[at + 1];
  return token !== undefined && next !== undefined && continuesLine(token, next) ? next : undefined;
}
