/**
 * NodeLocal DNSCache runs on a pod's node, and the pod's queries go past it: they arrive in CoreDNS from the pod's own address. Through NodeLocal they
 * would come from the node, over TCP. Such pods miss the cache and keep the connection tracking that NodeLocal is there to avoid.
 * Needs the topology (NodeLocal pods, and which pods run on their nodes) and a watched CoreDNS pod that three queries or more of the pod reached.
 * Excluded: pods on nodes without a ready NodeLocal, pods that ask NodeLocal's address as well (they fall back), hostNetwork pods, CoreDNS pods.
 * What it can't see without CoreDNS: a pod that asks the DNS Service's address may still be served by NodeLocal, which takes that address on its node.
 * Cost: a look at who asked, and a pass over the transactions only when such a pod did.
 */
import { NONE, ROW_MASK } from '../trace/tables.ts';
import { roleOf } from '../trace/trace.ts';
import { listOf, plural, type FindingContext, type FindingRule } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

const FEWEST = 3;
/** While NodeLocal restarts on a node, its pods reach CoreDNS directly, as they should. */
const RESTART_NS = 60e9;
/** The address that the add-on takes by default; kubespray and others choose their own. */
const USUAL_ADDRESS = '169.254.20.10';

export const nodelocalBypassed: FindingRule = {
  id: 'nodelocal-bypassed',
  evaluate(context) {
    const { pods: bypassing, address } = bypassingPods(context);
    if (bypassing.size === 0) return [];
    const { trace } = context.engine;
    const group = new LookupGroup();
    const nodes = new Set<string>();
    const proofs: number[] = [];
    let latest = NONE;
    let [from, to, queries] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (let id = context.passFrom(trace.transactions.length); id < trace.transactions.length; id++) {
      const chunk = trace.transactions.of(id);
      const row = id & ROW_MASK;
      const node = bypassing.get(chunk.client[row]!);
      if (node === undefined || roleOf(trace.vantages[chunk.vantage[row]!]!) !== 'coredns') continue;
      queries++;
      nodes.add(node);
      [from, to] = [Math.min(from, chunk.start[row]!), Math.max(to, chunk.start[row]!)];
      if (proofs.length < 5) proofs.push(id);
      const lookup = trace.lookupOf(chunk.exchange[row]!);
      // A and AAAA of one lookup follow each other.
      if (lookup === NONE || lookup === latest || !context.isOpen(lookup)) continue;
      group.add(context, lookup);
      latest = lookup;
    }
    if (queries < FEWEST) return [];
    const where = listOf([...nodes], 3);
    const clients = group.clients(context);
    return [
      {
        severity: 'warning',
        confidence: to - from >= RESTART_NS ? 'strong' : 'inferred',
        hop: 'nodelocal',
        cause: 'nodelocal-bypassed',
        title: `${clients} ${group.clientsDo('asks', 'ask')} CoreDNS directly, although NodeLocal DNSCache runs on ${where} (${plural(queries, 'query', 'queries')})`,
        subject: { clients, nodes: where, queries, lookups: group.lookups.length, names: group.names(context, 5) },
        ruledOut: ['NodeLocal as the asker: its queries come from the address of the node'],
        explanation: `These queries reached CoreDNS from the pod's own address. NodeLocal's cache and its TCP connection to CoreDNS are not used, and connection tracking on the node stays in the way. ${to - from >= RESTART_NS ? 'It goes on for longer than a restart of NodeLocal takes' : 'All of it lies within a minute: NodeLocal may just have been restarting on that node'}`,
        nextSteps: [
          `Look at /etc/resolv.conf in the pod: with kube-proxy in IPVS mode, or a Service replaced by Cilium, it has to name ${address ?? `the address of NodeLocal (${USUAL_ADDRESS} unless it was set up otherwise)`}`,
          'With kube-proxy in iptables mode, look in the log of node-local-dns on that node for errors with iptables and its interface',
          "Look at the pod's dnsPolicy and dnsConfig, and at clusterDNS of the kubelet",
        ],
        lookups: group.lookups,
        proofs,
      },
    ];
  },
};

interface Bypassing {
  /** Address id → node. */
  readonly pods: Map<number, string>;
  /** NodeLocal's, when anybody was seen to ask it. */
  readonly address: string | undefined;
}

/** The pods beside a ready NodeLocal that asked CoreDNS. */
function bypassingPods(context: FindingContext): Bypassing {
  const { trace, topology } = context.engine;
  const bypassing = new Map<number, string>();
  const { pods } = topology.topology;
  const nodes = new Set(pods.filter(({ role, ready }) => role === 'nodelocal' && ready).map(({ node }) => node));
  const watched = nodes.size === 0 ? [] : trace.vantages.filter((state) => roleOf(state) === 'coredns');
  if (watched.length === 0) return { pods: bypassing, address: undefined };
  for (const { role, hostNetwork, node, addresses } of pods) {
    if (role !== 'workload' || hostNetwork || node === undefined || !nodes.has(node)) continue;
    for (const address of addresses) {
      const id = trace.addresses.find(address);
      if (id === undefined) continue;
      const asked = watched.reduce((sum, state) => sum + state.asked.get(id), 0);
      if (asked >= FEWEST) bypassing.set(id, node);
    }
  }
  return { pods: bypassing, address: bypassing.size > 0 ? removeThoseThatAskIt(context, bypassing) : undefined };
}

/**
 * Who asks NodeLocal's own address as well is set up for it, and falls back to CoreDNS now and then.
 * @returns that address, if anybody asks it
 */
function removeThoseThatAskIt(context: FindingContext, bypassing: Map<number, string>): string | undefined {
  const { trace, topology } = context.engine;
  // It answers at the DNS Service's address, too, where asking says nothing.
  const services = new Set(
    topology.topology.services.flatMap(({ addresses }) => addresses.map((address) => trace.addresses.find(address))),
  );
  let seen: number | undefined;
  for (let id = context.passFrom(trace.transactions.length); id < trace.transactions.length; id++) {
    const chunk = trace.transactions.of(id);
    const server = chunk.server[id & ROW_MASK]!;
    if (!trace.nodeLocal.isServer(server) || services.has(server)) continue;
    seen ??= server;
    bypassing.delete(chunk.client[id & ROW_MASK]!);
  }
  return seen === undefined ? undefined : context.addressOf(seen);
}
