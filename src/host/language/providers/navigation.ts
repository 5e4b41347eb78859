import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import {
  importsOf,
  snippetAt,
  snippetNameProblem,
  snippetReferences,
  snippetsOf,
} from '../../../core/corefile/language/snippets.ts';
import type { CorefileSpots } from '../corefileSpots.ts';
import { rangeIn } from '../corefileRegions.ts';

/** Ways between places: from an import to its snippet or files, to all uses of a snippet; and renaming. */
export class CorefileNavigation
  implements
    vscode.DefinitionProvider,
    vscode.ReferenceProvider,
    vscode.RenameProvider,
    vscode.DocumentHighlightProvider
{
  readonly #spots: CorefileSpots;

  constructor(spots: CorefileSpots) {
    this.#spots = spots;
  }

  async provideDefinition(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Location[]> {
    const spot = this.#spots.at(document, position);
    if (spot === undefined) return [];
    const { region, tree, offset } = spot;
    const name = snippetAt(tree, offset)?.name;
    if (name !== undefined) {
      const declared = snippetsOf(tree).find((one) => one.name === name);
      if (declared === undefined) return [];
      return [new vscode.Location(document.uri, rangeIn(region, declared.nameStart, declared.nameEnd))];
    }
    const reference = importsOf(tree).find(({ start, end }) => offset >= start && offset <= end);
    if (reference === undefined) return [];
    const files = await (region.importTargets?.(reference.argument) ?? filesBeside(document.uri, reference.argument));
    return files.map((uri) => new vscode.Location(uri, new vscode.Position(0, 0)));
  }

  provideReferences(
    document: vscode.TextDocument,
    position: vscode.Position,
    { includeDeclaration }: vscode.ReferenceContext,
  ): vscode.Location[] {
    return this.#uses(document, position, includeDeclaration).map((range) => new vscode.Location(document.uri, range));
  }

  provideDocumentHighlights(document: vscode.TextDocument, position: vscode.Position): vscode.DocumentHighlight[] {
    return this.#uses(document, position, true).map((range) => new vscode.DocumentHighlight(range));
  }

  prepareRename(document: vscode.TextDocument, position: vscode.Position): vscode.Range {
    const spot = this.#spots.at(document, position);
    const found = spot === undefined ? undefined : snippetAt(spot.tree, spot.offset);
    if (spot === undefined || found === undefined || !spot.region.editable)
      throw new Error(l10n.t('Only the name of a snippet of this file can be changed here'));
    return rangeIn(spot.region, found.start, found.end);
  }

  provideRenameEdits(
    document: vscode.TextDocument,
    position: vscode.Position,
    newName: string,
  ): vscode.WorkspaceEdit | undefined {
    const spot = this.#spots.at(document, position);
    const found = spot === undefined ? undefined : snippetAt(spot.tree, spot.offset);
    if (spot === undefined || found === undefined || !spot.region.editable) return undefined;
    const problem = snippetNameProblem(spot.tree, found.name, newName);
    // VS Code shows the message of an error at the place of the rename.
    if (problem !== undefined) throw new Error(problem);
    const edit = new vscode.WorkspaceEdit();
    for (const { start, end } of snippetReferences(spot.tree, found.name, { withDeclaration: true }))
      edit.replace(document.uri, rangeIn(spot.region, start, end), newName);
    return edit;
  }

  #uses(document: vscode.TextDocument, position: vscode.Position, withDeclaration: boolean): readonly vscode.Range[] {
    const spot = this.#spots.at(document, position);
    const name = spot === undefined ? undefined : snippetAt(spot.tree, spot.offset)?.name;
    if (spot === undefined || name === undefined) return [];
    return snippetReferences(spot.tree, name, { withDeclaration }).map(({ start, end }) =>
      rangeIn(spot.region, start, end),
    );
  }
}

/** Files that an import names, for a Corefile on disk: its directory is where they start, as for CoreDNS. */
async function filesBeside(uri: vscode.Uri, pattern: string): Promise<readonly vscode.Uri[]> {
  if (uri.scheme !== 'file' || pattern === '' || /[{}]/u.test(pattern)) return [];
  const folder = pattern.startsWith('/') ? vscode.Uri.file('/') : vscode.Uri.joinPath(uri, '..');
  const path = pattern.replace(/^\/+/u, '');
  const slash = path.lastIndexOf('/');
  const directory = vscode.Uri.joinPath(folder, path.slice(0, slash + 1));
  const name = path.slice(slash + 1);
  if (!/[*?]/u.test(path))
    return (await exists(vscode.Uri.joinPath(folder, path))) ? [vscode.Uri.joinPath(folder, path)] : [];
  if (/[*?]/u.test(path.slice(0, slash + 1))) return [];
  const expression = new RegExp(
    `^${name
      .replace(/[.+^$()|[\]\\]/gu, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'u',
  );
  const entries = await vscode.workspace.fs.readDirectory(directory).then(
    (found) => found,
    () => [],
  );
  return entries
    .filter(([entry, type]) => (type & vscode.FileType.File) !== 0 && expression.test(entry))
    .map(([entry]) => vscode.Uri.joinPath(directory, entry))
    .slice(0, 200);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}
