/**
 * The text as an editor sees it while it is being written: lines of words, each with the lines between its braces. One
 * pass, own stack, never throws, always a tree; it differs from ../parser.ts in that nothing is expanded and that a key
 * whose braces are still missing doesn't swallow the blocks below it.
 *
 * Invariant: every word and brace of the text stands in exactly one statement (surplus closing braces aside).
 */
import { type CorefileComment, type CorefileToken, lexCorefile } from '../lexer.ts';
import { LineIndex } from '../position.ts';
import { pluginCatalogue } from '../pluginCatalogue.ts';
import { beginsNewLine } from '../tokenStream.ts';

/** `inner`: a line inside the braces of an option, which no plugin of CoreDNS's own has. */
export type StatementRole = 'server' | 'snippet' | 'import' | 'plugin' | 'option' | 'inner';

export interface Statement {
  readonly role: StatementRole;
  /** Keys, or a name with its arguments. Empty only for braces without anything in front. */
  readonly words: readonly CorefileToken[];
  readonly block: StatementBlock | undefined;
  readonly parent: Statement | undefined;
}

export interface StatementBlock {
  /** `undefined` for plugins below a key without braces. */
  readonly open: CorefileToken | undefined;
  /** `undefined` where the text ends first. */
  readonly close: CorefileToken | undefined;
  /** Range between the braces. */
  readonly start: number;
  readonly end: number;
  readonly statements: readonly Statement[];
}

export interface StatementTree {
  readonly text: string;
  readonly lines: LineIndex;
  readonly tokens: readonly CorefileToken[];
  readonly comments: readonly CorefileComment[];
  /** The text is what stands between the braces of one server block. */
  readonly fragment: boolean;
  readonly statements: readonly Statement[];
}

interface OpenStatement {
  role: StatementRole;
  readonly words: CorefileToken[];
  block: OpenBlock | undefined;
  readonly parent: OpenStatement | undefined;
}

interface OpenBlock {
  readonly open: CorefileToken | undefined;
  close: CorefileToken | undefined;
  readonly start: number;
  end: number;
  readonly statements: OpenStatement[];
}

export function readStatements(text: string, fragment = false): StatementTree {
  const { tokens, comments } = lexCorefile(text);
  const builder = new Builder(tokens, text.length, fragment);
  return { text, lines: new LineIndex(text), tokens, comments, fragment, statements: builder.build() };
}

class Builder {
  readonly #tokens: readonly CorefileToken[];
  readonly #length: number;
  readonly #depth: number;
  readonly #top: OpenStatement[] = [];
  /** Statements whose block is open, outermost first. */
  readonly #path: OpenStatement[] = [];
  /** The statement that takes further words. */
  #current: OpenStatement | undefined;
  /** Only the first block of a file can do without braces: it reaches to the end. */
  #serverSeen = false;

  constructor(tokens: readonly CorefileToken[], length: number, fragment: boolean) {
    this.#tokens = tokens;
    this.#length = length;
    this.#depth = fragment ? 1 : 0;
  }

  build(): readonly Statement[] {
    for (const [index, token] of this.#tokens.entries()) {
      if (token.text === '{') this.#open(token);
      else if (token.text === '}') this.#close(token);
      else {
        const before = this.#tokens[index - 1];
        if (this.#current !== undefined && before !== undefined && beginsNewLine(before, token)) this.#endLine(token);
        this.#word(token);
      }
    }
    return this.#top;
  }

  #siblings(): OpenStatement[] {
    return this.#path[this.#path.length - 1]?.block?.statements ?? this.#top;
  }

  #begin(): OpenStatement {
    const statement: OpenStatement = {
      role: this.#roleHere(),
      words: [],
      block: undefined,
      parent: this.#path[this.#path.length - 1],
    };
    this.#siblings().push(statement);
    this.#current = statement;
    return statement;
  }

  #roleHere(): StatementRole {
    const depth = this.#path.length + this.#depth;
    if (depth === 0) return 'server';
    if (depth === 1) return 'plugin';
    return depth === 2 ? 'option' : 'inner';
  }

  #word(token: CorefileToken): void {
    const statement = this.#current ?? this.#begin();
    statement.words.push(token);
    if (statement.words.length > 1) {
      if (statement.role === 'snippet') statement.role = 'server';
    } else if (token.text === 'import') statement.role = 'import';
    else if (statement.role === 'server' && isSnippetKey(token)) statement.role = 'snippet';
  }

  #open(token: CorefileToken): void {
    const statement = this.#current ?? this.#begin();
    this.#serverSeen ||= statement.role === 'server';
    statement.block = { open: token, close: undefined, start: token.end, end: this.#length, statements: [] };
    this.#path.push(statement);
    this.#current = undefined;
  }

  #close(token: CorefileToken): void {
    const block = this.#path.pop()?.block;
    this.#current = undefined;
    if (block === undefined) return;
    block.close = token;
    block.end = token.start;
  }

  /** `next` begins a line: keys go on after a comma, everything else ends. */
  #endLine(next: CorefileToken): void {
    const statement = this.#current;
    if (statement === undefined) return;
    const last = statement.words[statement.words.length - 1];
    if (statement.role === 'server' && last?.text.endsWith(',') === true) return;
    this.#current = undefined;
    if (statement.role !== 'server' || last === undefined || this.#depth === 1) return;
    // Keys without braces: the plugins below are theirs, if that is what they are.
    if (this.#serverSeen || !(next.text === 'import' || pluginCatalogue().has(next.text))) return;
    this.#serverSeen = true;
    statement.block = { open: undefined, close: undefined, start: last.end, end: this.#length, statements: [] };
    this.#path.push(statement);
  }
}

function isSnippetKey({ text }: CorefileToken): boolean {
  return text.length > 2 && text.startsWith('(') && text.endsWith(')');
}

/** Name of the snippet that a statement declares. */
export function snippetName({ role, words }: Statement): string | undefined {
  return role === 'snippet' ? words[0]?.text.slice(1, -1) : undefined;
}

/** Every statement, outer before inner, in the order of the text. */
export function* allStatements(statements: readonly Statement[]): Iterable<Statement> {
  const waiting: Statement[] = [...statements].reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    const inner = next.block?.statements ?? [];
    for (let index = inner.length - 1; index >= 0; index -= 1) {
      const statement = inner[index];
      if (statement !== undefined) waiting.push(statement);
    }
  }
}

/** Range of a statement from its first word to its last, or to its closing brace. */
export function rangeOf({ words, block }: Statement): { readonly start: number; readonly end: number } {
  const start = words[0]?.start ?? block?.open?.start ?? 0;
  const last = words[words.length - 1]?.end ?? start;
  return { start, end: block === undefined ? last : (block.close?.end ?? Math.max(last, block.end)) };
}
