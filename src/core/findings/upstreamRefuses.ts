/**
 * An upstream whose host, or something on the way, says that it takes no DNS: ICMP errors about CoreDNS's queries. Silence has many
 * causes; this says which.
 * Needs an ICMP error that quotes a query which CoreDNS passed on for a client. Excluded by an answer of that server in this trace: then the
 * error was of a moment, and `upstream-no-answer` counts it as a loss. An rcode REFUSED is told by `unsuccessful-response`.
 */
import { Cause } from '../lookups/verdict.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import type { IcmpErrorEvent } from '../trace/wireEvents.ts';
import { plural, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';
import { isUpstreamQuery } from './upstreamQueries.ts';

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
    const byProof = new Map<number, Refusing>();
    for (const [id, events] of [...trace.icmpErrors].sort(([a], [b]) => a - b)) {
      const event = events.find(({ about, kind }) => about === 'query' && REASONS[kind] !== undefined);
      if (event === undefined || !isUpstreamQuery(trace, id)) continue;
      const chunk = trace.transactions.of(id);
      const row = id & ROW_MASK;
      const lookup = trace.lookupOf(chunk.exchange[row]!);
      if (lookup === NONE || !context.isOpen(lookup) || trace.serverAnswered.get(chunk.server[row]!) > 0) continue;
      const [server, port] = [chunk.server[row]!, chunk.serverPort[row]!];
      const key = `${String(server)}:${String(port)}`;
      const entry = refusing.get(key) ?? { server, port, event, lookups: new Set<number>(), proofs: [] };
      refusing.set(key, entry);
      byProof.set(id, entry);
      entry.lookups.add(lookup);
      if (entry.proofs.length < 5) entry.proofs.push(id);
    }
    if (refusing.size === 0) return [];
    // Those served from CoreDNS's SERVFAIL cache name the query that failed before them.
    for (const lookup of context.failuresOf(Cause.upstreamSilent))
      byProof.get(context.proofOf(lookup))?.lookups.add(lookup);
    return [...refusing.values()].map((entry) => toHit(context, entry));
  },
};

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
