/**
 * Which ConfigMaps of the given files run together. Overlays of one cluster each hold the same keys; put together into one
 * CoreDNS, those of one would take the places of another's. So a folder whose keys stand in other folders as well is judged by
 * itself, with what is given once only (a base). Files of one folder that clash count as folders of their own.
 * Cost: each pair of folders that hold CoreDNS's ConfigMaps, once.
 */
import { visibleText } from '../base/visibleText.ts';
import {
  type CorefilePart,
  type CorefileSet,
  assembleSets,
  sameNamespace,
} from '../core/corefile/manifest/assembly.ts';
import type { Workload } from '../core/corefile/manifest/mounts.ts';

export interface ManifestParts<T extends CorefilePart> {
  readonly file: string;
  readonly parts: readonly T[];
  readonly workloads: readonly Workload[];
}

/** The sets that CoreDNS may have; or, where that can't be told, a sentence. */
export function overlaySets<T extends CorefilePart>(
  given: readonly ManifestParts<T>[],
): { readonly sets: readonly CorefileSet<T>[] } | { readonly problem: string } {
  const all = given.flatMap(({ parts }) => parts);
  const workloads = given.flatMap((one) => one.workloads);
  const units = unitsOf(given);
  const contested = new Set<T>();
  for (const one of units) {
    const others = units.filter((other) => other !== one).flatMap(({ parts }) => parts);
    for (const part of one.parts) if (others.some((other) => isSameKey(part, other))) contested.add(part);
  }
  const overlays = units.filter(({ parts }) => parts.some((part) => contested.has(part)));
  const torn = tornPair(overlays, contested);
  if (torn !== undefined) {
    const [one, other] = torn.map(({ file }) => visibleText(file));
    return {
      problem: `${one} and ${other} may or may not belong together: others of the same names are given too. Keep what runs together in a folder of its own, or give it alone`,
    };
  }
  const sets = overlays.flatMap((overlay) => {
    const holds = (part: T): boolean => overlay.parts.includes(part);
    const around = all.filter(
      (part) =>
        holds(part) ||
        (!contested.has(part) &&
          // A ConfigMap that the overlay holds is whole there, or changes one whose Corefile stands in a base.
          (part.purpose === 'corefile' || !overlay.parts.some((own) => isSameMap(own, part)))),
    );
    const mounted = overlay.workloads.length > 0 ? overlay.workloads : workloads;
    return assembleSets(around, mounted).filter(({ files }) => [...files.values()].some(holds));
  });
  const judged = new Set(sets.map(({ main, files }) => files.get(main)));
  const common = assembleSets(
    all.filter((part) => !contested.has(part)),
    workloads,
  ).filter(({ main, files }) => !judged.has(files.get(main)));
  return { sets: [...sets, ...common] };
}

/** Folders; where files of one folder hold the same key, the files. */
function unitsOf<T extends CorefilePart>(given: readonly ManifestParts<T>[]): readonly ManifestParts<T>[] {
  const folders = new Map<string, ManifestParts<T>[]>();
  for (const one of given) {
    const folder = one.file.replace(/[^/\\]*$/u, '');
    folders.set(folder, [...(folders.get(folder) ?? []), one]);
  }
  return [...folders.values()].flatMap((files) => {
    const clash = files.some((one, index) => files.slice(index + 1).some((other) => holdSameKey(one, other)));
    const [first] = files;
    if (clash || first === undefined) return files;
    return [
      {
        file: first.file,
        parts: files.flatMap(({ parts }) => parts),
        workloads: files.flatMap((one) => one.workloads),
      },
    ];
  });
}

/** Two that hold `coredns` and `coredns-custom` apart, each of which is given several times: any two could run together. */
function tornPair<T extends CorefilePart>(
  overlays: readonly ManifestParts<T>[],
  contested: ReadonlySet<T>,
): readonly [ManifestParts<T>, ManifestParts<T>] | undefined {
  for (const [index, one] of overlays.entries()) {
    const other = overlays
      .slice(index + 1)
      .find(
        ({ parts }) =>
          !one.parts.some((part) => parts.some((their) => isSameMap(part, their))) &&
          one.parts.some((part) => contested.has(part) && parts.some((it) => contested.has(it) && isRelated(part, it))),
      );
    if (other !== undefined) return [one, other];
  }
  return undefined;
}

function holdSameKey(one: ManifestParts<CorefilePart>, other: ManifestParts<CorefilePart>): boolean {
  return one.parts.some((part) => other.parts.some((their) => isSameKey(part, their)));
}

function isSameKey(one: CorefilePart, other: CorefilePart): boolean {
  return one.key === other.key && isSameMap(one, other);
}

function isSameMap({ configMap: one }: CorefilePart, { configMap: other }: CorefilePart): boolean {
  return one.name === other.name && sameNamespace(one.namespace, other.namespace);
}

function isRelated({ configMap: one }: CorefilePart, { configMap: other }: CorefilePart): boolean {
  return family(one.name) === family(other.name) && sameNamespace(one.namespace, other.namespace);
}

function family(name: string): string {
  return name.replace(/-custom$/u, '');
}
