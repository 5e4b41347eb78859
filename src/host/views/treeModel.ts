/**
 * The DNS tree as plain data, made from what the cluster model and the running traces know. No vscode here, so every
 * shape of it is tested without an editor. Labels hold text of the cluster: made visible, never Markdown.
 * Cost: only the levels on screen are built; `children` runs when VS Code expands a node.
 */
import * as l10n from '@vscode/l10n';
import type { Problem } from '../../base/problem.ts';
import { plural } from '../../base/plural.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { ClusterDnsView, DnsPodView, NamespaceView, PodView } from '../../session/cluster/clusterModelTypes.ts';
import { corefileNodes } from './corefileNodes.ts';
import { problemNode, type TreeColor, type TreeExtras, type TreeNode } from './treeNode.ts';
import { upstreamsNode, upstreamState } from './upstreamNodes.ts';

export function clusterTree(view: ClusterDnsView, extras: TreeExtras): readonly TreeNode[] {
  const health = clusterHealth(view, extras);
  return [
    {
      id: `cluster/${view.context}`,
      label: visibleText(view.context),
      description: health.text,
      tooltip: visibleText(`${l10n.t('Context {0}', view.context)}\n${view.server}\n${health.text}`),
      icon: health.icon,
      ...(health.color === undefined ? {} : { color: health.color }),
      kind: 'cluster',
      expand: 'open',
      copyText: view.context,
      children: () => clusterChildren(view, extras),
    },
  ];
}

interface Health {
  readonly text: string;
  readonly icon: string;
  readonly color?: TreeColor;
}

/** The cluster's DNS in a word and a mark; the first that applies, worst first. */
function clusterHealth(view: ClusterDnsView, extras: TreeExtras): Health {
  if (view.state === 'unreachable') {
    const refused = view.problems.some((problem) => problem.code === 'token-refused');
    return { text: refused ? l10n.t('credentials refused') : l10n.t('unreachable'), icon: 'error', color: 'error' };
  }
  if (view.state === 'loading') return { text: l10n.t('loading…'), icon: 'loading~spin' };
  const pods = view.coreDns?.pods ?? [];
  const ready = pods.filter((pod) => pod.ready).length;
  if (view.coreDns !== undefined && ready === 0)
    return { text: l10n.t('no CoreDNS pod is ready'), icon: 'error', color: 'error' };
  const silent = extras.upstreams.filter((one) => upstreamState(one) === 'silent').length;
  if (silent > 0)
    return {
      text: plural(l10n.t('{0} upstream silent|{0} upstreams silent'), silent),
      icon: 'warning',
      color: 'warning',
    };
  const partly = extras.upstreams.filter((one) => upstreamState(one) === 'partly').length;
  if (partly > 0)
    return {
      text: plural(l10n.t('{0} upstream silent for some names|{0} upstreams silent for some names'), partly),
      icon: 'warning',
      color: 'warning',
    };
  if (ready < pods.length)
    return { text: l10n.t('{0} of {1} CoreDNS pods ready', ready, pods.length), icon: 'warning', color: 'warning' };
  if (extras.corefiles.parts.some(({ errors }) => errors > 0))
    return { text: l10n.t('Corefile has errors'), icon: 'warning', color: 'warning' };
  if (view.state === 'degraded' && view.coreDns === undefined)
    return { text: l10n.t('too few rights to see its DNS'), icon: 'lock', color: 'muted' };
  if (view.coreDns === undefined) return { text: l10n.t('DNS Service not found'), icon: 'question', color: 'muted' };
  if (view.state === 'degraded') return { text: l10n.t('seen in part'), icon: 'info', color: 'muted' };
  return { text: l10n.t('DNS is ready'), icon: 'pass', color: 'good' };
}

function clusterChildren(view: ClusterDnsView, extras: TreeExtras): readonly TreeNode[] {
  const id = `cluster/${view.context}`;
  const nodes: TreeNode[] = problemNodes(`${id}/problem`, view.problems);
  if (view.coreDns !== undefined) nodes.push(coreDnsNode(id, view.coreDns, extras));
  nodes.push(...corefileNodes(id, extras.corefiles));
  if (view.nodeLocal.length > 0) nodes.push(nodeLocalNode(id, view.nodeLocal, extras));
  if (view.upstreams.length + extras.corefiles.resolverFiles.length > 0)
    nodes.push(upstreamsNode(id, view.upstreams, extras));
  if (view.namespaces.length > 0) nodes.push(namespacesNode(id, view, extras));
  return nodes;
}

