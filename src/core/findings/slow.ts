/**
 * Lookups that came out well but took long, blamed on the hop that took the time. Severity (design.md): info when the 95th
 * percentile at the hop is above the threshold; warning from 100 ms, or when one hop takes over 80 % of a lookup over
 * 100 ms; error when clients asked again because of it. Silent below ten answered queries at the hop: a percentile of
 * fewer says nothing.
 */
import {
  askingCoreDns,
  corednsTransaction,
  nodeLocalTransaction,
  primaryTransaction,
} from '../lookups/exchangeViews.ts';
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';
import { corednsWatch } from './corednsReplicas.ts';
import type { FindingContext } from './findingRule.ts';
import { durationText, plural, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';
import type { FaultHop } from './finding.ts';
import { waitSignature } from './waitSignatures.ts';

const FEWEST = 10;
const WARNING_NS = 100e6;

interface SlowHop {
  readonly hop: FaultHop;
  readonly server: number;
  readonly took: number[];
  readonly group: LookupGroup;
  readonly proofs: number[];
  dominated: number;
  askedAgain: number;
  /** Lookups whose first query stayed unanswered and was asked again. */
  lostFirst: number;
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
          group: new LookupGroup(),
          proofs: [],
          dominated: 0,
          askedAgain: 0,
          lostFirst: 0,
          certain: true,
        };
        hops.set(key, hop);
      }
      hop.took.push(blame.took);
      hop.group.add(context, lookup);
      hop.proofs.push(blame.proof);
      const chunk = context.engine.trace.lookups.of(lookup);
      const latency = chunk.latency[lookup & ROW_MASK]!;
      if (latency > WARNING_NS && blame.took > latency * 0.8) hop.dominated++;
      if (blame.askedAgain) hop.askedAgain++;
      if (blame.isLost) hop.lostFirst++;
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
  /** The query stayed unanswered; what took the time was the client's wait before it asked again. */
  readonly isLost: boolean;
  /** The hop was seen to take the time. */
  readonly certain: boolean;
}

/** Where the slowest exchange of a lookup spent its time: upstream, inside CoreDNS or NodeLocal, or on the way. */
function slowestHop(context: FindingContext, lookup: number): Blame | undefined {
  const { trace } = context.engine;
  let worst: Blame | undefined;
  for (const exchange of trace.exchangesOf(lookup)) {
    const id = primaryTransaction(trace, exchange);
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const took = chunk.end[row]! - chunk.start[row]!;
    if (chunk.state[row] === State.unanswered) {
      const lost = lostFirstTry(context, lookup, exchange);
      if (lost !== undefined && (worst === undefined || lost.took > worst.took)) worst = lost;
    }
    if (!(took > context.engine.slowNs) || (worst !== undefined && took <= worst.took)) continue;
    const askedAgain = chunk.retransmissions[row]! > 0 || chunk.state[row] === State.late;
    worst =
      blameFor(context, exchange, { server: chunk.server[row]!, took, proof: id, askedAgain, isLost: false }) ?? worst;
  }
  return worst;
}

/** `undefined` while some of those asked are silent: the wait for them is told by `upstream-no-answer`. */
function blameFor(context: FindingContext, exchange: number, own: Omit<Blame, 'hop' | 'certain'>): Blame | undefined {
  const { trace } = context.engine;
  let childrenTook = 0;
  let last = NONE;
  for (const child of trace.childrenOf(exchange)) {
    const id = primaryTransaction(trace, child);
    const took = durationOf(trace, id);
    if (Number.isNaN(took)) return undefined;
    childrenTook += took;
    last = id;
  }
  const isUpstream = last !== NONE && childrenTook > own.took / 2;
  const server = isUpstream ? trace.transactions.of(last).server[last & ROW_MASK]! : own.server;
  const atNode = nodeLocalTransaction(trace, exchange);
  const asking = askingCoreDns(trace, exchange);
  // NodeLocal DNSCache waited for CoreDNS: whose time that was is the same question again.
  if (isUpstream && asking !== exchange)
    return blameFor(context, asking, { ...own, server, took: childrenTook, proof: last });
  if (isUpstream) return { ...own, hop: 'upstream', server, took: childrenTook, proof: last, certain: true };
  if (atNode === NONE) return withoutUpstream(context, exchange, own);
  return { ...own, hop: 'nodelocal', certain: durationOf(trace, atNode) > own.took / 2 };
}

