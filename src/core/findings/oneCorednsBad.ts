/**
 * One CoreDNS pod fails, stays silent or is slow while the others do well with the same names.
 * Needs two CoreDNS pods whose queries were seen; three bad ones at one of them, at least 30 % of what it was asked in that time; and
 * from the others, in that same time, three good answers for the very names, with at most a tenth of its bad share.
 * Excluded by the others doing as badly, by names that only this pod was asked, and by an upstream that failed it and that the others
 * did not need (they had the answer in their cache): then nothing says that it would have served them.
 * Two ascending passes over the transactions, the second only when the first finds a pod to doubt, and none without trouble.
 */
import { corednsTransaction, primaryTransaction } from '../lookups/exchangeViews.ts';
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import { roleOf, type Trace } from '../trace/trace.ts';
import { corednsAddresses } from './corednsReplicas.ts';
import { durationText, plural, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

const FEWEST = 3;
const BAD_SHARE = 0.3;
const OTHERS_SHARE = BAD_SHARE / 10;
/** Slower than this is bad, however low the threshold for slow rows is: a tenth of a second is what people feel. */
const SLOW_NS = 100e6;

type Kind = 'silent' | 'failing' | 'slow';

interface Suspect {
  readonly server: number;
  readonly lookups: Set<number>;
  readonly proofs: number[];
  readonly counts: Record<Kind, number>;
  /** Name id → whether an upstream had to be asked for it. */
  readonly names: Map<number, boolean>;
  from: number;
  to: number;
  asked: number;
}

export const oneCorednsBad: FindingRule = {
  id: 'one-coredns-bad',
  explains: true,
  evaluate(context) {
    if (context.troubled().next().done === true) return [];
    const replicas = corednsAddresses(context.engine);
    if (replicas.size < 2) return [];
    const suspects = suspectsAmong(context, replicas);
    if (suspects.size === 0) return [];
    return [...suspects.values()].flatMap((suspect) => compare(context, suspect, replicas));
  },
};

/** Whether a transaction is a query to a CoreDNS pod, as seen in that pod or, where nobody watched there, by its client. */
function isAskedOf(trace: Trace, id: number, replicas: ReadonlySet<number>): boolean {
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  if (!replicas.has(chunk.server[row]!) || trace.resolvers.has(chunk.client[row]!)) return false;
  return (
    roleOf(trace.vantages[chunk.vantage[row]!]!) === 'coredns' ||
    corednsTransaction(trace, chunk.exchange[row]!) === NONE
  );
}

function suspectsAmong(context: FindingContext, replicas: ReadonlySet<number>): ReadonlyMap<number, Suspect> {
  const { trace } = context.engine;
  const suspects = new Map<number, Suspect>();
  for (let id = context.passFrom(trace.transactions.length); id < trace.transactions.length; id++) {
    if (!isAskedOf(trace, id, replicas)) continue;
    const kind = badness(trace, id);
    if (kind === undefined) continue;
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const lookup = trace.lookupOf(chunk.exchange[row]!);
    if (lookup >= trace.lookups.length || !context.isOpen(lookup)) continue;
    const server = chunk.server[row]!;
    const start = chunk.start[row]!;
    let suspect = suspects.get(server);
    if (suspect === undefined) {
      const counts = { silent: 0, failing: 0, slow: 0 };
      suspect = { server, lookups: new Set(), proofs: [], counts, names: new Map(), from: start, to: start, asked: 0 };
      suspects.set(server, suspect);
    }
    suspect.lookups.add(lookup);
    if (suspect.proofs.length < 5) suspect.proofs.push(id);
    suspect.counts[kind]++;
    suspect.from = Math.min(suspect.from, start);
    suspect.to = Math.max(suspect.to, Number.isNaN(chunk.end[row]!) ? start : chunk.end[row]!);
    const name = chunk.name[row]!;
    suspect.names.set(name, (suspect.names.get(name) ?? false) || hasChild(trace, chunk.exchange[row]!));
  }
  for (const [server, { counts }] of suspects) if (total(counts) < FEWEST) suspects.delete(server);
  return suspects;
}

function badness(trace: Trace, id: number): Kind | undefined {
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  if (chunk.state[row] === State.unanswered) return 'silent';
  if (chunk.state[row] !== State.answered && chunk.state[row] !== State.late) return undefined;
  const rcode = chunk.rcode[row]!;
  if (rcode !== 0 && rcode !== 3) return 'failing';
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

function hasChild(trace: Trace, exchange: number): boolean {
  return trace.childrenOf(exchange).next().done !== true;
}

function total(counts: Suspect['counts']): number {
  return counts.silent + counts.failing + counts.slow;
}

function compare(context: FindingContext, suspect: Suspect, replicas: ReadonlySet<number>): readonly RuleHit[] {
  const { trace } = context.engine;
  const others = new Set<number>();
  let askedOfOthers = 0;
  let badOfOthers = 0;
  let sameNames = 0;
  for (let id = context.passFrom(trace.transactions.length); id < trace.transactions.length; id++) {
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const start = chunk.start[row]!;
    if (start < suspect.from || start > suspect.to || !isAskedOf(trace, id, replicas)) continue;
    if (chunk.state[row] === State.pending) continue;
    const server = chunk.server[row]!;
    if (server === suspect.server) {
      suspect.asked++;
      continue;
    }
    others.add(server);
    askedOfOthers++;
    if (badness(trace, id) !== undefined) {
      badOfOthers++;
      continue;
    }
    const neededUpstream = suspect.names.get(chunk.name[row]!);
    if (neededUpstream === undefined) continue;
    if (!neededUpstream || hasChild(trace, chunk.exchange[row]!)) sameNames++;
  }
  const bad = total(suspect.counts);
  if (sameNames < FEWEST || bad < suspect.asked * BAD_SHARE || badOfOthers > askedOfOthers * OTHERS_SHARE) return [];
  return [toHit(context, suspect, { asked: askedOfOthers, bad: badOfOthers, sameNames, pods: others.size })];
}

interface Others {
  readonly asked: number;
  readonly bad: number;
  readonly sameNames: number;
  readonly pods: number;
}

function toHit(context: FindingContext, suspect: Suspect, others: Others): RuleHit {
  const address = context.addressOf(suspect.server);
  const label = context.labelOf(address);
  const { silent, failing, slow } = suspect.counts;
  const bad = total(suspect.counts);
  const group = new LookupGroup();
  for (const lookup of suspect.lookups) group.add(context, lookup);
  const does =
    silent >= failing && silent >= slow
      ? 'leaves unanswered'
      : failing >= slow
        ? 'answers with errors'
        : 'is slow with';
  const theOthers = others.pods === 1 ? 'the other CoreDNS pod' : `the other ${String(others.pods)} CoreDNS pods`;
  return {
    severity: silent + failing > 0 ? 'error' : 'warning',
    confidence: trackedWell(context, suspect) ? 'strong' : 'inferred',
    hop: 'coredns',
    cause:
      silent >= failing && silent >= slow ? 'replica-silent' : failing >= slow ? 'replica-failing' : 'replica-slow',
    title: `CoreDNS ${label} ${does} ${String(bad)} of ${plural(suspect.asked, 'query', 'queries')}, while ${theOthers} ${others.pods === 1 ? 'does' : 'do'} well with the same names`,
    subject: {
      coredns: address,
      queries: suspect.asked,
      unanswered: silent,
      errors: failing,
      slow,
      queriesToOthers: others.asked,
      badAtOthers: others.bad,
      names: group.names(context, 5),
    },
    ruledOut: [
      `The names and their upstreams: in the same ${durationText(suspect.to - suspect.from)}, ${theOthers} gave ${plural(others.sameNames, 'good answer')} for them`,
      'The way from the pods: these queries reached the CoreDNS pod',
    ],
    explanation: `Queries are spread over the CoreDNS pods, so ${context.labelOf(address)} makes some lookups fail or wait and others not. The pod, its node, or what only it has (a Corefile not yet reloaded, an API connection that hangs, its own way to the upstreams) is at fault`,
    nextSteps: [
      'Read the log of that pod, and compare its node, CPU throttling and restarts with those of the others',
      'Delete that one pod: its Deployment makes a new one',
      'If the new one fails as well, cordon its node and look at the network there',
    ],
    action: 'restart-coredns',
    lookups: group.lookups,
    proofs: suspect.proofs,
  };
}

/** The pod itself was watched and lost no packets; without that, its silence may be the way to it. */
function trackedWell(context: FindingContext, suspect: Suspect): boolean {
  const { trace } = context.engine;
  return suspect.proofs.every((id) => {
    const state = trace.vantages[trace.transactions.of(id).vantage[id & ROW_MASK]!]!;
    return state.lossless && state.vantage.role === 'coredns';
  });
}
