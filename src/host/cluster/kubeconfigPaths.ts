import * as path from 'node:path';

export interface PathEnvironment {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The kubeconfig files to read: the setting, else what the Kubernetes extension was told, else `undefined`, which leaves
 * KUBECONFIG and ~/.kube/config to the client. A list is joined with the system's path delimiter, as in KUBECONFIG.
 */
export function kubeconfigPaths(
  setting: string | undefined,
  kubernetesExtension: string | undefined,
  places: PathEnvironment,
): readonly string[] | undefined {
  const text = setting ?? kubernetesExtension;
  if (text === undefined) return undefined;
  // Variables first: `${env:X}` holds the delimiter itself on Unix, and its value may be a list.
  const paths = expandVariables(text, places)
    .split(path.delimiter)
    .map((one) => one.trim().replace(/^~(?=$|[\\/])/, places.home))
    .filter((one) => one !== '');
  return paths.length === 0 ? undefined : paths;
}

/** Files whose change means that contexts have to be read again. */
export function watchedPaths(paths: readonly string[] | undefined, places: PathEnvironment): readonly string[] {
  if (paths !== undefined) return paths;
  const fromEnvironment = (places.environment['KUBECONFIG'] ?? '').split(path.delimiter).filter((one) => one !== '');
  return fromEnvironment.length > 0 ? fromEnvironment : [path.join(places.home, '.kube', 'config')];
}

// The forms that the Kubernetes extension knows too.
function expandVariables(text: string, { home, environment }: PathEnvironment): string {
  return text
    .replaceAll('${userHome}', home)
    .replace(/\$\{env:([^}]+)\}/g, (_all, name: string) => environment[name] ?? '');
}
