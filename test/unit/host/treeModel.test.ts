import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem } from '../../../src/base/problem.ts';
import { ageText, clusterTree } from '../../../src/host/views/treeModel.ts';
import type { TreeExtras, TreeNode } from '../../../src/host/views/treeNode.ts';
import type { ClusterDnsView, DnsPodView } from '../../../src/session/cluster/clusterModelTypes.ts';

const pod = (name: string, over: Partial<DnsPodView> = {}): DnsPodView => ({
  namespace: 'kube-system',
  name,
  ready: true,
  phase: 'Running',
  node: 'lab-1',
  addresses: ['10.244.0.5'],
  created: '2026-11-21T04:00:00Z',
  restarts: 0,
  ...over,
});

const healthy: ClusterDnsView = {
  context: 'lab',
  server: 'https://192.0.2.1:6443',
  state: 'live',
  coreDns: {
    namespace: 'kube-system',
    deployment: 'coredns',
    service: { name: 'kube-dns', addresses: ['10.96.0.10'] },
    pods: [pod('coredns-1'), pod('coredns-2')],
    isCoreDns: true,
  },
  corefile: { namespace: 'kube-system', name: 'coredns', key: 'Corefile', text: '' },
  customCorefiles: [],
  upstreams: [{ address: '10.224.0.92', port: 53, transport: 'dns', zone: '.', line: 13 }],
  namespaces: [
    { name: 'default', pods: [] },
    {
      name: 'shop',
      pods: [
        {
          namespace: 'shop',
          name: 'order-service',
          phase: 'Running',
          ready: true,
          node: 'lab-1',
          addresses: ['10.244.0.9'],
          hostNetwork: false,
        },
      ],
    },
  ],
  nodeLocal: [],
  problems: [],
};
const mainFacts = {
  place: { namespace: 'kube-system', name: 'coredns', key: 'Corefile' },
  isMain: true,
  errors: 0,
  warnings: 0,
};
const quiet: TreeExtras = {
  tracing: new Set(),
  upstreams: [],
  corefiles: { parts: [mainFacts], resolverFiles: [] },
  nowMs: Date.parse('2026-11-21T04:05:00Z'),
};

function all(nodes: readonly TreeNode[]): readonly TreeNode[] {
  return nodes.flatMap((node) => [node, ...all(node.children?.() ?? [])]);
}
function find(view: ClusterDnsView, extras: TreeExtras, label: string): TreeNode {
  const found = all(clusterTree(view, extras)).find((node) => node.label === label);
  assert.ok(found !== undefined, `no ${label} in the tree`);
  return found;
}

test('a healthy cluster says so, and every part is there once', () => {
  const nodes = all(clusterTree(healthy, quiet));
  assert.equal(nodes[0]?.description, 'DNS is ready');
  const labels = nodes.map((node) => node.label);
  assert.deepEqual(labels, [
    'lab',
    'CoreDNS',
    'kube-dns',
    'coredns-1',
    'coredns-2',
    'Corefile',
    'Upstreams',
    '10.224.0.92',
    'Namespaces',
    'default',
    'shop',
    'order-service',
  ]);
  assert.equal(new Set(nodes.map((node) => node.id)).size, nodes.length, 'ids are unique');
});

test('a CoreDNS pod shows node and age, its state for screen readers, and its state in words when it is not ready', () => {
  assert.equal(find(healthy, quiet, 'coredns-1').description, 'lab-1 · 5m');
  assert.equal(find(healthy, quiet, 'coredns-1').spoken, 'ready');
  const coreDns = { ...healthy.coreDns, pods: [pod('coredns-1', { ready: false, restarts: 3 }), pod('coredns-2')] };
  const ill = { ...healthy, coreDns: coreDns as NonNullable<ClusterDnsView['coreDns']> };
  assert.equal(find(ill, quiet, 'coredns-1').description, 'not ready · lab-1 · 5m · 3 restarts');
  assert.equal(clusterTree(ill, quiet)[0]?.description, '1 of 2 CoreDNS pods ready');
});

