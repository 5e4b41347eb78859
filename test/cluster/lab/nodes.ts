import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists, kubernetesBinary } from './builds.ts';
import { pki } from './certificates.ts';
import { componentKubeconfig } from './credentials.ts';
import { archiveName, labImages, type LabImage } from './images.ts';
import { containerdSocket, containerdState, type LabNode, network } from './places.ts';
import { ensureProcess } from './processes.ts';
import { run, systemPath, tryRun, until } from './shell.ts';

/** kube-proxy ends when its configuration file is written to, even with the same words. */
async function writeChanged(path: string, text: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before !== text) await writeFile(path, text);
}

/** overlayfs copies nothing per container, yet cannot lie on another overlay (a container's root); native always works. */
async function snapshotter(dir: string): Promise<'overlayfs' | 'native'> {
  const probe = join(dir, 'overlay-probe');
  const [lower, upper, work, target] = ['lower', 'upper', 'work', 'target'].map((name) => join(probe, name));
  if (lower === undefined || upper === undefined || work === undefined || target === undefined) return 'native';
  for (const folder of [lower, upper, work, target]) await mkdir(folder, { recursive: true });
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
  const mounted = (await tryRun('mount', ['-t', 'overlay', 'overlay', '-o', options, target])).code === 0;
  if (mounted) await run('umount', [target]);
  await rm(probe, { recursive: true, force: true });
  return mounted ? 'overlayfs' : 'native';
}

const containerdConfig = (node: LabNode, snapshots: string): string => `version = 2
root = "${join(node.dir, 'containerd')}"
state = "${containerdState(node)}"
# A test machine may not lower oom_score_adj.
oom_score = 0
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs"]
[plugins."io.containerd.internal.v1.opt"]
  path = "${join(node.dir, 'opt')}"
[grpc]
  address = "${containerdSocket(node)}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${labImages.pause}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "${snapshots}"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = "${join(node.dir, 'runc')}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${join(node.dir, 'cni')}"
`;

// No masquerading: CoreDNS and its upstream see the pods' own addresses, as they do with most CNIs.
const cniConfig = (node: LabNode): string =>
  JSON.stringify({
    cniVersion: '0.4.0',
    name: `lab-${node.name}`,
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        ipMasq: false,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: node.podRange }]],
          routes: [{ dst: '0.0.0.0/0' }],
          dataDir: join(node.dir, 'ipam'),
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  });

const kubeletConfig = (node: LabNode): string =>
  JSON.stringify({
    kind: 'KubeletConfiguration',
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    address: node.address,
    tlsCertFile: pki(`kubelet-${node.name}.crt`),
    tlsPrivateKeyFile: pki(`kubelet-${node.name}.key`),
    authentication: {
      anonymous: { enabled: false },
      x509: { clientCAFile: pki('ca.crt') },
      webhook: { enabled: true },
    },
    authorization: { mode: 'Webhook' },
    containerRuntimeEndpoint: `unix://${containerdSocket(node)}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${node.cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    evictionHard: {},
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    localStorageCapacityIsolation: false,
    clusterDNS: [network.clusterDns],
    clusterDomain: 'cluster.local',
    resolvConf: join(node.dir, 'resolv.conf'),
    healthzBindAddress: '127.0.0.1',
    volumePluginDir: join(node.dir, 'volume-plugins'),
    podLogsDir: join(node.dir, 'pod-logs'),
    maxPods: 60,
    nodeStatusUpdateFrequency: '5s',
    // A changed ConfigMap is in the pods within seconds; with the default of a minute every test of a change would wait for it.
    syncFrequency: '2s',
    shutdownGracePeriod: '0s',
  });

const proxyConfig = (node: LabNode): string =>
  JSON.stringify({
    kind: 'KubeProxyConfiguration',
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    mode: 'iptables',
    clusterCIDR: network.podRange,
    hostnameOverride: node.name,
    clientConnection: { kubeconfig: componentKubeconfig('proxy') },
    conntrack: { maxPerCore: 0, min: 0 },
    iptables: { minSyncPeriod: '0s', syncPeriod: '30s' },
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
  });

/** Starts the node's containerd and imports the lab's images; needs no API server yet. */
export async function startContainerd(node: LabNode, imageFolder: string): Promise<void> {
  await mkdir(join(node.dir, 'cni'), { recursive: true });
  const config = join(node.dir, 'containerd.toml');
  if (!(await exists(config))) await writeFile(config, containerdConfig(node, await snapshotter(node.dir)));
  await writeChanged(join(node.dir, 'cni', '10-lab.conflist'), cniConfig(node));
  const name = `containerd-${node.name}`;
  await ensureProcess({
    name,
    namespace: node.namespace,
    program: 'containerd',
    args: ['--config', config, '--log-level', 'warn'],
  });
  const ctr = (args: readonly string[]): Promise<string> =>
    run('ctr', ['--address', containerdSocket(node), '-n', 'k8s.io', ...args], { env: systemPath });
  await until(`${name} answers`, 20_000, async () => {
    await ctr(['version']);
    return true;
  });
  const imported = join(node.dir, 'imported');
  const marker = join(imported, imageFolder.replaceAll('/', '_'));
  if (await exists(marker)) return;
  const snapshots = /^ *snapshotter = "(.*)"$/m.exec(await readFile(config, 'utf8'))?.[1] ?? 'native';
  for (const image of Object.keys(labImages) as LabImage[]) {
    await ctr(['images', 'import', '--snapshotter', snapshots, join(imageFolder, archiveName(image))]);
  }
  await mkdir(imported, { recursive: true });
  await writeFile(marker, '');
}

/** Starts kubelet and kube-proxy of a node whose containerd runs. */
export async function startNode(node: LabNode): Promise<void> {
  const [kubelet, proxy] = [join(node.dir, 'kubelet.json'), join(node.dir, 'kube-proxy.json')];
  await writeChanged(join(node.dir, 'resolv.conf'), `nameserver ${network.healthyUpstream}\n`);
  await writeChanged(kubelet, kubeletConfig(node));
  await writeChanged(proxy, proxyConfig(node));
  await ensureProcess({
    name: `kubelet-${node.name}`,
    namespace: node.namespace,
    program: kubernetesBinary('kubelet'),
    args: [
      `--config=${kubelet}`,
      `--kubeconfig=${componentKubeconfig(node.name)}`,
      `--hostname-override=${node.name}`,
      `--node-ip=${node.address}`,
      `--root-dir=${join(node.dir, 'kubelet')}`,
      `--cert-dir=${join(node.dir, 'kubelet-pki')}`,
      '--v=1',
    ],
  });
  await ensureProcess({
    name: `kube-proxy-${node.name}`,
    namespace: node.namespace,
    program: kubernetesBinary('kube-proxy'),
    args: [`--config=${proxy}`],
  });
}
