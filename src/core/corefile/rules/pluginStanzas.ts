/**
 * The stanzas of one plugin, for rules that speak of it alone: one look-up in a table made once per lint instead of a walk
 * over all blocks, because fifty rules do this on every keystroke. And the edits their fixes are made of.
 */
import type { CorefileToken } from '../lexer.ts';
import type { ServerBlockModel } from '../model.ts';
import { oncePer } from '../oncePer.ts';
import { pluginCatalogue } from '../pluginCatalogue.ts';
import { zonesOfArgument } from '../serverKey.ts';
import { parseInteger } from '../setup/goValues.ts';
import type { Stanza, StanzaOption } from '../stanza.ts';
import {
  type Fixes,
  type RuleContext,
  certainOptions,
  indentOf,
  liveBlocks,
  stopsAfterFirst,
  valueOf,
} from './rule.ts';

export interface PluginStanza {
  readonly block: ServerBlockModel;
  readonly stanza: Stanza;
}

/** Stanzas of `name` that CoreDNS certainly reads as such, block by block. What is missing in an uncertain one proves nothing. */
export function stanzasOf(context: RuleContext, name: string): readonly PluginStanza[] {
  return stanzasByPlugin(context).get(name) ?? [];
}

const stanzasByPlugin = oncePer((context: RuleContext): ReadonlyMap<string, readonly PluginStanza[]> => {
  const byPlugin = new Map<string, PluginStanza[]>();
  for (const block of liveBlocks(context)) {
    for (const name of block.plugins.keys()) {
      let found = byPlugin.get(name);
      if (found === undefined) byPlugin.set(name, (found = []));
      for (const stanza of stanzasIn(context, block, name)) found.push({ block, stanza });
    }
  }
  return byPlugin;
});

/** The same for one block. A stanza that a stray word began ends the list. */
export function stanzasIn(context: RuleContext, block: ServerBlockModel, name: string): readonly Stanza[] {
  const stanzas = block.plugins.get(name) ?? [];
  const plugin = pluginCatalogue().get(name);
  const single = plugin === undefined || stopsAfterFirst(plugin);
  const found: Stanza[] = [];
  for (const stanza of single ? stanzas.slice(0, 1) : stanzas) {
    if (valueOf(context, stanza.name) !== name) break;
    found.push(stanza);
    if (stanza.uncertain) break;
  }
  return found;
}

/** Certain options of that name, in order. */
export function optionsNamed(context: RuleContext, stanza: Stanza, name: string): readonly StanzaOption[] {
  return certainOptions(stanza).filter((option) => valueOf(context, option.name) === name);
}

export function optionNamed(context: RuleContext, stanza: Stanza, name: string): StanzaOption | undefined {
  return optionsNamed(context, stanza, name).at(-1);
}

/** The words' values; `undefined` when a variable decides one of them. */
export function valuesOf(context: RuleContext, tokens: readonly CorefileToken[]): readonly string[] | undefined {
  const values = tokens.map((token) => valueOf(context, token));
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** The word as strconv.Atoi reads it. */
export function integerOf(context: RuleContext, token: CorefileToken | undefined): number | undefined {
  const value = token === undefined ? undefined : valueOf(context, token);
  return value === undefined ? undefined : parseInteger(value);
}

/** Zones of a plugin: its own arguments, or the block's where it has none. `undefined` when a variable decides. */
export function zonesFrom(
  context: RuleContext,
  block: ServerBlockModel,
  tokens: readonly CorefileToken[],
): readonly string[] | undefined {
  if (tokens.length === 0) return block.zones;
  return valuesOf(context, tokens)?.flatMap(zonesOfArgument);
}

/** True when every name of `zone` is in `parent`; both normalised. */
export function isWithin(zone: string, parent: string): boolean {
  return parent === '.' || zone === parent || zone.endsWith(`.${parent}`);
}

/** From the plugin's name to its closing brace or last word. */
export function stanzaRange({ name, args, close, options }: Stanza): { start: number; end: number; file: string } {
  const last = close ?? options.at(-1)?.args.at(-1) ?? options.at(-1)?.name ?? args.at(-1) ?? name;
  return { start: name.start, end: last.file === name.file ? Math.max(last.end, name.end) : name.end, file: name.file };
}

export function optionRange({ name, args }: StanzaOption): { start: number; end: number; file: string } {
  const last = args.at(-1) ?? name;
  return { start: name.start, end: last.file === name.file ? Math.max(last.end, name.end) : name.end, file: name.file };
}

/** A fix that writes options into a stanza, with braces where it has none. No fix where the layout leaves no line for it. */
export function addOptions(context: RuleContext, stanza: Stanza, lines: readonly string[], title: string): Fixes {
  const { close, open, name, options } = stanza;
  if (name.file !== '') return [];
  const indent = indentOf(context.text, name.start);
  const inner = indent + (indent.includes('\t') ? '\t' : '    ');
  if (open === undefined) {
    const last = stanza.args.at(-1) ?? name;
    // A quote that is never closed has swallowed the lines behind it.
    if (last.file !== '' || last.lineBreaks > 0) return [];
    const block = [' {', ...lines.map((line) => inner + line), `${indent}}`].join('\n');
    return [{ title, edits: [{ start: last.end, end: last.end, newText: block }] }];
  }
  const first = options[0]?.name;
  if (close === undefined || close.file !== '' || first?.file !== '' || close.line === first.line) return [];
  const own = indentOf(context.text, first.start);
  const lineStart = close.start - indentOf(context.text, close.start).length;
  if (context.text[lineStart - 1] !== '\n' || context.text.slice(lineStart, close.start).trim() !== '') return [];
  const newText = lines.map((line) => `${own}${line}\n`).join('');
  return [{ title, edits: [{ start: lineStart, end: lineStart, newText }] }];
}

/** A fix that deletes a stretch, with its whole line or lines where nothing else stands there. */
export function removal(
  context: RuleContext,
  range: { start: number; end: number; file: string },
  title: string,
): Fixes {
  return range.file === '' ? [{ title, edits: [{ ...wholeLines(context.text, range), newText: '' }] }] : [];
}

/** The stretch, widened to whole lines where nothing else stands on them. */
export function wholeLines(
  text: string,
  { start, end }: { start: number; end: number },
): { start: number; end: number } {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', end);
  const lineEnd = newline === -1 ? text.length : newline;
  const alone = text.slice(lineStart, start).trim() === '' && text.slice(end, lineEnd).trim() === '';
  if (alone) return { start: lineStart, end: newline === -1 ? lineEnd : newline + 1 };
  let from = start;
  while (from > lineStart && /[ \t]/u.test(text[from - 1] ?? '')) from -= 1;
  return { start: text.slice(lineStart, from) === '' ? start : from, end };
}

/** The text as one quoted word. */
export function quoted(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`;
}
