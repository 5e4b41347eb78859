/**
 * Puts the parts of a Corefile together as a running CoreDNS sees them: the keys of ConfigMaps become files where they are
 * mounted, `import` finds them there, and each part gets its diagnostics back. Parts that nothing imports are linted by
 * themselves, as what their name says (`*.override`: the inside of a server block that may hold more).
 */
import { type Diagnostic, withMentions } from '../diagnostic.ts';
import { type LintOptions, type LintResult, lintCorefile } from '../lint.ts';
import type { ImportResolver } from '../parser.ts';
import type { CorefilePurpose } from '../rules/rule.ts';
import { purposeOfKey } from './corefileKeys.ts';
import { absolutePattern, cleanPath, directoryOf, hasWildcard, matchPaths } from './glob.ts';
import type { ConfigMapName } from './manifest.ts';
import type { ConfigMapMount, Workload } from './mounts.ts';

/** A key of a ConfigMap. Identity counts: diagnostics come back by the object itself. */
export interface CorefilePart {
  readonly configMap: ConfigMapName;
  readonly key: string;
  readonly text: string;
  /** Absent: may be imported, but is not linted by itself. */
  readonly purpose?: CorefilePurpose | undefined;
}

/** The files one CoreDNS has, by absolute path. */
export interface CorefileSet<T extends CorefilePart> {
  readonly main: string;
  readonly files: ReadonlyMap<string, T>;
  /** Directories all of whose files are known; an import elsewhere stays unknown. */
  readonly directories: ReadonlySet<string>;
}

const MAIN_DIRECTORY = '/etc/coredns';
const CUSTOM_DIRECTORY = '/etc/coredns/custom';

/**
 * Sets by what `workloads` mount; ConfigMaps with a Corefile that none of them mounts are taken to be mounted where every
 * platform does it, and `coredns-custom` beside `coredns`.
 */
export function assembleSets<T extends CorefilePart>(
  parts: readonly T[],
  workloads: readonly Workload[],
): readonly CorefileSet<T>[] {
  const sets = workloads.flatMap((workload) => {
    const set = mountedSet(parts, workload);
    return set.files.has(set.main) ? [set] : [];
  });
  const assembled = new Set(sets.map(({ main, files }) => files.get(main)));
  for (const part of parts) {
    if (assembled.has(part) || purposeOfKey(part.key) !== 'corefile') continue;
    sets.push(mountedSet(parts, usualWorkload(part, parts)));
  }
  return sets;
}

function usualWorkload(main: CorefilePart, parts: readonly CorefilePart[]): Workload {
  const { namespace, name } = main.configMap;
  const mounts: ConfigMapMount[] = [{ configMap: name, directory: MAIN_DIRECTORY }];
  const custom = `${name}-custom`;
  if (parts.some(({ configMap }) => configMap.name === custom && sameNamespace(configMap.namespace, namespace)))
    mounts.push({ configMap: custom, directory: CUSTOM_DIRECTORY });
  return { namespace, corefile: `${MAIN_DIRECTORY}/${main.key}`, mounts };
}

function mountedSet<T extends CorefilePart>(
  parts: readonly T[],
  { namespace, corefile, mounts }: Workload,
): CorefileSet<T> {
  const files = new Map<string, T>();
  const directories = new Set<string>();
  const open = new Set<string>();
  for (const { configMap, directory, items, partial, known } of mounts) {
    const own = parts.filter(
      (part) => part.configMap.name === configMap && sameNamespace(part.configMap.namespace, namespace),
    );
    // One that isn't given may hold anything.
    if (own.length === 0 && known !== true) open.add(cleanPath(directory));
    if (partial !== true) directories.add(cleanPath(directory));
    for (const part of own) {
      const path = items === undefined ? part.key : items.find(({ key }) => key === part.key)?.path;
      if (path !== undefined) files.set(cleanPath(`${directory}/${path}`), part);
    }
  }
  return { main: cleanPath(corefile), files, directories: new Set([...directories].filter((one) => !open.has(one))) };
}

