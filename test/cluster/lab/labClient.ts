/**
 * What tests do to a cluster: ask it with kubectl, run programs in pods, break it on purpose. Tests work on the cluster of
 * $KUBECONFIG when it is set (kind, minikube), else on the lab. What reaches below the API (processes of a pod, load from
 * inside its network, the API server itself) only the lab can do; those functions throw on any other cluster.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { kubernetesBinary } from './builds.ts';
import { apiServerReady, startApiServer } from './controlPlane.ts';
import { labImages } from './images.ts';
import { kubeconfigPath, network, processMark, runDir } from './places.ts';
import { stopProcess } from './processes.ts';
import { run, type RunResult, tryRun, until } from './shell.ts';

/** Path of the kubeconfig that tests use. */
export function labKubeconfig(): string {
  const own = process.env['KUBECONFIG'] ?? '';
  return own === '' ? kubeconfigPath : own;
}

/** Whether the tests run on the lab; false on a cluster of the user's own. */
export const isLab = (): boolean => resolve(labKubeconfig()) === kubeconfigPath;

function assertLab(what: string): void {
  if (!isLab()) throw new Error(`${what} works on the lab alone: unset KUBECONFIG and run npm run lab:up`);
}

/** Image with sh, getent and nslookup for pods that look names up; $DNSCOPE_TEST_APP_IMAGE on clusters that have a better one. */
export const appImage = (): string =>
  process.env['DNSCOPE_TEST_APP_IMAGE'] ?? (isLab() ? labImages.app : 'nicolaka/netshoot');

export interface KubectlOptions {
  /** Written to kubectl's standard input. */
  readonly input?: string;
  /** A context of the kubeconfig, such as that of a weak user; the current one unless given. */
  readonly context?: string;
  /** Milliseconds until kubectl is killed; 120,000 unless given. */
  readonly timeout?: number;
}

/** Runs kubectl to its end and gives code and output, whatever the code is. */
export function tryKubectl(args: readonly string[], options: KubectlOptions = {}): Promise<RunResult> {
  const program = isLab() ? kubernetesBinary('kubectl') : 'kubectl';
  const context = options.context === undefined ? [] : [`--context=${options.context}`];
  return tryRun(program, [`--kubeconfig=${labKubeconfig()}`, ...context, ...args], {
    timeout: options.timeout ?? 120_000,
    ...(options.input === undefined ? {} : { input: options.input }),
    env: { KUBECACHEDIR: resolve(runDir, 'kube-cache') },
  });
}

/** Standard output of kubectl; throws with its error when it fails. */
export async function kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
  const result = await tryKubectl(args, options);
  if (result.code === 0) return result.stdout;
  throw new Error(`kubectl ${args.join(' ')} ended with ${result.code ?? 'a signal'}: ${result.stderr.trim()}`);
}

/** Parsed `-o json` output; the caller says what it expects of it. */
export async function kubectlJson<T>(args: readonly string[], options: KubectlOptions = {}): Promise<T> {
  return JSON.parse(await kubectl([...args, '-o', 'json'], options)) as T;
}

/** Server-side apply of objects, so that applying twice is no error. */
export async function applyObjects(objects: readonly object[]): Promise<void> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], { input: JSON.stringify(list) });
}

/** Deletes a namespace and waits until it is gone; one that is not there is no error. */
export async function deleteNamespace(name: string): Promise<void> {
  await kubectl(['delete', 'namespace', name, '--ignore-not-found', '--wait=true', '--timeout=90s']);
}

export interface PodObject {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly { readonly name: string; readonly image: string }[];
    readonly ephemeralContainers?: readonly { readonly name: string; readonly image: string }[];
  };
  readonly status: { readonly phase: string; readonly podIP?: string };
}

/** Pods of a label selector that are not being deleted. */
export async function podsOf(namespace: string, selector: string): Promise<readonly PodObject[]> {
  type Listed = PodObject & { readonly metadata: { readonly deletionTimestamp?: string } };
  const list = await kubectlJson<{ readonly items: readonly Listed[] }>([
    '-n',
    namespace,
    'get',
    'pods',
    '-l',
    selector,
  ]);
  return list.items.filter((pod) => pod.metadata.deletionTimestamp === undefined);
}