function durationOf(trace: Trace, id: number): number {
  const chunk = trace.transactions.of(id);
  return chunk.end[id & ROW_MASK]! - chunk.start[id & ROW_MASK]!;
}

/** A query that got no answer and was asked again from another socket: the client's own wait, blamed on where the first one was lost. */
function lostFirstTry(context: FindingContext, lookup: number, exchange: number): Blame | undefined {
  const { trace } = context.engine;
  const id = primaryTransaction(trace, exchange);
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const [start, name, qtype, server] = [chunk.start[row]!, chunk.name[row]!, chunk.qtype[row]!, chunk.server[row]!];
  let again = Number.POSITIVE_INFINITY;
  for (const other of trace.exchangesOf(lookup)) {
    const later = primaryTransaction(trace, other);
    const of = trace.transactions.of(later);
    const at = later & ROW_MASK;
    if (of.name[at] === name && of.qtype[at] === qtype && of.start[at]! > start) again = Math.min(again, of.start[at]!);
  }
  const took = again - start;
  if (!(took > context.engine.slowNs && took < Number.POSITIVE_INFINITY)) return undefined;
  const blame = { server, took, proof: id, askedAgain: true, isLost: true };
  const inside = corednsTransaction(trace, exchange);
  if (inside === NONE) return { ...blame, hop: 'client-coredns', certain: corednsWatch(context.engine, start).all };
  const end = trace.transactions.of(inside).end[inside & ROW_MASK]!;
  if (!Number.isNaN(end)) return { ...blame, hop: 'coredns-client', certain: true };
  // Waiting for an upstream, it is told with that upstream.
  const { done } = trace.childrenOf(exchange).next();
  return done === true ? { ...blame, hop: 'coredns', certain: true } : undefined;
}

/**
 * No upstream took the time: CoreDNS did when its own view is slow too, the way to it when that view is fast, and who knows without one. A repeat from
 * the same socket that was answered at once tells that the first query, or its answer, was lost.
 */
function withoutUpstream(context: FindingContext, exchange: number, blame: Omit<Blame, 'hop' | 'certain'>): Blame {
  const { trace } = context.engine;
  const own = trace.transactions.of(blame.proof);
  const row = blame.proof & ROW_MASK;
  const [start, repeat] = [own.start[row]!, own.lastQuery[row]!];
  const isLost = repeat - start > blame.took / 2;
  const inside = corednsTransaction(trace, exchange);
  if (inside === NONE)
    return { ...blame, isLost, hop: 'client-coredns', certain: isLost && corednsWatch(context.engine, start).all };
  const chunk = trace.transactions.of(inside);
  const [startInside, end] = [chunk.start[inside & ROW_MASK]!, chunk.end[inside & ROW_MASK]!];
  if (isLost && startInside > start + (repeat - start) / 2)
    return { ...blame, isLost, hop: 'client-coredns', certain: true };
  if (isLost && end < repeat) return { ...blame, isLost, hop: 'coredns-client', certain: true };
  const hop = end - startInside > blame.took / 2 ? 'coredns' : 'client-coredns';
  return { ...blame, hop, certain: !Number.isNaN(end) };
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
  const signature = waitSignature(hop.hop, hop.took);
  return [
    {
      severity,
      confidence: hop.certain ? 'strong' : 'inferred',
      hop: hop.hop,
      subject: {
        server: context.addressOf(hop.server),
        p95Ns: Math.round(p95),
        maxNs: Math.round(longest),
        lookups: hop.group.lookups.length,
        answered,
        firstQueriesLost: hop.lostFirst,
        names: hop.group.names(context, 5),
        ...(signature === undefined ? {} : { signatureSeconds: signature.seconds }),
      },
      lookups: hop.group.lookups,
      proofs: hop.proofs,
      ...wordsFor(context, hop, longest, signature === undefined ? '' : `. ${signature.text}`),
    },
  ];
}

