/**
 * The one server of several that does badly while the others do well with the same names, in the same time: the comparison
 * behind `one-coredns-bad` and `one-of-several-upstreams-bad`.
 * Odd is who had three bad queries or more, 30 % of what it was asked from its first to its last one, when the others gave three good
 * answers for the same names in that time and had at most a tenth of that share bad.
 * Two ascending passes over the transactions, the second only when the first finds somebody to doubt.
 */
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import type { FindingContext } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

const FEWEST = 3;
const BAD_SHARE = 0.3;
const OTHERS_SHARE = BAD_SHARE / 10;
const MOST_SERVERS = 1000;

export type Badness = 'silent' | 'failing' | 'slow';

/** What is compared, a transaction at a time. */
export interface Compared {
  /** The transaction is a query to one of the servers, in the one view that counts. */
  isAsked(transaction: number): boolean;
  /** What is bad about it; asked first, so it must be cheap for a good one. */
  badness(transaction: number): Badness | undefined;
  /** A good answer elsewhere counts only if it took this as well: an upstream that had to be asked. */
  needs(transaction: number): boolean;
}

export interface OddOne {
  readonly server: number;
  readonly group: LookupGroup;
  readonly proofs: readonly number[];
  readonly counts: Readonly<Record<Badness, number>>;
  readonly bad: number;
  readonly asked: number;
  /** From its first bad query to its last, ns. */
  readonly span: number;
  readonly others: {
    readonly servers: readonly number[];
    readonly asked: number;
    readonly bad: number;
    readonly good: number;
  };
}

interface Suspect {
  readonly server: number;
  readonly lookups: Set<number>;
  readonly proofs: number[];
  readonly counts: Record<Badness, number>;
  /** Name id → what {@link Compared.needs} said of a bad query for it. */
  readonly names: Map<number, boolean>;
  from: number;
  to: number;
}

export function oddOnesOut(context: FindingContext, compared: Compared): readonly OddOne[] {
  return [...suspectsAmong(context, compared).values()].flatMap((suspect) => comparison(context, suspect, compared));
}

function suspectsAmong(context: FindingContext, compared: Compared): ReadonlyMap<number, Suspect> {
  const { trace } = context.engine;
  const suspects = new Map<number, Suspect>();
  for (let id = context.passFrom(trace.transactions.length); id < trace.transactions.length; id++) {
    const kind = compared.badness(id);
    if (kind === undefined || !compared.isAsked(id)) continue;
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const lookup = trace.lookupOf(chunk.exchange[row]!);
    if (lookup === NONE || !context.isOpen(lookup)) continue;
    const suspect = suspectFor(suspects, chunk.server[row]!, chunk.start[row]!);
    if (suspect === undefined) continue;
    suspect.lookups.add(lookup);
    if (suspect.proofs.length < 5) suspect.proofs.push(id);
    suspect.counts[kind]++;
    suspect.from = Math.min(suspect.from, chunk.start[row]!);
    suspect.to = Math.max(suspect.to, Number.isNaN(chunk.end[row]!) ? chunk.start[row]! : chunk.end[row]!);
    const name = chunk.name[row]!;
    suspect.names.set(name, (suspect.names.get(name) ?? false) || compared.needs(id));
  }
  for (const [server, { counts }] of suspects) if (total(counts) < FEWEST) suspects.delete(server);
  return suspects;
}

function suspectFor(suspects: Map<number, Suspect>, server: number, start: number): Suspect | undefined {
  let suspect = suspects.get(server);
  if (suspect === undefined && suspects.size < MOST_SERVERS) {
    const counts = { silent: 0, failing: 0, slow: 0 };
    suspect = { server, lookups: new Set(), proofs: [], counts, names: new Map(), from: start, to: start };
    suspects.set(server, suspect);
  }
  return suspect;
}

function total(counts: Suspect['counts']): number {
  return counts.silent + counts.failing + counts.slow;
}

function comparison(context: FindingContext, suspect: Suspect, compared: Compared): readonly OddOne[] {
  const { trace } = context.engine;
  const servers = new Set<number>();
  let own = 0;
  let asked = 0;
  let badOfOthers = 0;
  let good = 0;
  for (let id = context.passFrom(trace.transactions.length); id < trace.transactions.length; id++) {
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const start = chunk.start[row]!;
    if (start < suspect.from || start > suspect.to || chunk.state[row] === State.pending || !compared.isAsked(id))
      continue;
    if (chunk.server[row] === suspect.server) {
      own++;
      continue;
    }
    servers.add(chunk.server[row]!);
    asked++;
    if (compared.badness(id) !== undefined) {
      badOfOthers++;
      continue;
    }
    const needed = suspect.names.get(chunk.name[row]!);
    if (needed === false || (needed === true && compared.needs(id))) good++;
  }
  const bad = total(suspect.counts);
  if (good < FEWEST || bad < own * BAD_SHARE || badOfOthers > asked * OTHERS_SHARE) return [];
  const group = new LookupGroup();
  for (const lookup of suspect.lookups) group.add(context, lookup);
  const { server, proofs, counts } = suspect;
  const others = { servers: [...servers], asked, bad: badOfOthers, good };
  return [{ server, group, proofs, counts, bad, asked: own, span: suspect.to - suspect.from, others }];
}

/** Most of what is bad about it. */
export function mainBadness({ silent, failing, slow }: OddOne['counts']): Badness {
  if (silent >= failing && silent >= slow) return 'silent';
  return failing >= slow ? 'failing' : 'slow';
}