/** One that isn't named may be any. */
export function sameNamespace(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}

/** Finds a set's files; `undefined` for what lies in no directory of it. `imported` learns what was found. */
export function importsOf<T extends CorefilePart>(
  { main, files, directories }: CorefileSet<T>,
  imported: Set<T> = new Set(),
): ImportResolver {
  return (pattern, from) => {
    const absolute = absolutePattern(pattern, from === '' ? main : from);
    const directory = directoryOf(absolute);
    const known = !hasWildcard(directory) && directories.has(directory);
    const found = matchPaths(absolute, files.keys());
    if (!known && (found.length === 0 || hasWildcard(absolute))) return undefined;
    return found.flatMap((path) => {
      const part = files.get(path);
      if (part === undefined) return [];
      imported.add(part);
      return [{ path, text: part.text }];
    });
  };
}

export interface AssembledLint<T> {
  /** Of every part that was linted, in the order of its text; also parts without any. Mentions name their part. */
  readonly diagnostics: ReadonlyMap<T, readonly Diagnostic<T>[]>;
  /** What was read of each part that is a main file or stands alone. */
  readonly results: ReadonlyMap<T, LintResult>;
}

export type PartOptions = Omit<LintOptions, 'file' | 'purpose' | 'resolveImport'>;

/** Lints all parts. `optionsFor` is asked once for each text that is linted as a whole. */
export function lintParts<T extends CorefilePart>(
  parts: readonly T[],
  workloads: readonly Workload[],
  optionsFor: (part: T) => PartOptions = () => ({}),
): AssembledLint<T> {
  return lintSets(parts, assembleSets(parts, workloads), optionsFor);
}

/** As `lintParts`, of parts that are put together already; one may stand in several sets. */
export function lintSets<T extends CorefilePart>(
  parts: readonly T[],
  sets: readonly CorefileSet<T>[],
  optionsFor: (part: T) => PartOptions = () => ({}),
): AssembledLint<T> {
  const found = new Map<T, Diagnostic<T>[]>();
  const results = new Map<T, LintResult>();
  const imported = new Set<T>();
  const add = (part: T, diagnostics: readonly Diagnostic<T>[]): void => {
    const list = found.get(part) ?? [];
    for (const one of diagnostics) if (!list.some((other) => isSame(one, other))) list.push(one);
    found.set(
      part,
      list.sort((a, b) => a.start.offset - b.start.offset || (a.rule < b.rule ? -1 : 1)),
    );
  };
  for (const set of sets) {
    const main = set.files.get(set.main);
    if (main === undefined) continue;
    const own = new Set<T>();
    const result = lintCorefile(main.text, {
      ...optionsFor(main),
      file: main.key,
      resolveImport: importsOf(set, own),
    });
    results.set(main, result);
    const named = (diagnostic: Diagnostic<string>): Diagnostic<T> =>
      withMentions(diagnostic, (mention) => {
        const file = mention.file === '' ? main : set.files.get(mention.file);
        return file === undefined ? undefined : { ...mention, file };
      });
    add(main, result.diagnostics.map(named));
    for (const part of own) {
      imported.add(part);
      add(part, []);
    }
    for (const [path, diagnostics] of result.imported) {
      const part = set.files.get(path);
      if (part !== undefined) add(part, diagnostics.map(named));
    }
  }
  for (const part of parts) {
    if (results.has(part) || imported.has(part) || part.purpose === undefined) continue;
    const result = lintCorefile(part.text, { ...optionsFor(part), file: part.key, purpose: part.purpose });
    results.set(part, result);
    add(
      part,
      result.diagnostics.map((one) => withMentions(one, (mention) => ({ ...mention, file: part }))),
    );
  }
  return { diagnostics: found, results };
}

function isSame(a: Diagnostic, b: Diagnostic): boolean {
  return a.rule === b.rule && a.start.offset === b.start.offset && a.message === b.message;
}
