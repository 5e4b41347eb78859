/** Whether a message left the network namespace it was seen in, came to it, or only passed by (if_packet.h, and Inspektor Gadget's pkt_type). */
import { ownAddressOf, roleOf, type Trace, type VantageState } from './trace.ts';

export const PACKET_TYPES = ['HOST', 'OTHERHOST', 'OUTGOING'] as const;
export type PacketType = (typeof PACKET_TYPES)[number];

/** Ids of a vantage's own addresses; none for one that sees many. */
export function ownAddresses({ addresses: table }: Trace, state: VantageState): ReadonlySet<number> {
  const { addresses } = state.vantage;
  if (addresses.length > 0) return new Set(addresses.map((address) => table.find(address) ?? -1));
  const inferred = roleOf(state) === 'node' ? undefined : ownAddressOf(state);
  return new Set(inferred === undefined ? [] : [inferred]);
}

export function packetType(own: ReadonlySet<number>, sender: number): PacketType {
  if (own.size === 0) return 'OTHERHOST';
  return own.has(sender) ? 'OUTGOING' : 'HOST';
}
