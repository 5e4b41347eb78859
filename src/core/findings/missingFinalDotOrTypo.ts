/**
 * Names that do not exist and why, as far as the trace itself tells: a name one edit away from one that resolves here (a typo), and a
 * name outside the cluster that was tried with search domains only and never as it is.
 * Needs for a typo that the other name was found in this trace, and at least five characters; names that differ in a digit only (pod
 * and shard numbers) are no typos. Needs for the final dot two search domains tried, a name with a dot, and no `svc` in it.
 * Excluded: a name that the same client also asked for as it is, found or not, and a walk that the capture's end may have cut; those
 * `unsuccessful-response` tells.
 * Three passes over lookups at most, and none when every name was found; compared are at most 200 names with at most 20,000.
 */
import { OutcomeCode } from '../lookups/outcome.ts';
import { Cause, WALK_PAUSE_NS } from '../lookups/verdict.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import { plural, shownName, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';
import { NameNeighbours } from './nameDistance.ts';

const MOST_WRONG = 200;
const MOST_RIGHT = 20_000;
const SHORTEST = 5;

export const missingFinalDotOrTypo: FindingRule = {
  id: 'missing-final-dot-or-typo',
  explains: true,
  evaluate(context) {
    const wrong = wrongNames(context);
    if (wrong.size === 0) return [];
    dropAskedAsWritten(context, wrong);
    const right = new NameNeighbours(rightNames(context));
    const hits: RuleHit[] = [];
    for (const [written, { group, suffixedOnly, tried }] of wrong) {
      const meant =
        written.length < SHORTEST ? undefined : (right.of(written) ?? meantInSearchDomain(right, written, tried));
      if (meant !== undefined) hits.push(typo(context, written, meant, group));
      else if (suffixedOnly) hits.push(missingDot(context, written, group));
    }
    return hits;
  },
};

interface Wrong {
  readonly group: LookupGroup;
  readonly clients: Set<number>;
  suffixedOnly: boolean;
  /** What the walk tried for it: the name with each search domain. */
  readonly tried: ReadonlySet<string>;
}

/** A short name of a Service is found with its search domain at once: its neighbour is told as it would be written. */
function meantInSearchDomain(right: NameNeighbours, written: string, tried: ReadonlySet<string>): string | undefined {
  for (const name of tried) {
    if (!name.startsWith(`${written}.`)) continue;
    const domain = name.slice(written.length);
    const near = right.of(name);
    if (near?.endsWith(domain) === true) return near.slice(0, -domain.length);
  }
  return undefined;
}

/** Names as the applications wrote them, as far as a walk shows it, that ended in NXDOMAIN. */
function wrongNames(context: FindingContext): ReadonlyMap<string, Wrong> {
  const { trace } = context.engine;
  const wrong = new Map<string, Wrong>();
  for (const lookup of context.failuresOf(Cause.nameError)) {
    const chunk = context.lookups.of(lookup);
    const row = lookup & ROW_MASK;
    const labels = labelsOf(trace.names.textOf(chunk.name[row]!));
    const base = chunk.baseLabels[row]!;
    const written = (base === 0 ? labels : labels.slice(0, base)).join('.');
    const suffixed =
      base > 1 &&
      labels.length > base &&
      chunk.searchNames[row]! >= 1 &&
      !labels.slice(0, base).includes('svc') &&
      wasOver(context, lookup);
    const known = wrong.get(written);
    if (known === undefined && wrong.size >= MOST_WRONG) continue;
    const entry = known ?? newWrong(suffixed, triedNames(context, lookup));
    entry.suffixedOnly &&= suffixed;
    entry.clients.add(chunk.client[row]!);
    entry.group.add(context, lookup);
    wrong.set(written, entry);
  }
  return wrong;
}

function newWrong(suffixedOnly: boolean, tried: ReadonlySet<string>): Wrong {
  return { group: new LookupGroup(), clients: new Set(), suffixedOnly, tried };
}

/** Whether its capture went on for so long that a next name would have been seen; while a trace is live, its verdict waits for that. */
function wasOver(context: FindingContext, lookup: number): boolean {
  const { trace } = context.engine;
  if (!trace.finished) return true;
  const proof = context.proofOf(lookup);
  if (proof === NONE) return false;
  const { vantage, end } = trace.transactions.of(proof);
  return trace.vantages[vantage[proof & ROW_MASK]!]!.lastTime - end[proof & ROW_MASK]! >= WALK_PAUSE_NS;
}

