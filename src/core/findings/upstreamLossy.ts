/**
 * An upstream that leaves some of CoreDNS's attempts unanswered, spread over the time: load, a rate limit, or packets lost on the way. An upstream
 * that is silent for good, or for certain names, is another matter (`upstream-no-answer`), and so are silent spells (`upstream-flapping`, asked first).
 * Needs a watched CoreDNS pod, and unanswered attempts of which at least half asked for names that this upstream answers at other times, or three
 * names that it answered at another attempt, apart from each other, and none that was asked more than four times in vain; and most of them in spells
 * with answers before and after: what never came back, or never was there before, is an outage, and so is one spell of three or more. `inferred` when the capture lost packets: then the answers may have been among them.
 * One ascending pass over the transactions, and none without trouble.
 */
import { Cause } from '../lookups/verdict.ts';
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import { plural, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';
import { NamesByAnswer, settledUpstreamQueries } from './upstreamQueries.ts';

const FEWEST_OF_OUTAGE = 3;
const FEWEST_SPARED = 3;
/** Attempts that two queries of one client make: CoreDNS tries twice for each. */
const MOST_BY_CHANCE = 4;

interface Upstream {
  readonly server: number;
  readonly names: NamesByAnswer;
  readonly lookups: Set<number>;
  readonly proofs: number[];
  answered: number;
  spells: number;
  /** Attempts of the present silent spell, if answers came before it. */
  inSpell: number;
  /** Unanswered attempts with answers before and after them. */
  between: number;
  isSilent: boolean;
  lossless: boolean;
}

export const upstreamLossy: FindingRule = {
  id: 'upstream-lossy',
  explains: true,
  evaluate(context) {
    const { trace } = context.engine;
    if (trace.upstreams.size === 0 || !context.hasTrouble) return [];
    const upstreams = new Map<number, Upstream>();
    for (const id of settledUpstreamQueries(context)) take(context, upstreams, id);
    const lossy = [...upstreams.values()].filter(isLossy);
    if (lossy.length === 0) return [];
    addServedFromCache(context, new Map(lossy.map((upstream) => [upstream.server, upstream])));
    return lossy.map((upstream) => toHit(context, upstream));
  },
};

function take(context: FindingContext, upstreams: Map<number, Upstream>, id: number): void {
  const { trace } = context.engine;
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const silent = chunk.state[row] === State.unanswered;
  const [server, name] = [chunk.server[row]!, chunk.name[row]!];
  let upstream = upstreams.get(server);
  if (upstream === undefined) {
    upstream = {
      server,
      names: new NamesByAnswer(),
      lookups: new Set(),
      proofs: [],
      answered: 0,
      spells: 0,
      inSpell: 0,
      between: 0,
      isSilent: false,
      lossless: true,
    };
    upstreams.set(server, upstream);
  }
  if (silent && !upstream.isSilent) upstream.spells++;
  upstream.isSilent = silent;
  if (!silent) {
    upstream.answered++;
    upstream.between += upstream.inSpell;
    upstream.inSpell = 0;
    upstream.names.answered(name);
    return;
  }
  const attempts = 1 + chunk.retransmissions[row]!;
  upstream.names.unanswered(name, attempts);
  if (upstream.answered > 0) upstream.inSpell += attempts;
  upstream.lossless &&= trace.vantages[chunk.vantage[row]!]!.lossless;
  const lookup = trace.lookupOf(chunk.exchange[row]!);
  if (lookup === NONE || !context.isOpen(lookup) || !isTroubled(context, lookup)) return;
  upstream.lookups.add(lookup);
  if (upstream.proofs.length < 5) upstream.proofs.push(id);
}

function isTroubled({ engine }: FindingContext, lookup: number): boolean {
  return engine.failures.has(lookup) || engine.slowOnes.has(lookup);
}

function isLossy({ spells, between, names, lookups }: Upstream): boolean {
  const { silent } = names;
  if (lookups.size === 0 || (spells === 1 && silent >= FEWEST_OF_OUTAGE)) return false;
  if (between * 2 < silent) return false;
  const spared = names.ofAnsweredNames();
  // Names that are asked once each: some were answered on a second attempt, and none was asked so often in vain that it lies in the name.
  const isByChance = spared.names >= FEWEST_SPARED && spells >= FEWEST_SPARED && spared.mostForOther <= MOST_BY_CHANCE;
  return spared.attempts * 2 >= silent || isByChance;
}

/** Failures that CoreDNS served from its cache name the query that failed before them. */
function addServedFromCache(context: FindingContext, lossy: ReadonlyMap<number, Upstream>): void {
  const { transactions } = context.engine.trace;
  for (const lookup of context.failuresOf(Cause.upstreamSilent)) {
    const proof = context.proofOf(lookup);
    if (proof !== NONE) lossy.get(transactions.of(proof).server[proof & ROW_MASK]!)?.lookups.add(lookup);
  }
}

function toHit(context: FindingContext, upstream: Upstream): RuleHit {
  const { engine } = context;
  const { server, answered, lossless, proofs } = upstream;
  const { silent } = upstream.names;
  const address = context.addressOf(server);
  const group = new LookupGroup();
  for (const lookup of upstream.lookups) group.add(context, lookup);
  const failed = group.lookups.filter((lookup) => engine.failures.has(lookup)).length;
  const share = (silent / (silent + answered)) * 100;
  const shown = share < 1 ? 'under 1 %' : `${share.toFixed(0)} %`;
  return {
    severity: failed > 0 ? 'error' : 'warning',
    confidence: lossless && group.confidence !== 'inferred' ? 'strong' : 'inferred',
    hop: 'upstream',
    cause: 'upstream-lossy',
    title: `Upstream ${context.labelOf(address)} leaves ${String(silent)} of ${plural(silent + answered, 'query', 'queries')} unanswered (${shown}), now and then`,
    subject: {
      upstream: address,
      queries: silent + answered,
      unansweredQueries: silent,
      lookups: group.lookups.length,
      failedLookups: failed,
      names: group.names(context, 5),
    },
    ruledOut: [
      'The names: the upstream answers them at other times',
      'An upstream that is down: it answers in between',
      'CoreDNS: it sent these queries on and waited',
    ],
    explanation: `CoreDNS sends its queries to ${address} and gets answers to most or some, and none to the others. Each that stays unanswered costs the client two seconds, and two in a row a SERVFAIL. The server is overloaded or limits the rate, or packets are lost between the nodes and it`,
    nextSteps: [
      `Ask the upstream many times from a node, and count: dig @${address} ${group.names(context, 1)}`,
      `Look at the load, the rate limits and the logs of ${address}, and at drops on the way`,
      'Add a second upstream to `forward`, so that a lost query costs two seconds and no failure',
    ],
    action: 'inspect-corefile',
    lookups: group.lookups,
    proofs,
  };
}
