/** Runs every rule over a trace and writes out the evidence. Order: error, warning, info; then by how many lookups show it. */
import { visibleText } from '../../base/visibleText.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import { answersNotEndpoints } from './answersNotEndpoints.ts';
import { answeredTooLate } from './answeredTooLate.ts';
import { encryptedDns } from './encryptedDns.ts';
import { noCorednsEndpoints } from './noCorednsEndpoints.ts';
import { oneOfSeveralUpstreamsBad } from './oneOfSeveralUpstreamsBad.ts';
import { tcpBlocked } from './tcpBlocked.ts';
import { upstreamFlapping } from './upstreamFlapping.ts';
import { upstreamRefuses } from './upstreamRefuses.ts';
import { customDnsMixed } from './customDnsMixed.ts';
import { loop } from './loop.ts';
import { replicasDisagree } from './replicasDisagree.ts';
import { staleResolverAddress } from './staleResolverAddress.ts';
import { truncatedOrFragmented } from './truncatedOrFragmented.ts';
import { corednsOverloaded } from './corednsOverloaded.ts';
import { conntrackRace } from './conntrackRace.ts';
import { droppedBeforeCoreDns } from './droppedBeforeCoreDns.ts';
import { droppedInCoreDns } from './droppedInCoreDns.ts';
import type { EvidenceSample, Finding, Severity } from './finding.ts';
import { FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { missingFinalDotOrTypo } from './missingFinalDotOrTypo.ts';
import { nodelocalBypassed } from './nodelocalBypassed.ts';
import { oneCorednsBad } from './oneCorednsBad.ts';
import { searchListWaste } from './searchListWaste.ts';
import { servfailFromCache } from './servfailFromCache.ts';
import { slow } from './slow.ts';
import { unanswered } from './unanswered.ts';
import { unsuccessfulResponse } from './unsuccessfulResponse.ts';
import { upstreamLossy } from './upstreamLossy.ts';
import { upstreamNoAnswer } from './upstreamNoAnswer.ts';

/** The sharper rules first: what they explain, the general ones don't tell again. */
export const FINDING_RULES: readonly FindingRule[] = [
  loop,
  oneCorednsBad,
  corednsOverloaded,
  conntrackRace,
  noCorednsEndpoints,
  staleResolverAddress,
  tcpBlocked,
  truncatedOrFragmented,
  upstreamRefuses,
  upstreamFlapping,
  oneOfSeveralUpstreamsBad,
  customDnsMixed,
  replicasDisagree,
  answersNotEndpoints,
  missingFinalDotOrTypo,
  upstreamLossy,
  upstreamNoAnswer,
  droppedBeforeCoreDns,
  droppedInCoreDns,
  unanswered,
  unsuccessfulResponse,
  answeredTooLate,
  slow,
  nodelocalBypassed,
  searchListWaste,
  servfailFromCache,
  encryptedDns,
];

export interface FindingSet {
  readonly findings: readonly Finding[];
  /** All lookups behind each finding, in the order of `findings`. */
  readonly lookups: readonly ReadonlySet<number>[];
  /**
   * Lookup → address id of the CoreDNS pod whose fault it is that queries of this lookup failed there. In its own packets an upstream may look
   * broken: only beside the lookups of other pods is it seen that this one does well.
   */
  readonly atFault: ReadonlyMap<number, number>;
  /** Ids of rules that broke: what they would have said is missing, and the shell says so. */
  readonly broken: readonly string[];
}

export const NO_FINDINGS: FindingSet = { findings: [], lookups: [], atFault: new Map(), broken: [] };

const SAMPLES = 5;
const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** @param among a byte a lookup: only those with 1 are looked at for faults; what is known of servers stays known */
export function evaluateFindings(engine: TraceEngine, among?: Uint8Array): FindingSet {
  const context = new FindingContext(engine, among);
  const broken: string[] = [];
  const atFault = new Map<number, number>();
  const all: { finding: Finding; lookups: ReadonlySet<number> }[] = [];
  for (const rule of FINDING_RULES) {
    let hits: readonly RuleHit[];
    try {
      hits = rule.evaluate(context);
    } catch {
      // Why not rethrow: one rule's defect must not take the other findings, or the trace, with it.
      broken.push(rule.id);
      continue;
    }
    if (rule.explains === true) {
      // Information explains no fault.
      for (const hit of hits) if (hit.severity !== 'info') context.explain(hit.lookups);
    }
    hits.forEach((hit, index) => {
      const { lookups, proofs, atFault: pod, ...rest } = hit;
      if (pod !== undefined) for (const lookup of lookups) atFault.set(lookup, pod);
      const filter = `finding:${rule.id}${index === 0 ? '' : `#${String(index + 1)}`}`;
      const samples = proofs.slice(0, SAMPLES).map((proof) => sampleOf(engine, proof));
      const finding: Finding = {
        ...rest,
        id: rule.id,
        filter,
        evidence: { count: lookups.length, ...spanOf(engine, lookups), samples },
      };
      all.push({ finding, lookups: new Set(lookups) });
    });
  }
  context.lookups.release();
  all.sort((a, b) => RANK[a.finding.severity] - RANK[b.finding.severity] || b.lookups.size - a.lookups.size);
  return { findings: all.map((entry) => entry.finding), lookups: all.map((entry) => entry.lookups), atFault, broken };
}

/** Begins are not in the order of ids where captures overlap, so each is asked. */
function spanOf({ trace }: TraceEngine, lookups: readonly number[]): Pick<Finding['evidence'], 'firstUs' | 'lastUs'> {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  const rows = trace.lookups.only('start');
  for (const lookup of lookups) {
    const start = rows.of(lookup).start[lookup & ROW_MASK]!;
    if (start < first) first = start;
    if (start > last) last = start;
  }
  rows.release();
  return first > last ? {} : { firstUs: trace.epochUs(first), lastUs: trace.epochUs(last) };
}

function sampleOf(engine: TraceEngine, transaction: number): EvidenceSample {
  const { trace } = engine;
  // Samples lie anywhere in the trace: of each a few cells are wanted, and not the chunks around them.
  const of = (name: 'firstMessage' | 'exchange' | 'vantage' | 'start'): number =>
    trace.transactions.cell(transaction, name);
  const message = of('firstMessage');
  const exchanges = trace.exchanges.only('parent', 'lookup');
  const lookup = trace.lookupOf(of('exchange'), exchanges);
  exchanges.release();
  const seenAt = trace.vantages[of('vantage')]!;
  return {
    file: visibleText(seenAt.file ?? seenAt.vantage.name),
    packet: message === NONE ? 0 : trace.messages.cell(message, 'packet'),
    // As the capture has it: what a corrected clock makes of it is not found in the file.
    timeNs: String(trace.epochNs(of('start') + (seenAt.clock?.correctionNs ?? 0))),
    lookup: lookup === NONE ? 0 : lookup,
  };
}
