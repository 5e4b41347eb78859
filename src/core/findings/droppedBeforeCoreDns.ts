/**
 * Queries that left the pod and reached no CoreDNS pod. Asserted only when CoreDNS pods were watched at that moment and
 * none is known to be unwatched; `exact` only when all of them report no loss. Excluded by a single sighting in any CoreDNS pod.
 */
import { Cause } from '../lookups/verdict.ts';
import { roleOf } from '../trace/trace.ts';
import { plural, type FindingRule } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

export const droppedBeforeCoreDns: FindingRule = {
  id: 'dropped-before-coredns',
  evaluate(context) {
    const lookups = context.failuresOf(Cause.lostBeforeCoreDns);
    if (lookups.length === 0) return [];
    const group = new LookupGroup();
    for (const lookup of lookups) group.add(context, lookup);
    const { trace } = context.engine;
    const watched = trace.vantages.filter((state) => roleOf(state) === 'coredns').length;
    const clients = group.clients(context);
    return [
      {
        severity: 'error',
        confidence: group.confidence,
        hop: 'client-coredns',
        cause: 'dropped-before-coredns',
        title: `Queries leave ${clients} but don't reach any CoreDNS pod (${plural(lookups.length, 'lookup')})`,
        subject: { clients, names: group.names(context, 5), lookups: lookups.length, corednsWatched: watched },
        ruledOut: [
          `CoreDNS and its upstreams: ${plural(watched, 'CoreDNS pod was', 'CoreDNS pods were')} watched and did not see these queries`,
          'The application: its queries were seen leaving the pod',
        ],
        explanation: `Between the pod and CoreDNS stand the node's address translation for the DNS Service and the network. A NetworkPolicy, a firewall, a Service without ready endpoints, or a lost race in connection tracking drops the queries there`,
        nextSteps: [
          'Look for a NetworkPolicy that selects the pod and allows no UDP and TCP port 53 to kube-system',
          'Check that the kube-dns Service has ready endpoints',
          "On the pod's node, look at conntrack -S for insert_failed, and at firewall drop counters",
        ],
        lookups,
        proofs: group.proofs,
      },
    ];
  },
};
