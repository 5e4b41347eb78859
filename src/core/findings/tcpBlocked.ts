/**
 * DNS over TCP does not get through: an answer is too long for UDP (TC=1), the client asks again over TCP (RFC 7766 §5), and that fails.
 * Needs a truncated answer over UDP from a server, and then either the same question over TCP, unanswered, or an ICMP error about TCP to
 * that server's port. Excluded by any answer over TCP from that server to the same client: then TCP gets through.
 * What it can't see: a connection that a firewall drops in silence carries no DNS message, so there is nothing to join.
 * One ascending pass over the transactions, only when answers were cut and something failed or ICMP spoke of TCP.
 */
import { isCutAnswer } from '../lookups/exchangeViews.ts';
import { NONE, Proto, ROW_MASK, State } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';
import { plural, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

interface Pair {
  readonly client: number;
  readonly server: number;
  /** Name and type of each truncated answer. */
  readonly truncated: Set<string>;
  readonly lookups: Set<number>;
  readonly proofs: number[];
  unansweredOverTcp: number;
  answeredOverTcp: boolean;
}

export const tcpBlocked: FindingRule = {
  id: 'tcp-blocked',
  explains: true,
  evaluate(context) {
    const { trace, failures } = context.engine;
    const refusing = refusingTcp(trace);
    if (trace.cutAnswers.size === 0 || (failures.size === 0 && refusing.size === 0)) return [];
    const pairs = new Map<string, Pair>();
    for (let id = context.passFrom(trace.transactions.length); id < trace.transactions.length; id++)
      take(context, pairs, id);
    const byServer = new Map<number, Pair[]>();
    for (const pair of pairs.values()) {
      if (pair.answeredOverTcp || pair.truncated.size === 0) continue;
      if (pair.unansweredOverTcp === 0 && !refusing.has(pair.server)) continue;
      const list = byServer.get(pair.server);
      if (list === undefined) byServer.set(pair.server, [pair]);
      else list.push(pair);
    }
    return [...byServer].map(([server, list]) => toHit(context, server, list, refusing.get(server) ?? 0));
  },
};

/** Server's address id → ICMP errors about queries over TCP. */
function refusingTcp(trace: Trace): ReadonlyMap<number, number> {
  const refusing = new Map<number, number>();
  for (const { server, proto, about, count, kind } of trace.icmpTallies.values()) {
    if (proto !== Proto.tcp || about !== 'query' || kind === 'fragmentation-needed') continue;
    refusing.set(server, (refusing.get(server) ?? 0) + count);
  }
  return refusing;
}

function take(context: FindingContext, pairs: Map<string, Pair>, id: number): void {
  const { trace } = context.engine;
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const overTcp = chunk.proto[row] === Proto.tcp;
  const response = chunk.response[row]!;
  const isTruncated = !overTcp && isCutAnswer(trace, response);
  if (!overTcp && !isTruncated) return;
  const [client, server] = [chunk.client[row]!, chunk.server[row]!];
  const key = `${String(client)}:${String(server)}`;
  let pair = pairs.get(key);
  const question = `${String(chunk.name[row])}:${String(chunk.qtype[row])}`;
  const lookup = trace.lookupOf(chunk.exchange[row]!);
  const isOpen = lookup !== NONE && context.isOpen(lookup);
  if (pair === undefined) {
    pair = {
      client,
      server,
      truncated: new Set(),
      lookups: new Set(),
      proofs: [],
      unansweredOverTcp: 0,
      answeredOverTcp: false,
    };
    pairs.set(key, pair);
  }
  if (isTruncated) {
    pair.truncated.add(question);
    if (isOpen) pair.lookups.add(lookup);
    if (pair.proofs.length < 2) pair.proofs.push(id);
  } else if (response !== NONE) {
    pair.answeredOverTcp = true;
  } else if (pair.truncated.has(question) && chunk.state[row] === State.unanswered) {
    pair.unansweredOverTcp++;
    if (isOpen) pair.lookups.add(lookup);
    if (pair.proofs.length < 5) pair.proofs.push(id);
  }
}

function toHit(context: FindingContext, server: number, pairs: readonly Pair[], refusals: number): RuleHit {
  const { trace } = context.engine;
  const address = context.addressOf(server);
  const label = context.labelOf(address);
  const group = new LookupGroup();
  for (const lookup of new Set(pairs.flatMap((pair) => [...pair.lookups]))) group.add(context, lookup);
  const unanswered = pairs.reduce((sum, pair) => sum + pair.unansweredOverTcp, 0);
  const isUpstream = pairs.every(({ client }) => trace.resolvers.has(client));
  return {
    severity: 'error',
    confidence: refusals > 0 ? 'strong' : 'inferred',
    hop: isUpstream ? 'coredns-upstream' : 'client-coredns',
    cause: 'tcp-blocked',
    title: `Answers of ${label} for ${group.names(context)} need TCP, and TCP port 53 does not get through (${plural(group.lookups.length, 'lookup')})`,
    subject: {
      server: address,
      clients: [...new Set(pairs.map(({ client }) => context.clientLabel(client)))].slice(0, 5).join(', '),
      names: group.names(context, 5),
      lookups: group.lookups.length,
      unansweredOverTcp: unanswered,
      icmpErrors: refusals,
    },
    ruledOut: ['UDP port 53: the truncated answers came through', `The server being down: ${label} answered over UDP`],
    explanation: `${label} marks its answers as truncated (TC), since they don't fit into the UDP packet. ${unanswered > 0 ? `Asked again over TCP, it gave no answer ${plural(unanswered, 'time')}` : 'The connection over TCP is refused with ICMP errors'}. A NetworkPolicy, firewall or security group that allows UDP port 53 only does this`,
    nextSteps: [
      'Allow TCP port 53 wherever UDP port 53 is allowed: NetworkPolicies, firewalls, security groups',
      `Check from the client: dig +tcp @${address} ${group.names(context, 1)}`,
    ],
    lookups: group.lookups,
    proofs: pairs.flatMap(({ proofs }) => proofs).slice(0, 5),
  };
}
