import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pki } from './certificates.ts';
import { exists } from './builds.ts';
import { apiServerUrl, kubeconfigPath, nodes, runDir } from './places.ts';

/** Users without any right, for tests that bind Roles to them; `up --user NAME` adds more. */
export const defaultWeakUsers: readonly string[] = ['viewer', 'tracer'];
/** A context whose token the API server does not know. */
export const strangerName = 'stranger';

interface Credential {
  /** Name of the context's suffix or of the component. */
  readonly key: string;
  readonly user: string;
  readonly groups: readonly string[];
  readonly token: string;
}

export const tokenFile = join(runDir, 'tokens.csv');
const credentialFile = join(runDir, 'credentials.json');
export const componentKubeconfig = (key: string): string => join(runDir, `${key}.kubeconfig`);

const newToken = (): string => randomBytes(24).toString('hex');

function wanted(weakUsers: readonly string[]): readonly Omit<Credential, 'token'>[] {
  return [
    { key: 'admin', user: 'lab-admin', groups: ['system:masters'] },
    { key: 'controller-manager', user: 'system:kube-controller-manager', groups: [] },
    { key: 'scheduler', user: 'system:kube-scheduler', groups: [] },
    { key: 'proxy', user: 'system:kube-proxy', groups: [] },
    ...nodes.map((node) => ({ key: node.name, user: `system:node:${node.name}`, groups: ['system:nodes'] })),
    ...weakUsers.map((name) => ({ key: `user-${name}`, user: name, groups: [] })),
  ];
}

interface Context {
  readonly name: string;
  readonly token: string;
}

// JSON is YAML, so every reader of kubeconfigs takes it.
async function writeKubeconfig(path: string, contexts: readonly Context[]): Promise<void> {
  const authority = (await readFile(pki('ca.crt'))).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'dnscope-lab', cluster: { server: apiServerUrl, 'certificate-authority-data': authority } }],
    users: contexts.map(({ name, token }) => ({ name, user: { token } })),
    contexts: contexts.map(({ name }) => ({ name, context: { cluster: 'dnscope-lab', user: name } })),
    'current-context': contexts[0]?.name ?? '',
  };
  await writeFile(path, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
}

/** Writes the token file and all kubeconfigs. Tokens stay the same for the life of the run folder. */
export async function ensureCredentials(weakUsers: readonly string[]): Promise<{ readonly changed: boolean }> {
  const before: readonly Credential[] = (await exists(credentialFile))
    ? (JSON.parse(await readFile(credentialFile, 'utf8')) as readonly Credential[])
    : [];
  const known = before.flatMap((credential) => (credential.key.startsWith('user-') ? [credential.user] : []));
  const users = [...new Set([...defaultWeakUsers, ...known, ...weakUsers])];
  const credentials = wanted(users).map((credential): Credential => {
    const token = before.find((old) => old.key === credential.key)?.token ?? newToken();
    return { ...credential, token };
  });
  const lines = credentials.map(({ token, user, groups }) => `${token},${user},${user},"${groups.join(',')}"`);
  await writeFile(tokenFile, `${lines.join('\n')}\n`, { mode: 0o600 });
  await writeFile(credentialFile, JSON.stringify(credentials), { mode: 0o600 });
  for (const { key, token } of credentials) {
    if (!key.startsWith('user-')) await writeKubeconfig(componentKubeconfig(key), [{ name: key, token }]);
  }
  const tokenOf = (key: string): string => credentials.find((credential) => credential.key === key)?.token ?? '';
  await writeKubeconfig(kubeconfigPath, [
    { name: 'dnscope-lab', token: tokenOf('admin') },
    ...users.map((name) => ({ name: `dnscope-lab-${name}`, token: tokenOf(`user-${name}`) })),
    { name: `dnscope-lab-${strangerName}`, token: newToken() },
  ]);
  return { changed: before.length > 0 && before.length !== credentials.length };
}
