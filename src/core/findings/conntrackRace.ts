/**
 * The lost race in connection tracking: A and AAAA leave one socket at once, both want to make the same entry, and the node
 * drops one of them. The resolver waits five seconds and asks again.
 * Needs all of it, from the same lookup: two questions from one port at most 1 ms apart, exactly one of them answered, the other
 * absent in every CoreDNS pod although all were watched, and asked again after about 5.0 s. Lookups of the same client that waited in the same way,
 * with a pair further apart (a busy node delays the second), are told with it, but prove nothing; where they are the more, `slow` tells them.
 * Excluded by a sighting in CoreDNS of the first attempt, by CoreDNS pods that nobody watched, by both being lost (that is a loss
 * like any other), and by another waiting time.
 */
import { DnsType } from '../dns/types.ts';
import { corednsTransaction, primaryTransaction } from '../lookups/exchangeViews.ts';
import { NONE, Proto, ROW_MASK, State } from '../trace/tables.ts';
import { roleOf } from '../trace/trace.ts';
import { corednsWatch } from './corednsReplicas.ts';
import { durationText, plural, type FindingContext, type FindingRule } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

const TOGETHER_NS = 1e6;
/** As far apart a pair counts where another one was lost for certain. */
const ALIKE_NS = 10e6;
/** glibc's wait before it asks again; its timer and a busy node move it by this much. */
const WAIT_NS = 5e9;
const WAIT_TOLERANCE_NS = 0.25e9;

export const conntrackRace: FindingRule = {
  id: 'conntrack-race',
  explains: true,
  evaluate(context) {
    if (!context.corednsWatched) return [];
    const { trace } = context.engine;
    const group = new LookupGroup();
    const proofs: number[] = [];
    const dropped = new Map<number, number>();
    /** Those whose pair left further apart. */
    const alike: number[] = [];
    let lossless = true;
    for (const lookup of context.troubled()) {
      const lost = lostTwin(context, lookup, TOGETHER_NS);
      if (lost === undefined) {
        if (lostTwin(context, lookup, ALIKE_NS) !== undefined) alike.push(lookup);
        continue;
      }
      group.add(context, lookup);
      proofs.push(lost.transaction);
      lossless &&= lost.lossless;
      const { qtype } = trace.transactions.of(lost.transaction);
      const type = qtype[lost.transaction & ROW_MASK]!;
      dropped.set(type, (dropped.get(type) ?? 0) + 1);
    }
    if (group.lookups.length === 0) return [];
    const clients = group.clients(context);
    const ids = new Set(group.lookups.map((lookup) => clientOf(context, lookup)));
    const besides = alike.filter((lookup) => ids.has(clientOf(context, lookup)));
    const others = besides.length > group.lookups.length ? [] : besides;
    const more =
      others.length === 0
        ? ''
        : `. ${plural(others.length, 'other lookup')} of the same client lost one of two queries and waited as long, though they left further apart (up to ${durationText(ALIKE_NS)})`;
    return [
      {
        severity: 'error',
        confidence: lossless ? 'strong' : 'inferred',
        hop: 'client-coredns',
        cause: 'conntrack-race',
        title: `The node of ${clients} drops one of two DNS queries sent at once, and the application waits 5 s (${plural(group.lookups.length, 'lookup')})`,
        subject: {
          clients,
          names: group.names(context, 5),
          lookups: group.lookups.length,
          alike: others.length,
          droppedA: dropped.get(DnsType.A) ?? 0,
          droppedAAAA: dropped.get(DnsType.AAAA) ?? 0,
        },
        ruledOut: [
          'CoreDNS and its upstreams: every CoreDNS pod was watched, and the lost queries reached none of them',
          'The network as such: the other query of each pair, sent in the same millisecond, was answered',
          'The application: both queries were seen leaving the pod',
        ],
        explanation: `A and AAAA left one socket within a millisecond. Both were to make the same entry in connection tracking on the node, one lost that race and was dropped, and the resolver asked again after 5 s${more}`,
        nextSteps: [
          "On the pod's node, watch conntrack -S: insert_failed grows with each such lookup",
          "Set the option single-request-reopen (glibc) in the pod's dnsConfig, so that the two queries use two sockets",
          'Run NodeLocal DNSCache: queries to it bypass connection tracking',
        ],
        lookups: [...group.lookups, ...others],
        proofs,
      },
    ];
  },
};

