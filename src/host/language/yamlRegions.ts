/** The Corefiles inside YAML documents, each judged with the parts that CoreDNS mounts beside it. */
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { type Diagnostic, type Mention, withMentions } from '../../core/corefile/diagnostic.ts';
import { type LintOptions, lintCorefile } from '../../core/corefile/lint.ts';
import { type PartOptions, assembleSets, importsOf, lintParts } from '../../core/corefile/manifest/assembly.ts';
import { manifestDiagnostics, rangeInFile } from '../../core/corefile/manifest/lintManifest.ts';
import type { ConfigMapName, ManifestText } from '../../core/corefile/manifest/manifest.ts';
import { yamlValue } from '../../core/corefile/manifest/yamlValue.ts';
import { LineIndex } from '../../core/corefile/position.ts';
import type { CorefileRegion, RegionReader } from './corefileRegions.ts';
import type { ManifestFile, ManifestFiles } from './manifestFiles.ts';

type ConfigMapText = ManifestText & { readonly configMap: ConfigMapName };
type NamedText = ManifestText & { readonly purpose: NonNullable<ManifestText['purpose']> };

export class YamlRegions extends Disposable implements RegionReader {
  readonly #files: ManifestFiles;
  readonly onDidChange: vscode.Event<vscode.Uri>;

  constructor(files: ManifestFiles) {
    super();
    this.#files = files;
    this.onDidChange = files.onDidChange;
  }

  regionsOf(document: vscode.TextDocument): readonly CorefileRegion[] | undefined {
    const around = this.#files.around(document);
    const own = around[0];
    if (own === undefined) return undefined;
    const assembly = new Assembly(around);
    return own.manifest.texts
      .filter((text): text is NamedText => text.purpose !== undefined)
      .map((text, index) => regionOf(document, text, index, assembly));
  }

  findingsOf(document: vscode.TextDocument): readonly Diagnostic<vscode.Uri>[] {
    const around = this.#files.around(document);
    const own = around[0];
    if (own === undefined) return [];
    const joined = own.manifest.texts.flatMap((text) => {
      if (text.joined === undefined || text.purpose === undefined) return [];
      const refused = isRefused(new Assembly(around).diagnosticsOf(text as NamedText, {}));
      return [refused ? { ...text.joined, severity: 'error' as const } : text.joined];
    });
    const findings = [...own.manifest.findings, ...joined];
    return findings.length === 0 ? [] : manifestDiagnostics({ findings }, new LineIndex(own.text));
  }
}

function regionOf(document: vscode.TextDocument, text: NamedText, index: number, assembly: Assembly): CorefileRegion {
  const { positions, configMap, key, purpose } = text;
  const resolveImport = assembly.importsOf(text);
  const replacement: CorefileRegion['replacement'] = (start, end, newText) => {
    const edit = positions.edit({ start, end, newText });
    if (edit === undefined) return undefined;
    const range = new vscode.Range(document.positionAt(edit.start), document.positionAt(edit.end));
    return { range, newText: edit.newText };
  };
  return {
    id: `${configMap?.namespace ?? ''}/${configMap?.name ?? ''}/${key}/${String(index)}`,
    text: text.text,
    lint: { file: document.uri.path, purpose, ...(resolveImport === undefined ? {} : { resolveImport }) },
    editable: positions.exact,
    toDocument: (offset) => document.positionAt(positions.startOf(offset)),
    toRegion: (position) => positions.offsetAt(document.offsetAt(position)),
    written: (newText, offset) => positions.edit({ start: offset, end: offset, newText })?.newText ?? newText,
    replacement,
    check: ({ version, severities }) => {
      const found = assembly.diagnosticsOf(text, {
        ...(version === undefined ? {} : { version }),
        ...(severities === undefined ? {} : { severities }),
      });
      // The one cause is told instead: CF812, around the region.
      if (text.joined !== undefined && isRefused(found)) return [];
      return found.map((one) => withMentions(one, (mention) => assembly.placeOf(mention)));
    },
  };
}

function isRefused(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity, rule }) => severity === 'error' && rule !== yamlValue.code);
}

type Found = readonly Diagnostic<ManifestText>[];

/** The texts of a folder, put together once for all regions of a document. */
class Assembly {
  readonly #parts: readonly ConfigMapText[];
  readonly #workloads: readonly ManifestFile['manifest']['workloads'][number][];
  #last: { readonly by: string; readonly found: ReadonlyMap<ManifestText, Found> } | undefined;

  readonly #files = new Map<ManifestText, ManifestFile>();

  constructor(files: readonly ManifestFile[]) {
    for (const file of files) for (const text of file.manifest.texts) this.#files.set(text, file);
    this.#parts = files
      .flatMap(({ manifest }) => manifest.texts)
      .filter((text): text is ConfigMapText => text.configMap !== undefined);
    this.#workloads = files.flatMap(({ manifest }) => manifest.workloads);
  }

  diagnosticsOf(text: NamedText, options: PartOptions): Found {
    if (text.configMap === undefined) {
      const { diagnostics } = lintCorefile(text.text, { ...options, file: text.key, purpose: text.purpose });
      return diagnostics.map((one) => withMentions(one, (mention) => ({ ...mention, file: text })));
    }
    const by = JSON.stringify(options);
    if (this.#last?.by !== by)
      this.#last = { by, found: lintParts(this.#parts, this.#workloads, () => options).diagnostics };
    return this.#last.found.get(text) ?? [];
  }

  placeOf(mention: Mention<ManifestText>): Mention<vscode.Uri> | undefined {
    const file = this.#files.get(mention.file);
    if (file === undefined) return undefined;
    const range = rangeInFile(mention.file.positions, mention, new LineIndex(file.text));
    return { ...mention, ...range, file: vscode.Uri.parse(file.uri) };
  }

  importsOf(text: ManifestText): LintOptions['resolveImport'] {
    const set = assembleSets(this.#parts, this.#workloads).find(({ main, files }) => files.get(main) === text);
    return set === undefined ? undefined : importsOf(set);
  }
}
