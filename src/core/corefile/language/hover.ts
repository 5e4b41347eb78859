import { environmentReferences } from '../environment.ts';
import { type PluginFacts, existsIn, findOption, isExternalPlugin, pluginCatalogue } from '../pluginCatalogue.ts';
import { describeArgument } from './describeArgument.ts';
import { describeKey } from './describeKey.ts';
import type { LanguageContext } from './completion.ts';
import { documentationUrl } from './documentationUrl.ts';
import { type Place, enclosing, placeAt } from './place.ts';
import { pluginWords } from './pluginWords.ts';
import { snippetReferences, snippetsOf } from './snippets.ts';
import { type StatementTree, snippetName } from './statements.ts';
import { explainTurn, turnsIn } from './turns.ts';
import { versionNotes } from './versionNotes.ts';

/** What is told about a word. All of it is plain text, part of it from the file: the host has to escape it. */
export interface Hover {
  readonly start: number;
  readonly end: number;
  /** A line of Corefile, or empty. */
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly link?: { readonly title: string; readonly url: string };
}

export function hoverAt(tree: StatementTree, offset: number, { version }: LanguageContext): Hover | undefined {
  const place = placeAt(tree, offset);
  const { token, statement } = place;
  if (place.kind === 'none' || token === undefined || statement === undefined) return undefined;
  const range = { start: token.start, end: token.end };
  const variable = environmentReferences(tree.text.slice(token.start, token.end)).find(
    ({ start, end }) => token.start + start <= offset && offset <= token.start + end,
  );
  if (variable !== undefined) {
    const start = token.start + variable.start;
    return { start, end: token.start + variable.end, heading: '', paragraphs: describeVariable(variable.name) };
  }
  const name = snippetName(statement);
  if (name !== undefined) return { ...range, ...describeSnippet(tree, name) };
  switch (place.role) {
    case 'server':
      return { ...range, ...describeKey(token.text.replace(/,$/u, '')) };
    case 'import':
      return { ...range, ...describeImport(tree, statement.words[1]?.text) };
    case 'plugin':
    case 'option': {
      if (place.index > 0) {
        const told = describeArgument(place, token.text);
        return told === undefined ? undefined : { ...range, ...told };
      }
      const told = place.role === 'plugin' ? describePlugin(tree, place, version) : describeOption(place, version);
      return told === undefined ? undefined : { ...range, ...told };
    }
    case 'snippet':
    case 'inner':
      return undefined;
  }
}

type Told = Omit<Hover, 'start' | 'end'>;

function describePlugin(tree: StatementTree, place: Place, version: string): Told | undefined {
  const name = place.statement?.words[0]?.text ?? '';
  const facts = pluginCatalogue().get(name);
  const words = pluginWords().get(name);
  if (facts === undefined || words === undefined) {
    if (!isExternalPlugin(name)) return undefined;
    return {
      heading: name,
      paragraphs: ['A plugin that the usual images don’t hold: CoreDNS has to be built with it.'],
    };
  }
  const server = enclosing({ ...place, statement: undefined }, 'server');
  const statements = server?.block?.statements ?? (tree.fragment ? tree.statements : []);
  const turn = turnsIn(tree, statements, version).get(name);
  return {
    heading: `${name} ${words.form.text}`.trimEnd(),
    paragraphs: [
      words.summary,
      ...repetition(facts),
      ...versionNotes(facts, version),
      ...(turn === undefined || turn.of < 2 ? [] : [explainTurn(turn)]),
    ],
    ...(facts.removedIn === undefined && existsIn(facts, version) === 'yes'
      ? { link: { title: 'Documentation of the plugin', url: documentationUrl(name) } }
      : {}),
  };
}

function repetition({ onRepeat }: PluginFacts): readonly string[] {
  switch (onRepeat) {
    case 'error-once':
    case 'error-args':
      return ['At most once in a server block.'];
    case 'first-wins':
      return ['Written again in a block, only the first counts.'];
    case 'last-wins':
      return ['Written again in a block, only the last counts.'];
    case 'merge':
    case 'chain':
    case 'idempotent':
      return [];
  }
}

function describeOption(place: Place, version: string): Told | undefined {
  const pluginName = enclosing({ ...place, statement: undefined }, 'plugin')?.words[0]?.text ?? '';
  const plugin = pluginCatalogue().get(pluginName);
  const written = place.statement?.words[0]?.text ?? '';
  const facts = plugin === undefined ? undefined : findOption(plugin, written);
  const words = facts === undefined ? undefined : pluginWords().get(pluginName)?.options.get(facts.name);
  if (facts === undefined || words === undefined) return undefined;
  return {
    heading: `${words.name} ${words.form.text}`.trimEnd(),
    paragraphs: [
      words.summary,
      ...(words.byDefault === '' ? [] : [`Default: ${words.byDefault}.`]),
      ...versionNotes(facts, version),
      `Option of ${pluginName}.`,
    ],
  };
}

function describeSnippet(tree: StatementTree, name: string): Told {
  const snippet = snippetsOf(tree).find((one) => one.name === name);
  const uses = snippetReferences(tree, name, { withDeclaration: false }).length;
  const holds = snippet === undefined || snippet.plugins.length === 0 ? [] : [`Holds ${snippet.plugins.join(', ')}.`];
  const used = uses === 0 ? 'Not imported in this file.' : `Imported ${uses === 1 ? 'once' : `${uses} times`}.`;
  return {
    heading: `(${name})`,
    paragraphs: ['Snippet: it does something only where it is imported.', ...holds, used],
  };
}

function describeImport(tree: StatementTree, argument: string | undefined): Told {
  if (argument !== undefined && snippetsOf(tree).some(({ name }) => name === argument))
    return describeSnippet(tree, argument);
  const told =
    'Puts a snippet, or the files that a pattern names, in this place. File names start at this file’s directory.';
  const none = 'A pattern that matches no file is fine; a plain name without its file is not.';
  return { heading: 'import SNIPPET|FILE', paragraphs: [told, none] };
}

function describeVariable(name: string): readonly string[] {
  const told = [`Environment variable ${name} of the CoreDNS process; an empty text when it isn’t set.`];
  if (name.includes(':'))
    told.push('There are no defaults: what stands behind the colon is part of the variable’s name.');
  return told;
}
