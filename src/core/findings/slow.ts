/**
 * Lookups that came out well but took long, blamed on the hop that took the time. Severity (design.md): info when the 95th
 * percentile at the hop is above the threshold; warning from 100 ms, or when one hop takes over 80 % of a lookup over
 * 100 ms; error when clients asked again because of it. Silent below ten answered queries at the hop: a percentile of
 * fewer says nothing.
 */
import { corednsTransaction, primaryTransaction } from '../lookups/exchangeViews.ts';
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import type { FindingContext } from './findingRule.ts';
import { durationText, listOf, plural, type FindingRule, type RuleHit } from './findingRule.ts';
import type { FaultHop } from './finding.ts';

const FEWEST = 10;
const WARNING_NS = 100e6;

interface SlowHop {
  readonly hop: FaultHop;
  readonly server: number;
  readonly took: number[];
  readonly lookups: number[];
  readonly proofs: number[];
  dominated: number;
  askedAgain: number;
  certain: boolean;
}

export const slow: FindingRule = {
  id: 'slow',
  evaluate(context) {
    const hops = new Map<string, SlowHop>();
    for (const lookup of context.slowOnes()) {
      const blame = slowestHop(context, lookup);
      if (blame === undefined) continue;
      const key = `${blame.hop}:${String(blame.server)}`;
      let hop = hops.get(key);
      if (hop === undefined) {
        hop = {
          hop: blame.hop,
          server: blame.server,
          took: [],
          lookups: [],
          proofs: [],
          dominated: 0,
          askedAgain: 0,
          certain: true,
        };
        hops.set(key, hop);
      }
      hop.took.push(blame.took);
      hop.lookups.push(lookup);
      hop.proofs.push(blame.proof);
      const chunk = context.engine.trace.lookups.of(lookup);
      const latency = chunk.latency[lookup & ROW_MASK]!;
      if (latency > WARNING_NS && blame.took > latency * 0.8) hop.dominated++;
      if (blame.askedAgain) hop.askedAgain++;
      if (!blame.certain) hop.certain = false;
    }
    return [...hops.values()].flatMap((hop) => toHit(context, hop));
  },
};

interface Blame {
  readonly hop: FaultHop;
  readonly server: number;
  readonly took: number;
  readonly proof: number;
  readonly askedAgain: boolean;
  /** The hop was seen to take the time. */
  readonly certain: boolean;
}

/** Where the slowest exchange of a lookup spent its time: upstream, inside CoreDNS, or on the way to it. */
function slowestHop(context: FindingContext, lookup: number): Blame | undefined {
  const { trace } = context.engine;
  let worst: Blame | undefined;
  for (const exchange of trace.exchangesOf(lookup)) {
    const id = primaryTransaction(trace, exchange);
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const took = chunk.end[row]! - chunk.start[row]!;
    if (!(took > context.engine.slowNs) || (worst !== undefined && took <= worst.took)) continue;
    const askedAgain = chunk.retransmissions[row]! > 0 || chunk.state[row] === State.late;
    let upstreamTook = 0;
    let upstream = NONE;
    let silentChild = false;
    for (const child of trace.childrenOf(exchange)) {
      const childId = primaryTransaction(trace, child);
      const childChunk = trace.transactions.of(childId);
      const end = childChunk.end[childId & ROW_MASK]!;
      if (Number.isNaN(end)) {
        silentChild = true;
        continue;
      }
      upstreamTook += end - childChunk.start[childId & ROW_MASK]!;
      upstream = childId;
    }
    // The wait for a silent upstream is told by `upstream-no-answer`.
    if (silentChild) continue;
    if (upstream !== NONE && upstreamTook > took / 2) {
      const server = trace.transactions.of(upstream).server[upstream & ROW_MASK]!;
      worst = { hop: 'upstream', server, took: upstreamTook, proof: upstream, askedAgain, certain: true };
    } else {
      worst = withoutUpstream(context, exchange, { server: chunk.server[row]!, took, proof: id, askedAgain });
    }
  }
  return worst;
}

/** No upstream took the time: CoreDNS did when its own view is slow too, the way to it when that view is fast, and who knows without one. */
function withoutUpstream(context: FindingContext, exchange: number, blame: Omit<Blame, 'hop' | 'certain'>): Blame {
  const { trace } = context.engine;
  const inside = corednsTransaction(trace, exchange);
  if (inside === NONE) return { ...blame, hop: 'client-coredns', certain: false };
  const chunk = trace.transactions.of(inside);
  const tookInside = chunk.end[inside & ROW_MASK]! - chunk.start[inside & ROW_MASK]!;
  return {
    ...blame,
    hop: tookInside > blame.took / 2 ? 'coredns' : 'client-coredns',
    certain: !Number.isNaN(tookInside),
  };
}

function toHit(context: FindingContext, hop: SlowHop): readonly RuleHit[] {
  const answered = context.engine.trace.serverAnswered.get(hop.server);
  const p95Slow = hop.took.length >= answered * 0.05;
  if (answered < FEWEST || (!p95Slow && hop.dominated === 0 && hop.askedAgain === 0)) return [];
  const sorted = [...hop.took].sort((a, b) => a - b);
  // The slow ones are the upper end of all: the p95 of all lies this far into them.
  const p95 = sorted[Math.max(0, sorted.length - 1 - Math.floor(answered * 0.05))] ?? sorted[0]!;
  const longest = sorted.at(-1)!;
  const severity =
    hop.askedAgain > 0 ? 'error' : (p95Slow && p95 >= WARNING_NS) || hop.dominated > 0 ? 'warning' : 'info';
  const server = context.labelOf(context.addressOf(hop.server));
  const where = hop.hop === 'upstream' ? `Upstream ${server}` : server;
  const names = hop.lookups.map((lookup) => context.nameOf(lookup));
  return [
    {
      severity,
      confidence: hop.certain ? 'strong' : 'inferred',
      hop: hop.hop,
      cause: hop.askedAgain > 0 ? 'slow-clients-ask-again' : 'slow',
      title: `${where} is slow: ${plural(hop.lookups.length, 'lookup')} over ${durationText(context.engine.slowNs)}, at most ${durationText(longest)}`,
      subject: {
        server: context.addressOf(hop.server),
        p95Ns: Math.round(p95),
        maxNs: Math.round(longest),
        lookups: hop.lookups.length,
        answered,
        names: listOf(names, 5),
      },
      ruledOut:
        hop.hop === 'upstream'
          ? ['CoreDNS: most of the time was spent waiting for the upstream']
          : hop.hop === 'client-coredns' && hop.certain
            ? ['CoreDNS and its upstreams: they answered fast']
            : [],
      explanation:
        hop.hop === 'upstream'
          ? `Of the time these lookups took, most passed between CoreDNS's query to ${server} and its answer`
          : hop.hop === 'coredns'
            ? `CoreDNS itself took this time between receiving the query and answering it`
            : hop.certain
              ? `CoreDNS answered fast; the time passed on the way between the pod and CoreDNS`
              : `These lookups waited for ${server}; where the time went was not watched`,
      nextSteps:
        hop.hop === 'upstream'
          ? ['Ask the upstream directly and compare the time', 'Check that `cache` is on for the zone']
          : ['Look at the CPU limits and load of CoreDNS', 'Trace with CoreDNS watched to see where the time goes'],
      lookups: hop.lookups,
      proofs: hop.proofs,
    },
  ];
}
