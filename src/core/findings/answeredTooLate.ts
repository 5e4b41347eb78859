/**
 * Answers that came when the client no longer waited: it had given up, or asked again from another socket. For the application that is
 * no answer, although every counter of CoreDNS calls it a success.
 * Needs, for a query without a silent upstream under it, an answer five seconds or more after its last repeat, or the client's
 * own word: an ICMP error about the answer, port unreachable, which says that its socket was closed.
 * Excluded by a silent upstream under the query: that wait is told by `upstream-no-answer`. How long it took often says why: CoreDNS waits
 * 2 s for each attempt at an upstream (4 s for two, 6 s for the three of old releases), glibc 5 s for CoreDNS.
 */
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
}

export const answeredTooLate: FindingRule = {
  id: 'answered-too-late',
  explains: true,
  evaluate(context) {
    const places = new Map<string, LateAt>();
    const candidates = lateLookups(context);
    for (const lookup of context.troubled()) {
      if (candidates?.has(lookup) === false) continue;
      const late = lateAnswer(context, lookup);
      if (late === undefined) continue;
      const key = `${late.hop}:${String(late.server)}`;
      const place = places.get(key) ?? {
        hop: late.hop,
        server: late.server,
        group: new LookupGroup(),
        proofs: [],
        took: [],
        closed: 0,
      };
      places.set(key, place);
      place.group.add(context, lookup);
      place.took.push(late.took);
      if (late.closed) place.closed++;
      if (place.proofs.length < 5) place.proofs.push(late.proof);
    }
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
  readonly took: number;
  readonly closed: boolean;
  readonly proof: number;
}

function lateAnswer(context: FindingContext, lookup: number): Late | undefined {
  const { trace } = context.engine;
  for (const exchange of trace.exchangesOf(lookup)) {
    const id = primaryTransaction(trace, exchange);
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const took = chunk.end[row]! - chunk.start[row]!;
    const closed = closedSocket(context, exchange);
    // A file has no clock that would have marked the query as unanswered meanwhile.
    const isLate = chunk.state[row] === State.late || chunk.end[row]! - chunk.lastQuery[row]! >= PATIENCE_NS;
    if (Number.isNaN(took) || (!isLate && !closed)) continue;
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
    const base = { took, closed, proof: id };
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
    explanation: `${where}. ${closed > 0 ? 'The client had closed its socket, as its ICMP errors say' : 'The answer came more than 5 s after the last query'}, so the application saw a timeout${signature === undefined ? '' : `. ${signature.text}`}`,
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
