/** Where a pod's containers find the keys of ConfigMaps. */
import { cleanPath, directoryOf } from './glob.ts';

export interface ConfigMapMount {
  readonly configMap: string;
  /** Absolute, without final slash. */
  readonly directory: string;
  /** Keys that are mounted and the names they get; absent: all, by their own names. */
  readonly items?: readonly MountedKey[];
  /** Other files may lie in the directory: one file is mounted by itself (`subPath`), or the volume has other sources too. */
  readonly partial?: true;
  /** Mounted by `subPath`: Kubernetes brings no change of it to a running pod. */
  readonly fixed?: true;
  /** All keys of this ConfigMap are at hand, even when there are none; otherwise one without any may hold anything. */
  readonly known?: true;
}

export interface MountedKey {
  readonly key: string;
  readonly path: string;
}

/** A container that runs CoreDNS (or could): what it mounts and which Corefile it starts with. */
export interface Workload {
  readonly namespace: string | undefined;
  /** Value of `-conf`; CoreDNS takes `Corefile` in its working directory, `/`, without one. Empty: not known. */
  readonly corefile: string;
  readonly mounts: readonly ConfigMapMount[];
}

/** The parts of a pod's spec that are read here; the API's Pod is one. */
export interface MountingSpec {
  readonly volumes?: readonly {
    readonly name?: string;
    readonly configMap?: ConfigMapVolume;
    readonly projected?: { readonly sources?: readonly { readonly configMap?: ConfigMapVolume }[] };
  }[];
  readonly containers?: readonly {
    readonly command?: readonly string[];
    readonly args?: readonly string[];
    readonly volumeMounts?: readonly {
      readonly name?: string;
      readonly mountPath?: string;
      readonly subPath?: string;
    }[];
  }[];
}

interface ConfigMapVolume {
  readonly name?: string;
  readonly items?: readonly { readonly key?: string; readonly path?: string }[];
}

/** Containers that mount a ConfigMap and name a Corefile there. Unreadable parts of the spec are passed over. */
export function workloadsOf(spec: MountingSpec | undefined, namespace: string | undefined): readonly Workload[] {
  const volumes = listOf(spec?.volumes);
  const workloads: Workload[] = [];
  for (const container of listOf(spec?.containers)) {
    const mounts: ConfigMapMount[] = [];
    for (const { name, mountPath, subPath } of listOf(container.volumeMounts)) {
      const volume = volumes.find((one) => one.name === name);
      if (volume === undefined || typeof mountPath !== 'string') continue;
      const projected = listOf(volume.projected?.sources);
      const partial = projected.some(({ configMap }) => configMap === undefined);
      for (const source of [volume.configMap, ...projected.map(({ configMap }) => configMap)])
        mounts.push(...mountsOf(source, cleanPath(mountPath), subPath, partial));
    }
    if (mounts.length === 0) continue;
    const words = [...listOf(container.command), ...listOf(container.args)];
    workloads.push({ namespace, corefile: corefileOf(words), mounts });
  }
  return workloads;
}

/** The keys that may stand at the path CoreDNS starts with, in the order of the mounts; without `items` any key stands under its own name. */
export function mainKeysOf({
  corefile,
  mounts,
}: Workload): readonly { readonly configMap: string; readonly key: string }[] {
  const path = cleanPath(corefile);
  return mounts.flatMap(({ configMap, directory, items }) => {
    const base = directory === '/' ? '/' : `${directory}/`;
    if (!path.startsWith(base)) return [];
    const inside = path.slice(base.length);
    const key = items === undefined ? inside : items.find((item) => cleanPath(item.path) === `/${inside}`)?.key;
    return key === undefined || key === '' || key.includes('/') ? [] : [{ configMap, key }];
  });
}

function mountsOf(
  source: ConfigMapVolume | undefined,
  at: string,
  subPath: string | undefined,
  partial: boolean,
): readonly ConfigMapMount[] {
  if (typeof source?.name !== 'string') return [];
  const items = listOf(source.items).flatMap(({ key, path }) =>
    typeof key !== 'string' || typeof path !== 'string' ? [] : [{ key, path }],
  );
  const mount = { configMap: source.name, ...(partial ? { partial } : {}) };
  if (typeof subPath !== 'string' || cleanPath(subPath) === '/')
    return [{ ...mount, directory: at, ...(items.length === 0 ? {} : { items }) }];
  const fixed = { ...mount, fixed: true } as const;
  const inside = cleanPath(subPath).slice(1);
  const below = items.filter(({ path }) => path.startsWith(`${inside}/`));
  if (below.length > 0)
    return [
      { ...fixed, directory: at, items: below.map(({ key, path }) => ({ key, path: path.slice(inside.length + 1) })) },
    ];
  const key = items.length === 0 ? inside : items.find(({ path }) => path === inside)?.key;
  if (key === undefined) return [];
  return [
    { ...fixed, directory: directoryOf(at), items: [{ key, path: at.slice(at.lastIndexOf('/') + 1) }], partial: true },
  ];
}

/** As Go's flag package reads it: the last one wins. A value that the kubelet still fills in is not known. */
function corefileOf(words: readonly string[]): string {
  let path = '/Corefile';
  for (const [index, word] of words.entries()) {
    const match = /^--?conf(?:=(.*))?$/u.exec(String(word));
    if (match !== null) path = match[1] ?? words[index + 1] ?? '';
  }
  return path.includes('$(') ? '' : path;
}

/** The API says these are lists; a file may say anything. */
function listOf<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]).filter((one) => one !== null && one !== undefined) : [];
}
