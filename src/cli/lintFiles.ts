/**
 * Lints what was read as CoreDNS would see it: files with what they import from disk, ConfigMaps put together. A file that
 * another one imports is judged where it is imported, and nowhere else.
 */
import { type Diagnostic, type Mention, withMentions } from '../core/corefile/diagnostic.ts';
import { lintCorefile } from '../core/corefile/lint.ts';
import { type CorefileSet, type PartOptions, lintSets } from '../core/corefile/manifest/assembly.ts';
import { type DiskImports, readImports } from '../core/corefile/manifest/diskImports.ts';
import { diagnosticsInFile, manifestDiagnostics, rangeInFile } from '../core/corefile/manifest/lintManifest.ts';
import type { ConfigMapName, ManifestText } from '../core/corefile/manifest/manifest.ts';
import { LineIndex } from '../core/corefile/position.ts';
import type { GeneratedPart } from './generatedParts.ts';
import { corefileDisk, rootOf, shownPath, slashPath } from './corefileDisk.ts';
import type { CorefileInput, LintInput, ManifestInput } from './lintInput.ts';
import type { LintedFile } from './lintedFile.ts';
import { overlaySets } from './overlays.ts';

type ConfigMapText = ManifestText & { readonly configMap: ConfigMapName };

/** A text inside of a manifest, or a whole file. */
type Part = ManifestText | GeneratedPart;

/** A key of a ConfigMap. */
type KeyPart = ConfigMapText | GeneratedPart;

/** In the order of the inputs, then files that came in by import; or why they can't be judged together. */
export async function lintFiles(
  inputs: readonly LintInput[],
  options: PartOptions,
): Promise<{ readonly linted: readonly LintedFile[] } | { readonly problem: string }> {
  const found = new Map<string, Diagnostic<string>[]>(inputs.map(({ file }) => [file, []]));
  const add = (file: string, diagnostics: readonly Diagnostic<string>[]): void => {
    const list = found.get(file) ?? [];
    for (const one of diagnostics) if (!list.some((other) => isSame(one, other))) list.push(one);
    found.set(file, list);
  };
  const manifests = inputs.filter((input) => input.kind === 'manifest');
  const assembled = overlaySets(
    manifests.map(({ file, manifest, generated }) => ({
      file,
      parts: [...manifest.texts.filter(isOfConfigMap), ...generated],
      workloads: manifest.workloads,
    })),
  );
  if ('problem' in assembled) return assembled;
  const generated = new Set(manifests.flatMap((input) => input.generated.map(({ place }) => place)));
  const given = new Map(inputs.map(({ file }) => [slashPath(file), file]));
  const nameOf = (place: string): string => given.get(place) ?? shownPath(place);
  await lintCorefiles(
    inputs.filter((input) => input.kind === 'corefile').filter(({ file }) => !generated.has(slashPath(file))),
    options,
    { add, nameOf },
  );
  lintManifests(manifests, assembled.sets, options, { add, nameOf });
  const linted = [...found].map(([file, diagnostics]) => ({
    file,
    diagnostics: diagnostics.sort((a, b) => a.start.offset - b.start.offset || (a.rule < b.rule ? -1 : 1)),
  }));
  return { linted };
}

interface Told {
  readonly add: (file: string, diagnostics: readonly Diagnostic<string>[]) => void;
  /** How the file at an absolute path is called. */
  readonly nameOf: (place: string) => string;
}

async function lintCorefiles(
  inputs: readonly CorefileInput[],
  options: PartOptions,
  { add, nameOf }: Told,
): Promise<void> {
  const read = new Map<CorefileInput, DiskImports>();
  for (const input of inputs) {
    const place = slashPath(input.file);
    const root = rootOf(place);
    read.set(input, await readImports(input.text, place, root, corefileDisk(root)));
  }
  const judgedElsewhere = new Set<CorefileInput>();
  for (const input of inputs) {
    const place = slashPath(input.file);
    const importer = inputs.find(
      (other) => other !== input && !judgedElsewhere.has(other) && read.get(other)?.files.has(place) === true,
    );
    if (importer !== undefined) judgedElsewhere.add(input);
  }
  for (const input of inputs) {
    if (judgedElsewhere.has(input)) continue;
    const { file, text, purpose } = input;
    const imports = read.get(input);
    const result = lintCorefile(text, {
      ...options,
      file,
      purpose,
      ...(imports === undefined ? {} : { resolveImport: imports.resolveImport }),
    });
    const named = (one: Diagnostic<string>): Diagnostic<string> =>
      withMentions(one, (mention) => ({ ...mention, file: mention.file === '' ? file : nameOf(mention.file) }));
    add(file, result.diagnostics.map(named));
    for (const place of imports?.files.keys() ?? []) add(nameOf(place), result.imported.get(place)?.map(named) ?? []);
  }
}

function isOfConfigMap(text: ManifestText): text is ConfigMapText {
  return text.configMap !== undefined;
}

function lintManifests(
  inputs: readonly ManifestInput[],
  sets: readonly CorefileSet<KeyPart>[],
  options: PartOptions,
  { add, nameOf }: Told,
): void {
  const places = new Map<ManifestText, { readonly file: string; readonly lines: LineIndex }>();
  for (const { file, text, manifest } of inputs) {
    const lines = new LineIndex(text);
    for (const one of manifest.texts) places.set(one, { file, lines });
    add(file, manifestDiagnostics(manifest, lines));
  }
  const moved = (mention: Mention<Part>): Mention<string> | undefined => {
    if ('place' in mention.file) return { ...mention, file: nameOf(mention.file.place) };
    const place = places.get(mention.file);
    if (place === undefined) return undefined;
    return { ...mention, file: place.file, ...rangeInFile(mention.file.positions, mention, place.lines) };
  };
  const told = (text: Part, diagnostics: readonly Diagnostic<Part>[]): void => {
    if ('place' in text) {
      add(
        nameOf(text.place),
        diagnostics.map((one) => withMentions(one, moved)),
      );
      return;
    }
    const place = places.get(text);
    if (place !== undefined) add(place.file, diagnosticsInFile(text, diagnostics, place.lines, moved));
  };
  const texts = [...places.keys()];
  const parts: readonly KeyPart[] = [...texts.filter(isOfConfigMap), ...inputs.flatMap(({ generated }) => generated)];
  const { diagnostics } = lintSets(parts, sets, () => options);
  for (const [text, own] of diagnostics) told(text, own);
  for (const text of texts) {
    if (text.configMap !== undefined || text.purpose === undefined) continue;
    const { diagnostics: own } = lintCorefile(text.text, { ...options, file: text.key, purpose: text.purpose });
    told(
      text,
      own.map((one) => withMentions(one, (mention) => ({ ...mention, file: text }))),
    );
  }
}

function isSame(a: Diagnostic, b: Diagnostic): boolean {
  return a.rule === b.rule && a.start.offset === b.start.offset && a.message === b.message;
}
