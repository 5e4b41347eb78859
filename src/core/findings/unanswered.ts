/**
 * Lookups without an answer where the trace cannot place the loss before or in CoreDNS: either the answer left CoreDNS
 * and did not reach the pod, or too little was watched to say. The sharper cases have rules of their own.
 */
import { Cause } from '../lookups/verdict.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import type { FindingContext } from './findingRule.ts';
import { listOf, plural, type FindingRule, type RuleHit } from './findingRule.ts';

export const unanswered: FindingRule = {
  id: 'unanswered',
  evaluate(context) {
    return [
      ...groupsByServer(context, Cause.lostOnReturn).map((lookups) => lostOnReturn(context, lookups)),
      ...groupsByServer(context, Cause.unansweredUnknown).map((lookups) => unknownPlace(context, lookups)),
    ];
  },
};

function groupsByServer(context: FindingContext, cause: number): readonly (readonly number[])[] {
  const groups = new Map<number, number[]>();
  for (const lookup of context.failuresOf(cause)) {
    const server = context.engine.trace.lookups.of(lookup).culprit[lookup & ROW_MASK]!;
    const group = groups.get(server);
    if (group === undefined) groups.set(server, [lookup]);
    else group.push(lookup);
  }
  return [...groups.values()];
}

function basics(
  context: FindingContext,
  lookups: readonly number[],
): Pick<RuleHit, 'lookups' | 'proofs' | 'confidence' | 'subject'> & {
  readonly server: string;
  readonly names: readonly string[];
  readonly clients: string;
} {
  const first = lookups[0]!;
  const address = context.addressOf(context.engine.trace.lookups.of(first).culprit[first & ROW_MASK]!);
  const names = lookups.map((lookup) => context.nameOf(lookup));
  return {
    lookups,
    proofs: lookups.map((lookup) => context.proofOf(lookup)).filter((id) => id !== NONE),
    confidence: context.confidenceOf(lookups),
    server: context.labelOf(address),
    names,
    clients: listOf(lookups.map((lookup) => context.clientOf(lookup))),
    subject: { server: address, names: listOf(names, 5), lookups: lookups.length },
  };
}

function lostOnReturn(context: FindingContext, group: readonly number[]): RuleHit {
  const { server: _server, names, clients, ...rest } = basics(context, group);
  return {
    ...rest,
    severity: 'error',
    hop: 'coredns-client',
    cause: 'lost-on-return',
    title: `CoreDNS answers, but the answers don't reach ${clients} (${plural(group.length, 'lookup')})`,
    ruledOut: [
      'The way to CoreDNS: the queries arrived there',
      'CoreDNS and its upstreams: the answers were seen leaving the CoreDNS pod',
    ],
    explanation: `The answers for ${listOf(names)} left the CoreDNS pod and were never seen in the pod that asked. A stale or missing connection-tracking entry, an address translation that is not undone, or a policy drops them on the way back`,
    nextSteps: [
      'On the node of the pod, look at conntrack -S for insert_failed and drop counters',
      'Check NetworkPolicies for ingress to the pod, and node firewalls',
    ],
  };
}

function unknownPlace(context: FindingContext, group: readonly number[]): RuleHit {
  const { server, names, clients, ...rest } = basics(context, group);
  const partly = context.corednsWatched;
  return {
    ...rest,
    confidence: 'inferred',
    severity: 'error',
    hop: 'client-coredns',
    cause: 'unanswered',
    title: `${server} gives no answer to ${clients} for ${listOf(names)} (${plural(group.length, 'lookup')})`,
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
