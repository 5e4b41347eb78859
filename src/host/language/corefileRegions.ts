/**
 * Where Corefile text stands inside documents. A Corefile is one region; a YAML document holds one for each key of a
 * ConfigMap that is a Corefile or a part of one. Language features and diagnostics only know regions, and offsets in them.
 *
 * Invariant: a provider never answers for a place outside a region, and never edits a region that isn't `editable`.
 */
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { type Diagnostic, withMentions } from '../../core/corefile/diagnostic.ts';
import { type LintOptions, lintCorefile } from '../../core/corefile/lint.ts';
import { COREFILE_LANGUAGE } from './corefileSelectors.ts';

export interface CorefileRegion {
  /** Tells the regions of one document apart, and stays the same while the document is edited elsewhere. */
  readonly id: string;
  /** The Corefile as CoreDNS gets it: indentation and quoting of the surrounding document are gone. */
  readonly text: string;
  /**
   * What is known of the region beside its text: `file` (path or name), `purpose`, imported files, cluster. What is left
   * out comes from the settings.
   */
  readonly lint: LintOptions;
  /** False where the text can't be written back. */
  readonly editable: boolean;
  /** Place in the document of an offset in `text`; offsets count UTF-16 units. */
  toDocument(offset: number): vscode.Position;
  /** Offset in `text` of a place in the document; `undefined` outside the region. */
  toRegion(position: vscode.Position): number | undefined;
  /** `newText` as it has to be written into the document at `offset`: further lines indented, quotes doubled, as need be. */
  written(newText: string, offset: number): string;
  /** Documents that an `import` of this pattern stands for; without it, files beside a document on disk. */
  importTargets?(pattern: string): Promise<readonly vscode.Uri[]>;
  /** What is found in it, at places of `text`; mentions are at places of the document they name. */
  check(options: LintOptions): readonly Diagnostic<vscode.Uri>[];
  /** A replacement of `start` to `end`, where the document's form asks for more than `written`; `undefined`: not possible. */
  replacement?(start: number, end: number, newText: string): DocumentEdit | undefined;
}

export interface DocumentEdit {
  readonly range: vscode.Range;
  readonly newText: string;
}

/** Regions of the documents it knows; `undefined` for documents of no concern to it. */
export interface RegionReader {
  regionsOf(document: vscode.TextDocument): readonly CorefileRegion[] | undefined;
  /** What is wrong with the document around its regions, at places of the document. */
  findingsOf?(document: vscode.TextDocument): readonly Diagnostic<vscode.Uri>[];
  /** Something else than the text has changed (files, cluster): the document is to be read and checked again. */
  readonly onDidChange?: vscode.Event<vscode.Uri>;
}

/** The trivial reader: a document in the language Corefile is one region. */
export const wholeDocuments: RegionReader = {
  regionsOf: (document) => (document.languageId === COREFILE_LANGUAGE ? [wholeDocument(document)] : undefined),
};

/**
 * Asks each reader in turn; the first that knows the document wins, `wholeDocuments` comes last. Answers are kept as long
 * as the document's version is the same and no reader has said that something changed.
 */
export class CorefileRegions extends Disposable implements RegionReader {
  readonly #readers: readonly RegionReader[];
  #known = new WeakMap<vscode.TextDocument, { version: number; regions: readonly CorefileRegion[] }>();
  readonly #changed = this._register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;

  constructor(readers: readonly RegionReader[] = []) {
    super();
    this.#readers = [...readers, wholeDocuments];
    for (const { onDidChange } of this.#readers) {
      if (onDidChange === undefined) continue;
      this._register(
        onDidChange((uri) => {
          this.#known = new WeakMap();
          this.#changed.fire(uri);
        }),
      );
    }
  }

  regionsOf(document: vscode.TextDocument): readonly CorefileRegion[] {
    const known = this.#known.get(document);
    if (known?.version === document.version) return known.regions;
    let regions: readonly CorefileRegion[] | undefined;
    for (const reader of this.#readers) {
      regions = reader.regionsOf(document);
      if (regions !== undefined) break;
    }
    const found = regions ?? [];
    this.#known.set(document, { version: document.version, regions: found });
    return found;
  }

  findingsOf(document: vscode.TextDocument): readonly Diagnostic<vscode.Uri>[] {
    return this.#readers.flatMap((reader) => reader.findingsOf?.(document) ?? []);
  }

  /** The region around a place, with the offset in it. */
  at(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): { readonly region: CorefileRegion; readonly offset: number } | undefined {
    for (const region of this.regionsOf(document)) {
      const offset = region.toRegion(position);
      if (offset !== undefined) return { region, offset };
    }
    return undefined;
  }
}

/** A range of a region as a range of its document. */
export function rangeIn(region: CorefileRegion, start: number, end: number): vscode.Range {
  return new vscode.Range(region.toDocument(start), region.toDocument(end));
}

/** A replacement in a region as an edit of its document. */
export function editIn(region: CorefileRegion, start: number, end: number, newText: string): DocumentEdit | undefined {
  if (region.replacement !== undefined) return region.replacement(start, end, newText);
  return { range: rangeIn(region, start, end), newText: region.written(newText, start) };
}

/** The document itself as a region. */
export function wholeDocument(document: vscode.TextDocument): CorefileRegion {
  const text = document.getText();
  return {
    id: '',
    text,
    lint: { file: document.uri.path, purpose: purposeOf(document.uri.path) },
    editable: true,
    toDocument: (offset) => document.positionAt(offset),
    toRegion: (position) => document.offsetAt(position),
    written: (newText) => newText,
    check: (options) => inFiles(document.uri, lintCorefile(text, options).diagnostics),
  };
}

/** Mentions of a file's diagnostics by its URI and those of the files it imports, which are named by their paths. */
export function inFiles(
  uri: vscode.Uri,
  diagnostics: readonly Diagnostic<string>[],
): readonly Diagnostic<vscode.Uri>[] {
  return diagnostics.map((one) =>
    withMentions(one, (mention) => ({
      ...mention,
      file: mention.file === '' ? uri : uri.with({ path: mention.file }),
    })),
  );
}

/** AKS and others import `*.server` at top level and `*.override` inside the main server block. */
function purposeOf(path: string): 'corefile' | 'server' | 'override' {
  if (path.endsWith('.override')) return 'override';
  return path.endsWith('.server') ? 'server' : 'corefile';
}
