/**
 * The lab as recipes break it. Every change is noted with its undoing; `mend` undoes all, and `clean` also what a killed run left:
 * rules carry a mark, servers a prefix, and CoreDNS goes back to the text and the number of pods it is installed with.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  applyObjects,
  corednsRolledOut,
  deleteNamespace,
  kubectl,
  type PodObject,
  podsOf,
  processesInPod,
  readCorefile,
  restartCoredns,
} from '../lab/labClient.ts';
import { labImages } from '../lab/images.ts';
import { defaultCorefile } from '../lab/manifests.ts';
import { corednsBinary, namespacePath, namespaces, network, nodes, runDir, upstreamNamespace } from '../lab/places.ts';
import { ensureProcess, recordedNames, stopProcess } from '../lab/processes.ts';
import { nodeLocal, nodeLocalAddress } from '../lab/scenarios/nodeLocal.ts';
import { run, systemPath, tryRun } from '../lab/shell.ts';

export const shop = 'shop';
const ruleMark = 'dnscope-fault';
const serverPrefix = 'fault-';

const system = ['-n', 'kube-system'];

/** Parts of the Corefile that recipes change. */
export interface CorefileParts {
  /** Targets of `forward .`. */
  readonly forward?: string;
  /** Lines of the block of `forward`. */
  readonly forwardOptions?: readonly string[];
  /** Plugins left out. */
  readonly without?: readonly ('cache' | 'loop' | 'reload' | 'forward')[];
  /** Lines put before `forward`. */
  readonly lines?: readonly string[];
  /** Server blocks after the main one. */
  readonly blocks?: string;
}

/** kubeadm's Corefile, forwarding to the lab's resolver by its address, and ready to end at once. */
export function corefile(parts: CorefileParts = {}): string {
  const { forward = network.healthyUpstream, forwardOptions = [], without = [], lines = [], blocks = '' } = parts;
  const plugin = (name: 'cache' | 'loop' | 'reload' | 'forward', text: string): readonly string[] =>
    without.includes(name) ? [] : [text];
  const options = ['max_concurrent 1000', ...forwardOptions].map((line) => `       ${line}\n`).join('');
  const body = [
    'errors',
    'health',
    'ready',
    'kubernetes cluster.local in-addr.arpa ip6.arpa {\n       pods insecure\n       fallthrough in-addr.arpa ip6.arpa\n       ttl 30\n    }',
    'prometheus :9153',
    ...lines,
    ...plugin('forward', `forward . ${forward} {\n${options}    }`),
    ...plugin('cache', 'cache 30'),
    ...plugin('loop', 'loop'),
    ...plugin('reload', 'reload'),
    'loadbalance',
  ];
  return `.:53 {\n${body.map((line) => `    ${line}\n`).join('')}}\n${blocks}`;
}

const iptables = (net: string, args: readonly string[]): Promise<string> =>
  run('nsenter', [`--net=${net}`, '--', 'iptables', '-w', ...args], { env: systemPath });

/** Takes marked rules out of a network namespace. */
async function removeRules(net: string): Promise<void> {
  for (const table of ['filter', 'raw']) {
    const listed = await tryRun('nsenter', [`--net=${net}`, '--', 'iptables', '-w', '-t', table, '-S'], {
      env: systemPath,
    });
    for (const line of listed.stdout.split('\n').filter((text) => text.includes(ruleMark))) {
      const args = (line.match(/"[^"]*"|\S+/g) ?? []).map((arg) => arg.replaceAll('"', ''));
      await iptables(net, ['-t', table, '-D', ...args.slice(1)]);
    }
  }
}

/** The process whose network namespace is a pod's. */
async function networkOf(pod: PodObject): Promise<string> {
  const processes = await processesInPod(pod.metadata.namespace, pod.metadata.name);
  const pid = processes.find(({ name }) => name === 'pause')?.pid;
  if (pid === undefined) throw new Error(`Pod ${pod.metadata.name} has no network`);
  return `/proc/${pid}/ns/net`;
}

/** A pod of the recipes: netshoot, which has glibc's getent and dig. */
export const clientPod = (name: string, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: shop, labels: { app: name } },
  spec: {
    terminationGracePeriodSeconds: 0,
    nodeName: nodes[0]?.name,
    containers: [
      {
        name: 'app',
        image: labImages.netshoot,
        imagePullPolicy: 'IfNotPresent',
        command: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 3600 & wait $!; done'],
      },
    ],
    ...spec,
  },
});

export const service = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: shop },
  spec: { selector: { app: name }, ports: [{ port: 80 }] },
});

export class FaultLab {
  readonly #undo: (() => Promise<unknown>)[] = [];

  later(undo: () => Promise<unknown>): void {
    this.#undo.push(undo);
  }

  /** CoreDNS with this Corefile and nothing in its caches. */
  async coredns(parts: CorefileParts = {}): Promise<void> {
    await patchCorefile(corefile(parts));
    await restartCoredns();
  }

  /** The text alone; running pods go on with theirs. */
  async writeCorefile(parts: CorefileParts): Promise<void> {
    await patchCorefile(corefile(parts));
  }

  corednsPods(): Promise<readonly PodObject[]> {
    return podsOf('kube-system', 'k8s-app=kube-dns');
  }

  /** Deletes one CoreDNS pod and waits for what takes its place. */
  async replaceCorednsPod(name: string): Promise<void> {
    await kubectl([...system, 'delete', 'pod', name, '--wait=true']);
    await corednsRolledOut();
  }