/** Rights are many and one story: more than two missing ones stand together. */
function problemNodes(parent: string, problems: readonly Problem[]): TreeNode[] {
  const nodes = problems.map((problem, index) => ({
    code: problem.code,
    node: problemNode(`${parent}/${problem.code}/${String(index)}`, problem),
  }));
  const rights = nodes.filter((one) => one.code === 'forbidden').map((one) => one.node);
  if (rights.length <= 2) return nodes.map((one) => one.node);
  const together: TreeNode = {
    id: `${parent}/rights`,
    label: l10n.t('Missing permissions'),
    description: String(rights.length),
    tooltip: rights.map((node) => node.label).join('\n'),
    icon: 'lock',
    color: 'muted',
    kind: 'problem',
    expand: 'closed',
    copyText: rights.map((node) => node.copyText ?? '').join('\n'),
    children: () => rights,
  };
  return [...nodes.filter((one) => one.code !== 'forbidden').map((one) => one.node), together];
}

function coreDnsNode(parent: string, coreDns: NonNullable<ClusterDnsView['coreDns']>, extras: TreeExtras): TreeNode {
  const id = `${parent}/coredns`;
  const ready = coreDns.pods.filter((pod) => pod.ready).length;
  const all = ready === coreDns.pods.length && ready > 0;
  const name = coreDns.isCoreDns ? 'CoreDNS' : l10n.t('Cluster DNS (not CoreDNS)');
  return {
    id,
    label: name,
    description: l10n.t('{0} of {1} ready', ready, coreDns.pods.length),
    tooltip: visibleText(
      coreDns.deployment === undefined
        ? l10n.t('{0} in namespace {1}', name, coreDns.namespace)
        : l10n.t('{0} in namespace {1}, Deployment {2}', name, coreDns.namespace, coreDns.deployment),
    ),
    icon: 'server-process',
    color: all ? 'good' : ready === 0 ? 'error' : 'warning',
    kind: 'coredns',
    expand: 'open',
    copyText: coreDns.deployment ?? name,
    children: () => [
      ...(coreDns.service === undefined ? [] : [serviceNode(id, coreDns.namespace, coreDns.service)]),
      ...coreDns.pods.map((pod) => dnsPodNode(id, pod, extras)),
    ],
  };
}

function serviceNode(
  parent: string,
  namespace: string,
  service: { readonly name: string; readonly addresses: readonly string[] },
): TreeNode {
  const addresses = service.addresses.join(', ');
  return {
    id: `${parent}/service`,
    label: visibleText(service.name),
    description: visibleText(addresses),
    tooltip: visibleText(
      l10n.t(
        'Service {0}/{1}: the address pods ask ({2}). It is translated to a CoreDNS pod; it has no packets of its own.',
        namespace,
        service.name,
        addresses,
      ),
    ),
    icon: 'symbol-interface',
    kind: 'service',
    copyText: addresses,
  };
}

function dnsPodNode(parent: string, pod: DnsPodView, extras: TreeExtras): TreeNode {
  const tracing = extras.tracing.has(`${pod.namespace}/${pod.name}`);
  const age = pod.created === undefined ? '' : ageText(extras.nowMs - Date.parse(pod.created));
  const state = pod.ready ? l10n.t('ready') : pod.phase === 'Running' ? l10n.t('not ready') : pod.phase.toLowerCase();
  const restarts = pod.restarts === 0 ? '' : plural(l10n.t('{0} restart|{0} restarts'), pod.restarts);
  return {
    id: `${parent}/pod/${pod.namespace}/${pod.name}`,
    label: visibleText(pod.name),
    // The mark already says ready; the place beside it is short.
    description: visibleText(
      [pod.ready ? '' : state, pod.node ?? '', age, restarts].filter((part) => part !== '').join(' · '),
    ),
    tooltip: visibleText(
      [
        `${pod.namespace}/${pod.name}: ${state}`,
        l10n.t('Node: {0}', pod.node ?? l10n.t('none yet')),
        l10n.t('Address: {0}', pod.addresses.join(', ') || l10n.t('none yet')),
        l10n.t('Image: {0}', pod.image ?? l10n.t('unknown')),
      ].join('\n'),
    ),
    icon: pod.ready ? (tracing ? 'pulse' : 'pass') : 'warning',
    color: pod.ready ? (tracing ? 'active' : 'good') : 'warning',
    kind: tracing ? 'dnsPod.tracing' : 'dnsPod',
    spoken: state,
    copyText: pod.name,
    namespace: pod.namespace,
    pod: pod.name,
  };
}

