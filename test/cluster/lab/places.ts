import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Versions the lab builds. They are part of every cache folder's name, so that a change builds anew beside the old. */
export const versions = { kubernetes: 'v1.34.4', coredns: 'v1.15.0' } as const;

/** Everything the lab keeps between runs: binaries and images. Never inside the source tree. */
export const cacheDir =
  process.env['DNSCOPE_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'dnscope');

/** Everything of the cluster that runs now: state, logs, sockets, keys. Removed by `down`. */
export const runDir = process.env['DNSCOPE_LAB_DIR'] ?? join(tmpdir(), 'dnscope-lab');

/**
 * Environment variable carried by every process the lab starts, with `runDir` as its value.
 * Invariant: `down` finds a process by this mark even when `up` was killed before it could write the pid.
 */
export const processMark = 'DNSCOPE_LAB';

export const kubeconfigPath = join(runDir, 'kubeconfig');
export const logDir = join(runDir, 'log');
export const pkiDir = join(runDir, 'pki');

export const kubernetesDir = join(cacheDir, `kubernetes-${versions.kubernetes}`);
export const corednsDir = join(cacheDir, `coredns-${versions.coredns}`);
export const corednsBinary = join(corednsDir, 'coredns');

export const pauseSourcePath = join(import.meta.dirname, 'pause', 'main.go');
const pauseHash = createHash('sha256').update(readFileSync(pauseSourcePath)).digest('hex').slice(0, 12);
export const pauseDir = join(cacheDir, `pause-${pauseHash}`);

/** Addresses. One flat segment joins host, nodes and upstream; nothing on it has a way out of the machine. */
export const network = {
  segment: '192.168.77.0/24',
  prefix: 24,
  /** Default gateway of the nodes: a dead end that refuses every outside address at once. */
  gateway: '192.168.77.1',
  host: '192.168.77.254',
  healthyUpstream: '192.168.77.53',
  upstreamNode: '192.168.77.92',
  /** The custom DNS server of the first story; its range is routed over `upstreamNode`. */
  storyUpstream: '10.224.0.92',
  storyRange: '10.224.0.0/24',
  podRange: '10.244.0.0/16',
  serviceRange: '10.96.0.0/16',
  apiService: '10.96.0.1',
  clusterDns: '10.96.0.10',
} as const;

export interface LabNode {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly podRange: string;
  readonly dir: string;
  /** Relative to each cgroup hierarchy's root. */
  readonly cgroup: string;
}

export const cgroupParent = 'dnscope-lab';

const labNode = (index: 1 | 2): LabNode => ({
  name: `lab-${index}`,
  namespace: `dnscope-n${index}`,
  address: `192.168.77.1${index}`,
  podRange: `10.244.${index - 1}.0/24`,
  dir: join(runDir, `n${index}`),
  cgroup: `${cgroupParent}/n${index}`,
});

export const firstNode = labNode(1);
export const secondNode = labNode(2);
export const nodes: readonly LabNode[] = [firstNode, secondNode];

export const switchNamespace = 'dnscope-lan';
export const upstreamNamespace = 'dnscope-up';
export const hostLink = 'dnscope0';
export const namespaces: readonly string[] = [
  switchNamespace,
  upstreamNamespace,
  ...nodes.map((node) => node.namespace),
];
export const namespacePath = (name: string): string => `/run/netns/${name}`;

export const apiServerUrl = `https://${firstNode.address}:6443`;
export const containerdSocket = (node: LabNode): string => join(node.dir, 'containerd.sock');
export const containerdState = (node: LabNode): string => join(node.dir, 'containerd-state');
