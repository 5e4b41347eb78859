/**
 * An upstream that CoreDNS asked and that stayed silent. Needs the upstream leg itself: a query that left CoreDNS and has
 * no response there, under a client query that failed or was late because of it. Silent without a watched CoreDNS.
 */
import { primaryTransaction } from '../lookups/exchangeViews.ts';
import { Cause } from '../lookups/verdict.ts';
import { Join, ROW_MASK, State } from '../trace/tables.ts';
import type { FindingContext } from './findingRule.ts';
import {
  confidenceOf,
  durationText,
  listOf,
  plural,
  shownName,
  type FindingRule,
  type RuleHit,
} from './findingRule.ts';

interface SilentUpstream {
  readonly server: number;
  readonly port: number;
  readonly lookups: Set<number>;
  readonly names: Set<number>;
  readonly proofs: number[];
  queries: number;
  failed: number;
  longest: number;
  weakest: number;
}

export const upstreamNoAnswer: FindingRule = {
  id: 'upstream-no-answer',
  evaluate(context) {
    if (context.engine.trace.upstreams.size === 0) return [];
    const upstreams = new Map<string, SilentUpstream>();
    for (const lookup of context.failuresOf(Cause.upstreamSilent)) collect(context, lookup, true, upstreams);
    // Answered in the end, by another upstream or a later attempt: the wait is this upstream's doing all the same.
    for (const lookup of context.slowOnes()) collect(context, lookup, false, upstreams);
    return [...upstreams.values()].map((upstream) => toHit(context, upstream));
  },
};

function collect(
  context: FindingContext,
  lookup: number,
  failed: boolean,
  upstreams: Map<string, SilentUpstream>,
): void {
  const { trace } = context.engine;
  let found = false;
  for (const exchange of trace.exchangesOf(lookup)) {
    for (const child of trace.childrenOf(exchange)) {
      const id = primaryTransaction(trace, child);
      const chunk = trace.transactions.of(id);
      const row = id & ROW_MASK;
      const silent = chunk.state[row] === State.unanswered || (chunk.state[row] === State.pending && failed);
      if (!silent) continue;
      found = true;
      const upstream = upstreamOf(upstreams, chunk.server[row]!, chunk.serverPort[row]!);
      if (!upstream.lookups.has(lookup) && failed) upstream.failed++;
      upstream.lookups.add(lookup);
      upstream.names.add(chunk.name[row]!);
      upstream.queries += 1 + chunk.retransmissions[row]!;
      if (upstream.proofs.length < 8) upstream.proofs.push(id);
      upstream.longest = Math.max(upstream.longest, waited(context, exchange));
      const join = trace.exchanges.of(child).parentJoin[child & ROW_MASK]!;
      const certain = trace.vantages[chunk.vantage[row]!]!.lossless ? Join.exact : Join.inferred;
      upstream.weakest = Math.max(upstream.weakest, join, certain);
    }
  }
  if (found || !failed) return;
  // Served from CoreDNS's SERVFAIL cache: no query of its own, but the verdict holds the one that failed.
  const proof = context.proofOf(lookup);
  const chunk = trace.transactions.of(proof);
  const upstream = upstreamOf(upstreams, chunk.server[proof & ROW_MASK]!, chunk.serverPort[proof & ROW_MASK]!);
  upstream.failed++;
  upstream.lookups.add(lookup);
  upstream.names.add(chunk.name[proof & ROW_MASK]!);
}

function upstreamOf(upstreams: Map<string, SilentUpstream>, server: number, port: number): SilentUpstream {
  const key = `${String(server)}:${String(port)}`;
  let upstream = upstreams.get(key);
  if (upstream === undefined) {
    upstream = {
      server,
      port,
      lookups: new Set(),
      names: new Set(),
      proofs: [],
      queries: 0,
      failed: 0,
      longest: 0,
      weakest: Join.exact,
    };
    upstreams.set(key, upstream);
  }
  return upstream;
}

/** From the client's query until its answer or its last word, ns. */
function waited(context: FindingContext, exchange: number): number {
  const { trace } = context.engine;
  const id = primaryTransaction(trace, exchange);
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const end = chunk.end[row]!;
  return (Number.isNaN(end) ? trace.now : end) - chunk.start[row]!;
}