/** The one pod of a selector; throws when there is none. */
export async function podOf(namespace: string, selector: string): Promise<PodObject> {
  const [pod] = await podsOf(namespace, selector);
  if (pod === undefined) throw new Error(`No pod matches ${selector} in ${namespace}`);
  return pod;
}

export interface InPod {
  readonly container?: string;
  /** Milliseconds; 60,000 unless given. */
  readonly timeout?: number;
}

/** Runs a program in a pod with `kubectl exec` and gives code and output. */
export function runInPod(
  namespace: string,
  pod: string,
  argv: readonly string[],
  where: InPod = {},
): Promise<RunResult> {
  const container = where.container === undefined ? [] : ['-c', where.container];
  return tryKubectl(['-n', namespace, 'exec', pod, ...container, '--', ...argv], { timeout: where.timeout ?? 60_000 });
}

export interface PodProcess {
  /** As the machine of the lab sees it; undefined on other clusters. */
  readonly pid: number | undefined;
  readonly name: string;
}

/** Name from a line of /proc/PID/stat (proc(5)); undefined for a zombie, which runs nothing any more. */
export function nameInStat(line: string): string | undefined {
  const match = /^\d+ \((.*)\) (\S)/.exec(line);
  return match?.[2] === 'Z' ? undefined : match?.[1];
}

async function processesByCgroup(pod: PodObject): Promise<readonly PodProcess[]> {
  const found: PodProcess[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const groups = await readFile(`/proc/${entry}/cgroup`, 'latin1').catch(() => '');
    if (!groups.includes(`/pod${pod.metadata.uid}/`)) continue;
    const name = nameInStat(await readFile(`/proc/${entry}/stat`, 'latin1').catch(() => ''));
    if (name !== undefined) found.push({ pid: Number(entry), name });
  }
  return found;
}

async function processesByExec(pod: PodObject): Promise<readonly PodProcess[]> {
  const found: PodProcess[] = [];
  for (const { name: container } of [...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])]) {
    // A container that has ended or has no shell runs no tcpdump either.
    const list = ['sh', '-c', 'cat /proc/[0-9]*/stat'];
    const { stdout } = await runInPod(pod.metadata.namespace, pod.metadata.name, list, { container });
    const names = stdout.split('\n').flatMap((line) => nameInStat(line) ?? []);
    found.push(...names.map((name) => ({ pid: undefined, name })));
  }
  return found;
}

/** Every process of a pod, ephemeral containers included; the way to see that no tcpdump was left behind. */
export async function processesInPod(namespace: string, pod: string): Promise<readonly PodProcess[]> {
  const object = await kubectlJson<PodObject>(['-n', namespace, 'get', 'pod', pod]);
  return isLab() ? processesByCgroup(object) : processesByExec(object);
}

/** Ends the API server and leaves it ended. */
export async function stopApiServer(): Promise<void> {
  assertLab('Stopping the API server');
  await stopProcess('kube-apiserver');
}

/** Starts the API server after `stopApiServer` and waits until it is ready. */
export async function resumeApiServer(): Promise<void> {
  assertLab('Starting the API server');
  await startApiServer();
  await apiServerReady();
}

export async function restartApiServer(): Promise<void> {
  await stopApiServer();
  await resumeApiServer();
}

const systemDns = ['-n', 'kube-system'];

/** Waits until every CoreDNS pod runs what the Deployment says and the old ones are gone. */
export async function corednsRolledOut(): Promise<void> {
  await kubectl([...systemDns, 'rollout', 'status', 'deployment/coredns', '--timeout=110s']);
  await until('old CoreDNS pods go', 60_000, async () => {
    type Deployment = { readonly spec: { readonly replicas: number } };
    const { spec } = await kubectlJson<Deployment>([...systemDns, 'get', 'deployment', 'coredns']);
    const names = await kubectl([...systemDns, 'get', 'pods', '-l', 'k8s-app=kube-dns', '-o', 'name']);
    return names.trim().split('\n').length === spec.replicas ? true : undefined;
  });
}

export async function restartCoredns(): Promise<void> {
  await kubectl([...systemDns, 'rollout', 'restart', 'deployment/coredns']);
  await corednsRolledOut();
}

export async function readCorefile(): Promise<string> {
  type ConfigMap = { readonly data: { readonly Corefile: string } };
  return (await kubectlJson<ConfigMap>([...systemDns, 'get', 'configmap', 'coredns'])).data.Corefile;
}

