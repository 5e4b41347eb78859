/** Small clusters with random traffic, seen from random places: what the map is tried on. */
import fc from 'fast-check';
import { emptyTopology, type Topology, type TopologyPod } from '../../src/core/topology/topology.ts';
import type { TraceEngine } from '../../src/core/trace/traceEngine.ts';
import { COREDNS, POD, Story, UPSTREAM, VIP, type Leg } from './story.ts';

const OTHER_COREDNS = '10.244.0.6';
const OTHER_UPSTREAM = '10.224.0.93';
const OUTSIDE = '198.51.100.53';
const NODE = '192.168.1.10';
const CACHE = '169.254.20.10';

const pod = (
  namespace: string,
  name: string,
  address: string,
  role: TopologyPod['role'] = 'workload',
): TopologyPod => ({
  namespace,
  name,
  addresses: [address],
  role,
  hostNetwork: false,
  ready: true,
});

/** A namespace with two workloads and another with one, two CoreDNS pods, a node. */
export const worldTopology: Topology = {
  ...emptyTopology,
  nodes: [{ name: 'worker-1', addresses: [NODE] }],
  pods: [
    pod('shop', 'order-service', POD),
    pod('shop', 'web-7d4b9c6f5-x2x5z', '10.244.1.20'),
    pod('shop', 'web-7d4b9c6f5-k8k9w', '10.244.1.21'),
    pod('bank', 'ledger-0', '10.244.1.30'),
    pod('kube-system', 'coredns-1', COREDNS, 'coredns'),
    pod('kube-system', 'coredns-2', OTHER_COREDNS, 'coredns'),
  ],
  services: [
    { namespace: 'kube-system', name: 'kube-dns', addresses: [VIP], isDns: true, endpoints: [COREDNS, OTHER_COREDNS] },
  ],
};

const CLIENTS = [POD, '10.244.1.20', '10.244.1.21', '10.244.1.30', '203.0.113.5', '203.0.113.6'];

interface Asked {
  readonly client: string;
  readonly to: 'service' | 'pod' | 'outside' | 'nodelocal';
  readonly pod: string;
  readonly upstreams: readonly string[];
  readonly took: number | undefined;
  readonly rcode: string;
  readonly name: number;
  readonly lost: boolean;
}

const asked: fc.Arbitrary<Asked> = fc.record({
  client: fc.constantFrom(...CLIENTS),
  to: fc.constantFrom('service', 'service', 'service', 'pod', 'outside', 'nodelocal'),
  pod: fc.constantFrom(COREDNS, OTHER_COREDNS),
  upstreams: fc.array(fc.constantFrom(UPSTREAM, OTHER_UPSTREAM), { maxLength: 2 }),
  took: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
  rcode: fc.constantFrom('NOERROR', 'NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED'),
  name: fc.integer({ min: 0, max: 3 }),
  lost: fc.boolean(),
});

interface World {
  readonly traffic: readonly Asked[];
  readonly watched: readonly string[];
  /** Captures say what they are of. */
  readonly roles: boolean;
  /** The topology is known. */
  readonly isKnown: boolean;
}

const PLACES: Readonly<Record<string, readonly ['client' | 'coredns' | 'nodelocal' | 'node', string]>> = {
  'shop/order-service': ['client', POD],
  'kube-system/coredns-1': ['coredns', COREDNS],
  'kube-system/coredns-2': ['coredns', OTHER_COREDNS],
  'kube-system/node-local-dns-1': ['nodelocal', NODE],
  'worker-1': ['node', NODE],
};

export const randomWorld: fc.Arbitrary<World> = fc.record({
  traffic: fc.array(asked, { minLength: 1, maxLength: 14 }),
  watched: fc.subarray(Object.keys(PLACES), { minLength: 1 }),
  roles: fc.boolean(),
  isKnown: fc.boolean(),
});

export function engineOf({ traffic, watched, roles, isKnown }: World): TraceEngine {
  const story = new Story().withFaults(1000);
  for (const name of watched) story.vantage(name, roles ? PLACES[name]![0] : 'unknown', PLACES[name]![1]);
  const seen = (vantage: string, leg: Omit<Leg, 'vantage'>): void => {
    if (watched.includes(vantage)) story.leg({ ...leg, vantage });
  };
  traffic.forEach((one, index) => tell(one, index * 300, index + 1, seen));
  return story.run(undefined, (engine) => {
    if (isKnown) engine.setTopology(worldTopology);
  }).engine;
}

function tell(one: Asked, at: number, id: number, seen: (vantage: string, leg: Omit<Leg, 'vantage'>) => void): void {
  const name = `n${String(one.name)}.example.com`;
  const answer = one.rcode === 'NOERROR' ? { answers: ['192.0.2.1'] } : { rcode: one.rcode };
  const took = one.took === undefined ? {} : { took: one.took };
  const inner = one.took === undefined ? {} : { took: one.took * 0.8 };
  const isCached = one.to === 'nodelocal';
  const server = { service: VIP, pod: one.pod, outside: OUTSIDE, nodelocal: CACHE }[one.to];
  const own = { client: one.client, port: 40_000 + id, id, name, ...answer };
  if (one.client === POD) seen('shop/order-service', { ...own, at, ...(one.lost ? {} : took), server });
  if (isCached) seen('kube-system/node-local-dns-1', { ...own, at: at + 0.1, ...inner, server });
  if (one.to === 'outside') return;
  const where = one.pod === COREDNS ? 'kube-system/coredns-1' : 'kube-system/coredns-2';
  const asks = { ...own, at: at + 0.3, ...inner, server: one.pod };
  if (!isCached) seen(where, asks);
  else {
    const further = { ...asks, client: NODE, port: 30_000 + id, id: id + 5000, proto: 'tcp' } as const;
    seen('kube-system/node-local-dns-1', further);
    seen(where, { ...further, at: at + 0.4 });
  }
  one.upstreams.forEach((upstream, index) => {
    const forwarded = {
      at: at + 0.5 + index * 0.2,
      client: one.pod,
      port: 50_000 + id * 4 + index,
      server: upstream,
      id: id + 9000 + index,
      name,
      ...answer,
      ...(one.took === undefined ? {} : { took: one.took * 0.5 }),
    };
    seen(where, forwarded);
    // The node puts its own address on what leaves it.
    if (!one.lost) seen('worker-1', { ...forwarded, at: forwarded.at + 0.01 });
    seen('worker-1', { ...forwarded, at: forwarded.at + 0.02, client: NODE, port: 20_000 + id * 4 + index });
  });
}