test('a running trace marks its pods and colours the upstream by its traffic', () => {
  const tracing = new Set(['shop/order-service', 'kube-system/coredns-1']);
  const traffic = { address: '10.224.0.92', port: 53, queries: 12, answered: 0, unanswered: 12 };
  const extras: TreeExtras = { ...quiet, tracing, upstreams: [traffic] };
  assert.equal(find(healthy, extras, 'order-service').kind, 'pod.tracing');
  assert.equal(find(healthy, extras, 'coredns-1').kind, 'dnsPod.tracing');
  assert.equal(find(healthy, extras, '10.224.0.92').description, 'no answers · all other names');
  assert.equal(clusterTree(healthy, extras)[0]?.description, '1 upstream silent');
  const partly: TreeExtras = { ...quiet, upstreams: [{ ...traffic, answered: 9, unanswered: 3 }] };
  assert.equal(find(healthy, partly, '10.224.0.92').color, 'warning');
  const fine: TreeExtras = { ...quiet, upstreams: [{ ...traffic, answered: 12, unanswered: 0 }] };
  assert.equal(find(healthy, fine, '10.224.0.92').color, 'good');
});

test('without traffic nothing is claimed about an upstream', () => {
  const upstream = find(healthy, quiet, '10.224.0.92');
  assert.equal(upstream.color, 'muted');
  assert.match(upstream.tooltip, /No trace has seen traffic to it/);
});

test('a problem is a place that says what to do, before the rest', () => {
  const view: ClusterDnsView = {
    ...healthy,
    state: 'degraded',
    problems: [{ code: 'forbidden', detail: 'Missing permission: list nodes', recover: 'Ask for it' }],
  };
  const [first] = clusterTree(view, quiet)[0]?.children?.() ?? [];
  assert.equal(first?.label, 'Missing permission: list nodes');
  assert.equal(first.description, 'Ask for it');
  assert.equal(first.icon, 'lock');
});

test('many missing permissions stand together, and the cluster says what it lacks', () => {
  const forbidden = (what: string): Problem => ({ code: 'forbidden', detail: `Missing permission: list ${what}` });
  const problems = [forbidden('nodes'), forbidden('pods'), forbidden('services'), { code: 'other', detail: 'Other' }];
  const { coreDns: _none, corefile: _neither, ...rest } = healthy;
  const [cluster] = clusterTree(
    { ...rest, state: 'degraded', problems },
    {
      ...quiet,
      corefiles: { parts: [], resolverFiles: [] },
    },
  );
  assert.equal(cluster?.description, 'too few rights to see its DNS');
  const labels = cluster.children?.().map((node) => node.label);
  assert.deepEqual(labels?.slice(0, 2), ['Other', 'Missing permissions']);
  const refused = { ...rest, state: 'unreachable' as const, problems: [{ code: 'token-refused', detail: 'Refused' }] };
  assert.equal(clusterTree(refused, quiet)[0]?.description, 'credentials refused');
});

test('resolver files stand among the upstreams, and the Corefile counts its problems', () => {
  const custom = {
    place: { namespace: 'kube-system', name: 'coredns-custom', key: 'a.server' },
    isMain: false,
    errors: 1,
    warnings: 0,
  };
  const extras: TreeExtras = {
    ...quiet,
    corefiles: {
      parts: [{ ...mainFacts, warnings: 2 }, custom],
      resolverFiles: [{ file: '/etc/resolv.conf', zone: '.', line: 9 }],
    },
  };
  assert.equal(find({ ...healthy, upstreams: [] }, extras, '/etc/resolv.conf').kind, 'upstream');
  const node = find(healthy, extras, 'Corefile');
  assert.deepEqual([node.description, node.color], ['1 error, 2 warnings', 'error']);
  const [part] = node.children?.() ?? [];
  assert.deepEqual(
    [part?.label, part?.description, part?.place],
    ['a.server', 'coredns-custom · 1 error', custom.place],
  );
  assert.equal(find(healthy, quiet, 'Corefile').description, 'no problems');
});

test('hostile names are made visible', () => {
  const evil = 'pod\u202egpj.\u0000';
  const view: ClusterDnsView = { ...healthy, namespaces: [{ name: evil, pods: [] }] };
  assert.ok(
    all(clusterTree(view, quiet)).every(
      (node) => !/[\p{Cc}\p{Cf}]/u.test(`${node.label}${node.description ?? ''}${node.tooltip}`),
    ),
  );
});

test('ages read as kubectl writes them', () => {
  assert.deepEqual([5000, 119_000, 120_000, 7_200_000, 172_800_000, Number.NaN].map(ageText), [
    '5s',
    '119s',
    '2m',
    '2h',
    '2d',
    '',
  ]);
});
