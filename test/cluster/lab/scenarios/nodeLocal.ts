/**
 * NodeLocal DNSCache as Kubernetes installs it where kube-proxy runs in IPVS mode: a DaemonSet in the network of the nodes that
 * answers at 169.254.20.10 alone, so that only pods whose resolv.conf names that address use it. Its own program cannot be had
 * here: it is a CoreDNS with a few things around it, which this scenario does instead. An init container puts addresses into the
 * Corefile, and the lab gives the nodes the address (on a bridge; this kernel may have no dummy device) and keeps what goes
 * there out of connection tracking.
 */
import { applyObjects, isLab, kubectl, kubectlJson, type Scenario } from '../labClient.ts';
import { labImages } from '../images.ts';
import { namespacePath, nodes } from '../places.ts';
import { run, systemPath, tryRun, until } from '../shell.ts';

export const nodeLocalAddress = '169.254.20.10';

const name = 'node-local-dns';
const namespace = 'kube-system';
const device = 'nodelocaldns';
const metadata = { name, namespace, labels: { 'k8s-app': name } };
const upstreamService = { name: 'kube-dns-upstream', namespace };

const block = (zone: string, ...lines: readonly string[]): string => {
  const body = [
    'errors',
    ...lines,
    'reload',
    'loop',
    'bind __PILLAR__LOCAL__DNS__',
    'forward . __PILLAR__CLUSTER__DNS__ {\n        force_tcp\n    }',
    'prometheus :9253',
  ];
  return `${zone}:53 {\n${body.map((line) => `    ${line}\n`).join('')}}\n`;
};

/** The one that is shipped asks the node's resolver for names outside; this asks CoreDNS, so that all of it is on the way. */
const corefile = [
  block(
    'cluster.local',
    'cache {\n        success 9984 30\n        denial 9984 5\n    }',
    'health __PILLAR__LOCAL__DNS__:8080',
  ),
  block('in-addr.arpa', 'cache 30'),
  block('ip6.arpa', 'cache 30'),
  block('.', 'cache 30'),
].join('');

const fill = 'sed "s/__PILLAR__LOCAL__DNS__/$1/; s/__PILLAR__CLUSTER__DNS__/$2/" /base/Corefile.base >/filled/Corefile';

const daemonSet = (clusterDns: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata,
  spec: {
    selector: { matchLabels: { 'k8s-app': name } },
    template: {
      metadata: { labels: { 'k8s-app': name } },
      spec: {
        priorityClassName: 'system-node-critical',
        serviceAccountName: name,
        hostNetwork: true,
        dnsPolicy: 'Default',
        terminationGracePeriodSeconds: 1,
        tolerations: [{ operator: 'Exists' }],
        initContainers: [
          {
            name: 'fill',
            image: labImages.busybox,
            imagePullPolicy: 'IfNotPresent',
            command: ['sh', '-c', fill, 'fill', nodeLocalAddress, clusterDns],
            volumeMounts: [
              { name: 'base', mountPath: '/base' },
              { name: 'filled', mountPath: '/filled' },
            ],
          },
        ],
        containers: [
          {
            name: 'node-cache',
            image: labImages.coredns,
            imagePullPolicy: 'IfNotPresent',
            args: ['-conf', '/filled/Corefile'],
            resources: { requests: { cpu: '25m', memory: '5Mi' } },
            securityContext: { capabilities: { add: ['NET_ADMIN'] } },
            // The one that is shipped has no readiness probe: tests have to know when it answers.
            readinessProbe: { httpGet: { host: nodeLocalAddress, path: '/health', port: 8080 }, periodSeconds: 1 },
            volumeMounts: [{ name: 'filled', mountPath: '/filled' }],
          },
        ],
        volumes: [
          { name: 'base', configMap: { name, items: [{ key: 'Corefile', path: 'Corefile.base' }] } },
          { name: 'filled', emptyDir: {} },
        ],
      },
    },
  },
});

const ip = (node: string, args: readonly string[]): Promise<string> =>
  run('ip', ['-n', node, ...args], { env: systemPath });

async function addAddress(node: string): Promise<void> {
  await removeAddress(node);
  await ip(node, ['link', 'add', device, 'type', 'bridge']);
  await ip(node, ['address', 'add', `${nodeLocalAddress}/32`, 'dev', device]);
  await ip(node, ['link', 'set', device, 'up']);
  for (const rule of untracked) await iptables(node, '-A', rule);
}

async function removeAddress(node: string): Promise<void> {
  await tryRun('ip', ['-n', node, 'link', 'delete', device], { env: systemPath });
  for (const rule of untracked) await iptables(node, '-D', rule).catch(() => undefined);
}

const untracked = ['udp', 'tcp'].flatMap((protocol) => [
  ['PREROUTING', '-d', nodeLocalAddress, '-p', protocol, '--dport', '53', '-j', 'NOTRACK'],
  ['OUTPUT', '-s', nodeLocalAddress, '-p', protocol, '--sport', '53', '-j', 'NOTRACK'],
]);

const iptables = (node: string, action: '-A' | '-D', rule: readonly string[]): Promise<string> =>
  run('nsenter', [`--net=${namespacePath(node)}`, '--', 'iptables', '-w', '-t', 'raw', action, ...rule], {
    env: systemPath,
  });

async function apply(): Promise<void> {
  if (!isLab()) throw new Error('NodeLocal DNSCache needs an address on the nodes: the lab alone has it');
  for (const node of nodes) await addAddress(node.namespace);
  await applyObjects([
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...upstreamService, labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/name': 'KubeDNSUpstream' } },
      spec: {
        selector: { 'k8s-app': 'kube-dns' },
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
          { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
        ],
      },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: corefile } },
  ]);
  type Service = { readonly spec: { readonly clusterIP: string } };
  const { spec } = await kubectlJson<Service>(['-n', namespace, 'get', 'service', upstreamService.name]);
  await applyObjects([daemonSet(spec.clusterIP)]);
  await kubectl(['-n', namespace, 'rollout', 'status', `daemonset/${name}`, '--timeout=60s']);
}

async function remove(): Promise<void> {
  const objects = [
    `daemonset/${name}`,
    `configmap/${name}`,
    `serviceaccount/${name}`,
    `service/${upstreamService.name}`,
  ];
  await kubectl(['-n', namespace, 'delete', '--ignore-not-found', ...objects]);
  await until('NodeLocal pods go', 60_000, async () =>
    (await kubectl(['-n', namespace, 'get', 'pods', '-l', `k8s-app=${name}`, '-o', 'name'])) === '' ? true : undefined,
  );
  for (const node of nodes) await removeAddress(node.namespace);
}

export const nodeLocal: Scenario<void> = { apply, remove };
