/**
 * Names that some servers know and others deny, at the same time: the comparison behind `custom-dns-mixed` and `replicas-disagree`.
 * A name counts when a lookup of it ended in NXDOMAIN; found twice and denied twice or more; by different servers, each of which always says
 * the same; and when both were said in one stretch of time, so that a name made or deleted meanwhile is none.
 * One ascending pass over the transactions, only when a lookup ended so.
 */
import { DnsRcode } from '../dns/types.ts';
import { Cause } from '../lookups/verdict.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import { listOf, plural, type FindingContext } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

const FEWEST = 2;
const MOST_NAMES = 1000;

interface Said {
  readonly servers: Set<number>;
  count: number;
  first: number;
  last: number;
}

interface Name {
  readonly lookups: number[];
  readonly found: Said;
  readonly denied: Said;
  readonly proofs: number[];
}

/** Servers that know certain names and others that deny them. */
export interface Contradiction {
  readonly knowing: readonly number[];
  readonly denying: readonly number[];
  readonly group: LookupGroup;
  readonly proofs: readonly number[];
  found: number;
  denied: number;
}

export function contradictions(
  context: FindingContext,
  isAsked: (transaction: number) => boolean,
): readonly Contradiction[] {
  const { trace } = context.engine;
  const names = new Map<number, Name>();
  for (const lookup of context.failuresOf(Cause.nameError)) {
    const id = context.lookups.of(lookup).name[lookup & ROW_MASK]!;
    const known = names.get(id);
    if (known !== undefined) known.lookups.push(lookup);
    else if (names.size < MOST_NAMES)
      names.set(id, { lookups: [lookup], found: nothing(), denied: nothing(), proofs: [] });
  }
  if (names.size === 0) return [];
  for (let id = context.passFrom(trace.transactions.length); id < trace.transactions.length; id++) {
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const name = names.get(chunk.name[row]!);
    if (name === undefined || chunk.response[row] === NONE || !isAsked(id)) continue;
    const isFound = chunk.rcode[row] === DnsRcode.NOERROR && chunk.answers[row]! > 0;
    if (!isFound && chunk.rcode[row] !== DnsRcode.NXDOMAIN) continue;
    const said = isFound ? name.found : name.denied;
    said.servers.add(chunk.server[row]!);
    said.first = Math.min(said.first, chunk.start[row]!);
    said.last = Math.max(said.last, chunk.start[row]!);
    // One sample of what was found is enough: the others show the harm.
    if (name.proofs.length < 5 && (!isFound || said.count === 0)) name.proofs.push(id);
    said.count++;
  }
  return byServers(context, [...names.values()].filter(isContradiction));
}

function nothing(): Said {
  return { servers: new Set(), count: 0, first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
}

function isContradiction({ found, denied }: Name): boolean {
  if (found.count < FEWEST || denied.count < FEWEST) return false;
  if ([...found.servers].some((server) => denied.servers.has(server))) return false;
  return Math.max(found.first, denied.first) <= Math.min(found.last, denied.last);
}

/** Names on which the same servers differ are one matter. */
function byServers(context: FindingContext, names: readonly Name[]): readonly Contradiction[] {
  const all = new Map<string, Contradiction & { readonly proofs: number[] }>();
  for (const { found, denied, lookups, proofs } of names) {
    const knowing = [...found.servers].sort((a, b) => a - b);
    const denying = [...denied.servers].sort((a, b) => a - b);
    const key = `${knowing.join()}:${denying.join()}`;
    const one = all.get(key) ?? { knowing, denying, group: new LookupGroup(), proofs: [], found: 0, denied: 0 };
    all.set(key, one);
    for (const lookup of lookups) one.group.add(context, lookup);
    one.proofs.push(...proofs.slice(0, 5 - one.proofs.length));
    one.found += found.count;
    one.denied += denied.count;
  }
  return [...all.values()];
}

/** Who says what, in the words of both rules. */
export function wordsOf(
  context: FindingContext,
  one: Contradiction,
): {
  readonly knowing: string;
  readonly denying: string;
  /** `A knows it, B says NXDOMAIN`. */
  readonly saying: string;
  readonly subject: Readonly<Record<string, string | number>>;
  /** Why the name itself is not at fault. */
  readonly notTheName: string;
} {
  const labels = (servers: readonly number[]): string =>
    listOf(servers.map((server) => context.labelOf(context.addressOf(server))));
  const knowing = labels(one.knowing);
  const denying = labels(one.denying);
  const knows = one.knowing.length === 1 ? 'knows' : 'know';
  const says = one.denying.length === 1 ? 'says' : 'say';
  return {
    knowing,
    denying,
    saying: `${knowing} ${knows} it, ${denying} ${says} NXDOMAIN`,
    subject: {
      knowing,
      denying,
      names: one.group.names(context, 5),
      found: one.found,
      denied: one.denied,
      lookups: one.group.lookups.length,
    },
    notTheName: `The name: ${knowing} found it ${plural(one.found, 'time')}`,
  };
}
