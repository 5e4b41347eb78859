/**
 * Queries that arrived in a CoreDNS pod and were never answered there, although no upstream kept CoreDNS waiting.
 * Needs the CoreDNS vantage; `inferred` when it reports loss. Excluded when the upstream leg is the silent one.
 */
import { Cause } from '../lookups/verdict.ts';
import { ROW_MASK } from '../trace/tables.ts';
import { plural, type FindingRule } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

export const droppedInCoreDns: FindingRule = {
  id: 'dropped-in-coredns',
  evaluate(context) {
    const byServer = new Map<number, LookupGroup>();
    for (const lookup of context.failuresOf(Cause.lostInCoreDns)) {
      const server = context.lookups.of(lookup).culprit[lookup & ROW_MASK]!;
      const group = byServer.get(server) ?? new LookupGroup();
      byServer.set(server, group);
      group.add(context, lookup);
    }
    return [...byServer].map(([server, group]) => {
      const label = context.labelOf(context.addressOf(server));
      const { lookups, proofs, confidence } = group;
      return {
        severity: 'error',
        confidence,
        hop: 'coredns',
        cause: 'dropped-in-coredns',
        title: `CoreDNS ${label} receives queries for ${group.names(context)} and never answers (${plural(lookups.length, 'lookup')})`,
        subject: { coredns: context.addressOf(server), names: group.names(context, 5), lookups: lookups.length },
        ruledOut: [
          'The way to CoreDNS: the queries were seen arriving in its pod',
          'Upstreams: none was asked for these queries, or those asked answered',
        ],
        explanation:
          'The queries arrived in the CoreDNS pod and no answer left it. CoreDNS is overloaded or starved of CPU, a plugin drops them on purpose (acl drop, erratic, shed), or the process hangs',
        nextSteps: [
          'Look at the CPU throttling and the log of that CoreDNS pod',
          'Look for acl, erratic or shed in the Corefile',
          'Restart CoreDNS, and watch whether it answers again',
        ],
        action: 'restart-coredns',
        lookups,
        proofs,
      };
    });
  },
};
