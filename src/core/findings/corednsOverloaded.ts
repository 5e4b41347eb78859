/**
 * CoreDNS gets more than it can do, as far as packets show it. Either it refuses (REFUSED) what it would forward, exactly while as many upstream queries
 * wait as ever do: `max_concurrent` is reached. Or what it answers by itself, without an upstream, is late or never answered in the seconds in which
 * it gets at least twice the queries of those seconds in which it answers such at once.
 * Needs a watched CoreDNS pod; three refusals with ten queries in flight at each; or ten slow (over 100 ms) or unanswered local answers, and three
 * calm seconds to compare with. Excluded: one pod of several doing badly (`one-coredns-bad`, asked first), slowness that does not follow the
 * load (`slow`, `dropped-in-coredns`), and waits for upstreams. What packets don't show: CPU limits, throttling and memory.
 * One ascending pass over the transactions, and none without trouble.
 */
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import { roleOf } from '../trace/trace.ts';
import { durationText, plural, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';
import { isUpstreamQuery } from './upstreamQueries.ts';

const REFUSED = 5;
const FEWEST_REFUSED = 3;
const FEWEST_IN_FLIGHT = 10;
const FEWEST_BAD = 10;
const FEWEST_CALM = 3;
const SLOW_NS = 100e6;
/** CoreDNS gives up on an upstream then, whatever comes. */
const BUDGET_NS = 5e9;
const KEPT_ENDS = 8192;

interface Second {
  queries: number;
  /** Answered without an upstream, or never. */
  local: number;
  bad: number;
}

interface Pod {
  readonly server: number;
  readonly seconds: Map<number, Second>;
  /** When the upstream queries that may still wait end. */
  ends: number[];
  /** Most in flight when it forwarded, fewest when it refused. */
  mostInFlight: number;
  fewestAtRefusal: number;
  refusals: number;
  readonly refused: Set<number>;
  readonly refusedProofs: number[];
  readonly late: Set<number>;
  readonly lateProofs: number[];
  longest: number;
  lossless: boolean;
}

export const corednsOverloaded: FindingRule = {
  id: 'coredns-overloaded',
  explains: true,
  evaluate(context) {
    if (!context.corednsWatched || context.troubled().next().done === true) return [];
    const { trace } = context.engine;
    const pods = new Map<number, Pod>();
    for (let id = context.passFrom(trace.transactions.length); id < trace.transactions.length; id++) {
      const chunk = trace.transactions.of(id);
      const row = id & ROW_MASK;
      if (roleOf(trace.vantages[chunk.vantage[row]!]!) !== 'coredns') continue;
      if (!trace.resolvers.has(chunk.client[row]!)) takeQuery(context, podOf(pods, chunk.server[row]!), id);
      else if (isUpstreamQuery(trace, id)) takeForwarded(context, podOf(pods, chunk.client[row]!), id);
    }
    return [...pods.values()].flatMap((pod) => [...refusing(context, pod), ...slowUnderLoad(context, pod)]);
  },
};

function podOf(pods: Map<number, Pod>, server: number): Pod {
  let pod = pods.get(server);
  if (pod === undefined) {
    pod = {
      server,
      seconds: new Map(),
      ends: [],
      mostInFlight: 0,
      fewestAtRefusal: Number.POSITIVE_INFINITY,
      refusals: 0,
      refused: new Set(),
      refusedProofs: [],
      late: new Set(),
      lateProofs: [],
      longest: 0,
      lossless: true,
    };
    pods.set(server, pod);
  }
  return pod;
}

/** What CoreDNS asks an upstream. */
function takeForwarded(context: FindingContext, pod: Pod, id: number): void {
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
function takeQuery(context: FindingContext, pod: Pod, id: number): void {
  const { engine } = context;
  const { trace } = engine;
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const [start, end, exchange] = [chunk.start[row]!, chunk.end[row]!, chunk.exchange[row]!];
  const state = chunk.state[row]!;
  const rcode = chunk.rcode[row]!;
  const at = Math.floor(start / 1e9);
  let second = pod.seconds.get(at);
  if (second === undefined) {
    second = { queries: 0, local: 0, bad: 0 };
    pod.seconds.set(at, second);
  }
  second.queries++;
  if (state === State.pending || trace.childrenOf(exchange).next().done !== true) return;
  const lookup = trace.lookupOf(exchange);
  const isOpen = lookup !== NONE && context.isOpen(lookup);
  if (rcode === REFUSED && isOpen && engine.failures.has(lookup)) {
    pod.refusals++;
    pod.fewestAtRefusal = Math.min(pod.fewestAtRefusal, inFlight(pod, start));
    pod.refused.add(lookup);
    if (pod.refusedProofs.length < 5) pod.refusedProofs.push(id);
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

function refusing(context: FindingContext, pod: Pod): readonly RuleHit[] {
  const { fewestAtRefusal, mostInFlight } = pod;
  // As many wait at each refusal as ever do, within what the edges of queries blur.
  if (pod.refusals < FEWEST_REFUSED || fewestAtRefusal < FEWEST_IN_FLIGHT || fewestAtRefusal < mostInFlight * 0.9)
    return [];
  const group = groupOf(context, pod.refused);
  const label = context.labelOf(context.addressOf(pod.server));
  return [
    {
      severity: 'error',
      confidence: 'strong',
      hop: 'coredns',
      cause: 'max-concurrent',
      title: `CoreDNS ${label} refuses ${plural(pod.refusals, 'query', 'queries')} while ${String(fewestAtRefusal)} of its own wait for upstreams: max_concurrent is reached`,
      subject: {
        coredns: context.addressOf(pod.server),
        refusals: pod.refusals,
        inFlight: fewestAtRefusal,
        lookups: group.lookups.length,
        names: group.names(context, 5),
      },
      ruledOut: [
        'An upstream that refuses: none was asked for these queries',
        'The names: refusals follow the number of queries that wait',
      ],
      explanation: `forward refuses what comes beyond max_concurrent. ${label} answered REFUSED only while ${String(fewestAtRefusal)} queries or more waited for upstreams, the most it ever had. Either the upstreams are slow, so that queries pile up, or there are more clients than it was set up for`,
      nextSteps: [
        'Look at how fast the upstreams answer: slow ones fill the limit',
        'Raise max_concurrent (about 2 kB of memory for each), or add CoreDNS pods',
        'Let cache hold more: each hit is one query less that waits',
      ],
      action: 'inspect-corefile',
      lookups: group.lookups,
      proofs: pod.refusedProofs,
    },
  ];
}

function slowUnderLoad(context: FindingContext, pod: Pod): readonly RuleHit[] {
  const seconds = [...pod.seconds.values()];
  const bad = seconds.filter((second) => second.bad >= 2 && second.bad >= second.local * 0.3);
  const calm = seconds.filter((second) => second.local > 0 && second.bad === 0);
  const count = bad.reduce((sum, second) => sum + second.bad, 0);
  if (count < FEWEST_BAD || calm.length < FEWEST_CALM || pod.late.size === 0) return [];
  const [busy, quiet] = [median(bad), median(calm)];
  if (busy < quiet * 2) return [];
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
      explanation: `These queries need no upstream, and ${label} still took up to ${durationText(pod.longest)} or never answered, in just those seconds in which it got the most queries. It has too little CPU for them, or a limit throttles it`,
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

function median(seconds: readonly Second[]): number {
  return seconds.map(({ queries }) => queries).sort((a, b) => a - b)[seconds.length >> 1] ?? 0;
}
