import { mkdir } from 'node:fs/promises';
import { ensureCertificates } from './certificates.ts';
import { ensureCgroups } from './cgroups.ts';
import { apiServerReady, labKubectl, startApiServer, startControllers, startEtcd } from './controlPlane.ts';
import { ensureCredentials } from './credentials.ts';
import { ensureImages } from './images.ts';
import { assertRoot, missingForUp } from './install.ts';
import { rememberMachine } from './machineBefore.ts';
import { corednsManifest } from './manifests.ts';
import { ensureNetwork } from './network.ts';
import { startContainerd, startNode } from './nodes.ts';
import { kubeconfigPath, nodes, runDir } from './places.ts';
import { stopProcess } from './processes.ts';
import { step, until } from './shell.ts';
import { startHealthyUpstream } from './upstreams.ts';

export interface UpOptions {
  /** Users without rights to add to the default ones. */
  readonly weakUsers: readonly string[];
}

async function nodesReady(): Promise<void> {
  const names = nodes.map((node) => `node/${node.name}`);
  // `kubectl wait` refuses names that are not there yet, so their registration is awaited first.
  await until('both nodes register', 60_000, () => labKubectl(['get', ...names]));
  await labKubectl(['wait', '--for=condition=Ready', '--timeout=60s', ...names]);
}

async function ensureCoredns(): Promise<void> {
  const there = await labKubectl([
    '-n',
    'kube-system',
    'get',
    'deployment',
    'coredns',
    '--ignore-not-found',
    '-o',
    'name',
  ]);
  // What runs is left as it is: a test may have changed it on purpose.
  if (!there.trim()) await labKubectl(['apply', '-f', '-'], JSON.stringify(corednsManifest));
  await labKubectl(['-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=90s']);
}

/** Brings the cluster up, or the rest of it when a part already runs. */
export async function up(options: UpOptions): Promise<void> {
  assertRoot();
  const missing = await missingForUp();
  if (missing.length > 0)
    throw new Error(`Not installed: ${missing.join(', ')}. Run: node test/cluster/lab/lab.ts install`);
  await mkdir(runDir, { recursive: true, mode: 0o755 });
  const images = await step('container images', ensureImages);
  await step('network namespaces and cgroups', async () => {
    await rememberMachine();
    await ensureNetwork();
    await ensureCgroups();
  });
  await step('certificates and kubeconfig', async () => {
    await ensureCertificates();
    const { changed } = await ensureCredentials(options.weakUsers);
    // The API server reads its token file only when it starts.
    if (changed) await stopProcess('kube-apiserver');
  });
  await step('etcd and API server started', async () => {
    await startEtcd();
    await startApiServer();
    await startHealthyUpstream();
  });
  await Promise.all([
    step('API server ready', apiServerReady).then(startControllers),
    ...nodes.map((node) => step(`${node.name}: containerd with images`, () => startContainerd(node, images))),
  ]);
  await step('kubelets and kube-proxies started', async () => {
    for (const node of nodes) await startNode(node);
  });
  await step('both nodes ready', nodesReady);
  await step('CoreDNS ready', ensureCoredns);
  process.stdout.write(`export KUBECONFIG=${kubeconfigPath}\n`);
}
