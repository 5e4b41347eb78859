/**
 * A rule: one thing CoreDNS refuses or users regret. A rule only looks; the linter turns offsets into positions, sorts,
 * and drops what lies in an imported file.
 *
 * Invariant: a rule reports `error` only where CoreDNS (the version asked for) refuses to start. In doubt it says nothing.
 */
import { visibleText } from '../../../base/visibleText.ts';
import type { ClusterFacts } from '../clusterFacts.ts';
import type { Severity } from '../diagnostic.ts';
import type { Edit } from '../edit.ts';
import { expandEnvironment } from '../environment.ts';
import type { CorefileToken } from '../lexer.ts';
import type { CorefileModel, ServerBlockModel } from '../model.ts';
import { oncePer } from '../oncePer.ts';
import { type PluginFacts, pluginCatalogue } from '../pluginCatalogue.ts';
import { SETUPS } from '../setup/allSetups.ts';
import { type Refusal, TWINS_RELEASE } from '../setup/pluginSetup.ts';
import type { Stanza, StanzaOption } from '../stanza.ts';
import { placeholderIn } from './placeholders.ts';

/** `corefile`: a whole file. `server`: a file imported at top level. `override`: plugin lines imported into a block. */
export type CorefilePurpose = 'corefile' | 'server' | 'override';

export interface RuleContext {
  readonly text: string;
  readonly model: CorefileModel;
  readonly version: string;
  readonly purpose: CorefilePurpose;
  /** What the plugins' setup refuses; rules report those of their own code. */
  readonly refusals: readonly Refusal[];
  /** The cluster this Corefile runs in; `undefined`: nothing is known about it, and rules that need it say nothing. */
  readonly cluster: ClusterFacts | undefined;
}

/** What the setup of plugins refuses under one code. */
export function* refused(context: RuleContext, code: string): Iterable<Finding> {
  for (const { code: own, ...finding } of context.refusals) {
    // Why a placeholder is refused is no news: CF821 says what it is.
    if (own === code && placeholderIn(context.text.slice(finding.at.start, finding.at.end)) === undefined)
      yield { severity: 'error', ...finding };
  }
}

/** True when a twin of the plugin's setup code has spoken: then the table of options has nothing to add. */
export function judgedBySetup(context: RuleContext, plugin: string): boolean {
  return context.version === TWINS_RELEASE && SETUPS.has(plugin);
}

export interface Finding {
  readonly severity: Severity;
  readonly message: string;
  /** What to underline. */
  readonly at: { readonly start: number; readonly end: number; readonly file?: string };
  readonly fixes?: Fixes;
  /** Other places the message speaks of; it names none by its line. */
  readonly mentions?: readonly FindingMention[];
  /** Ranges of the same file in which whatever other rules find is only a consequence of this: see consequences.ts. */
  readonly claims?: readonly { readonly start: number; readonly end: number }[];
}

export interface FindingMention {
  readonly at: Finding['at'];
  /** What stands there, a few words. */
  readonly message: string;
}

export type Fixes = readonly { readonly title: string; readonly edits: readonly Edit[] }[];

export interface Rule {
  readonly code: string;
  /** A few words for lists; sentence case. */
  readonly title: string;
  readonly check: (context: RuleContext) => Iterable<Finding>;
}

/** A word from the file for use in a message: hidden characters made visible, long words cut. */
export function shown(text: string): string {
  const cut = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return visibleText(cut);
}

/** An edit that puts `newText` in place of a whole word. */
export function replaceToken(token: CorefileToken, newText: string): Edit {
  return { start: token.start, end: token.end, newText };
}

/** Server blocks whose plugins CoreDNS sets up. A block without keys is parsed and then dropped. */
export const liveBlocks = oncePer(({ purpose, model }: RuleContext): readonly ServerBlockModel[] =>
  purpose === 'override' ? model.blocks : model.blocks.filter(({ node }) => node.keys.length > 0),
);

export interface KnownStanza {
  readonly block: ServerBlockModel;
  readonly plugin: PluginFacts;
  readonly stanza: Stanza;
}

/**
 * Stanzas whose options CoreDNS really reads and whose plugin is known: not those after the first of a plugin that stops
 * there (or refuses a second anyway), nothing behind a stanza that is uncertain. A stanza whose name isn't the plugin's
 * began with a word that strayed.
 */
export const knownStanzas = oncePer((context: RuleContext): readonly KnownStanza[] => {
  const known: KnownStanza[] = [];
  for (const block of liveBlocks(context)) {
    for (const [name, stanzas] of block.plugins) {
      const plugin = pluginCatalogue().get(name);
      if (plugin === undefined) continue;
      for (const [index, stanza] of stanzas.entries()) {
        if (index > 0 && stopsAfterFirst(plugin)) break;
        known.push({ block, plugin, stanza });
        if (stanza.uncertain) break;
      }
    }
  }
  return known;
});

/** The options a plugin certainly reads: up to an unknown import, or with the first whose line holds a `}`. */
export function certainOptions({ options, uncertain }: Stanza): readonly StanzaOption[] {
  if (!uncertain) return options;
  const end = options.findIndex(({ name, args }) => name.text === 'import' || holdsClose(args));
  const last = options[end];
  if (last === undefined) return options;
  return options.slice(0, last.name.text === 'import' ? end : end + 1);
}

/** True when a `}` stands among the words: the plugin decides whether it is an argument or ends the block. */
export function holdsClose(args: readonly CorefileToken[]): boolean {
  return args.some(({ text }) => text === '}');
}

/** True when a further stanza of the plugin in the same block is refused or never read. */
export function stopsAfterFirst({ onRepeat }: PluginFacts): boolean {
  return onRepeat === 'first-wins' || onRepeat === 'idempotent' || onRepeat.startsWith('error');
}

/** The word as CoreDNS reads it, `undefined` when an unknown variable decides. */
export function valueOf(context: RuleContext, token: CorefileToken): string | undefined {
  return expandEnvironment(token.text, context.model.environment);
}

/** Blanks at the start of the line on which `offset` lies. */
export function indentOf(text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  let end = lineStart;
  while (end < text.length && (text[end] === ' ' || text[end] === '\t')) end += 1;
  return text.slice(lineStart, end);
}

/** An edit that puts a plugin line in front of the first plugin of `block`, indented like it; needs the block's brace. */
export function insertPlugin(context: RuleContext, block: ServerBlockModel, line: string): Edit | undefined {
  const open = block.node.open;
  const first = block.node.body[0];
  if (open === undefined || open.file !== '' || first === undefined) return undefined;
  const token = first.kind === 'import' ? first.keyword : first.name;
  if (token.file !== '' || token.start < open.end || token.line === open.line) return undefined;
  const indent = indentOf(context.text, token.start);
  return { start: token.start, end: token.start, newText: `${line}\n${indent}` };
}
