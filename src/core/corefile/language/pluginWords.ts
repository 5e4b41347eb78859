import { PLUGIN_TEMPLATES, PLUGIN_WORDS } from '../data/pluginWords.ts';
import { type ArgumentForm, readArgumentForm } from './argumentForm.ts';

export interface OptionWords {
  readonly name: string;
  readonly form: ArgumentForm;
  /** What it does, in a sentence or a few; plain text. */
  readonly summary: string;
  /** What holds when it isn't written; empty when there is nothing to say. */
  readonly byDefault: string;
}

export interface PluginWords extends OptionWords {
  readonly options: ReadonlyMap<string, OptionWords>;
}

export interface PluginTemplate {
  readonly plugin: string;
  /** What tells it from other templates of the plugin. */
  readonly title: string;
  /** In VS Code's snippet form, indented by tabs. */
  readonly snippet: string;
}

let words: ReadonlyMap<string, PluginWords> | undefined;
let templates: readonly PluginTemplate[] | undefined;

/** What is said of each plugin in CoreDNS's own tree; the table is read once, on first use. */
export function pluginWords(): ReadonlyMap<string, PluginWords> {
  words ??= readWords();
  return words;
}

export function pluginTemplates(): readonly PluginTemplate[] {
  templates ??= PLUGIN_TEMPLATES.trim()
    .split('\n')
    .map((line): PluginTemplate => {
      const [plugin = '', title = '', snippet = ''] = line.split(' ; ');
      return { plugin, title, snippet: snippet.replaceAll('\\n', '\n').replaceAll('\\t', '\t') };
    });
  return templates;
}

function readWords(): ReadonlyMap<string, PluginWords> {
  const read = new Map<string, PluginWords>();
  let options = new Map<string, OptionWords>();
  for (const line of PLUGIN_WORDS.trim().split('\n')) {
    const [name = '', args = '', ...rest] = line.split(/ ;(?= |$)/u).map((cell) => cell.trim());
    const form = readArgumentForm(args);
    if (line.startsWith(' ')) {
      const [byDefault = '', ...summary] = rest;
      options.set(name, { name, form, byDefault, summary: summary.join('; ') });
    } else {
      options = new Map();
      read.set(name, { name, form, byDefault: '', summary: rest.join('; '), options });
    }
  }
  return read;
}
