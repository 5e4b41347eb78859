/**
 * Server blocks, snippets and imports, grouped as CoreDNS's Caddyfile parser groups them (coredns/caddy v1.1.4,
 * caddyfile/parse.go), and going on where that one gives up. One pass over the words, imports spliced lazily, expansion
 * bounded by `MAX_TOKENS`: linear in the words read, and always ends.
 *
 * Invariant: `problems` is empty exactly when CoreDNS's parser accepts the text (plugin names and unknown imports aside).
 * Why not: a grammar of lines. Whether a word begins a line depends on the line number of the word before it, and a
 * snippet's words keep the numbers of the place where they were written.
 */
import { type Environment, expandEnvironment } from './environment.ts';
import { type CorefileToken, lexCorefile } from './lexer.ts';
import { LineIndex } from './position.ts';
import { shapeDirective } from './shapeDirective.ts';
import { TokenStream, continuesLine } from './tokenStream.ts';
import type { Corefile, CorefileDirective, CorefileImport, CorefileItem, CorefileKey, ParseProblem } from './tree.ts';

export interface ImportedFile {
  /** Absolute path, as CoreDNS puts it into messages. */
  readonly path: string;
  readonly text: string;
}

/** Files that `pattern`, written in file `from` (empty: the main file), stands for. `undefined`: not known here. */
export type ImportResolver = (pattern: string, from: string) => readonly ImportedFile[] | undefined;

export interface ParseOptions {
  /** Put snippets and known files where they are imported. */
  readonly expand?: boolean;
  readonly resolveImport?: ImportResolver;
  readonly environment?: Environment;
  /** Read the text as the inside of a server block: one block without keys that may hold more than is seen here. */
  readonly fragment?: boolean;
}

/** caddyfile/parse.go maxSnippetExpansions. */
const MAX_SNIPPET_EXPANSIONS = 10_000;
/** Our own bound: CoreDNS would go on until memory ends. What comes later is left unread and marked incomplete. */
const MAX_TOKENS = 1_000_000;

export function parseCorefile(text: string, options: ParseOptions = {}): Corefile {
  const lexed = lexCorefile(text);
  const parser = new Parser(lexed.tokens, options);
  const items = parser.parseFile();
  return {
    text,
    lines: new LineIndex(text),
    tokens: lexed.tokens,
    comments: lexed.comments,
    items,
    problems: parser.problems,
    unterminatedQuote: lexed.problems[0]?.start,
    incomplete: parser.incomplete,
    unmatchedImports: parser.unmatchedImports,
    usedSnippets: parser.usedSnippets,
  };
}

interface Addresses {
  readonly keys: readonly CorefileKey[];
  readonly eof: boolean;
}

type ImportOutcome = { readonly node: CorefileImport } | undefined;

class Parser {
  readonly problems: ParseProblem[] = [];
  readonly unmatchedImports: CorefileImport[] = [];
  readonly usedSnippets = new Set<string>();
  incomplete = false;
  readonly #stream: TokenStream;
  readonly #options: ParseOptions;
  readonly #snippets = new Map<string, readonly CorefileToken[]>();
  readonly #items: CorefileItem[] = [];
  /** The last import that stayed in the tree: its final word, and the word in front of it and its neighbours. */
  #unknownImport: { readonly end: CorefileToken; readonly before: CorefileToken | undefined } | undefined;
  #snippetExpansions = 0;
  #budget: number;

  constructor(tokens: readonly CorefileToken[], options: ParseOptions) {
    this.#stream = new TokenStream(tokens);
    this.#options = options;
    this.#budget = MAX_TOKENS - tokens.length;
  }

