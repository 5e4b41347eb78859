/** What a report says of packets beside plain messages: fragments, ICMP errors, encrypted flows, servers on ports of their own. */
import type { IcmpErrorKind } from '../packet/icmpError.ts';
import type { OpaqueTally } from '../trace/opaqueFlows.ts';
import { Proto } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';

export interface WireSummary {
  /** Messages without a question, and with more than one. */
  readonly noQuestion: number;
  readonly severalQuestions: number;
  readonly reassembledFragments: number;
  readonly incompleteFragments: number;
  readonly contradictoryFragments: number;
  /** By server and kind, most first; also about connections that never came to be. */
  readonly icmpErrors: readonly {
    readonly address: string;
    readonly port: number;
    readonly proto: 'UDP' | 'TCP';
    readonly kind: IcmpErrorKind;
    readonly about: 'query' | 'response';
    readonly count: number;
  }[];
  /** DNS that cannot be read, by server, most packets first. */
  readonly opaqueFlows: readonly {
    readonly address: string;
    readonly port: number;
    readonly why: OpaqueTally['why'];
    readonly flows: number;
    readonly packets: number;
    readonly packetsFromServer: number;
  }[];
  /** Servers that speak DNS on a port nobody named. */
  readonly foundServers: readonly { readonly address: string; readonly port: number }[];
}

const MOST_SERVERS = 100;

export function summarizeWire(trace: Trace): WireSummary {
  const { totals, addresses } = trace;
  return {
    noQuestion: totals.noQuestion,
    severalQuestions: totals.severalQuestions,
    reassembledFragments: totals.reassembledFragments,
    incompleteFragments: totals.incompleteFragments,
    contradictoryFragments: totals.contradictoryFragments,
    icmpErrors: [...trace.icmpTallies.values()]
      .sort((a, b) => b.count - a.count)
      .slice(0, MOST_SERVERS)
      .map(({ server, port, proto, kind, about, count }) => ({
        address: addresses.textOf(server),
        port,
        proto: proto === Proto.tcp ? 'TCP' : 'UDP',
        kind,
        about,
        count,
      })),
    opaqueFlows: [...trace.opaqueFlows.tallies.values()]
      .sort((a, b) => b.packets - a.packets)
      .slice(0, MOST_SERVERS)
      .map(({ server, port, why, flows, packets, fromServer }) => ({
        address: addresses.textOf(server),
        port,
        why,
        flows,
        packets,
        packetsFromServer: fromServer,
      })),
    foundServers: trace.foundServers.found.map(({ server, port }) => ({ address: addresses.textOf(server), port })),
  };
}
