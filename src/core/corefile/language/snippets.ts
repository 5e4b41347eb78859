import { type Statement, type StatementTree, allStatements, rangeOf, snippetName } from './statements.ts';

export interface SnippetDeclaration {
  readonly name: string;
  /** Range of the name, without parentheses. */
  readonly nameStart: number;
  readonly nameEnd: number;
  /** Range of the whole snippet. */
  readonly start: number;
  readonly end: number;
  /** Names of the plugins (or whatever its lines begin with). */
  readonly plugins: readonly string[];
}

export interface ImportReference {
  readonly argument: string;
  /** Range of the argument, without quotes. */
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

export function snippetsOf(tree: StatementTree): readonly SnippetDeclaration[] {
  return tree.statements.flatMap((statement) => {
    const name = snippetName(statement);
    const token = statement.words[0];
    if (name === undefined || token === undefined) return [];
    const inset = token.quoted ? 2 : 1;
    return [
      {
        name,
        nameStart: token.start + inset,
        nameEnd: token.end - inset,
        ...rangeOf(statement),
        plugins: pluginNames(statement),
      },
    ];
  });
}

export function importsOf(tree: StatementTree): readonly ImportReference[] {
  const found: ImportReference[] = [];
  for (const { role, words } of allStatements(tree.statements)) {
    const argument = words[1];
    if (role !== 'import' || argument === undefined) continue;
    const inset = argument.quoted ? 1 : 0;
    found.push({
      argument: argument.text,
      start: argument.start + inset,
      end: argument.end - inset,
      quoted: argument.quoted,
    });
  }
  return found;
}

function pluginNames({ block }: Statement): readonly string[] {
  return (block?.statements ?? []).flatMap(({ words }) => words[0]?.text ?? []);
}

/** Plugins of a server block or snippet, those of the snippets it imports included; each snippet is looked into once. */
export function pluginsIn(tree: StatementTree, statements: readonly Statement[]): readonly string[] {
  const byName = new Map(tree.statements.map((one) => [snippetName(one), one]));
  const names: string[] = [];
  const seen = new Set<string>();
  const waiting = [...statements];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const name = next.words[0]?.text;
    if (name === undefined) continue;
    if (next.role !== 'import') {
      names.push(name);
      continue;
    }
    const imported = next.words[1]?.text;
    if (imported === undefined || seen.has(imported)) continue;
    seen.add(imported);
    waiting.push(...(byName.get(imported)?.block?.statements ?? []));
  }
  return names;
}

/** What stands at `offset`: a snippet's name where it is declared or imported. */
export function snippetAt(
  tree: StatementTree,
  offset: number,
): { readonly name: string; readonly start: number; readonly end: number } | undefined {
  const declared = snippetsOf(tree);
  for (const { name, nameStart, nameEnd } of declared) {
    if (offset >= nameStart && offset <= nameEnd) return { name, start: nameStart, end: nameEnd };
  }
  for (const { argument, start, end } of importsOf(tree)) {
    if (offset < start || offset > end || !declared.some(({ name }) => name === argument)) continue;
    return { name: argument, start, end };
  }
  return undefined;
}

/** Every place that names the snippet, in the order of the text. */
export function snippetReferences(
  tree: StatementTree,
  name: string,
  { withDeclaration }: { readonly withDeclaration: boolean },
): readonly { readonly start: number; readonly end: number }[] {
  const declared = withDeclaration ? snippetsOf(tree).filter((one) => one.name === name) : [];
  return [
    ...declared.map(({ nameStart, nameEnd }) => ({ start: nameStart, end: nameEnd })),
    ...importsOf(tree).flatMap(({ argument, start, end }) => (argument === name ? [{ start, end }] : [])),
  ].sort((a, b) => a.start - b.start);
}

/** Why a snippet can't get this name; `undefined` when it can. One sentence for the user. */
export function snippetNameProblem(tree: StatementTree, oldName: string, newName: string): string | undefined {
  if (newName === '') return 'A snippet needs a name';
  if (/[\s"{}()#,\\*?[\]]/u.test(newName) || /\p{Cc}/u.test(newName))
    return 'A snippet’s name has no blanks, quotes, brackets, commas, # or wildcards';
  if (newName !== oldName && snippetsOf(tree).some(({ name }) => name === newName))
    return `There is a snippet ${newName} already; CoreDNS refuses a second one`;
  return undefined;
}
