/**
 * The cluster's DNS Service has no ready endpoints, so that nothing stands behind its address: queries go nowhere, or the node rejects them.
 * Needs the topology (Services and EndpointSlices) to say so, and unanswered lookups sent to that Service's address.
 * Excluded by any answer from that address in this trace (the topology is of another moment), and by a topology in which no Service has
 * endpoints: then it holds no EndpointSlices, and says nothing.
 */
import { Cause } from '../lookups/verdict.ts';
import { ROW_MASK } from '../trace/tables.ts';
import { plural, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';
import type { TopologyService } from '../topology/topology.ts';

export const noCorednsEndpoints: FindingRule = {
  id: 'no-coredns-endpoints',
  explains: true,
  evaluate(context) {
    const { services } = context.engine.topology.topology;
    if (!services.some(({ endpoints }) => endpoints.length > 0)) return [];
    return services
      .filter(({ isDns, endpoints }) => isDns && endpoints.length === 0)
      .flatMap((service) => toHit(context, service));
  },
};

function toHit(context: FindingContext, service: TopologyService): readonly RuleHit[] {
  const { trace } = context.engine;
  const ids = new Set(service.addresses.map((address) => trace.addresses.find(address)));
  if ([...ids].some((id) => id !== undefined && trace.serverAnswered.get(id) > 0)) return [];
  const group = new LookupGroup();
  for (const cause of [Cause.lostBeforeCoreDns, Cause.unansweredUnknown]) {
    for (const lookup of context.failuresOf(cause)) {
      if (ids.has(context.lookups.of(lookup).culprit[lookup & ROW_MASK])) group.add(context, lookup);
    }
  }
  if (group.lookups.length === 0) return [];
  const rejected = [...trace.icmpTallies.values()].some(({ server, about }) => about === 'query' && ids.has(server));
  const name = `${service.namespace}/${service.name}`;
  return [
    {
      severity: 'error',
      // The topology is a snapshot: it was so when it was taken.
      confidence: 'strong',
      hop: 'client-coredns',
      cause: 'no-endpoints',
      title: `The DNS Service ${context.labelOf(service.addresses[0] ?? name)} has no ready CoreDNS pod behind it (${plural(group.lookups.length, 'lookup')} unanswered)`,
      subject: {
        service: name,
        clients: group.clients(context),
        names: group.names(context, 5),
        lookups: group.lookups.length,
        rejected: rejected ? 1 : 0,
      },
      ruledOut: [
        'The application: its queries were sent to the right address',
        'The names and the upstreams: no query gets as far as CoreDNS',
      ],
      explanation: `EndpointSlices of ${name} list no ready address, so ${rejected ? 'the node rejects queries to it (ICMP)' : 'queries to it go nowhere'}. No CoreDNS pod is ready, or the selector of the Service matches none`,
      nextSteps: [
        `Look at the CoreDNS pods: kubectl -n ${service.namespace} get pods -l k8s-app=kube-dns`,
        'If they run and are not ready, read their logs: a Corefile that CoreDNS refuses, or an API server it cannot reach',
        `If they are ready, compare their labels with the selector of ${name}`,
      ],
      action: 'inspect-corefile',
      lookups: group.lookups,
      proofs: group.proofs,
    },
  ];
}