function clientOf({ lookups }: FindingContext, lookup: number): number {
  return lookups.of(lookup).client[lookup & ROW_MASK]!;
}

interface Lost {
  /** The dropped question's transaction as its pod saw it. */
  readonly transaction: number;
  readonly lossless: boolean;
}

/** The dropped one of a pair of questions of this lookup, if it has such a pair. */
function lostTwin(context: FindingContext, lookup: number, apart: number): Lost | undefined {
  const { trace } = context.engine;
  const exchanges = [...firstOf(trace.exchangesOf(lookup), 64)];
  for (const exchange of exchanges) {
    const lost = primaryTransaction(trace, exchange);
    const again = askedAgainAfter(context, exchange, exchanges);
    if (again === undefined || Math.abs(again - WAIT_NS) > WAIT_TOLERANCE_NS) continue;
    if (
      !exchanges.some(
        (other) => other !== exchange && isAnsweredTwin(context, primaryTransaction(trace, other), lost, apart),
      )
    )
      continue;
    const chunk = trace.transactions.of(lost);
    const start = chunk.start[lost & ROW_MASK]!;
    if (roleOf(trace.vantages[chunk.vantage[lost & ROW_MASK]!]!) !== 'client') continue;
    const inside = corednsTransaction(trace, exchange);
    // Joined in CoreDNS by its repeat: then what arrived there began when the repeat was sent.
    if (inside !== NONE && startOf(context, inside) < start + WAIT_NS / 2) continue;
    const watch = corednsWatch(context.engine, start);
    if (!watch.all) continue;
    const own = trace.vantages[chunk.vantage[lost & ROW_MASK]!]!;
    return { transaction: lost, lossless: watch.lossless && own.lossless };
  }
  return undefined;
}

function startOf(context: FindingContext, id: number): number {
  return context.engine.trace.transactions.of(id).start[id & ROW_MASK]!;
}

/** How long after its first query an unanswered question was asked again, ns: from the same socket, or in a later exchange. */
function askedAgainAfter(context: FindingContext, exchange: number, all: readonly number[]): number | undefined {
  const { trace } = context.engine;
  const id = primaryTransaction(trace, exchange);
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const start = chunk.start[row]!;
  if (chunk.proto[row] !== Proto.udp) return undefined;
  if (chunk.retransmissions[row]! > 0) {
    // With one repeat the last query is the second; answered before it, nothing was lost.
    const second = chunk.retransmissions[row] === 1 ? chunk.lastQuery[row]! : Number.NaN;
    return chunk.end[row]! < second ? undefined : second - start;
  }
  if (chunk.state[row] !== State.unanswered) return undefined;
  for (const other of all) {
    const later = primaryTransaction(trace, other);
    const chunkOfLater = trace.transactions.of(later);
    const at = later & ROW_MASK;
    if (
      chunkOfLater.start[at]! > start &&
      chunkOfLater.qtype[at] === chunk.qtype[row] &&
      chunkOfLater.name[at] === chunk.name[row]
    )
      return chunkOfLater.start[at]! - start;
  }
  return undefined;
}

/** `id` is the other of A and AAAA, sent with `lost` from one socket, and was answered before anyone asked again. */
function isAnsweredTwin(context: FindingContext, id: number, lost: number, apart: number): boolean {
  const { transactions } = context.engine.trace;
  const a = transactions.of(id);
  const i = id & ROW_MASK;
  const b = transactions.of(lost);
  const j = lost & ROW_MASK;
  const types = [a.qtype[i], b.qtype[j]];
  return (
    types.includes(DnsType.A) &&
    types.includes(DnsType.AAAA) &&
    a.name[i] === b.name[j] &&
    a.clientPort[i] === b.clientPort[j] &&
    a.client[i] === b.client[j] &&
    Math.abs(a.start[i]! - b.start[j]!) <= apart &&
    a.end[i]! - a.start[i]! < WAIT_NS - WAIT_TOLERANCE_NS
  );
}

function* firstOf<T>(items: Iterable<T>, most: number): Generator<T> {
  let left = most;
  for (const item of items) {
    if (left-- === 0) return;
    yield item;
  }
}
