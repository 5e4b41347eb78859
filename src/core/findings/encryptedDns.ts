/**
 * DNS that is there and cannot be read: TLS or QUIC on port 853, HTTPS to public resolvers, and what CoreDNS forwards over TLS. Information, so
 * that nobody takes missing names for missing queries; a warning when the server never sends a packet back.
 * Needs such a flow; `silent` needs three packets to the server and none from it, over two seconds. Excluded by nothing else: it claims no names.
 */
import type { OpaqueTally } from '../trace/opaqueFlows.ts';
import { plural, type FindingContext, type FindingRule, type RuleHit } from './findingRule.ts';

const FEWEST_TO_SILENT = 3;
const SILENT_NS = 2e9;
const MOST = 5;

export const encryptedDns: FindingRule = {
  id: 'encrypted-dns',
  evaluate(context) {
    return [...context.engine.trace.opaqueFlows.tallies.values()]
      .sort((a, b) => b.packets - a.packets)
      .slice(0, MOST)
      .map((tally) => toHit(context, tally));
  },
};

const KNOWN_BY: Readonly<Record<OpaqueTally['why'], string>> = {
  port: 'the port says so',
  resolver: 'a public DNS server that speaks HTTPS at this address',
  upstream: 'the Corefile forwards to it over an encrypted transport',
};

function toHit(context: FindingContext, tally: OpaqueTally): RuleHit {
  const address = context.addressOf(tally.server);
  const place = `${context.labelOf(address)} port ${String(tally.port)}`;
  const isSilent =
    tally.fromServer === 0 && tally.packets >= FEWEST_TO_SILENT && tally.lastTime - tally.firstTime >= SILENT_NS;
  return {
    severity: isSilent ? 'warning' : 'info',
    confidence: tally.why === 'resolver' ? 'inferred' : 'strong',
    hop: tally.why === 'upstream' ? 'coredns-upstream' : 'client',
    cause: isSilent ? 'encrypted-and-silent' : 'encrypted',
    title: isSilent
      ? `${place} takes encrypted DNS and sends nothing back (${plural(tally.packets, 'packet')})`
      : `DNS with ${place} is encrypted: ${plural(tally.flows, 'connection')} without readable names`,
    subject: {
      server: address,
      port: tally.port,
      connections: tally.flows,
      packets: tally.packets,
      fromServer: tally.fromServer,
      knownBy: tally.why,
    },
    ruledOut: isSilent ? [] : ['A silent server: it sends packets back'],
    explanation: `These packets are taken for DNS because ${KNOWN_BY[tally.why]}. Names, answers and failures inside are not visible in any capture${isSilent ? '; that no packet comes back is: the connection is dropped on the way, or the server is down' : ''}`,
    nextSteps: isSilent
      ? [
          `Check from a node that ${address} takes connections on port ${String(tally.port)}`,
          'Allow that port in firewalls and security groups',
        ]
      : ['For queries of CoreDNS, look at its log and metrics; for a client, at its own log'],
    lookups: [],
    proofs: [],
  };
}
