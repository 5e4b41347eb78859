import type { KubeConfigSource } from '../session/ports.ts';

/**
 * The door to the Kubernetes client; this file alone is imported by others, and the client itself loads on first use.
 * @param paths kubeconfig files, merged as kubectl does (the first file that sets a value wins). Default: the files of
 *   the KUBECONFIG environment variable, else `~/.kube/config`.
 */
export function openKubeConfigSource(paths?: readonly string[]): KubeConfigSource {
  const source = import('./kubeConfigSource.ts').then((module) => new module.FileKubeConfigSource(paths));
  return {
    contexts: async () => (await source).contexts(),
    open: async (context) => (await source).open(context),
  };
}
