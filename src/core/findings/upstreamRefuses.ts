/**
 * An upstream whose host, or something on the way, says that it takes no DNS: ICMP errors about CoreDNS's queries. Silence has many
 * causes; this says which.
 * Needs an ICMP error that quotes a query of CoreDNS, and lookups that waited for that server in vain. Excluded by an answer of that server in this trace: then the
 * error was of a moment, and `upstream-no-answer` counts it as a loss. An rcode REFUSED is told by `unsuccessful-response`.
 */
import { primaryTransaction } from '../lookups/exchangeViews.ts';
import { Cause } from '../lookups/verdict.ts';
import { ROW_MASK } from '../trace/tables.ts';
import type { IcmpErrorEvent } from '../trace/wireEvents.ts';
import { plural, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

interface Refusing {
  readonly server: number;
  readonly port: number;
  readonly event: IcmpErrorEvent;
  readonly lookups: Set<number>;
  readonly proofs: number[];
}

export const upstreamRefuses: FindingRule = {
  id: 'upstream-refuses',
  explains: true,
  evaluate(context) {
    const { trace } = context.engine;
    if (trace.icmpErrors.size === 0) return [];
    const refusing = new Map<string, Refusing>();
    for (const [id, events] of [...trace.icmpErrors].sort(([a], [b]) => a - b)) {
      const event = events.find(({ about, kind }) => about === 'query' && REASONS[kind] !== undefined);
      const chunk = trace.transactions.of(id);
      const row = id & ROW_MASK;
      if (event === undefined || !trace.resolvers.has(chunk.client[row]!)) continue;
      const [server, port] = [chunk.server[row]!, chunk.serverPort[row]!];
      if (trace.serverAnswered.get(server) > 0) continue;
      const entry = refusing.get(keyOf(context, id)) ?? { server, port, event, lookups: new Set<number>(), proofs: [] };
      refusing.set(keyOf(context, id), entry);
      if (entry.proofs.length < 5) entry.proofs.push(id);
    }
    if (refusing.size === 0) return [];
    // Hosts limit how many errors they send (Linux: about one a second), so that most queries that met the refusal got none.
    for (const lookup of context.troubled())
      for (const id of silentUpstreamQueries(context, lookup)) refusing.get(keyOf(context, id))?.lookups.add(lookup);
    return [...refusing.values()].filter(({ lookups }) => lookups.size > 0).map((entry) => toHit(context, entry));
  },
};

function keyOf(context: FindingContext, id: number): string {
  const chunk = context.engine.trace.transactions.of(id);
  return `${String(chunk.server[id & ROW_MASK])}:${String(chunk.serverPort[id & ROW_MASK])}`;
}

/** What CoreDNS asked for this lookup in vain; for one served from its SERVFAIL cache, the query that failed before it. */
function* silentUpstreamQueries(context: FindingContext, lookup: number): Generator<number> {
  const { trace } = context.engine;
  for (const exchange of trace.exchangesOf(lookup)) {
    for (const child of trace.childrenOf(exchange)) {
      const id = primaryTransaction(trace, child);
      if (Number.isNaN(trace.transactions.of(id).end[id & ROW_MASK]!)) yield id;
    }
  }
  const isSilent = context.lookups.of(lookup).cause[lookup & ROW_MASK] === Cause.upstreamSilent;
  if (isSilent) yield context.proofOf(lookup);
}

interface Reason {
  readonly cause: string;
  readonly says: string;
  readonly meaning: string;
  readonly next: string;
}

const CLOSED: Reason = {
  cause: 'upstream-port-closed',
  says: 'port unreachable',
  meaning: 'The host is up and nothing listens there: the DNS server is stopped, or listens on another address or port',
  next: 'On that host, check that the DNS server runs and listens on this address',
};
const NO_ROUTE: Reason = {
  cause: 'upstream-unreachable',
  says: 'unreachable',
  meaning:
    'A router or the node itself knows no way to it, or the host does not answer ARP: it is off, or the route is missing',
  next: 'Check the address in the Corefile, and the routes and peerings between the nodes and it',
};
const FORBIDDEN: Reason = {
  cause: 'upstream-prohibited',
  says: 'administratively prohibited',
  meaning: 'A firewall on the way rejects these packets and says so',
  next: 'Allow UDP and TCP port 53 from the nodes to it',
};
const REASONS: Readonly<Partial<Record<IcmpErrorEvent['kind'], Reason>>> = {
  'port-unreachable': CLOSED,
  'protocol-unreachable': CLOSED,
  'host-unreachable': NO_ROUTE,
  'net-unreachable': NO_ROUTE,
  'admin-prohibited': FORBIDDEN,
};

function toHit(context: FindingContext, refusing: Refusing): RuleHit {
  const { server, port, event } = refusing;
  const reason = REASONS[event.kind]!;
  const address = context.addressOf(server);
  const reporter = context.labelOf(context.addressOf(event.from));
  const group = new LookupGroup();
  for (const lookup of refusing.lookups) group.add(context, lookup);
  const failed = group.lookups.filter((lookup) => context.engine.failures.has(lookup)).length;
  return {
    severity: failed > 0 ? 'error' : 'warning',
    confidence: group.confidence === 'inferred' ? 'inferred' : 'strong',
    hop: 'upstream',
    cause: reason.cause,
    title: `Upstream ${context.labelOf(address)} takes no queries on port ${String(port)}: ${event.from === server ? 'it' : reporter} answers ICMP ${reason.says} (${plural(group.lookups.length, 'lookup')})`,
    subject: {
      upstream: address,
      port,
      reportedBy: context.addressOf(event.from),
      lookups: group.lookups.length,
      failedLookups: failed,
      names: group.names(context, 5),
    },
    ruledOut: [
      'CoreDNS: it sent the queries on, and was told that they cannot be delivered',
      'A slow or overloaded upstream: the refusal is explicit, and no answer of it was seen',
    ],
    explanation: `CoreDNS forwards to ${address} port ${String(port)}, and ICMP says that the query cannot be delivered. ${reason.meaning}`,
    nextSteps: [reason.next, 'Take the address out of `forward`, or correct it, if no DNS server belongs there'],
    action: 'inspect-corefile',
    lookups: group.lookups,
    proofs: refusing.proofs,
  };
}