function nodeLocalNode(parent: string, pods: readonly DnsPodView[], extras: TreeExtras): TreeNode {
  const id = `${parent}/nodelocal`;
  return {
    id,
    label: 'NodeLocal DNSCache',
    description: l10n.t('{0} of {1} ready', pods.filter((pod) => pod.ready).length, pods.length),
    tooltip: l10n.t('A cache on each node between pods and CoreDNS'),
    icon: 'layers',
    kind: 'note',
    expand: 'closed',
    children: () => pods.map((pod) => dnsPodNode(id, pod, extras)),
  };
}

function namespacesNode(parent: string, view: ClusterDnsView, extras: TreeExtras): TreeNode {
  const id = `${parent}/namespaces`;
  return {
    id,
    label: l10n.t('Namespaces'),
    description: String(view.namespaces.length),
    tooltip: l10n.t('Pods by namespace: choose one to trace its DNS'),
    icon: 'symbol-namespace',
    kind: 'namespaces',
    expand: 'open',
    children: () => view.namespaces.map((namespace) => namespaceNode(id, namespace, extras)),
  };
}

function namespaceNode(parent: string, namespace: NamespaceView, extras: TreeExtras): TreeNode {
  const id = `${parent}/${namespace.name}`;
  const traced = namespace.pods.some((pod) => extras.tracing.has(`${pod.namespace}/${pod.name}`));
  const empty = namespace.pods.length === 0;
  return {
    id,
    label: visibleText(namespace.name),
    description: plural(l10n.t('{0} pod|{0} pods'), namespace.pods.length),
    tooltip: visibleText(l10n.t('Namespace {0}', namespace.name)),
    icon: empty ? 'circle-large-outline' : 'folder',
    ...(empty ? { color: 'muted' as const } : { expand: traced ? ('open' as const) : ('closed' as const) }),
    kind: 'namespace',
    copyText: namespace.name,
    children: () => namespace.pods.map((pod) => podNode(id, pod, extras)),
  };
}

function podNode(parent: string, pod: PodView, extras: TreeExtras): TreeNode {
  const tracing = extras.tracing.has(`${pod.namespace}/${pod.name}`);
  const running = pod.phase === 'Running';
  const state = running ? (pod.ready ? '' : l10n.t('not ready')) : pod.phase;
  return {
    id: `${parent}/${pod.name}`,
    label: visibleText(pod.name),
    description: visibleText(
      [tracing ? l10n.t('tracing') : '', state, pod.hostNetwork ? l10n.t('host network') : '', pod.node ?? '']
        .filter((part) => part !== '')
        .join(' · '),
    ),
    tooltip: visibleText(
      [
        l10n.t(
          'Pod {0}/{1}: {2}, {3}',
          pod.namespace,
          pod.name,
          pod.phase,
          pod.ready ? l10n.t('ready') : l10n.t('not ready'),
        ),
        l10n.t('Node: {0}', pod.node ?? l10n.t('none yet')),
        l10n.t('Address: {0}', pod.addresses.join(', ') || l10n.t('none yet')),
        ...(pod.owner === undefined ? [] : [l10n.t('Run by {0} {1}', pod.owner.kind, pod.owner.name)]),
      ].join('\n'),
    ),
    icon: tracing ? 'pulse' : running ? 'symbol-method' : 'circle-slash',
    ...(tracing ? { color: 'active' as const } : running ? {} : { color: 'muted' as const }),
    kind: tracing ? 'pod.tracing' : running ? 'pod' : 'pod.notRunning',
    copyText: pod.name,
    namespace: pod.namespace,
    pod: pod.name,
  };
}

/** Age as kubectl writes it: the largest unit that counts at least two, except days. */
export function ageText(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return '';
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 120) return `${String(seconds)}s`;
  if (seconds < 7200) return `${String(Math.floor(seconds / 60))}m`;
  if (seconds < 172_800) return `${String(Math.floor(seconds / 3600))}h`;
  return `${String(Math.floor(seconds / 86_400))}d`;
}
