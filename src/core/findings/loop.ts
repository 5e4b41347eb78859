/**
 * A forwarding loop: CoreDNS asks itself. Its own probe (plugin loop: HINFO for a random name of two labels, at start) comes back to it, or it passes
 * queries on to its own address or to the cluster's DNS Service.
 * Needs a watched CoreDNS pod, and either one HINFO name that CoreDNS both sent and was asked by others, or three queries that CoreDNS passes on to a
 * CoreDNS pod or the DNS Service. Excluded: NodeLocal, which asks CoreDNS by design and is no CoreDNS pod.
 * One ascending pass over the transactions, only when HINFO was asked or such an address is among the upstreams.
 */
import { NONE, ROW_MASK } from '../trace/tables.ts';
import { corednsAddresses } from './corednsReplicas.ts';
import { listOf, plural, type FindingContext, type FindingRule } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

const TYPE_HINFO = 13;
const FEWEST = 3;
const PROBE = /^\d+\.\d+\.$/;

export const loop: FindingRule = {
  id: 'loop',
  explains: true,
  evaluate(context) {
    const { trace } = context.engine;
    const replicas = corednsAddresses(context.engine);
    const own = ownAddresses(context, replicas);
    const asksItself = [...trace.upstreams.values()].some(({ server }) => own.has(server));
    if (replicas.size === 0 || (trace.qtypes.get(TYPE_HINFO) === 0 && !asksItself)) return [];
    const sent = new Set<number>();
    const returned = new Set<number>();
    const lookups = new Set<number>();
    const proofs: number[] = [];
    const targets = new Set<number>();
    let toItself = 0;
    for (let id = context.passFrom(trace.transactions.length); id < trace.transactions.length; id++) {
      const chunk = trace.transactions.of(id);
      const row = id & ROW_MASK;
      const isSent = replicas.has(chunk.client[row]!);
      const isOwn = own.has(chunk.server[row]!);
      if (chunk.qtype[row] === TYPE_HINFO && PROBE.test(trace.names.textOf(chunk.name[row]!))) {
        if (isSent) sent.add(chunk.name[row]!);
        if (isOwn) returned.add(chunk.name[row]!);
      }
      const exchange = chunk.exchange[row]!;
      // A query of CoreDNS's own, or of a debug container in its pod, serves no client.
      if (!isSent || !isOwn || trace.exchanges.of(exchange).parent[exchange & ROW_MASK] === NONE) continue;
      toItself++;
      targets.add(chunk.server[row]!);
      if (proofs.length < 5) proofs.push(id);
      const lookup = trace.lookupOf(exchange);
      if (lookup !== NONE && context.isOpen(lookup) && context.engine.failures.has(lookup)) lookups.add(lookup);
    }
    const probes = [...sent].filter((name) => returned.has(name)).length;
    if (probes === 0 && toItself < FEWEST) return [];
    const group = new LookupGroup();
    for (const lookup of lookups) group.add(context, lookup);
    const target = listOf([...targets].map((server) => context.labelOf(context.addressOf(server))));
    return [
      {
        severity: 'error',
        confidence: 'strong',
        hop: 'config',
        cause: probes > 0 ? 'probe-came-back' : 'forwards-to-itself',
        title: `CoreDNS forwards queries to itself${target === '' ? '' : `: they go to ${target}`} (${probes > 0 ? 'its loop probe came back' : plural(toItself, 'query', 'queries')})`,
        subject: { target, queries: toItself, probes, failedLookups: lookups.size },
        ruledOut: ['Clients: the queries in question leave CoreDNS itself'],
        explanation:
          'A query that CoreDNS passes on comes back to CoreDNS, which passes it on again. Its forward names the DNS Service or its own address, or a resolv.conf that does: the one of a node with a local resolver such as systemd-resolved. With plugin loop, CoreDNS stops at start and restarts for ever; without it, one query becomes thousands',
        nextSteps: [
          'Look at forward in the Corefile: it must name servers outside the cluster',
          "If it names /etc/resolv.conf, give the kubelet the real one (resolvConf: /run/systemd/resolve/resolv.conf) or write the upstreams' addresses",
        ],
        action: 'inspect-corefile',
        lookups: group.lookups,
        proofs,
      },
    ];
  },
};

/** CoreDNS pods and the cluster's DNS Service. */
function ownAddresses(context: FindingContext, replicas: ReadonlySet<number>): ReadonlySet<number> {
  const { trace, topology } = context.engine;
  const own = new Set(replicas);
  for (const { isDns, addresses } of topology.topology.services) {
    if (!isDns) continue;
    for (const address of addresses) {
      const id = trace.addresses.find(address);
      if (id !== undefined) own.add(id);
    }
  }
  return own;
}
