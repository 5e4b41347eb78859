/**
 * A pod asks an address that is nothing in this cluster and never answers: a resolv.conf written for another DNS Service (a changed Service
 * range, a restored cluster, dnsConfig copied from elsewhere).
 * Needs the topology with the cluster's DNS Service, a pod of that topology that asks, unanswered lookups, and a private address (RFC 1918, RFC 6598,
 * RFC 4193) that is no pod, Service, node or upstream.
 * Excluded by any answer from that address in this trace, and by public addresses: those are a choice, not a leftover.
 */
import { Cause } from '../lookups/verdict.ts';
import { ROW_MASK } from '../trace/tables.ts';
import { plural, type FindingContext, type FindingRule } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

const PRIVATE =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][0-9a-f]{2}:)/;

export const staleResolverAddress: FindingRule = {
  id: 'stale-resolver-address',
  explains: true,
  evaluate(context) {
    const { topology } = context.engine;
    const dns = topology.topology.services.filter(({ isDns }) => isDns);
    if (dns.length === 0) return [];
    const groups = new Map<number, LookupGroup>();
    for (const cause of [Cause.lostBeforeCoreDns, Cause.unansweredUnknown]) {
      for (const lookup of context.failuresOf(cause)) {
        const chunk = context.lookups.of(lookup);
        const server = chunk.culprit[lookup & ROW_MASK]!;
        const isPod = topology.ownerOf(context.addressOf(chunk.client[lookup & ROW_MASK]!))?.kind === 'pod';
        if (!isPod || !isNothing(context, server)) continue;
        const group = groups.get(server) ?? new LookupGroup();
        groups.set(server, group);
        group.add(context, lookup);
      }
    }
    const right = dns.flatMap(({ addresses }) => addresses).join(', ');
    return [...groups].map(([server, group]) => {
      const address = context.addressOf(server);
      const clients = group.clients(context);
      return {
        severity: 'error',
        confidence: 'strong',
        hop: 'config',
        cause: 'stale-resolver-address',
        title: `${clients} ${group.clientsDo('asks', 'ask')} ${address} for names, which is nothing in this cluster; its DNS Service is ${right} (${plural(group.lookups.length, 'lookup')} unanswered)`,
        subject: {
          server: address,
          dnsService: right,
          clients,
          names: group.names(context, 5),
          lookups: group.lookups.length,
        },
        ruledOut: ['CoreDNS and its upstreams: these queries are not sent to them'],
        explanation: `No pod, Service, node or upstream has the address ${address}, and it gave no answer in this trace. The resolv.conf of the pod was written for another DNS Service`,
        nextSteps: [
          'Look at dnsPolicy and dnsConfig of the pod, and at /etc/resolv.conf in it',
          `Compare clusterDNS in the kubelet's configuration on its node with ${right}`,
          'Restart the pod once the source is right: resolv.conf is written when a pod starts',
        ],
        lookups: group.lookups,
        proofs: group.proofs,
      };
    });
  },
};

function isNothing(context: FindingContext, server: number): boolean {
  const { trace, topology } = context.engine;
  const address = context.addressOf(server);
  return (
    PRIVATE.test(address) &&
    trace.serverAnswered.get(server) === 0 &&
    topology.ownerOf(address) === undefined &&
    !topology.topology.upstreams.some((upstream) => upstream.address === address)
  );
}
