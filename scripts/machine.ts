/** What this machine has of what the suites need, and whether `npm run setup` can add the rest. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromiumPath, codeServerEntry, codeServerFolder, repositoryRoot } from './paths.ts';

export type Need = 'chromium' | 'code-server' | 'cluster' | 'tshark';

const labFolder = path.join(repositoryRoot, 'test/cluster/lab');
export const labScript = path.join(labFolder, 'lab.ts');

/** A cluster of the user's own (kind, minikube), to be used in place of the lab. */
export const usesOwnCluster = (): boolean => (process.env['KUBECONFIG'] ?? '') !== '';

export const isRoot = (): boolean => process.getuid?.() === 0;

export function hasProgram(name: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => folder !== '' && existsSync(path.join(folder, name)));
}

export function isDebianLike(): boolean {
  if (process.platform !== 'linux' || !existsSync('/etc/os-release')) return false;
  return /^ID(?:_LIKE)?=.*\b(?:debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}

async function missingForLab(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return ['Linux for the lab, or a cluster named by KUBECONFIG'];
  if (!isRoot()) return ['root for the lab, or a cluster named by KUBECONFIG'];
  if (!existsSync(labScript)) return ['the lab'];
  // Loaded by address: test/ builds on scripts/, so scripts/ cannot reference test/ as a project.
  const install = pathToFileURL(path.join(labFolder, 'install.ts')).href;
  const { missingForUp } = (await import(install)) as { readonly missingForUp: () => Promise<readonly string[]> };
  return missingForUp();
}

/** In words, what is missing for `need`; empty when it is met. */
export async function missingFor(need: Need): Promise<readonly string[]> {
  switch (need) {
    case 'chromium':
      return chromiumPath() === undefined ? ['chromium'] : [];
    case 'code-server':
      return codeServerEntry() === undefined ? [`code-server in ${codeServerFolder()}`] : [];
    case 'cluster':
      return usesOwnCluster() ? [] : missingForLab();
    case 'tshark':
      return hasProgram('tshark') ? [] : ['tshark'];
  }
}
