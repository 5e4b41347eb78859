/**
 * Failures that come at once and without an upstream query, because CoreDNS keeps a SERVFAIL for five seconds (plugin cache): one failure of an
 * upstream is many for the applications. Information beside the finding about the upstream.
 * Needs three lookups laid to an earlier failure (`verdict.ts`: same CoreDNS and name, within 5 s). Excluded: those with an upstream query of their
 * own.
 */
import { Cause } from '../lookups/verdict.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import { plural, type FindingRule } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

const FEWEST = 3;

export const servfailFromCache: FindingRule = {
  id: 'servfail-from-cache',
  evaluate(context) {
    const { trace } = context.engine;
    const group = new LookupGroup();
    for (const lookup of [Cause.upstreamSilent, Cause.upstreamError].flatMap((cause) => context.failuresOf(cause))) {
      const proof = context.proofOf(lookup);
      if (proof === NONE) continue;
      const exchange = trace.transactions.of(proof).exchange[proof & ROW_MASK]!;
      if (trace.lookupOf(exchange) !== lookup) group.add(context, lookup);
    }
    if (group.lookups.length < FEWEST) return [];
    return [
      {
        severity: 'info',
        confidence: 'inferred',
        hop: 'coredns',
        cause: 'servfail-from-cache',
        title: `CoreDNS answers ${plural(group.lookups.length, 'lookup')} of ${group.names(context)} with a SERVFAIL from its cache`,
        subject: { names: group.names(context, 5), clients: group.clients(context), lookups: group.lookups.length },
        ruledOut: ['A failure of its own for each of them: no upstream was asked for these lookups'],
        explanation:
          'CoreDNS keeps a SERVFAIL for 5 s and gives it to everybody who asks in that time. One failure of the upstream thus fails many lookups, and the name stays broken for up to 5 s after the upstream is well again',
        nextSteps: [
          'Look at the finding about the upstream first: it is the cause',
          'To have each query tried again, set servfail 0 in the cache block; that puts more load on the upstream',
        ],
        lookups: group.lookups,
        proofs: group.proofs,
      },
    ];
  },
};