/** Writes the Corefile and restarts CoreDNS: its `reload` would need up to 90 s to see the change. */
export async function setCorefile(corefile: string): Promise<void> {
  if ((await readCorefile()) === corefile) return;
  const patch = JSON.stringify({ data: { Corefile: corefile } });
  await kubectl([...systemDns, 'patch', 'configmap', 'coredns', '--type=merge', '-p', patch]);
  await restartCoredns();
}

/** Sets CoreDNS's memory limit, such as "160Mi" (kubeadm's is 170Mi), and waits for the new pods. */
export async function setCoreDnsMemoryLimit(memory: string): Promise<void> {
  const container = { name: 'coredns', resources: { limits: { memory } } };
  const patch = JSON.stringify({ spec: { template: { spec: { containers: [container] } } } });
  await kubectl([...systemDns, 'patch', 'deployment', 'coredns', '--type=strategic', '-p', patch]);
  await corednsRolledOut();
}

/** Makes a namespace refuse pods above a PodSecurity level; `privileged` lifts it. */
export async function enforcePodSecurity(
  namespace: string,
  level: 'privileged' | 'baseline' | 'restricted',
): Promise<void> {
  const label = `pod-security.kubernetes.io/enforce=${level}`;
  await kubectl(['label', 'namespace', namespace, label, '--overwrite']);
}

/** An image no node can pull: RFC 6761 keeps .invalid from ever resolving. */
export const unpullableImage = 'registry.invalid/dnscope/nothing:1';

export interface DnsLoad {
  readonly namespace: string;
  readonly pod: string;
  /** Lines of "NAME TYPE", asked over and over. */
  readonly queries: readonly string[];
  /** Whole seconds; the load ends by itself. */
  readonly seconds: number;
  readonly clients?: number;
  /** Queries per second at most; as fast as it goes unless given. */
  readonly rate?: number;
  /** Asked server; kube-dns unless given. */
  readonly server?: string;
}

export interface DnsLoadResult {
  readonly sent: number;
  readonly completed: number;
  readonly lost: number;
}

/** Drives DNS load from inside a pod's network namespace with dnsperf; costs the pod no memory of its own. */
export async function loadDns(load: DnsLoad): Promise<DnsLoadResult> {
  assertLab('DNS load');
  const processes = await processesInPod(load.namespace, load.pod);
  // The sandbox's process lives as long as the pod's network; any other may end before nsenter gets there.
  const sandbox = processes.find(({ name }) => name === 'pause');
  if (sandbox?.pid === undefined) throw new Error(`Pod ${load.namespace}/${load.pod} has no network`);
  const pace = load.rate === undefined ? [] : ['-Q', String(load.rate)];
  const timing = ['-l', String(load.seconds), '-c', String(load.clients ?? 20), ...pace];
  const folder = await mkdtemp(resolve(runDir, 'load-'));
  try {
    const queries = resolve(folder, 'queries.txt');
    await writeFile(queries, `${load.queries.join('\n')}\n`);
    const ask = ['dnsperf', '-s', load.server ?? network.clusterDns, '-d', queries, ...timing];
    const text = await run('nsenter', [`--net=/proc/${sandbox.pid}/ns/net`, '--', ...ask], {
      timeout: (load.seconds + 30) * 1000,
      env: { [processMark]: runDir },
    });
    const figure = (title: string): number => Number(new RegExp(`${title}:\\s+(\\d+)`).exec(text)?.[1] ?? 0);
    return { sent: figure('Queries sent'), completed: figure('Queries completed'), lost: figure('Queries lost') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A state the cluster can be put into and brought back from; applying twice is no error, removing what is not there neither. */
export interface Scenario<T> {
  readonly apply: () => Promise<T>;
  readonly remove: () => Promise<void>;
}

/** Applies a scenario; what it leaves is removed when `stop` is called or the `await using` scope ends. */
export async function startScenario<T>(
  scenario: Scenario<T>,
): Promise<{ readonly facts: T; readonly stop: () => Promise<void> } & AsyncDisposable> {
  try {
    const facts = await scenario.apply();
    return { facts, stop: scenario.remove, [Symbol.asyncDispose]: scenario.remove };
  } catch (error) {
    await scenario.remove().catch(() => undefined);
    throw error;
  }
}