  /** Number of CoreDNS pods; back to two afterwards. */
  async scaleCoredns(replicas: number): Promise<void> {
    this.later(() => kubectl([...system, 'scale', 'deployment/coredns', '--replicas=2']));
    await kubectl([...system, 'scale', 'deployment/coredns', `--replicas=${String(replicas)}`]);
    if (replicas > 0) return corednsRolledOut();
    await kubectl([...system, 'wait', '--for=delete', 'pod', '-l', 'k8s-app=kube-dns', '--timeout=60s']);
  }

  /** A DNS server outside the cluster: CoreDNS with this Corefile. */
  async server(name: string, text: string): Promise<void> {
    const path = join(runDir, 'upstreams', `${serverPrefix}${name}.Corefile`);
    await mkdir(join(runDir, 'upstreams'), { recursive: true });
    await writeFile(path, text);
    await stopProcess(serverPrefix + name);
    this.later(() => stopProcess(serverPrefix + name));
    await ensureProcess({
      name: serverPrefix + name,
      namespace: upstreamNamespace,
      program: corednsBinary,
      args: ['-conf', path, '-quiet'],
      env: { GOMAXPROCS: '1' },
    });
  }

  /** One more address for servers outside, reachable from nodes and pods. */
  async outsideAddress(address: string): Promise<void> {
    const ip = (namespace: string, args: readonly string[]): Promise<unknown> =>
      tryRun('ip', ['-n', namespace, ...args], { env: systemPath });
    await ip(upstreamNamespace, ['address', 'add', `${address}/32`, 'dev', 'eth0']);
    this.later(() => ip(upstreamNamespace, ['address', 'delete', `${address}/32`, 'dev', 'eth0']));
    for (const { namespace } of nodes) {
      await ip(namespace, ['route', 'replace', address, 'via', network.upstreamNode]);
      this.later(() => ip(namespace, ['route', 'delete', address]));
    }
  }

  /** An iptables rule in one of the lab's namespaces, before all others of its chain. */
  async rule(namespace: string, chain: string, args: readonly string[], table = 'filter'): Promise<void> {
    await addRule(namespacePath(namespace), table, chain, args);
    this.later(() => removeRules(namespacePath(namespace)));
  }

  /** The same on both nodes. */
  async nodeRule(chain: string, args: readonly string[]): Promise<void> {
    for (const { namespace } of nodes) await this.rule(namespace, chain, args);
  }

  async removeRules(namespace: string): Promise<void> {
    await removeRules(namespacePath(namespace));
  }

  /** The same inside a pod's network. */
  async podRule(pod: PodObject, chain: string, args: readonly string[]): Promise<void> {
    const net = await networkOf(pod);
    await addRule(net, 'filter', chain, args);
    this.later(() => removeRules(net));
  }

  /** Objects of a recipe's own in the namespace `shop`, gone afterwards; pods are waited for. */
  async objects(objects: readonly object[]): Promise<void> {
    await applyObjects(objects);
    for (const object of objects as readonly { kind: string; metadata: { name: string } }[]) {
      const { kind, metadata } = object;
      this.later(() => kubectl(['-n', shop, 'delete', kind, metadata.name, '--ignore-not-found']));
      if (kind === 'Pod') await podReady(metadata.name);
    }
  }

  /** NodeLocal DNSCache on every node; it asks CoreDNS for everything. */
  async nodeLocal(): Promise<void> {
    this.later(nodeLocal.remove);
    await nodeLocal.apply();
  }

  /** A pod whose resolv.conf names NodeLocal DNSCache. */
  async cachedPod(name: string): Promise<void> {
    const searches = [`${shop}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'];
    const dnsConfig = { nameservers: [nodeLocalAddress], searches, options: [{ name: 'ndots', value: '5' }] };
    await this.objects([clientPod(name, { dnsPolicy: 'None', dnsConfig })]);
  }

  /** Undoes what was done, the latest first. Whatever fails, the rest is undone. */
  async mend(): Promise<void> {
    const failures: unknown[] = [];
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop())
      await undo().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'The lab could not be mended');
  }
}

async function addRule(net: string, table: string, chain: string, args: readonly string[]): Promise<void> {
  await iptables(net, [
    '-t',
    table,
    '-I',
    chain,
    ...args.slice(0, -1),
    '-m',
    'comment',
    '--comment',
    ruleMark,
    '-j',
    ...(args.at(-1) ?? '').split(' '),
  ]);
}

async function patchCorefile(text: string): Promise<void> {
  const patch = JSON.stringify({ data: { Corefile: text } });
  await kubectl([...system, 'patch', 'configmap', 'coredns', '--type=merge', '-p', patch]);
}

const podReady = (name: string): Promise<string> =>
  kubectl(['-n', shop, 'wait', '--for=condition=Ready', `pod/${name}`, '--timeout=60s']);

/** The namespace that all recipes use. */
export async function openShop(): Promise<void> {
  await applyObjects([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: shop } }]);
  await applyObjects([service('cart'), clientPod('client')]);
  await podReady('client');
}

/** Takes away what recipes leave, also those of a run that was killed. */
export async function clean(): Promise<void> {
  for (const name of await recordedNames()) if (name.startsWith(`${serverPrefix}`)) await stopProcess(name);
  for (const namespace of namespaces) await removeRules(namespacePath(namespace));
  await deleteNamespace(shop);
  await nodeLocal.remove();
  await kubectl([...system, 'scale', 'deployment/coredns', '--replicas=2']);
  if ((await readCorefile()) !== defaultCorefile) {
    await patchCorefile(defaultCorefile);
    await restartCoredns();
  }
  await corednsRolledOut();
}
