/**
 * One upstream of several that fails or stays silent while the others answer the same names (`oddOneOut.ts` says what that takes): CoreDNS
 * asks them at random or in turn, so lookups fail or wait now and then.
 * Needs a watched CoreDNS pod that asked two upstreams or more. Excluded by names that only this upstream was asked (then
 * `upstream-no-answer` or `unsuccessful-response` tells), and by the others doing as badly.
 */
import { DnsRcode } from '../dns/types.ts';
import { ROW_MASK, State } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';
import { durationText, listOf, plural, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { mainBadness, oddOnesOut, type Badness, type OddOne } from './oddOneOut.ts';
import { isUpstreamQuery } from './upstreamQueries.ts';

export const oneOfSeveralUpstreamsBad: FindingRule = {
  id: 'one-of-several-upstreams-bad',
  explains: true,
  evaluate(context) {
    const { trace } = context.engine;
    if (trace.upstreams.size < 2 || !context.hasTrouble) return [];
    const odd = oddOnesOut(context, {
      isAsked: (id) => isUpstreamQuery(trace, id),
      badness: (id) => badness(trace, id),
      needs: () => false,
    });
    return odd.map((one) => toHit(context, one));
  },
};

function badness(trace: Trace, id: number): Badness | undefined {
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  if (chunk.state[row] === State.unanswered) return 'silent';
  const rcode = chunk.rcode[row]!;
  return rcode === DnsRcode.NOERROR || rcode === DnsRcode.NXDOMAIN || Number.isNaN(chunk.end[row]!)
    ? undefined
    : 'failing';
}

function toHit(context: FindingContext, odd: OddOne): RuleHit {
  const { engine } = context;
  const address = context.addressOf(odd.server);
  const label = context.labelOf(address);
  const { silent, failing } = odd.counts;
  const others = listOf(odd.others.servers.map((server) => context.labelOf(context.addressOf(server))));
  const failed = odd.group.lookups.filter((lookup) => engine.failures.has(lookup)).length;
  const isSilent = mainBadness(odd.counts) === 'silent';
  return {
    severity: failed > 0 ? 'error' : 'warning',
    confidence: odd.group.confidence === 'inferred' ? 'inferred' : 'strong',
    hop: 'upstream',
    cause: isSilent ? 'one-upstream-silent' : 'one-upstream-failing',
    title: `Upstream ${label} ${isSilent ? 'leaves unanswered' : 'answers with errors'} ${String(odd.bad)} of ${plural(odd.asked, 'query', 'queries')}, while ${others} ${odd.others.servers.length === 1 ? 'answers' : 'answer'} the same names`,
    subject: {
      upstream: address,
      queries: odd.asked,
      unanswered: silent,
      errors: failing,
      failedLookups: failed,
      queriesToOthers: odd.others.asked,
      names: odd.group.names(context, 5),
    },
    ruledOut: [
      `The names: ${others} gave ${plural(odd.others.good, 'good answer')} for them in the same ${durationText(odd.span)}`,
      'CoreDNS and the way to it: it sent these queries on, and does well with the other upstreams',
    ],
    explanation: `CoreDNS spreads its queries over several upstreams. Those that meet ${label} wait two seconds for it or get its error, so lookups fail or are slow now and then, whatever the name`,
    nextSteps: [
      `Ask that server directly from a node: dig @${address} ${odd.group.names(context, 1)}`,
      'Take it out of `forward` until it is well again',
      'Check its own forwarders, and firewalls for UDP and TCP port 53 between the nodes and it',
    ],
    action: 'inspect-corefile',
    lookups: odd.group.lookups,
    proofs: odd.proofs,
  };
}
