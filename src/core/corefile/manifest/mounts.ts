/** Where a pod's containers find the keys of ConfigMaps. */
export interface ConfigMapMount {
  readonly configMap: string;
  /** Absolute, without final slash. */
  readonly directory: string;
  /** Keys that are mounted and the names they get; absent: all, by their own names. */
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

/** A container that runs CoreDNS (or could): what it mounts and which Corefile it starts with. */
export interface Workload {
  readonly namespace: string | undefined;
  /** Value of `-conf`; CoreDNS takes `Corefile` in its working directory, `/`, without one. */
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
      if (typeof mountPath !== 'string' || subPath !== undefined) continue;
      const sources = [volume?.configMap, ...listOf(volume?.projected?.sources).map(({ configMap }) => configMap)];
      for (const source of sources) {
        if (typeof source?.name !== 'string') continue;
        const items = listOf(source.items).flatMap(({ key, path }) =>
          key === undefined || path === undefined ? [] : [{ key, path }],
        );
        const directory = mountPath.length > 1 ? mountPath.replace(/\/+$/u, '') : mountPath;
        mounts.push({ configMap: source.name, directory, ...(items.length === 0 ? {} : { items }) });
      }
    }
    if (mounts.length === 0) continue;
    const words = [...listOf(container.command), ...listOf(container.args)];
    workloads.push({ namespace, corefile: corefileOf(words), mounts });
  }
  return workloads;
}

function corefileOf(words: readonly string[]): string {
  for (const [index, word] of words.entries()) {
    const match = /^--?conf(?:=(.*))?$/u.exec(String(word));
    if (match !== null) return match[1] ?? words[index + 1] ?? '';
  }
  return '/Corefile';
}

/** The API says these are lists; a file may say anything. */
function listOf<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]).filter((one) => one !== null && one !== undefined) : [];
}
