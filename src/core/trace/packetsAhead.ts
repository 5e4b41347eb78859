/**
 * Packets decoded before their turn. To trace one is to look at a handful of places all over memory: its name, the latest query of its
 * socket, the chain of its ID. On a large trace none of them is in the processor's cache, and waiting for each in turn took longer than all
 * the rest. So the next few packets are decoded together and those places are asked for together, packet after packet with nothing that
 * depends on the answer: they arrive at the same time, and tracing finds them there.
 * Cost: a load a place. Nothing is decided here: what is traced, and in which order, is as without it.
 */
import { DnsHead } from '../dns/dnsHead.ts';
import { DnsFlag } from '../dns/header.ts';
import { Frame } from '../packet/frame.ts';
import { NO_BYTES } from '../packet/tcpStream.ts';
import type { ExchangePlacement } from './exchangePlacement.ts';
import type { NameTable } from './nameTable.ts';
import type { PairingTable, PairKey } from './pairing.ts';
import { NONE, Proto } from './tables.ts';

/** Enough to have all loads of one kind under way at once; their lines stay in the first cache until their turn. */
export const AHEAD = 32;

/** A datagram to or from a DNS port. */
export class PacketAhead {
  readonly frame = new Frame();
  readonly head = new DnsHead();
  /** The head could be read. */
  isReadable = false;
  vantage = 0;
  /** Captured bytes of the packet. */
  length = 0;
  src = 0;
  dst = 0;
}

export class PacketsAhead {
  readonly packets: readonly PacketAhead[] = Array.from({ length: AHEAD }, () => new PacketAhead());
  readonly times = new Float64Array(AHEAD);
  readonly offsets = new Float64Array(AHEAD);
  /** What all of them lie in. */
  bytes: Uint8Array = NO_BYTES;
  count = 0;
  /** Holds what was loaded, or the compiler would leave the loads out. */
  loaded = 0;
  readonly #key: PairKey = {
    vantage: 0,
    proto: Proto.udp,
    client: 0,
    server: 0,
    clientPort: 0,
    serverPort: 0,
    dnsId: 0,
  };

  /** Brings what tracing these packets looks at into the processor's cache. */
  fetch(names: NameTable, pairing: PairingTable, exchanges: ExchangePlacement): void {
    const { packets, count } = this;
    let loaded = 0;
    for (let i = 0; i < count; i++) loaded ^= names.loadSlot(packets[i]!.head.nameHash);
    const key = this.#key;
    for (let i = 0; i < count; i++) {
      const { frame, head, vantage, src, dst } = packets[i]!;
      const isResponse = (head.flags & DnsFlag.QR) !== 0;
      key.vantage = vantage;
      key.dnsId = head.id;
      key.client = isResponse ? dst : src;
      key.server = isResponse ? src : dst;
      key.clientPort = isResponse ? frame.dstPort : frame.srcPort;
      key.serverPort = isResponse ? frame.srcPort : frame.dstPort;
      loaded ^= pairing.load(key);
    }
    for (let i = 0; i < count; i++) loaded ^= names.loadBytes(packets[i]!.head.nameHash);
    for (let i = 0; i < count; i++) {
      const { head } = packets[i]!;
      if ((head.flags & DnsFlag.QR) !== 0) continue;
      const name = names.likelyId(head.nameHash);
      if (name !== NONE) loaded ^= exchanges.load(name, head.qtype, head.id, Proto.udp);
    }
    this.loaded = loaded;
  }
}