function toHit(context: FindingContext, upstream: SilentUpstream): RuleHit {
  const { trace } = context.engine;
  const address = context.addressOf(upstream.server);
  const names = [...upstream.names].map((name) => shownName(trace.names.textOf(name)));
  const others = context.namesAnsweredBy(upstream.server, upstream.names);
  const answers = context.answersFor(upstream.server, upstream.names);
  const words = wordsFor({ address, names, others, answers, upstream });
  return {
    severity: upstream.failed > 0 ? 'error' : 'warning',
    confidence: confidenceOf(upstream.weakest),
    hop: 'upstream',
    subject: {
      upstream: address,
      port: upstream.port,
      names: listOf(names, 5),
      queries: upstream.queries,
      answersForTheseNames: answers,
      failedLookups: upstream.failed,
      otherNamesAnswered: others,
    },
    ruledOut: [
      'The pod and the way to CoreDNS: the queries were seen arriving in the CoreDNS pod',
      'CoreDNS itself: it sent the queries on and waited',
      ...(others > 0 && answers === 0
        ? [`The network to the upstream: ${address} answered ${plural(others, 'other name')} in this trace`]
        : []),
    ],
    action: 'inspect-corefile',
    lookups: [...upstream.lookups],
    proofs: upstream.proofs,
    ...words,
  };
}

interface Case {
  readonly address: string;
  readonly names: readonly string[];
  /** Other names it answered, and answers it gave for these very names. */
  readonly others: number;
  readonly answers: number;
  readonly upstream: SilentUpstream;
}

/** Three kinds of silence: for one stretch of time, for certain names, and altogether. Each asks for another next step. */
function wordsFor(silent: Case): Pick<RuleHit, 'cause' | 'title' | 'explanation' | 'nextSteps'> {
  const { address, names, others, answers, upstream } = silent;
  const outcome =
    upstream.failed > 0 ? 'so it gives up and answers SERVFAIL' : 'and has to wait before it asks again or elsewhere';
  const ask = `Ask the upstream directly: dig @${address} ${listOf(names, 1)}`;
  const network = `Check firewalls and security groups for UDP and TCP port ${String(upstream.port)} from the nodes`;
  const second = 'Add a second upstream to `forward`, so that one bad server does not fail every name';
  if (answers > 0) {
    return {
      cause: 'upstream-outage',
      title: `Upstream ${address} stopped answering for a while: ${plural(upstream.queries, 'query', 'queries')} for ${listOf(names)} unanswered (${durationText(upstream.longest)})`,
      explanation: `CoreDNS sends these queries to ${address} and gets no answer, ${outcome}. At another time in this trace it answered them: it was down or out of reach for one stretch of time`,
      nextSteps: [`Compare the time with restarts, failovers and route changes of ${address}`, ask, second],
    };
  }
  const figures = `${plural(upstream.queries, 'query', 'queries')}, 0 answers, ${durationText(upstream.longest)}`;
  if (others > 0) {
    return {
      cause: 'upstream-silent-for-names',
      title: `Upstream ${address} gives no answer for ${listOf(names)} (${figures})`,
      explanation: `CoreDNS sends these queries to ${address} and gets no answer, ${outcome}. ${address} answers ${plural(others, 'other name')}, so the server is up: look at its zone or forwarding for ${listOf(names)}`,
      nextSteps: [
        ask,
        `On ${address}, check the zone and the forwarders for ${listOf(names, 1)}, and its own logs`,
        'To route around it, add a server block for this zone that forwards to a server which knows it',
      ],
    };
  }
  return {
    cause: 'upstream-silent',
    title: `Upstream ${address} gives no answer${names.length === 1 ? ` for ${names[0]!}` : ''} (${figures})`,
    explanation: `CoreDNS sends queries to ${address} and gets no answer to any of them, ${outcome}. The server is down, or something on the way drops UDP and TCP port ${String(upstream.port)}`,
    nextSteps: [`From a node, check that ${address} answers: dig @${address} . NS`, network, second],
  };
}
