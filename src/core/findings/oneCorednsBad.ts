/**
 * One CoreDNS pod fails, stays silent or is slow while the others do well with the same names (`oddOneOut.ts` says what that takes).
 * Needs two CoreDNS pods whose queries were seen.
 * Excluded by the others doing as badly, by names that only this pod was asked, and by an upstream that failed it and that the others
 * did not need (they had the answer in their cache): then nothing says that it would have served them.
 */
import { DnsRcode } from '../dns/types.ts';
import { primaryTransaction } from '../lookups/exchangeViews.ts';
import { ROW_MASK, State } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';
import { corednsAddresses, isReplicaQuery } from './corednsReplicas.ts';
import { durationText, plural, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { mainBadness, oddOnesOut, type Badness, type OddOne } from './oddOneOut.ts';

/** Slower than this is bad, however low the threshold for slow rows is: a tenth of a second is what people feel. */
const SLOW_NS = 100e6;

export const oneCorednsBad: FindingRule = {
  id: 'one-coredns-bad',
  explains: true,
  evaluate(context) {
    if (!context.hasTrouble) return [];
    const { trace } = context.engine;
    const replicas = corednsAddresses(context.engine);
    if (replicas.size < 2) return [];
    const odd = oddOnesOut(context, {
      isAsked: (id) => isReplicaQuery(trace, id, replicas),
      badness: (id) => badness(trace, id),
      needs: (id) => trace.childrenOf(trace.transactions.of(id).exchange[id & ROW_MASK]!).next().done !== true,
    });
    return odd.map((one) => toHit(context, one));
  },
};

function badness(trace: Trace, id: number): Badness | undefined {
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  if (chunk.state[row] === State.unanswered) return 'silent';
  if (chunk.state[row] !== State.answered && chunk.state[row] !== State.late) return undefined;
  const rcode = chunk.rcode[row]!;
  if (rcode !== DnsRcode.NOERROR && rcode !== DnsRcode.NXDOMAIN) return 'failing';
  const took = chunk.end[row]! - chunk.start[row]!;
  return took > SLOW_NS && took - upstreamTime(trace, chunk.exchange[row]!) > took / 2 ? 'slow' : undefined;
}

/** Time that upstreams took under an exchange; all of it when one never answered, since then CoreDNS only waited. */
function upstreamTime(trace: Trace, exchange: number): number {
  let sum = 0;
  for (const child of trace.childrenOf(exchange)) {
    const id = primaryTransaction(trace, child);
    const chunk = trace.transactions.of(id);
    const took = chunk.end[id & ROW_MASK]! - chunk.start[id & ROW_MASK]!;
    if (Number.isNaN(took)) return Number.POSITIVE_INFINITY;
    sum += took;
  }
  return sum;
}

const DOES: Readonly<Record<Badness, string>> = {
  silent: 'leaves unanswered',
  failing: 'answers with errors',
  slow: 'is slow with',
};

function toHit(context: FindingContext, odd: OddOne): RuleHit {
  const address = context.addressOf(odd.server);
  const label = context.labelOf(address);
  const { silent, failing, slow } = odd.counts;
  const kind = mainBadness(odd.counts);
  const pods = odd.others.servers.length;
  const theOthers = pods === 1 ? 'the other CoreDNS pod' : `the other ${String(pods)} CoreDNS pods`;
  return {
    severity: silent + failing > 0 ? 'error' : 'warning',
    confidence: wasWatchedWell(context, odd) ? 'strong' : 'inferred',
    hop: 'coredns',
    cause: `replica-${kind}`,
    title: `CoreDNS ${label} ${DOES[kind]} ${String(odd.bad)} of ${plural(odd.asked, 'query', 'queries')}, while ${theOthers} ${pods === 1 ? 'does' : 'do'} well with the same names`,
    subject: {
      coredns: address,
      queries: odd.asked,
      unanswered: silent,
      errors: failing,
      slow,
      queriesToOthers: odd.others.asked,
      badAtOthers: odd.others.bad,
      names: odd.group.names(context, 5),
    },
    ruledOut: [
      `The names and their upstreams: in the same ${durationText(odd.span)}, ${theOthers} gave ${plural(odd.others.good, 'good answer')} for them`,
      'The way from the pods: these queries reached the CoreDNS pod',
    ],
    explanation: `Queries are spread over the CoreDNS pods, so ${label} makes some lookups fail or wait and others not. The pod, its node, or what only it has (a Corefile not yet reloaded, an API connection that hangs, its own way to the upstreams) is at fault`,
    nextSteps: [
      'Read the log of that pod, and compare its node, CPU throttling and restarts with those of the others',
      'Delete that one pod: its Deployment makes a new one',
      'If the new one fails as well, cordon its node and look at the network there',
    ],
    action: 'restart-coredns',
    lookups: odd.group.lookups,
    proofs: odd.proofs,
    ...(silent + failing > 0 ? { atFault: odd.server } : {}),
  };
}

/** The pod itself was watched and lost no packets; without that, its silence may be the way to it. */
function wasWatchedWell(context: FindingContext, odd: OddOne): boolean {
  const { trace } = context.engine;
  return odd.proofs.every((id) => {
    const state = trace.vantages[trace.transactions.of(id).vantage[id & ROW_MASK]!]!;
    return state.lossless && state.vantage.role === 'coredns';
  });
}
