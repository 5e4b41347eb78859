/**
 * Lookups without an answer where the trace cannot place the loss before or in CoreDNS: either the answer left CoreDNS
 * and did not reach the pod, or too little was watched to say. The sharper cases have rules of their own.
 */
import { Cause } from '../lookups/verdict.ts';
import { ROW_MASK } from '../trace/tables.ts';
import type { FindingContext } from './findingRule.ts';
import { plural, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

export const unanswered: FindingRule = {
  id: 'unanswered',
  evaluate(context) {
    return [
      ...groupsByServer(context, Cause.lostOnReturn).map((silent) => lostOnReturn(context, silent)),
      ...groupsByServer(context, Cause.unansweredUnknown).map((silent) => unknownPlace(context, silent)),
    ];
  },
};

function groupsByServer(context: FindingContext, cause: number): readonly ByServer[] {
  const groups = new Map<number, LookupGroup>();
  for (const lookup of context.failuresOf(cause)) {
    const server = context.lookups.of(lookup).culprit[lookup & ROW_MASK]!;
    const group = groups.get(server) ?? new LookupGroup();
    groups.set(server, group);
    group.add(context, lookup);
  }
  return [...groups].map(([server, group]) => ({ server: context.addressOf(server), group }));
}

interface ByServer {
  readonly server: string;
  readonly group: LookupGroup;
}

function basics(
  context: FindingContext,
  { server, group }: ByServer,
): Pick<RuleHit, 'lookups' | 'proofs' | 'confidence' | 'subject'> {
  return {
    lookups: group.lookups,
    proofs: group.proofs,
    confidence: group.confidence,
    subject: { server, names: group.names(context, 5), lookups: group.lookups.length },
  };
}

function lostOnReturn(context: FindingContext, silent: ByServer): RuleHit {
  const { group } = silent;
  const clients = group.clients(context);
  return {
    ...basics(context, silent),
    severity: 'error',
    hop: 'coredns-client',
    cause: 'lost-on-return',
    title: `CoreDNS answers, but the answers don't reach ${clients} (${plural(group.lookups.length, 'lookup')})`,
    ruledOut: [
      'The way to CoreDNS: the queries arrived there',
      'CoreDNS and its upstreams: the answers were seen leaving the CoreDNS pod',
    ],
    explanation: `The answers for ${group.names(context)} left the CoreDNS pod and were never seen in the pod that asked. A stale or missing connection-tracking entry, an address translation that is not undone, or a policy drops them on the way back`,
    nextSteps: [
      'On the node of the pod, look at conntrack -S for insert_failed and drop counters',
      'Check NetworkPolicies for ingress to the pod, and node firewalls',
    ],
  };
}

function unknownPlace(context: FindingContext, silent: ByServer): RuleHit {
  const { server, group } = silent;
  const partly = context.corednsWatched;
  return {
    ...basics(context, silent),
    confidence: 'inferred',
    severity: 'error',
    hop: 'client-coredns',
    cause: 'unanswered',
    title: `${context.labelOf(server)} gives no answer to ${group.clients(context)} for ${group.names(context)} (${plural(group.lookups.length, 'lookup')})`,
    ruledOut: [],
    explanation: partly
      ? 'The queries left the pod and no answer came. Not every CoreDNS pod was watched then, so the trace cannot say where they were lost'
      : 'The queries were sent and no answer came. CoreDNS was not watched, so the trace cannot say whether they arrived there',
    nextSteps: [
      'Trace again with every CoreDNS pod watched: that shows whether the queries arrive',
      'Check that the DNS Service has ready endpoints, and that no NetworkPolicy blocks UDP and TCP port 53',
    ],
  };
}
