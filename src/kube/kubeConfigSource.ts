import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { KubeConfig, type Cluster, type Context, type User } from '@kubernetes/client-node';
import { ProblemError, type Problem } from '../base/problem.ts';
import { visibleText } from '../base/visibleText.ts';
import type { KubeApi, KubeConfigSource, KubeContext } from '../session/ports.ts';
import { HttpClient } from './httpClient.ts';
import { serverText } from './kubeProblems.ts';
import { NodeKubeApi } from './nodeKubeApi.ts';

interface Merged {
  readonly contexts: readonly Context[];
  readonly clusters: readonly Cluster[];
  readonly users: readonly User[];
  readonly current: string | undefined;
  readonly problems: readonly Problem[];
}

/** Kubeconfig files, read afresh at each call and merged as kubectl does: the first file that names a thing defines it. */
export class FileKubeConfigSource implements KubeConfigSource {
  readonly #paths: readonly string[] | undefined;

  constructor(paths: readonly string[] | undefined) {
    this.#paths = paths;
  }

  async contexts(): ReturnType<KubeConfigSource['contexts']> {
    const merged = await this.#read();
    const problems = [...merged.problems];
    const contexts: KubeContext[] = [];
    for (const context of merged.contexts) {
      const view = viewOf(context, merged);
      if (view === undefined) problems.push(incomplete(context.name));
      else contexts.push(view);
    }
    return { contexts, problems, ...(merged.current === undefined ? {} : { current: merged.current }) };
  }

  async open(name: string): Promise<KubeApi> {
    const merged = await this.#read();
    const context = merged.contexts.find((one) => one.name === name);
    const cluster = merged.clusters.find((one) => one.name === context?.cluster);
    if (context === undefined) {
      throw new ProblemError(
        merged.problems[0] ?? {
          code: 'context-not-found',
          detail: `The kubeconfig has no context ${JSON.stringify(visibleText(name))}`,
          recover: 'Choose one of those that kubectl config get-contexts lists',
        },
      );
    }
    const view = viewOf(context, merged);
    if (view === undefined || cluster === undefined) throw new ProblemError(incomplete(name));
    // A context may name no user: then the cluster is asked as an anonymous one.
    const user = merged.users.find((one) => one.name === context.user) ?? { name: context.user };
    return new NodeKubeApi(new HttpClient(view, cluster, user));
  }

  async #read(): Promise<Merged> {
    const contexts = new Map<string, Context>();
    const clusters = new Map<string, Cluster>();
    const users = new Map<string, User>();
    const problems: Problem[] = [];
    let current: string | undefined;
    const files = this.#paths ?? defaultPaths();
    for (const file of files) {
      const config = await readFile(file, files.length > 1 && this.#paths === undefined, problems);
      if (config === undefined) continue;
      for (const one of config.contexts) if (!contexts.has(one.name)) contexts.set(one.name, one);
      for (const one of config.clusters) if (!clusters.has(one.name)) clusters.set(one.name, one);
      for (const one of config.users) if (!users.has(one.name)) users.set(one.name, one);
      // client-node types it as string, but a file without current-context gives undefined.
      const chosen = config.currentContext as string | undefined;
      if (current === undefined && chosen !== undefined && chosen !== '') current = chosen;
    }
    return {
      contexts: [...contexts.values()],
      clusters: [...clusters.values()],
      users: [...users.values()],
      current,
      problems,
    };
  }
}

function defaultPaths(): readonly string[] {
  const listed = (process.env['KUBECONFIG'] ?? '').split(path.delimiter).filter((entry) => entry !== '');
  return listed.length > 0 ? listed : [path.join(homedir(), '.kube', 'config')];
}

async function readFile(file: string, mayBeMissing: boolean, problems: Problem[]): Promise<KubeConfig | undefined> {
  try {
    await access(file);
  } catch {
    // kubectl, too, passes over entries of a joined KUBECONFIG that do not exist.
    if (!mayBeMissing) {
      problems.push({
        code: 'kubeconfig-not-found',
        detail: `There is no kubeconfig at ${file}`,
        recover: 'Set KUBECONFIG or choose a kubeconfig file',
      });
    }
    return undefined;
  }
  const config = new KubeConfig();
  try {
    // Entries that are broken are dropped one by one, not the file with them.
    config.loadFromFile(file, { onInvalidEntry: 'filter' });
    return config;
  } catch (error) {
    problems.push({
      code: 'kubeconfig-invalid',
      detail: `The kubeconfig ${file} cannot be read: ${serverText(error instanceof Error ? error.message : String(error))}`,
      recover: 'Correct the file; kubectl config view shows what is wrong with it',
    });
    return undefined;
  }
}

function viewOf(context: Context, merged: Merged): KubeContext | undefined {
  const cluster = merged.clusters.find((one) => one.name === context.cluster);
  if (cluster === undefined || !URL.canParse(cluster.server)) return undefined;
  const { protocol, hostname, host, pathname } = new URL(cluster.server);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  const unprotected = cluster.skipTLSVerify || (protocol === 'http:' && !isLoopback(hostname));
  return {
    name: context.name,
    cluster: cluster.name,
    // Without credentials that somebody may have put into the address.
    server: `${protocol}//${host}${pathname === '/' ? '' : pathname}`,
    user: context.user,
    namespace: context.namespace ?? 'default',
    ...(unprotected ? { skipsTlsVerify: true } : {}),
  };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

function incomplete(name: string): Problem {
  return {
    code: 'context-incomplete',
    detail: `Context ${visibleText(name)} of the kubeconfig names no usable cluster`,
    recover: 'Give it a cluster with a server address (https://…)',
  };
}
