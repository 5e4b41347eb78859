/**
 * The first story: CoreDNS forwards to a custom DNS server that answers every name but one, for which it stays silent;
 * `order-service` in `shop` looks up that name, another outside name and a Service. On the lab the server is 10.224.0.92,
 * outside the cluster; on any other cluster it is a pod of the image that the cluster's CoreDNS has.
 */
import {
  appImage,
  applyObjects,
  deleteNamespace,
  isLab,
  kubectl,
  kubectlJson,
  podOf,
  readCorefile,
  type Scenario,
  setCorefile,
} from '../labClient.ts';
import { network } from '../places.ts';
import { outsideNames, startUpstream, stopUpstream, type Upstream, upstreamCorefile } from '../upstreams.ts';

export const silentUpstreamNames = {
  namespace: 'shop',
  deployment: 'order-service',
  selector: 'app=order-service',
  /** The upstream never answers for it. */
  silent: 'myexternalendpoint.com',
  /** The upstream answers. */
  answered: 'www.example.com',
  /** A Service of the same namespace, in the short form applications use. */
  service: 'product-service',
} as const;

export interface SilentUpstreamFacts {
  /** Address CoreDNS forwards to, port 53. */
  readonly upstream: string;
  /** Name of the running order-service pod. */
  readonly pod: string;
}

const names = silentUpstreamNames;
const upstreamNamespaceName = 'dnscope-upstream';
const savedCorefile = 'dnscope.example/corefile-before';

/** The lab's server, silent for one name. */
export const storyUpstream: Upstream = {
  name: 'story',
  address: network.storyUpstream,
  zones: { ...outsideNames, [`${names.silent}.`]: 'silent' },
};

// Each name has its own loop: one that waits for its timeout must not hold up the others.
const lookups = `for name in "$@"; do
  while :; do
    if getent ahosts "$name" >/dev/null; then echo "found $name"; else echo "lookup of $name failed: getent $?"; fi
    sleep 2
  done &
done
trap 'kill 0' TERM
wait`;

const shop = (): readonly object[] => {
  const labels = { app: names.deployment };
  const metadata = { name: names.deployment, namespace: names.namespace };
  const container = {
    name: names.deployment,
    image: appImage(),
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-c', lookups, names.deployment, names.service, names.answered, names.silent],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
  };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: names.namespace } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: names.service, namespace: names.namespace },
      spec: { selector: { app: names.service }, ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadata, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers: [container] } },
      },
    },
  ];
};

interface WithImage {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

/** The upstream as a pod, for clusters whose nodes this machine cannot give addresses to. */
async function startUpstreamPod(): Promise<string> {
  const deployment = await kubectlJson<WithImage>(['-n', 'kube-system', 'get', 'deployment', 'coredns']);
  const image = deployment.spec.template.spec.containers[0]?.image;
  const metadata = { name: 'custom-dns', namespace: upstreamNamespaceName };
  const container = {
    name: 'custom-dns',
    image,
    args: ['-conf', '/etc/coredns/Corefile'],
    volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
  };
  await applyObjects([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: upstreamNamespaceName } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { Corefile: upstreamCorefile({ ...storyUpstream, address: '0.0.0.0' }) },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, labels: { app: 'custom-dns' } },
      spec: {
        dnsPolicy: 'Default',
        terminationGracePeriodSeconds: 1,
        containers: [container],
        volumes: [{ name: 'config', configMap: { name: 'custom-dns' } }],
      },
    },
  ]);
  await kubectl(['-n', upstreamNamespaceName, 'wait', '--for=condition=Ready', 'pod/custom-dns', '--timeout=100s']);
  const address = (await podOf(upstreamNamespaceName, 'app=custom-dns')).status.podIP;
  if (address === undefined) throw new Error('The custom DNS pod has no address');
  return address;
}

async function startCustomDns(): Promise<string> {
  if (!isLab()) return startUpstreamPod();
  await startUpstream(storyUpstream);
  return storyUpstream.address;
}

interface Annotated {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}

/** The Corefile of before the scenario, kept on the ConfigMap itself so that a later process can put it back. */
async function corefileBefore(): Promise<string | undefined> {
  const object = await kubectlJson<Annotated>(['-n', 'kube-system', 'get', 'configmap', 'coredns']);
  return object.metadata.annotations?.[savedCorefile];
}

async function annotate(value: string): Promise<void> {
  await kubectl(['-n', 'kube-system', 'annotate', '--overwrite', 'configmap', 'coredns', value]);
}

/** The Corefile with the targets of its first "forward ." replaced; throws when it has none. */
export function forwardTo(corefile: string, address: string): string {
  const forward = /^([ \t]*forward[ \t]+\.[ \t]+)[^{\n]*?([ \t]*\{?[ \t]*)$/m;
  if (!forward.test(corefile)) throw new Error('The Corefile has no "forward ." to point at the custom DNS server');
  return corefile.replace(forward, `$1${address}$2`);
}

async function apply(): Promise<SilentUpstreamFacts> {
  const address = await startCustomDns();
  const before = (await corefileBefore()) ?? (await readCorefile());
  await annotate(`${savedCorefile}=${before}`);
  await setCorefile(forwardTo(before, address));
  await applyObjects(shop());
  await kubectl(['-n', names.namespace, 'rollout', 'status', `deployment/${names.deployment}`, '--timeout=100s']);
  return { upstream: address, pod: (await podOf(names.namespace, names.selector)).metadata.name };
}

async function remove(): Promise<void> {
  await deleteNamespace(names.namespace);
  const before = await corefileBefore();
  if (before !== undefined) {
    await setCorefile(before);
    await annotate(`${savedCorefile}-`);
  }
  await (isLab() ? stopUpstream(storyUpstream.name) : deleteNamespace(upstreamNamespaceName));
}

export const silentUpstream: Scenario<SilentUpstreamFacts> = { apply, remove };
