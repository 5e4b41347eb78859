/**
 * Corefiles on disk with the files they import: open documents first, then the file system, never outside the workspace
 * folder. A file that an open Corefile imports is judged there, and nowhere else.
 */
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { type LintOptions, lintCorefile } from '../../core/corefile/lint.ts';
import { type CorefileDisk, type DiskImports, readImports } from '../../core/corefile/manifest/diskImports.ts';
import { type CorefileRegion, type RegionReader, inFiles, wholeDocument } from './corefileRegions.ts';
import { COREFILE_LANGUAGE } from './corefileSelectors.ts';

const SCHEMES: ReadonlySet<string> = new Set(['file', 'vscode-remote', 'vscode-vfs']);
const MAX_BYTES = 2_000_000;

interface Known {
  readonly version: number;
  readonly imports: DiskImports;
}

export class ImportRegions extends Disposable implements RegionReader {
  readonly #changed = this._register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;
  readonly #known = new WeakMap<vscode.TextDocument, Known>();
  readonly #reading = new WeakMap<vscode.TextDocument, number>();

  constructor() {
    super();
    const touched = (document: vscode.TextDocument): void => {
      if (SCHEMES.has(document.uri.scheme)) this.#refreshImporters(document);
    };
    this._register(vscode.workspace.onDidChangeTextDocument(({ document }) => touched(document)));
    this._register(vscode.workspace.onDidSaveTextDocument(touched));
    this._register(vscode.workspace.onDidCloseTextDocument(touched));
  }

  regionsOf(document: vscode.TextDocument): readonly CorefileRegion[] | undefined {
    if (document.languageId !== COREFILE_LANGUAGE || !SCHEMES.has(document.uri.scheme)) return undefined;
    const whole = wholeDocument(document);
    const importer = this.#importerOf(document);
    if (importer !== undefined) return [{ ...whole, check: (options) => this.#foundBy(importer, document, options) }];
    if (!/\bimport\b/u.test(whole.text)) return [whole];
    const known = this.#known.get(document);
    if (known?.version !== document.version) void this.#read(document);
    if (known === undefined) return [whole];
    return [{ ...whole, lint: { ...whole.lint, resolveImport: known.imports.resolveImport } }];
  }

  /** An open Corefile that imports this one, unless both import each other. */
  #importerOf(document: vscode.TextDocument): vscode.TextDocument | undefined {
    const { path } = document.uri;
    const own = this.#known.get(document)?.imports.files;
    return vscode.workspace.textDocuments.find(
      (other) =>
        other !== document &&
        !other.isClosed &&
        other.uri.scheme === document.uri.scheme &&
        this.#known.get(other)?.imports.files.has(path) === true &&
        own?.has(other.uri.path) !== true,
    );
  }

  #foundBy(
    importer: vscode.TextDocument,
    document: vscode.TextDocument,
    options: LintOptions,
  ): ReturnType<CorefileRegion['check']> {
    const imports = this.#known.get(importer)?.imports;
    if (imports === undefined) return [];
    const { lint, text } = wholeDocument(importer);
    const { version, severities } = options;
    const { imported } = lintCorefile(text, {
      ...lint,
      resolveImport: imports.resolveImport,
      ...(version === undefined ? {} : { version }),
      ...(severities === undefined ? {} : { severities }),
    });
    return inFiles(importer.uri, imported.get(document.uri.path) ?? []);
  }

  async #read(document: vscode.TextDocument): Promise<void> {
    const { version, uri } = document;
    if (this.#reading.get(document) === version) return;
    this.#reading.set(document, version);
    const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.path ?? vscode.Uri.joinPath(uri, '..').path;
    const imports = await readImports(document.getText(), uri.path, folder.replace(/\/$/u, ''), diskOf(uri));
    this.#reading.delete(document);
    if (this.isDisposed || document.isClosed) return;
    const before = this.#known.get(document)?.imports.files;
    this.#known.set(document, { version, imports });
    this.#changed.fire(uri);
    if (before !== undefined && sameFiles(before, imports.files)) return;
    const paths = new Set([...(before?.keys() ?? []), ...imports.files.keys()]);
    for (const other of vscode.workspace.textDocuments)
      if (other !== document && paths.has(other.uri.path)) this.#changed.fire(other.uri);
  }

  #refreshImporters({ uri }: vscode.TextDocument): void {
    for (const document of vscode.workspace.textDocuments) {
      const known = this.#known.get(document);
      if (known === undefined || document.uri.path === uri.path || !known.imports.files.has(uri.path)) continue;
      this.#known.set(document, { ...known, version: -1 });
      void this.#read(document);
    }
  }
}

function sameFiles(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([path, text]) => b.get(path) === text);
}

/** Files of the document's file system, as the editor has them. */
function diskOf(uri: vscode.Uri): CorefileDisk {
  return {
    list: async (directory) => {
      try {
        return (await vscode.workspace.fs.readDirectory(uri.with({ path: directory }))).map(([name]) => name);
      } catch {
        return undefined;
      }
    },
    read: async (path) => {
      const file = uri.with({ path });
      const open = vscode.workspace.textDocuments.find((one) => !one.isClosed && String(one.uri) === String(file));
      if (open !== undefined) return open.getText();
      try {
        const { type, size } = await vscode.workspace.fs.stat(file);
        // A link may lead anywhere.
        if (type !== vscode.FileType.File || size > MAX_BYTES) return undefined;
        return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
      } catch {
        return undefined;
      }
    },
  };
}
