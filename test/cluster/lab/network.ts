/**
 * The lab's wires: a switch (a bridge in its own network namespace), one namespace per node, one for upstream servers,
 * and one veth into the host's namespace so that the API server can be reached. The host gets no route to pods and the
 * nodes get no route out: their default gateway is the switch, which refuses every outside address. Everything goes when the namespaces go.
 */
import { exists } from './builds.ts';
import { hostLink, namespacePath, namespaces, network, nodes, switchNamespace, upstreamNamespace } from './places.ts';
import { run, systemPath, tryRun } from './shell.ts';

const ip = (args: readonly string[]): Promise<string> => run('ip', args, { env: systemPath });
const ipIn = (namespace: string, args: readonly string[]): Promise<string> => ip(['-n', namespace, ...args]);

const sysctl = (namespace: string, settings: readonly string[]): Promise<string> =>
  run('nsenter', [`--net=${namespacePath(namespace)}`, '--', 'sysctl', '-q', '-w', ...settings], { env: systemPath });

async function addLink(namespace: string, inner: string, addresses: readonly string[]): Promise<void> {
  const outer = `to-${namespace.slice('dnscope-'.length)}`;
  await ipIn(switchNamespace, ['link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', namespace]);
  await ipIn(switchNamespace, ['link', 'set', outer, 'master', 'br0', 'up']);
  for (const address of addresses) await ipIn(namespace, ['address', 'add', address, 'dev', inner]);
  await ipIn(namespace, ['link', 'set', 'lo', 'up']);
  await ipIn(namespace, ['link', 'set', inner, 'up']);
}

async function addSwitch(): Promise<void> {
  await ip(['netns', 'add', switchNamespace]);
  await ipIn(switchNamespace, ['link', 'set', 'lo', 'up']);
  await ipIn(switchNamespace, ['link', 'add', 'br0', 'type', 'bridge']);
  await ipIn(switchNamespace, ['address', 'add', `${network.gateway}/${network.prefix}`, 'dev', 'br0']);
  await ipIn(switchNamespace, ['link', 'set', 'br0', 'up']);
  // Every address outside is the gateway's own, where nothing listens: a stray packet is refused at once, not lost.
  await ipIn(switchNamespace, ['route', 'add', 'local', 'default', 'dev', 'lo', 'table', 'main']);
  for (const node of nodes) await ipIn(switchNamespace, ['route', 'add', node.podRange, 'via', node.address]);
  await sysctl(switchNamespace, ['net.bridge.bridge-nf-call-iptables=0']);
}

async function addHostLink(): Promise<void> {
  await ipIn(switchNamespace, ['link', 'add', 'to-host', 'type', 'veth', 'peer', 'name', hostLink, 'netns', '1']);
  await ipIn(switchNamespace, ['link', 'set', 'to-host', 'master', 'br0', 'up']);
  await ip(['address', 'add', `${network.host}/${network.prefix}`, 'dev', hostLink]);
  await ip(['link', 'set', hostLink, 'up']);
}

async function addUpstreams(): Promise<void> {
  await ip(['netns', 'add', upstreamNamespace]);
  await addLink(upstreamNamespace, 'eth0', [
    `${network.upstreamNode}/${network.prefix}`,
    `${network.healthyUpstream}/${network.prefix}`,
    `${network.storyUpstream}/32`,
  ]);
  for (const node of nodes) await ipIn(upstreamNamespace, ['route', 'add', node.podRange, 'via', node.address]);
  await ipIn(upstreamNamespace, ['route', 'add', 'default', 'via', network.gateway]);
}

async function addNodes(): Promise<void> {
  for (const node of nodes) {
    await ip(['netns', 'add', node.namespace]);
    await addLink(node.namespace, 'eth0', [`${node.address}/${network.prefix}`]);
    await ipIn(node.namespace, ['route', 'add', 'default', 'via', network.gateway]);
    await ipIn(node.namespace, ['route', 'add', network.storyRange, 'via', network.upstreamNode]);
    // Pods of one node share a bridge: without the call into iptables, answers of a Service would bypass its address translation.
    await sysctl(node.namespace, ['net.ipv4.ip_forward=1', 'net.bridge.bridge-nf-call-iptables=1']);
  }
  for (const node of nodes) {
    const others = nodes.filter((other) => other !== node);
    for (const other of others) await ipIn(node.namespace, ['route', 'add', other.podRange, 'via', other.address]);
  }
}

export async function removeNetwork(): Promise<void> {
  // Deleting one end deletes the pair; namespaces held by a process live on until it ends, so processes go first.
  await tryRun('ip', ['link', 'delete', hostLink], { env: systemPath });
  for (const namespace of namespaces) {
    if (await exists(namespacePath(namespace))) await tryRun('ip', ['netns', 'delete', namespace], { env: systemPath });
  }
}

async function networkIsWhole(): Promise<boolean> {
  const link = await tryRun('ip', ['-n', switchNamespace, '-o', 'link', 'show', 'to-host', 'up'], { env: systemPath });
  return link.code === 0 && link.stdout.includes('to-host');
}

/** Makes the network; a half-made one is removed first. The host's link is made last and so proves the rest. */
export async function ensureNetwork(): Promise<void> {
  if (await networkIsWhole()) return;
  const routes = await run('ip', ['-4', 'route', 'show', network.segment], { env: systemPath });
  if (routes.trim() && !routes.includes(hostLink)) {
    throw new Error(
      `${network.segment} is already routed here (${routes.trim()}): free that range, the lab's nodes live in it`,
    );
  }
  await removeNetwork();
  await addSwitch();
  await addNodes();
  await addUpstreams();
  await addHostLink();
}
