/**
 * CoreDNS gets more than it can do, as far as packets show it. Either it refuses (REFUSED) what it would forward, exactly while as many upstream queries
 * wait as ever do, and the same clients get answers from upstreams for the same zones at other times: as with `max_concurrent`. Or what it answers by itself, without an upstream, is late or never answered in the seconds in which
 * it gets at least twice the queries of those seconds in which it answers such at once, and twenty or more.
 * Needs a watched CoreDNS pod; three refusals with ten queries in flight at each; or ten slow (over 100 ms) or unanswered local answers to two names or
 * more, and three calm seconds to compare with. Excluded: seconds with as much load that go well, one pod of several doing badly (`one-coredns-bad`, asked first), slowness that does not follow the
 * load (`slow`, `dropped-in-coredns`), and waits for upstreams. What packets don't show: CPU limits, throttling and memory.
 * One ascending pass over the transactions, none without trouble, and another when refusals fit. What a file can make it keep is bounded.
 */
import { DnsRcode } from '../dns/types.ts';
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import { roleOf } from '../trace/trace.ts';
import { durationText, plural, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';
import { upperMedian } from './upperMedian.ts';
import { isUpstreamQuery } from './upstreamQueries.ts';

const FEWEST_REFUSED = 3;
const FEWEST_IN_FLIGHT = 10;
const FEWEST_BAD = 10;
const FEWEST_CALM = 3;
const SLOW_NS = 100e6;
/** CoreDNS gives up on an upstream then, whatever comes. */
const BUDGET_NS = 5e9;
/** What idle clusters reach is no load. */
const FEWEST_BUSY = 20;
const KEPT_ENDS = 8192;
/** Kept seconds of all pods together: a day of two pods. */
const MOST_SECONDS = 200_000;
const MOST_PODS = 1000;
const MOST_REFUSALS = 10_000;

interface Second {
  queries: number;
  /** Answered without an upstream, or never. */
  local: number;
  bad: number;
}

interface Refusal {
  readonly id: number;
  readonly lookup: number;
  /** Who asked for which zone and type: an acl refuses by these. */
  readonly what: string;
  readonly inFlight: number;
}

interface Pods {
  readonly of: Map<number, Pod>;
  /** Kept seconds of all of them. */
  seconds: number;
}

interface Pod {
  readonly server: number;
  readonly seconds: Map<number, Second>;
  /** When the upstream queries that may still wait end. */
  ends: number[];
  /** Most in flight when it forwarded. */
  mostInFlight: number;
  readonly refusals: Refusal[];
  readonly late: Set<number>;
  readonly lateProofs: number[];
  longest: number;
  lossless: boolean;
}

export const corednsOverloaded: FindingRule = {
  id: 'coredns-overloaded',
  explains: true,
  evaluate(context) {
    if (!context.corednsWatched || !context.hasTrouble) return [];
    const { trace } = context.engine;
    const pods: Pods = { of: new Map(), seconds: 0 };
    for (let id = context.passFrom(trace.transactions.length); id < trace.transactions.length; id++) {
      const chunk = trace.transactions.of(id);
      const row = id & ROW_MASK;
      if (roleOf(trace.vantages[chunk.vantage[row]!]!) !== 'coredns') continue;
      if (!trace.resolvers.has(chunk.client[row]!)) takeQuery(context, pods, id);
      else if (isUpstreamQuery(trace, id)) takeForwarded(context, podOf(pods, chunk.client[row]!), id);
    }
    return [...pods.of.values()].flatMap((pod) => [...refusing(context, pod), ...slowUnderLoad(context, pod)]);
  },
};

function podOf(pods: Pods, server: number): Pod | undefined {
  let pod = pods.of.get(server);
  if (pod === undefined && pods.of.size < MOST_PODS) {
    pod = {
      server,
      seconds: new Map(),
      ends: [],
      mostInFlight: 0,
      refusals: [],
      late: new Set(),
      lateProofs: [],
      longest: 0,
      lossless: true,
    };
    pods.of.set(server, pod);
  }
  return pod;
}

/** What CoreDNS asks an upstream. */
function takeForwarded(context: FindingContext, pod: Pod | undefined, id: number): void {
  if (pod === undefined) return;
  const chunk = context.engine.trace.transactions.of(id);
  const row = id & ROW_MASK;
  const start = chunk.start[row]!;
  const end = chunk.end[row]!;
  if (pod.ends.length >= KEPT_ENDS) inFlight(pod, start);
  pod.ends.push(Number.isNaN(end) ? start + BUDGET_NS : end);
  // Counting is dear: only where it can raise the maximum.
  if (pod.ends.length > pod.mostInFlight) pod.mostInFlight = Math.max(pod.mostInFlight, inFlight(pod, start));
}

function inFlight(pod: Pod, time: number): number {
  pod.ends = pod.ends.filter((end) => end > time).slice(-KEPT_ENDS / 2);
  return pod.ends.length;
}

/** What a client asks CoreDNS. */
function takeQuery(context: FindingContext, pods: Pods, id: number): void {
  const { engine } = context;
  const { trace } = engine;
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const [start, end, exchange] = [chunk.start[row]!, chunk.end[row]!, chunk.exchange[row]!];
  const state = chunk.state[row]!;
  const rcode = chunk.rcode[row]!;
  const at = Math.floor(start / 1e9);
  const pod = podOf(pods, chunk.server[row]!);
  if (pod === undefined) return;
  let second = pod.seconds.get(at);
  if (second === undefined) {
    if (pods.seconds >= MOST_SECONDS) return;
    pods.seconds++;
    second = { queries: 0, local: 0, bad: 0 };
    pod.seconds.set(at, second);
  }
  second.queries++;
  if (state === State.pending || trace.childrenOf(exchange).next().done !== true) return;
  const lookup = trace.lookupOf(exchange);
  const isOpen = lookup !== NONE && context.isOpen(lookup);
  if (rcode === DnsRcode.REFUSED && isOpen && engine.failures.has(lookup)) {
    if (pod.refusals.length < MOST_REFUSALS)
      pod.refusals.push({ id, lookup, what: whatOf(context, id), inFlight: inFlight(pod, start) });
    return;
  }
  second.local++;
  const took = end - start;
  if (!(took > SLOW_NS) && state !== State.unanswered) return;
  second.bad++;
  pod.lossless &&= trace.vantages[chunk.vantage[row]!]!.lossless;
  if (took > pod.longest) pod.longest = took;
  if (!isOpen || (!engine.failures.has(lookup) && !engine.slowOnes.has(lookup))) return;
  pod.late.add(lookup);
  if (pod.lateProofs.length < 5) pod.lateProofs.push(id);
}

/** Client, zone (the last two labels) and type of a query. */
function whatOf({ engine }: FindingContext, id: number): string {
  const { transactions, names } = engine.trace;
  const chunk = transactions.of(id);
  const row = id & ROW_MASK;
  const zone = names.textOf(chunk.name[row]!).split('.').slice(-3).join('.');
  return `${String(chunk.client[row]!)} ${String(chunk.qtype[row]!)} ${zone}`;
}

/** Those whose client got an answer that came from an upstream for the same zone and type: no acl refuses these. */
function servedOtherwise(context: FindingContext, pod: Pod): readonly Refusal[] {
  const { trace } = context.engine;
  const wanted = new Set(pod.refusals.map(({ what }) => what));
  const clients = new Set(pod.refusals.map(({ id }) => trace.transactions.of(id).client[id & ROW_MASK]!));
  const served = new Set<string>();
  for (let id = context.passFrom(trace.transactions.length); id < trace.transactions.length; id++) {
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    if (chunk.server[row] !== pod.server || chunk.rcode[row] === DnsRcode.REFUSED || Number.isNaN(chunk.end[row]!))
      continue;
    if (!clients.has(chunk.client[row]!) || trace.childrenOf(chunk.exchange[row]!).next().done === true) continue;
    const what = whatOf(context, id);
    if (wanted.has(what)) served.add(what);
    if (served.size === wanted.size) break;
  }
  return pod.refusals.filter(({ what }) => served.has(what));
}

function refusing(context: FindingContext, pod: Pod): readonly RuleHit[] {
  if (pod.refusals.length < FEWEST_REFUSED || pod.mostInFlight < FEWEST_IN_FLIGHT) return [];
  const refusals = servedOtherwise(context, pod);
  if (refusals.length < FEWEST_REFUSED) return [];
  const fewestAtRefusal = refusals.reduce((fewest, one) => Math.min(fewest, one.inFlight), Number.POSITIVE_INFINITY);
  // As many wait at each refusal as ever do, within what the edges of queries blur.
  if (fewestAtRefusal < FEWEST_IN_FLIGHT || fewestAtRefusal < pod.mostInFlight * 0.9) return [];
  const group = groupOf(context, new Set(refusals.map(({ lookup }) => lookup)));
  const label = context.labelOf(context.addressOf(pod.server));
  return [
    {
      severity: 'error',
      // The limit itself is in the Corefile, which no packet shows.
      confidence: 'inferred',
      hop: 'coredns',
      cause: 'max-concurrent',
      title: `CoreDNS ${label} refuses ${plural(refusals.length, 'query', 'queries')} while ${String(fewestAtRefusal)} of its own wait for upstreams: max_concurrent seems to be reached`,
      subject: {
        coredns: context.addressOf(pod.server),
        refusals: refusals.length,
        inFlight: fewestAtRefusal,
        lookups: group.lookups.length,
        names: group.names(context, 5),
      },
      ruledOut: [
        'An upstream that refuses: none was asked for these queries',
        'An acl: the same clients get answers for the same zones and types at other times',
      ],
      explanation: `forward refuses what comes beyond max_concurrent. ${label} answered REFUSED only while ${String(fewestAtRefusal)} queries or more waited for upstreams, the most it ever had. Either the upstreams are slow, so that queries pile up, or there are more clients than it was set up for`,
      nextSteps: [
        'Compare max_concurrent of forward in the Corefile with that number',
        'Look at how fast the upstreams answer: slow ones fill the limit',
        'Raise max_concurrent (about 2 kB of memory for each), or add CoreDNS pods',
        'Let cache hold more: each hit is one query less that waits',
      ],
      action: 'inspect-corefile',
      lookups: group.lookups,
      proofs: refusals.slice(0, 5).map(({ id }) => id),
    },
  ];
}

function slowUnderLoad(context: FindingContext, pod: Pod): readonly RuleHit[] {
  const seconds = [...pod.seconds.values()];
  const bad = seconds.filter((second) => second.bad >= 2 && second.bad >= second.local * 0.3);
  const calm = seconds.filter((second) => second.local > 0 && second.bad === 0);
  const count = bad.reduce((sum, second) => sum + second.bad, 0);
  if (count < FEWEST_BAD || calm.length < FEWEST_CALM || pod.late.size === 0) return [];
  const [busy, quiet] = [usualLoad(bad), usualLoad(calm)];
  if (busy < FEWEST_BUSY || busy < quiet * 2) return [];
  // As much load went well: now and then it may, but often it is not the load.
  if (calm.filter(({ queries }) => queries >= busy).length * 10 > bad.length) return [];
  const { lookups } = context;
  if (new Set([...pod.late].map((lookup) => lookups.of(lookup).name[lookup & ROW_MASK]!)).size < 2) return [];
  const took =
    pod.longest > 0 ? `still took up to ${durationText(pod.longest)} or never answered` : 'never answered them';
  const group = groupOf(context, pod.late);
  const label = context.labelOf(context.addressOf(pod.server));
  const failed = group.lookups.filter((lookup) => context.engine.failures.has(lookup)).length;
  return [
    {
      severity: failed > 0 ? 'error' : 'warning',
      confidence: pod.lossless ? 'strong' : 'inferred',
      hop: 'coredns',
      cause: 'overloaded',
      title: `CoreDNS ${label} is overloaded: at ${String(busy)} queries a second it answers ${plural(count, 'query', 'queries')} late or not at all, at ${String(quiet)} it is well`,
      subject: {
        coredns: context.addressOf(pod.server),
        queriesPerSecond: busy,
        queriesPerSecondWhenWell: quiet,
        bad: count,
        longestNs: Math.round(pod.longest),
        failedLookups: failed,
        names: group.names(context, 5),
      },
      ruledOut: [
        'Upstreams: none was asked for these queries',
        'The way from the pods: the queries were seen arriving in CoreDNS',
      ],
      explanation: `These queries need no upstream, and ${label} ${took}, in just those seconds in which it got the most queries. It has too little CPU for them, or a limit throttles it`,
      nextSteps: [
        'Look at CPU use and throttling of that pod, and raise its CPU limit or the number of CoreDNS pods',
        'See who asks so much: the statistics by client and by name, and search-list waste',
        'Run NodeLocal DNSCache: most repeats then never reach CoreDNS',
      ],
      lookups: group.lookups,
      proofs: pod.lateProofs,
    },
  ];
}

function groupOf(context: FindingContext, lookups: ReadonlySet<number>): LookupGroup {
  const group = new LookupGroup();
  for (const lookup of lookups) group.add(context, lookup);
  return group;
}

function usualLoad(seconds: readonly Second[]): number {
  return upperMedian(seconds.map(({ queries }) => queries));
}
