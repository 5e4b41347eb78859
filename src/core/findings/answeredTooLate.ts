/**
 * Answers that came when the client no longer waited: it had given up, or asked again from another socket. For the application that is
 * no answer, although every counter of CoreDNS calls it a success.
 * Needs, for a query without a silent upstream under it, an answer five seconds or more after its last repeat, or the client's
 * own word: an ICMP error about the answer, port unreachable, which says that its socket was closed. Linux sends one such error a second to a
 * host, after a first few: answers that follow one so closely, took as long and are of the same client and place, belong to it.
 * Excluded by a silent upstream under the query: that wait is told by `upstream-no-answer`. How long it took often says why: CoreDNS waits
 * 2 s for each attempt at an upstream (4 s for two, 6 s for the three of old releases), glibc 5 s for CoreDNS.
 */
import { firstIndex } from '../../base/firstIndex.ts';
import { corednsTransaction, primaryTransaction } from '../lookups/exchangeViews.ts';
import { PATIENCE_NS } from '../trace/settling.ts';
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import type { FaultHop } from './finding.ts';
import { durationText, plural, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';
import { waitSignature } from './waitSignatures.ts';

interface LateAt {
  readonly hop: FaultHop;
  readonly server: number;
  readonly group: LookupGroup;
  readonly proofs: number[];
  readonly took: number[];
  closed: number;
  /** Client → what came to its closed sockets. */
  readonly refused: Map<number, { readonly ends: number[]; shortest: number }>;
}

/** Linux: net.ipv4.icmp_ratelimit, and some time for the way. */
const LIMIT_NS = 1.2e9;

export const answeredTooLate: FindingRule = {
  id: 'answered-too-late',
  explains: true,
  evaluate(context) {
    const places = new Map<string, LateAt>();
    const told = new Set<number>();
    const candidates = lateLookups(context);
    for (const lookup of context.troubled()) {
      if (candidates?.has(lookup) === false) continue;
      const late = lateAnswer(context, lookup);
      if (late === undefined) continue;
      const key = keyOf(late);
      const place: LateAt = places.get(key) ?? {
        hop: late.hop,
        server: late.server,
        group: new LookupGroup(),
        proofs: [],
        took: [],
        closed: 0,
        refused: new Map(),
      };
      places.set(key, place);
      place.group.add(context, lookup);
      place.took.push(late.took);
      told.add(lookup);
      if (late.closed) refuse(place, late);
      if (place.proofs.length < 5) place.proofs.push(late.proof);
    }
    if ([...places.values()].some(({ closed }) => closed > 0)) addUntold(context, places, told);
    return [...places.values()].map((place) => toHit(context, place));
  },
};

/** The lookups that can be meant, without looking at all that failed; `undefined` where any can, since ICMP errors speak of answers. */
function lateLookups(context: FindingContext): ReadonlySet<number> | undefined {
  const { trace } = context.engine;
  if (trace.icmpErrors.size > 0) return undefined;
  const lookups = new Set<number>();
  for (const id of trace.lateAnswers) lookups.add(trace.lookupOf(trace.transactions.of(id).exchange[id & ROW_MASK]!));
  return lookups;
}

interface Late {
  readonly hop: FaultHop;
  readonly server: number;
  readonly client: number;
  readonly took: number;
  readonly end: number;
  readonly closed: boolean;
  readonly proof: number;
}

const keyOf = ({ hop, server }: Pick<Late, 'hop' | 'server'>): string => `${hop}:${String(server)}`;

function refuse(place: LateAt, { client, end, took }: Late): void {
  place.closed++;
  const known = place.refused.get(client) ?? { ends: [], shortest: Number.POSITIVE_INFINITY };
  place.refused.set(client, known);
  known.ends.push(end);
  known.shortest = Math.min(known.shortest, took);
}

/** Slow lookups whose closed socket nobody told of, since an error had just gone out. */
function addUntold(context: FindingContext, places: ReadonlyMap<string, LateAt>, told: ReadonlySet<number>): void {
  for (const { refused } of places.values()) for (const { ends } of refused.values()) ends.sort((a, b) => a - b);
  for (const lookup of context.slowOnes()) {
    const late = told.has(lookup) ? undefined : lateAnswer(context, lookup, true);
    const place = late === undefined ? undefined : places.get(keyOf(late));
    const refused = late === undefined ? undefined : place?.refused.get(late.client);
    if (late === undefined || place === undefined || refused === undefined || late.took < refused.shortest) continue;
    const { ends } = refused;
    const before = ends[firstIndex(0, ends.length, (index) => ends[index]! > late.end) - 1];
    if (before === undefined || late.end - before > LIMIT_NS) continue;
    place.group.add(context, lookup);
    place.took.push(late.took);
  }
}

/** @param whenever however soon it came */
function lateAnswer(context: FindingContext, lookup: number, whenever = false): Late | undefined {
  const { trace } = context.engine;
  for (const exchange of trace.exchangesOf(lookup)) {
    const id = primaryTransaction(trace, exchange);
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const took = chunk.end[row]! - chunk.start[row]!;
    const closed = closedSocket(context, exchange);
    // A file has no clock that would have marked the query as unanswered meanwhile.
    const isLate = chunk.state[row] === State.late || chunk.end[row]! - chunk.lastQuery[row]! >= PATIENCE_NS;
    if (Number.isNaN(took) || (!isLate && !closed && !whenever)) continue;
    let upstreamTook = 0;
    let upstream = NONE;
    let isSilent = false;
    for (const child of trace.childrenOf(exchange)) {
      const childId = primaryTransaction(trace, child);
      const childChunk = trace.transactions.of(childId);
      const childTook = childChunk.end[childId & ROW_MASK]! - childChunk.start[childId & ROW_MASK]!;
      if (Number.isNaN(childTook)) isSilent = true;
      upstreamTook += childTook;
      upstream = childChunk.server[childId & ROW_MASK]!;
    }
    if (isSilent) continue;
    const base = { client: chunk.client[row]!, took, end: chunk.end[row]!, closed, proof: id };
    if (upstreamTook > took / 2) return { ...base, hop: 'upstream', server: upstream };
    const inside = corednsTransaction(trace, exchange);
    const server = chunk.server[row]!;
    if (inside === NONE) return { ...base, hop: 'client-coredns', server };
    const own = trace.transactions.of(inside);
    const i = inside & ROW_MASK;
    const isInside = own.end[i]! - own.start[i]! > took / 2;
    return { ...base, hop: isInside ? 'coredns' : 'client-coredns', server: isInside ? own.server[i]! : server };
  }
  return undefined;
}

/** ICMP said that nobody waited for the answer any more. */
function closedSocket(context: FindingContext, exchange: number): boolean {
  const { trace } = context.engine;
  if (trace.icmpErrors.size === 0) return false;
  for (const id of trace.transactionsOf(exchange)) {
    const events = trace.icmpErrors.get(id);
    if (events?.some(({ about, kind }) => about === 'response' && kind === 'port-unreachable') === true) return true;
  }
  return false;
}

function whyLate(closed: number, lookups: number): string {
  if (closed === 0) return 'The answer came more than 5 s after the last query';
  const said = 'The client had closed its socket, as its ICMP errors say';
  return closed === lookups ? said : `${said} for ${String(closed)} of them (a host sends about one a second)`;
}

function toHit(context: FindingContext, place: LateAt): RuleHit {
  const { hop, group, took, closed } = place;
  const address = context.addressOf(place.server);
  const label = context.labelOf(address);
  const longest = Math.max(...took);
  const signature = waitSignature(hop, took);
  const where =
    hop === 'upstream'
      ? `Most of the time passed at the upstream ${label}`
      : hop === 'coredns'
        ? `Most of the time passed inside CoreDNS ${label}`
        : `The time passed between the client and ${label}, or behind it where nobody watched`;
  return {
    severity: 'error',
    confidence: hop === 'client-coredns' ? 'inferred' : 'strong',
    hop,
    cause: 'answered-too-late',
    title: `${label} answers ${group.names(context)} after the client gave up (${plural(group.lookups.length, 'lookup')}, up to ${durationText(longest)})`,
    subject: {
      server: address,
      clients: group.clients(context),
      names: group.names(context, 5),
      lookups: group.lookups.length,
      maxNs: Math.round(longest),
      socketsClosed: closed,
      ...(signature === undefined ? {} : { signatureSeconds: signature.seconds }),
    },
    ruledOut: [
      'The name: it was answered in the end',
      ...(hop === 'upstream' ? ['CoreDNS: it passed the answer on as soon as it had it'] : []),
    ],
    explanation: `${where}. ${whyLate(closed, group.lookups.length)}, so the application saw a timeout${signature === undefined ? '' : `. ${signature.text}`}`,
    nextSteps:
      hop === 'upstream'
        ? [
            `Ask the upstream directly and compare the time: dig @${address} ${group.names(context, 1)}`,
            'Look at its load and its own forwarders',
          ]
        : hop === 'coredns'
          ? ['Look at the CPU throttling and load of that CoreDNS pod', 'Read its log for slow plugins and API errors']
          : [
              'Trace again with every CoreDNS pod watched: that shows where the time goes',
              "Check the client's own timeout: the options of its resolv.conf, or its DNS library",
            ],
    lookups: group.lookups,
    proofs: place.proofs,
  };
}
