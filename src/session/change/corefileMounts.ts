import type { Environment } from '../../core/corefile/environment.ts';
import { importsOf } from '../../core/corefile/manifest/assembly.ts';
import { cleanPath, directoryOf } from '../../core/corefile/manifest/glob.ts';
import type { ImportResolver } from '../../core/corefile/parser.ts';
import type { ConfigMap, ContainerView, Pod, VolumeView } from '../../core/topology/kubeTypes.ts';
import type { CorefilePlace } from './corefileChangeTypes.ts';

/** A file that CoreDNS sees because a ConfigMap is mounted there. */
export interface MountedFile extends CorefilePlace {
  /** Absolute, in the container. */
  readonly path: string;
  readonly text: string;
}

/** What CoreDNS reads, by the spec of its pods. */
export interface CorefileMounts {
  readonly container: ContainerView;
  /** Absolute path of `-conf`; `undefined` when it cannot be told. */
  readonly mainPath: string | undefined;
  readonly files: readonly MountedFile[];
  /** Folders wholly filled from ConfigMaps: what is not in `files` there does not exist. */
  readonly folders: readonly string[];
  /** The container's plain environment variables. */
  readonly environment: Environment;
}

/** The container that runs CoreDNS: by name, then by image, then the first. */
export function coreDnsContainer(spec: Pod['spec']): ContainerView | undefined {
  const containers = spec?.containers ?? [];
  return (
    containers.find(({ name }) => name === 'coredns') ??
    containers.find(({ image }) => image?.toLowerCase().includes('coredns') === true) ??
    containers[0]
  );
}

export function readMounts(
  spec: Pod['spec'],
  namespace: string,
  configMaps: readonly ConfigMap[],
): CorefileMounts | undefined {
  const container = coreDnsContainer(spec);
  if (container === undefined) return undefined;
  const files: MountedFile[] = [];
  const folders: string[] = [];
  for (const mount of container.volumeMounts ?? []) {
    const volume = (spec?.volumes ?? []).find(({ name }) => name === mount.name);
    const sources = configMapsOf(volume);
    if (volume === undefined || mount.mountPath === undefined || sources.length === 0) continue;
    const folder = trimSlash(mount.mountPath);
    if (mount.subPath === undefined && isWholly(volume)) folders.push(folder);
    for (const source of sources) {
      const map = configMaps.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === source.name);
      const data = map?.data ?? {};
      const items = source.items ?? Object.keys(data).map((key) => ({ key, path: key }));
      for (const { key, path } of items) {
        const text = key === undefined ? undefined : data[key];
        if (key === undefined || path === undefined || text === undefined) continue;
        const place = { namespace, name: source.name ?? '', key };
        if (mount.subPath === undefined) files.push({ ...place, path: `${folder}/${path}`, text });
        else if (mount.subPath === path) files.push({ ...place, path: folder, text });
      }
    }
  }
  const environment: Record<string, string> = {};
  for (const { name, value } of container.env ?? []) {
    if (name !== undefined && value !== undefined) environment[name] = value;
  }
  return { container, mainPath: mainPathOf(container), files, folders, environment };
}

/**
 * Imports as CoreDNS resolves them (caddyfile/parse.go doImport: relative to the importing file, globs of Go's
 * filepath.Match). `undefined` for folders that no ConfigMap fills, and for patterns with character classes.
 * @param changed texts that take the place of what the ConfigMaps hold
 */
export function importResolver(
  mounts: CorefileMounts,
  changed: readonly (CorefilePlace & { text: string })[],
): ImportResolver {
  const { mainPath } = mounts;
  const files = new Map(withChanges(mounts, changed).map((file) => [file.path, file] as const));
  const resolve = importsOf({ main: mainPath ?? '', files, directories: new Set(mounts.folders) });
  return (pattern, from) =>
    (from === '' && mainPath === undefined) || /[[\]\\]/u.test(pattern) ? undefined : resolve(pattern, from);
}

function withChanges(
  { files, folders, mainPath }: CorefileMounts,
  changed: readonly (CorefilePlace & { text: string })[],
): readonly MountedFile[] {
  const samePlace = (a: CorefilePlace, b: CorefilePlace): boolean => a.name === b.name && a.key === b.key;
  const kept = files.map((file) => ({ ...file, text: changed.find((one) => samePlace(one, file))?.text ?? file.text }));
  const added = changed
    .filter((one) => !files.some((file) => samePlace(file, one)))
    .flatMap((one): readonly MountedFile[] => {
      // A new key appears beside its map's other keys, or alone in a folder that is no other file's.
      const sibling = files.find(({ name }) => name === one.name)?.path;
      const folder =
        sibling === undefined
          ? folders.find(
              (each) => each !== directoryOf(mainPath ?? '') && !files.some(({ path }) => directoryOf(path) === each),
            )
          : directoryOf(sibling);
      return folder === undefined ? [] : [{ ...one, path: `${folder}/${one.key}` }];
    });
  return [...kept, ...added];
}

interface NamedSource {
  readonly name?: string;
  readonly items?: readonly { readonly key?: string; readonly path?: string }[];
}

function configMapsOf(volume: VolumeView | undefined): readonly NamedSource[] {
  if (volume?.configMap !== undefined) return [volume.configMap];
  return (volume?.projected?.sources ?? []).flatMap(({ configMap }) => (configMap === undefined ? [] : [configMap]));
}

const isWholly = (volume: VolumeView): boolean =>
  volume.configMap !== undefined || (volume.projected?.sources ?? []).every(({ configMap }) => configMap !== undefined);

/** The value of `-conf`; without one CoreDNS looks for `Corefile` in its working folder, which is `/` in its images. */
function mainPathOf({ command, args }: ContainerView): string | undefined {
  const words = [...(command ?? []), ...(args ?? [])];
  let path = '/Corefile';
  words.forEach((word, index) => {
    const flag = /^--?conf(?:=(.*))?$/u.exec(word);
    if (flag !== null) path = flag[1] ?? words[index + 1] ?? path;
  });
  // Sidecars' start scripts and the like: what they run is not said here.
  if (words.some((word) => word.includes('$('))) return undefined;
  return cleanPath(path.startsWith('/') ? path : `/${path}`);
}

const trimSlash = (path: string): string => (path.length > 1 ? path.replace(/\/+$/u, '') : path);
