/**
 * YAML documents read for Corefiles, and the files beside them: `coredns` and `coredns-custom` often stand in two files of
 * one folder, and CoreDNS sees both. The YAML library loads with the first document that may hold a Corefile.
 */
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { mayHoldCorefile } from '../../core/corefile/manifest/corefileKeys.ts';
import type { Manifest } from '../../core/corefile/manifest/manifest.ts';

type ReadManifest = (file: string) => Manifest;

export interface ManifestFile {
  readonly uri: string;
  readonly text: string;
  readonly manifest: Manifest;
}

const SCHEMES: ReadonlySet<string> = new Set(['file', 'untitled', 'vscode-remote', 'vscode-vfs']);
const SETTLE_MS = 300;
const MAX_SIBLINGS = 50;
const MAX_BYTES = 1_000_000;

export class ManifestFiles extends Disposable {
  readonly #changed = this._register(new vscode.EventEmitter<vscode.Uri>());
  /** A document is to be read again: the library has come, or a file beside it has changed. */
  readonly onDidChange = this.#changed.event;
  #read: ReadManifest | undefined;
  #loading: Promise<void> | undefined;
  readonly #open = new WeakMap<vscode.TextDocument, { readonly version: number; readonly file: ManifestFile }>();
  /** What lies beside, by folder; open documents win. */
  readonly #beside = new Map<string, readonly ManifestFile[]>();
  readonly #pending = new Map<string, NodeJS.Timeout>();

  constructor() {
    super();
    this._register(vscode.workspace.onDidChangeTextDocument(({ document }) => this.#touched(document, false)));
    this._register(vscode.workspace.onDidSaveTextDocument((document) => this.#touched(document, true)));
    this._register(vscode.workspace.onDidCloseTextDocument((document) => this.#touched(document, true)));
    this._register({ dispose: () => [...this.#pending.values()].forEach((timer) => clearTimeout(timer)) });
  }

  /** `undefined` for documents without a word about Corefiles, and until the library has come. */
  of(document: vscode.TextDocument): ManifestFile | undefined {
    if (document.languageId !== 'yaml' || !SCHEMES.has(document.uri.scheme)) return undefined;
    const known = this.#open.get(document);
    if (known?.version === document.version) return known.file;
    const text = document.getText();
    if (!mayHoldCorefile(text)) return undefined;
    if (this.#read === undefined) {
      void this.#load(document.uri);
      return undefined;
    }
    const file: ManifestFile = { uri: String(document.uri), text, manifest: this.#read(text) };
    this.#open.set(document, { version: document.version, file });
    return file;
  }

  /** The document's own file first, then those of its folder. */
  around(document: vscode.TextDocument): readonly ManifestFile[] {
    const own = this.of(document);
    if (own === undefined) return [];
    const folder = folderOf(document.uri);
    const open = vscode.workspace.textDocuments
      .filter((other) => other !== document && !other.isClosed && folderOf(other.uri) === folder)
      .flatMap((other) => this.of(other) ?? []);
    const beside = this.#beside.get(folder);
    if (beside === undefined && own.manifest.texts.some(({ configMap }) => configMap !== undefined))
      void this.#readBeside(document.uri);
    const names = new Set([own.uri, ...open.map(({ uri }) => uri)]);
    return [own, ...open, ...(beside ?? []).filter(({ uri }) => !names.has(uri))];
  }

  async #load(uri: vscode.Uri): Promise<void> {
    this.#loading ??= import('../../core/corefile/manifest/entry.ts').then(({ readManifest }) => {
      this.#read = readManifest;
    });
    await this.#loading;
    if (!this.isDisposed) this.#changed.fire(uri);
  }

  async #readBeside(uri: vscode.Uri): Promise<void> {
    const folder = folderOf(uri);
    this.#beside.set(folder, []);
    const read = this.#read;
    if (uri.scheme === 'untitled' || read === undefined) return;
    const place = vscode.Uri.joinPath(uri, '..');
    const found: ManifestFile[] = [];
    try {
      const entries = await vscode.workspace.fs.readDirectory(place);
      const names = entries.filter(([name, type]) => type === vscode.FileType.File && /\.ya?ml$/iu.test(name));
      for (const [name] of names.slice(0, MAX_SIBLINGS)) {
        const other = vscode.Uri.joinPath(place, name);
        if ((await vscode.workspace.fs.stat(other)).size > MAX_BYTES) continue;
        const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(other));
        if (mayHoldCorefile(text)) found.push({ uri: String(other), text, manifest: read(text) });
      }
    } catch {
      // A folder that can't be read holds nothing we know of.
    }
    this.#beside.set(folder, found);
    if (!this.isDisposed && found.length > 1) this.#tell(folder);
  }

  #touched(document: vscode.TextDocument, onDisk: boolean): void {
    if (document.languageId !== 'yaml') return;
    const folder = folderOf(document.uri);
    if (!this.#beside.has(folder)) return;
    if (onDisk) this.#beside.delete(folder);
    clearTimeout(this.#pending.get(folder));
    this.#pending.set(
      folder,
      setTimeout(() => {
        this.#pending.delete(folder);
        this.#tell(folder, document);
      }, SETTLE_MS),
    );
  }

  #tell(folder: string, except?: vscode.TextDocument): void {
    for (const document of vscode.workspace.textDocuments)
      if (document !== except && folderOf(document.uri) === folder && this.of(document) !== undefined)
        this.#changed.fire(document.uri);
  }
}

function folderOf(uri: vscode.Uri): string {
  return String(vscode.Uri.joinPath(uri, '..'));
}
