/**
 * The tree of a Corefile. There is always one, whatever the text: what CoreDNS would refuse stands in `problems`, and the
 * parser goes on at the most likely place. Nodes hold the source's own tokens, so every range is exact.
 *
 * Two trees come from the same parser. Unexpanded (for outline, folding, formatting): imports stay nodes. Expanded (for
 * lint and the model): snippets and known files stand where they are imported, as CoreDNS sees them.
 */
import type { CorefileComment, CorefileToken } from './lexer.ts';
import type { LineIndex } from './position.ts';

export interface CorefileKey {
  readonly token: CorefileToken;
  /** The key without its final comma, environment references replaced. `undefined`: depends on an unknown variable. */
  readonly value: string | undefined;
  readonly commaAfter: boolean;
}

/** An `import` that was not replaced: unexpanded tree, or a file that isn't known here. */
export interface CorefileImport {
  readonly kind: 'import';
  readonly keyword: CorefileToken;
  readonly argument: CorefileToken | undefined;
}

/** A line inside a plugin block, itself with a block when it opens one. */
export interface CorefileLine {
  readonly kind: 'line';
  /** At least one, braces excluded. */
  readonly tokens: readonly CorefileToken[];
  readonly block: CorefileBraces | undefined;
}

export interface CorefileBraces {
  readonly open: CorefileToken;
  /** `undefined` when the text ends first. */
  readonly close: CorefileToken | undefined;
  readonly lines: readonly (CorefileLine | CorefileImport)[];
}

/** A plugin's name with all that belongs to it. */
export interface CorefileDirective {
  readonly kind: 'directive';
  readonly name: CorefileToken;
  /** The name with environment references replaced; `undefined` when that isn't known. */
  readonly value: string | undefined;
  /** Everything CoreDNS hands to the plugin, name first, braces and (unexpanded) imports included. */
  readonly tokens: readonly CorefileToken[];
  readonly args: readonly CorefileToken[];
  readonly block: CorefileBraces | undefined;
  /** Words after the closing brace on its line; the plugin reads them as further stanzas. */
  readonly rest: readonly CorefileToken[];
  /** True when it holds an import that was not replaced: more may belong to it. */
  readonly incomplete: boolean;
}

export interface CorefileServerBlock {
  readonly kind: 'server';
  readonly keys: readonly CorefileKey[];
  /** `undefined` when the keys are followed by plugins (or nothing) without braces. */
  readonly open: CorefileToken | undefined;
  readonly close: CorefileToken | undefined;
  readonly body: readonly (CorefileDirective | CorefileImport)[];
  /** True when an import that was not replaced may add plugins. */
  readonly incomplete: boolean;
}

export interface CorefileSnippet {
  readonly kind: 'snippet';
  readonly name: string;
  readonly key: CorefileToken;
  readonly open: CorefileToken | undefined;
  readonly close: CorefileToken | undefined;
  /** The words between the braces, as they stand; CoreDNS reads them only where they are imported. */
  readonly tokens: readonly CorefileToken[];
}

export type CorefileItem = CorefileServerBlock | CorefileSnippet | CorefileImport;

/** What makes CoreDNS refuse the file while parsing, except unknown plugin names (they depend on the build). */
export interface ParseProblem {
  readonly kind:
    | 'unclosed-block'
    | 'unclosed-snippet'
    | 'unexpected-close'
    | 'missing-open'
    | 'expected-key'
    | 'import-arguments'
    | 'import-empty'
    | 'import-pattern'
    | 'import-missing'
    | 'import-depth'
    | 'snippet-redeclared';
  /** The construct at fault: the brace that stays open, the second declaration, the import. */
  readonly token: CorefileToken;
  /** The word at which reading stopped, where that is another one. */
  readonly at?: CorefileToken;
  /** The name or path concerned. */
  readonly detail?: string;
}

export interface Corefile {
  readonly text: string;
  readonly lines: LineIndex;
  readonly tokens: readonly CorefileToken[];
  readonly comments: readonly CorefileComment[];
  readonly items: readonly CorefileItem[];
  readonly problems: readonly ParseProblem[];
  /** The quote that swallows the rest of the text, when there is one. */
  readonly unterminatedQuote: number | undefined;
  /** True when an import that was not replaced may add server blocks. */
  readonly incomplete: boolean;
  /** Imports of a pattern that no file matches; CoreDNS goes on without them. */
  readonly unmatchedImports: readonly CorefileImport[];
  /** Snippets that some import was replaced by; empty in the unexpanded tree. */
  readonly usedSnippets: ReadonlySet<string>;
}