/** "Never as it is" does not hold for a name that one of its clients asked for as it is, at any other time. */
function dropAskedAsWritten(context: FindingContext, wrong: ReadonlyMap<string, Wrong>): void {
  const { trace } = context.engine;
  let left = 0;
  for (const { suffixedOnly } of wrong.values()) if (suffixedOnly) left++;
  const known = new Map<number, Wrong | undefined>();
  for (let lookup = context.passFrom(trace.lookups.length); left > 0 && lookup < trace.lookups.length; lookup++) {
    const chunk = context.lookups.of(lookup);
    const row = lookup & ROW_MASK;
    const name = chunk.name[row]!;
    if (!known.has(name)) known.set(name, wrong.get(labelsOf(trace.names.textOf(name)).join('.')));
    const entry = known.get(name);
    if (entry?.suffixedOnly !== true || !entry.clients.has(chunk.client[row]!)) continue;
    entry.suffixedOnly = false;
    left--;
  }
}

const MOST_TRIED = 8;

function triedNames(context: FindingContext, lookup: number): ReadonlySet<string> {
  const { trace } = context.engine;
  const tried = new Set<string>();
  for (const exchange of trace.exchangesOf(lookup)) {
    if (tried.size >= MOST_TRIED) break;
    const first = trace.exchanges.of(exchange).first[exchange & ROW_MASK]!;
    tried.add(labelsOf(trace.names.textOf(trace.transactions.of(first).name[first & ROW_MASK]!)).join('.'));
  }
  return tried;
}

/** Names that were found: as tried in the end, and as written where a walk shows that. */
function rightNames(context: FindingContext): readonly string[] {
  const { trace } = context.engine;
  const right = new Set<string>();
  const seen = new Set<number>();
  for (
    let lookup = context.passFrom(trace.lookups.length);
    lookup < trace.lookups.length && right.size < MOST_RIGHT;
    lookup++
  ) {
    const chunk = context.lookups.of(lookup);
    const row = lookup & ROW_MASK;
    const name = chunk.name[row]!;
    if (chunk.outcome[row] !== OutcomeCode.answered || seen.has(name)) continue;
    seen.add(name);
    const labels = labelsOf(trace.names.textOf(name));
    right.add(labels.join('.'));
    const base = chunk.baseLabels[row]!;
    if (base > 0 && base < labels.length) right.add(labels.slice(0, base).join('.'));
  }
  return [...right];
}

/** Lower case; escaped dots stay inside their label. */
function labelsOf(name: string): readonly string[] {
  return name.toLowerCase().match(/(?:\\.|[^.\\])+/g) ?? [];
}

function basics(
  context: FindingContext,
  group: LookupGroup,
): Pick<RuleHit, 'severity' | 'hop' | 'ruledOut' | 'lookups' | 'proofs'> & { readonly who: string } {
  return {
    severity: 'warning',
    hop: 'name',
    ruledOut: ['Every hop on the way: the questions were answered'],
    lookups: group.lookups,
    proofs: group.proofs,
    who: `${plural(group.lookups.length, 'lookup')} from ${group.clients(context)}`,
  };
}

function typo(context: FindingContext, written: string, meant: string, group: LookupGroup): RuleHit {
  const { who, ...rest } = basics(context, group);
  const [wrong, right] = [shownName(written), shownName(meant)];
  return {
    ...rest,
    confidence: 'inferred',
    cause: 'typo',
    title: `${wrong} does not exist; ${right}, one character away, does (NXDOMAIN, ${who})`,
    subject: { name: wrong, meant: right, lookups: group.lookups.length },
    explanation: `Nobody has ${wrong}, while ${right} was found in this trace. The two differ in one character, so this looks like a slip in a configuration`,
    nextSteps: [`Look in the configuration of the client for ${wrong}`, `If ${right} is meant, correct it there`],
  };
}

function missingDot(context: FindingContext, written: string, group: LookupGroup): RuleHit {
  const { who, ...rest } = basics(context, group);
  const name = shownName(written);
  return {
    ...rest,
    confidence: 'strong',
    cause: 'missing-final-dot',
    title: `${name} is only tried with search domains, never as it is (NXDOMAIN, ${who})`,
    subject: { name, lookups: group.lookups.length },
    explanation: `The client's resolver appends its search domains to ${name} and stops before the name itself, so a name outside the cluster is never asked for. Some resolvers do that when the search list is long, when ndots is large, or after an error`,
    nextSteps: [
      `Write the name with a final dot: ${name}.`,
      'Or lower ndots in the dnsConfig of the pod, so that a name with dots is tried as it is first',
    ],
  };
}