  parseFile(): readonly CorefileItem[] {
    if (this.#options.fragment === true) this.#serverBlock([]);
    while (this.#stream.peek() !== undefined) this.#parseOne();
    return this.#items;
  }

  #parseOne(): void {
    const { keys, eof } = this.#addresses();
    if (eof) {
      if (keys.length > 0)
        this.#items.push({ kind: 'server', keys, open: undefined, close: undefined, body: [], incomplete: false });
      return;
    }
    const only = keys.length === 1 ? keys[0] : undefined;
    const value = only?.value;
    if (only !== undefined && value !== undefined && value.length > 1 && value.startsWith('(') && value.endsWith(')'))
      this.#snippet(only.token, value.slice(1, -1));
    else this.#serverBlock(keys);
  }

  #addresses(): Addresses {
    const keys: CorefileKey[] = [];
    let comma: CorefileToken | undefined;
    for (;;) {
      const token = this.#stream.peek();
      if (token === undefined) {
        // Only after an import that gave nothing.
        if (comma !== undefined) this.#problem({ kind: 'expected-key', token: comma });
        return { keys, eof: true };
      }
      const value = expandEnvironment(token.text, this.#options.environment);
      if (value === 'import' && this.#stream.nextBeginsLine()) {
        const outcome = this.#import();
        if (outcome !== undefined) {
          this.#items.push(outcome.node);
          this.incomplete = true;
        }
        continue;
      }
      if (value === '{') {
        if (comma !== undefined) this.#problem({ kind: 'expected-key', token: comma, at: token });
        return { keys, eof: false };
      }
      this.#stream.take();
      if (value !== '') {
        const commaAfter = (value ?? token.text).endsWith(',');
        comma = commaAfter ? token : undefined;
        keys.push({ token, value: commaAfter ? value?.slice(0, -1) : value, commaAfter });
      }
      if (this.#stream.peek() === undefined) {
        if (comma !== undefined) this.#problem({ kind: 'expected-key', token: comma });
        return { keys, eof: true };
      }
      if (comma === undefined && this.#stream.nextBeginsLine()) return { keys, eof: false };
    }
  }

  #serverBlock(keys: readonly CorefileKey[]): void {
    const fragment = this.#options.fragment === true && this.#items.length === 0;
    const open = !fragment && this.#stream.peek()?.text === '{' ? this.#stream.take() : undefined;
    const body: (CorefileDirective | CorefileImport)[] = [];
    let close: CorefileToken | undefined;
    let incomplete = fragment;
    for (let token = this.#stream.peek(); token !== undefined; token = this.#stream.peek()) {
      if (token.text === '}') {
        if (fragment) this.#problem({ kind: 'unexpected-close', token });
        close = this.#stream.take();
        break;
      }
      if (token.text === 'import') {
        const outcome = this.#import();
        if (outcome !== undefined) {
          body.push(outcome.node);
          incomplete = true;
        }
        continue;
      }
      const directive = this.#directive();
      body.push(directive);
      incomplete ||= directive.incomplete;
    }
    // CoreDNS only looks whether the last word read is a brace, so the brace of a plugin block does as well.
    if (open !== undefined && close === undefined && this.#lastKnown()?.text !== '}')
      this.#problem({ kind: 'unclosed-block', token: open });
    this.#items.push({ kind: 'server', keys, open, close, body, incomplete });
  }

  /** The last word taken, unknown imports aside: they may give nothing. */
  #lastKnown(): CorefileToken | undefined {
    const last = this.#stream.last;
    return last !== undefined && last === this.#unknownImport?.end ? this.#unknownImport.before : last;
  }

  #directive(): CorefileDirective {
    const name = this.#stream.take();
    if (name === undefined) throw new Error('Invariant: a directive is read only where a word is left');
    const tokens: CorefileToken[] = [name];
    const opened: CorefileToken[] = [];
    let incomplete = false;
    for (let token = this.#stream.peek(); token !== undefined; token = this.#stream.peek()) {
      if (token.text === '{') opened.push(token);
      else if (this.#stream.nextBeginsLine() && opened.length === 0) break;
      else if (token.text === '}') {
        if (opened.length === 0) {
          this.#problem({ kind: 'unexpected-close', token, at: name });
          break;
        }
        opened.pop();
      } else if (token.text === 'import' && this.#stream.nextBeginsLine()) {
        const outcome = this.#import();
        if (outcome === undefined) continue;
        incomplete = true;
        tokens.push(outcome.node.keyword);
        if (outcome.node.argument !== undefined) tokens.push(outcome.node.argument);
        continue;
      }
      this.#stream.take();
      tokens.push(token);
    }
    const unclosed = opened[opened.length - 1];
    if (unclosed !== undefined) this.#problem({ kind: 'unclosed-block', token: unclosed, at: name });
    return shapeDirective(tokens, expandEnvironment(name.text, this.#options.environment), incomplete);
  }

  #snippet(key: CorefileToken, name: string): void {
    const declared = this.#snippets.has(name);
    if (declared) this.#problem({ kind: 'snippet-redeclared', token: key, detail: name });
    const next = this.#stream.peek();
    if (next?.text !== '{') {
      this.#problem({ kind: 'missing-open', token: key, detail: name, ...(next === undefined ? {} : { at: next }) });
      this.#items.push({ kind: 'snippet', name, key, open: undefined, close: undefined, tokens: [] });
      return;
    }
    const open = this.#stream.take();
    const tokens: CorefileToken[] = [];
    let close: CorefileToken | undefined;
    let depth = 1;
    for (let token = this.#stream.take(); token !== undefined; token = this.#stream.take()) {
      if (token.text === '}') depth -= 1;
      if (depth === 0) {
        close = token;
        break;
      }
      if (token.text === '{') depth += 1;
      tokens.push(token);
    }
    if (close === undefined) this.#problem({ kind: 'unclosed-snippet', token: open ?? key, detail: name });
    const itself = importOf(tokens, name, this.#options.environment);
    if (itself !== undefined) this.#problem({ kind: 'import-depth', token: itself, detail: name });
    // A first declaration stays in force, so that the rest is read with it; one that imports itself is left out.
    if (!declared && itself === undefined) this.#snippets.set(name, tokens);
    this.#items.push({ kind: 'snippet', name, key, open, close, tokens });
  }

  /** Reads an import. A node comes back when it stays in the tree; otherwise its words are next in the stream. */
  #import(): ImportOutcome {
    const before = this.#stream.last;
    const keyword = this.#stream.take();
    if (keyword === undefined) throw new Error('Invariant: an import is read only where one is next');
    const next = this.#stream.peek();
    // A brace is an argument to CoreDNS; leaving it alone keeps the rest of a damaged file readable.
    if (next === undefined || !continuesLine(keyword, next) || next.text === '}' || next.text === '{') {
      this.#problem({ kind: 'import-arguments', token: keyword });
      return undefined;
    }
    const argument = this.#stream.take() ?? next;
    const pattern = expandEnvironment(argument.text, this.#options.environment);
    const surplus = this.#stream.peek();
    if (pattern === '') this.#problem({ kind: 'import-empty', token: argument });
    else if (surplus !== undefined && continuesLine(argument, surplus)) {
      this.#problem({ kind: 'import-arguments', token: keyword, at: surplus });
      for (let token: CorefileToken | undefined = surplus; token !== undefined; token = this.#stream.peek()) {
        if (!continuesLine(this.#stream.last ?? argument, token) || token.text === '}' || token.text === '{') break;
        this.#stream.take();
      }
      return undefined;
    }
    const node: ImportOutcome = { node: { kind: 'import', keyword, argument } };
    if (pattern === '') return undefined;
    const words =
      pattern === undefined || this.#options.expand !== true ? undefined : this.#wordsOf(pattern, keyword, argument);
    if (words === undefined) {
      const joined = before !== undefined && before === this.#unknownImport?.end;
      this.#unknownImport = { end: argument, before: joined ? this.#unknownImport?.before : before };
      return node;
    }
    this.#stream.splice(words, before);
    return undefined;
  }

  #wordsOf(pattern: string, keyword: CorefileToken, argument: CorefileToken): readonly CorefileToken[] | undefined {
    const snippet = this.#snippets.get(pattern);
    if (snippet !== undefined) {
      this.usedSnippets.add(pattern);
      this.#snippetExpansions += 1;
      if (this.#snippetExpansions > MAX_SNIPPET_EXPANSIONS) {
        // One report is enough: from here on every import of a snippet is over the bound.
        if (this.#snippetExpansions === MAX_SNIPPET_EXPANSIONS + 1)
          this.#problem({ kind: 'import-depth', token: argument, detail: pattern });
        return undefined;
      }
      return this.#afford(snippet);
    }
    if (count(pattern, '*') > 1 || count(pattern, '?') > 1 || (pattern.includes('[') && pattern.includes(']'))) {
      this.#problem({ kind: 'import-pattern', token: argument, detail: pattern });
      return [];
    }
    const files = this.#options.resolveImport?.(pattern, keyword.file);
    if (files === undefined) return undefined;
    if (files.length === 0 && !/[*?[\]]/u.test(pattern)) {
      this.#problem({ kind: 'import-missing', token: argument, detail: pattern });
      return [];
    }
    if (files.length === 0) this.unmatchedImports.push({ kind: 'import', keyword, argument });
    return this.#afford(files.flatMap((file) => lexCorefile(file.text, file.path).tokens));
  }

  #afford(tokens: readonly CorefileToken[]): readonly CorefileToken[] | undefined {
    if (tokens.length > this.#budget) return undefined;
    this.#budget -= tokens.length;
    return tokens;
  }

  #problem(problem: ParseProblem): void {
    this.problems.push(problem);
  }
}

/** The word in a snippet's body that imports the snippet itself, judged as CoreDNS does: only at the start of a line. */
function importOf(
  tokens: readonly CorefileToken[],
  name: string,
  environment: Environment | undefined,
): CorefileToken | undefined {
  for (let index = 0; index + 1 < tokens.length; index += 1) {
    const token = tokens[index];
    const argument = tokens[index + 1];
    if (token?.text !== 'import' || argument === undefined) continue;
    const before = tokens[index - 1];
    const atLineStart = before === undefined || before.file !== token.file || before.line !== token.line;
    if (atLineStart && expandEnvironment(argument.text, environment) === name) return argument;
  }
  return undefined;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
