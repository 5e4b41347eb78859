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
      ...groupsByServer(context, answeredFromElsewhere(context)).map((silent) => fromElsewhere(context, silent)),
      ...groupsByServer(context, silentOf(context, Cause.lostOnReturn)).map((silent) => lostOnReturn(context, silent)),
      ...groupsByServer(context, silentOf(context, Cause.unansweredUnknown)).map((silent) =>
        unknownPlace(context, silent),
      ),
    ];
  },
};

function silentOf(context: FindingContext, cause: number): readonly number[] {
  return context.failuresOf(cause).filter((lookup) => elsewhereOf(context, lookup) === undefined);
}

/** An answer did come, from an address that was not asked. */
function answeredFromElsewhere(context: FindingContext): readonly number[] {
  return [Cause.lostOnReturn, Cause.unansweredUnknown]
    .flatMap((cause) => context.failuresOf(cause))
    .filter((lookup) => elsewhereOf(context, lookup) !== undefined);
}

function elsewhereOf(context: FindingContext, lookup: number): number | undefined {
  const { fromElsewhere } = context.engine.trace;
  return fromElsewhere.size === 0 ? undefined : fromElsewhere.get(context.proofOf(lookup));
}

function groupsByServer(context: FindingContext, lookups: readonly number[]): readonly ByServer[] {
  const groups = new Map<number, LookupGroup>();
  for (const lookup of lookups) {
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

function fromElsewhere(context: FindingContext, silent: ByServer): RuleHit {
  const { server, group } = silent;
  const elsewhere = [...new Set(group.lookups.map((lookup) => elsewhereOf(context, lookup)))]
    .flatMap((address) => (address === undefined ? [] : [context.addressOf(address)]))
    .slice(0, 3);
  const { subject, ...rest } = basics(context, silent);
  const { trace } = context.engine;
  const isPods = group.lookups.every((lookup) => {
    const proof = context.proofOf(lookup);
    return trace.vantages[trace.transactions.of(proof).vantage[proof & ROW_MASK]!]!.vantage.role === 'client';
  });
  return {
    ...rest,
    subject: { ...subject, answeredBy: elsewhere.join(', ') },
    confidence: isPods ? 'exact' : 'inferred',
    severity: 'error',
    hop: 'coredns-client',
    cause: 'answer-from-elsewhere',
    title: `${group.clients(context)} ${group.clientsDo('asks', 'ask')} ${context.labelOf(server)} and ${group.clientsDo('is', 'are')} answered by ${elsewhere.join(' and ')}, which ${group.clientsDo('it refuses', 'they refuse')} (${plural(group.lookups.length, 'lookup')})`,
    ruledOut: ['The way to the server, and the server itself: an answer came back'],
    explanation: `The answers for ${group.names(context)} arrived where they were asked for, but from an address that was not asked. A resolver takes them for forged and waits on. The translation of the Service's address was not undone on the way back: on one node, the bridge may pass answers between pods without iptables${isPods ? '' : '. A capture that was taken on a node, and not in the pod, may look the same without a fault'}`,
    nextSteps: [
      'On the node of the pod, check that br_netfilter is loaded and sysctl net.bridge.bridge-nf-call-iptables is 1',
      'Check that answers go back through the node that translated the query, and are not routed around it',
    ],
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