type Words = Pick<RuleHit, 'cause' | 'title' | 'ruledOut' | 'explanation' | 'nextSteps'>;

const LOST: Readonly<Partial<Record<FaultHop, string>>> = {
  'client-coredns': 'between the pod and CoreDNS',
  coredns: 'in CoreDNS, where it arrived',
  'coredns-client': 'on its way back from CoreDNS, which answered it',
};

function wordsFor(context: FindingContext, hop: SlowHop, longest: number, signature: string): Words {
  const server = context.labelOf(context.addressOf(hop.server));
  const count = plural(hop.group.lookups.length, 'lookup');
  if (hop.lostFirst * 2 > hop.group.lookups.length) {
    const place = hop.certain ? LOST[hop.hop] : 'somewhere; CoreDNS was not watched well enough to say where';
    return {
      cause: 'slow-first-query-lost',
      title: `${count} ${hop.group.lookups.length === 1 ? 'waits' : 'wait'} up to ${durationText(longest)}: the first query to ${server} is lost, and the client asks again`,
      ruledOut: ['The name: it was answered once it was asked again'],
      explanation: `The first query got no answer: it was lost ${place ?? 'on the way'}. The client waited for its own timeout and asked again${signature}`,
      nextSteps: [
        "On the pod's node, look at conntrack -S for insert_failed and drops, and at firewall drop counters",
        ...(hop.certain ? [] : ['Trace with every CoreDNS pod watched: that shows where the queries are lost']),
      ],
    };
  }
  const cause = hop.askedAgain > 0 ? 'slow-clients-ask-again' : 'slow';
  const where = hop.hop === 'upstream' ? `Upstream ${server}` : server;
  const title = `${where} is slow: ${count} over ${durationText(context.engine.slowNs)}, at most ${durationText(longest)}`;
  if (hop.hop === 'upstream')
    return {
      cause,
      title,
      ruledOut: ['CoreDNS: most of the time was spent waiting for the upstream'],
      explanation: `Of the time these lookups took, most passed between CoreDNS's query to ${server} and its answer${signature}`,
      nextSteps: ['Ask the upstream directly and compare the time', 'Check that `cache` is on for the zone'],
    };
  if (hop.hop === 'nodelocal')
    return {
      cause,
      title,
      ruledOut: ['CoreDNS and its upstreams: these lookups did not wait for them'],
      explanation: hop.certain
        ? `NodeLocal DNSCache itself took this time between receiving the query and answering it${signature}`
        : `These lookups waited for NodeLocal DNSCache, or on the way to it${signature}`,
      nextSteps: ["Look at the CPU limits and load of the node-local-dns pod on the client's node, and of that node"],
    };
  const isOnTheWay = hop.hop === 'client-coredns' && hop.certain;
  const passed =
    hop.hop === 'coredns'
      ? 'CoreDNS itself took this time between receiving the query and answering it'
      : isOnTheWay
        ? 'CoreDNS answered fast; the time passed on the way to it and back'
        : `These lookups waited for ${server}; where the time went was not watched`;
  return {
    cause,
    title,
    ruledOut: isOnTheWay ? ['CoreDNS and its upstreams: they answered fast'] : [],
    explanation: `${passed}${signature}`,
    nextSteps: ['Look at the CPU limits and load of CoreDNS', 'Trace with CoreDNS watched to see where the time goes'],
  };
}
