import { environmentReferences } from '../environment.ts';
import type { CorefileToken } from '../lexer.ts';
import { existsIn, findOption, pluginCatalogue } from '../pluginCatalogue.ts';
import { elementOf, readArgumentForm } from './argumentForm.ts';
import { pluginWords } from './pluginWords.ts';
import { snippetsOf } from './snippets.ts';
import { type Statement, type StatementTree, allStatements } from './statements.ts';

export type SemanticKind = 'zone' | 'plugin' | 'option' | 'value' | 'snippet' | 'environment' | 'unknown';

export interface SemanticToken {
  readonly start: number;
  readonly end: number;
  readonly kind: SemanticKind;
}

const ZONE_ARGUMENTS: ReadonlySet<string> = new Set(['ZONES', 'ZONE', 'ZONES…']);
const NONE = readArgumentForm('');

/**
 * What words mean beyond what the grammar sees: whether a plugin or option exists in the release, which arguments are
 * zones or fixed words, which imports are snippets. Numbers, times and addresses are left to the grammar. In order, not
 * overlapping, each within one line.
 */
export function semanticTokens(tree: StatementTree, version: string): readonly SemanticToken[] {
  const found: SemanticToken[] = [];
  const snippets = new Set(snippetsOf(tree).map(({ name }) => name));
  for (const statement of allStatements(tree.statements)) {
    const kinds = kindsOf(statement, version, snippets);
    for (const [index, token] of statement.words.entries()) add(found, tree.text, token, kinds(index));
  }
  return found.sort((a, b) => a.start - b.start);
}

type KindOfWord = (index: number) => SemanticKind | undefined;

function kindsOf(statement: Statement, version: string, snippets: ReadonlySet<string>): KindOfWord {
  const { role, words, parent } = statement;
  const name = words[0]?.text ?? '';
  switch (role) {
    case 'server':
      return () => 'zone';
    case 'snippet':
      return () => 'snippet';
    case 'import':
      return (index) => (index === 1 && snippets.has(words[1]?.text ?? '') ? 'snippet' : undefined);
    case 'plugin': {
      const facts = pluginCatalogue().get(name);
      const exists = facts !== undefined && existsIn(facts, version) === 'yes';
      const form = pluginWords().get(name)?.form ?? NONE;
      if (name === 'rewrite' && exists) return kindsOfRewrite(words);
      const isForward = name === 'forward' || name === 'grpc';
      return (index) => {
        if (index === 0) return exists ? 'plugin' : 'unknown';
        if (isForward && index === 1) return 'zone';
        return argumentKind(form, words, index);
      };
    }
    case 'option': {
      const pluginName = parent?.words[0]?.text ?? '';
      const plugin = pluginCatalogue().get(pluginName);
      const option = plugin === undefined ? undefined : findOption(plugin, name);
      if (plugin === undefined || option === undefined || existsIn(option, version) !== 'yes')
        return (index) => (index === 0 && plugin?.block === 'options' ? 'unknown' : undefined);
      const form = pluginWords().get(pluginName)?.options.get(option.name)?.form ?? NONE;
      return (index) => (index === 0 ? 'option' : argumentKind(form, words, index));
    }
    case 'inner':
      return () => undefined;
  }
}

/** A rule on one line: perhaps a word for what comes next, then an option of the plugin with its arguments. */
function kindsOfRewrite(words: readonly CorefileToken[]): KindOfWord {
  const at = words[1]?.text === 'continue' || words[1]?.text === 'stop' ? 2 : 1;
  const form = pluginWords()
    .get('rewrite')
    ?.options.get(words[at]?.text ?? '')?.form;
  return (index) => {
    if (index === 0) return 'plugin';
    if (index < at) return 'value';
    if (index === at) return form === undefined ? undefined : 'option';
    return form === undefined ? undefined : argumentKind(form, words.slice(at), index - at);
  };
}

function argumentKind(form: typeof NONE, words: readonly CorefileToken[], index: number): SemanticKind | undefined {
  // Long lines are lists; their form is known from their beginning.
  if (form.elements.length === 0 || index > 40) return undefined;
  const texts = words.slice(1, index + 1).map(({ text }) => text);
  const element = elementOf(form, texts, index - 1);
  if (element === undefined) return undefined;
  if (element.literals.includes(words[index]?.text ?? '')) return 'value';
  return element.placeholders.some((name) => ZONE_ARGUMENTS.has(name)) ? 'zone' : undefined;
}

function add(found: SemanticToken[], text: string, token: CorefileToken, kind: SemanticKind | undefined): void {
  if (token.quoted || token.lineBreaks > 0) return;
  const references = environmentReferences(text.slice(token.start, token.end));
  let from = token.start;
  for (const reference of references) {
    const start = token.start + reference.start;
    if (kind !== undefined && start > from) found.push({ start: from, end: start, kind });
    if (start < from) continue;
    from = token.start + reference.end;
    found.push({ start, end: from, kind: 'environment' });
  }
  if (kind !== undefined && from < token.end) found.push({ start: from, end: token.end, kind });
}
