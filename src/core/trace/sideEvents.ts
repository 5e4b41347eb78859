/**
 * What the network says about a message beside the messages themselves: ICMP errors that quote it, and fragments of it that never
 * came. They are joined to its transaction and kept in side tables, because hardly any transaction has one.
 * Memory is bounded: so many events a transaction, so many transactions, so many servers; the counts go on.
 */
import { DnsHead, readDnsHead } from '../dns/dnsHead.ts';
import { DnsFlag, HEADER_LENGTH } from '../dns/header.ts';
import { type Frame, IpProtocol } from '../packet/frame.ts';
import { type IcmpErrorKind, readIcmpError } from '../packet/icmpError.ts';
import type { PairingTable, PairKey } from './pairing.ts';
import { NONE, Proto, ROW_MASK } from './tables.ts';
import type { Trace } from './trace.ts';

/** The packet at hand, as its stream has it. */
export interface PacketPlace {
  readonly vantage: number;
  /** Trace time, ns. */
  readonly time: number;
  readonly offset: number;
  readonly packet: number;
  readonly packetLength: number;
}

const MOST_EVENTS = 4;
const MOST_TRANSACTIONS = 50_000;
const MOST_TALLIES = 1000;
/** How far back a packet without its DNS ID is looked for, in transactions. */
const SEARCH_BACK = 4096;

export class SideEvents {
  readonly #trace: Trace;
  readonly #pairing: PairingTable;
  readonly #isDnsPort: (port: number) => boolean;
  readonly #head = new DnsHead();

  constructor(trace: Trace, pairing: PairingTable, isDnsPort: (port: number) => boolean) {
    this.#trace = trace;
    this.#pairing = pairing;
    this.#isDnsPort = isDnsPort;
  }

  /** An ICMP message; those that are no errors about DNS are passed over. */
  icmp(bytes: Uint8Array, frame: Frame, place: PacketPlace): void {
    const error = readIcmpError(bytes, frame);
    if (error === undefined) return;
    const isQuery = this.#isDnsPort(error.dstPort);
    if (!isQuery && !this.#isDnsPort(error.srcPort)) return;
    const { payloadStart, payloadEnd } = error;
    const hasHeader = payloadEnd - payloadStart >= HEADER_LENGTH;
    // Between two DNS ports (mDNS, old resolvers) the header's own bit says what the message was.
    const isResponse = hasHeader ? (bytes[payloadStart + 2]! & 0x80) !== 0 : !isQuery;
    const { addresses } = this.#trace;
    const src = addresses.idOf(bytes, error.srcStart, error.addressLength);
    const dst = addresses.idOf(bytes, error.dstStart, error.addressLength);
    const key: PairKey = {
      vantage: place.vantage,
      proto: error.protocol === IpProtocol.udp ? Proto.udp : Proto.tcp,
      client: isResponse ? dst : src,
      server: isResponse ? src : dst,
      clientPort: isResponse ? error.dstPort : error.srcPort,
      serverPort: isResponse ? error.srcPort : error.dstPort,
      dnsId: hasHeader ? (bytes[payloadStart]! << 8) | bytes[payloadStart + 1]! : 0,
    };
    const transaction = hasHeader ? this.#pairing.find(key, NONE, 0, 0) : this.#latestOn(key);
    const about = isResponse ? 'response' : 'query';
    this.#trace.totals.icmpErrors++;
    this.#tally(key, error.kind, about, transaction !== NONE);
    if (transaction === NONE) return;
    const from = addresses.idOf(bytes, frame.srcStart, frame.addressLength);
    const { kind, type, code, mtu } = error;
    this.#add(this.#trace.icmpErrors, transaction, { kind, type, code, mtu, from, about, ...place });
  }

  /**
   * A DNS message in UDP fragments that never became whole.
   * @param frame of its beginning
   */
  incomplete(beginning: Uint8Array, frame: Frame, place: PacketPlace): void {
    const head = this.#head;
    readDnsHead(beginning, frame.payloadStart, frame.payloadEnd, head);
    const isResponse = (head.flags & DnsFlag.QR) !== 0;
    const { addresses } = this.#trace;
    const src = addresses.idOf(beginning, frame.srcStart, frame.addressLength);
    const dst = addresses.idOf(beginning, frame.dstStart, frame.addressLength);
    const key: PairKey = {
      vantage: place.vantage,
      proto: Proto.udp,
      client: isResponse ? dst : src,
      server: isResponse ? src : dst,
      clientPort: isResponse ? frame.dstPort : frame.srcPort,
      serverPort: isResponse ? frame.srcPort : frame.dstPort,
      dnsId: head.id,
    };
    this.#trace.totals.incompleteFragments++;
    const transaction = this.#pairing.find(key, NONE, 0, 0);
    if (transaction === NONE) return;
    const received = frame.payloadEnd - frame.payloadStart;
    const about = isResponse ? 'response' : 'query';
    this.#add(this.#trace.lostFragments, transaction, { about, received, ...place });
  }

  #add<Event>(table: Map<number, Event[]>, transaction: number, event: Event): void {
    const events = table.get(transaction);
    if (events === undefined) {
      if (table.size >= MOST_TRANSACTIONS) return;
      table.set(transaction, [event]);
    } else if (events.length < MOST_EVENTS) {
      events.push(event);
    }
    const { transactions } = this.#trace;
    this.#trace.markDirty(this.#trace.lookupOf(transactions.of(transaction).exchange[transaction & ROW_MASK]!));
  }

  #tally(key: PairKey, kind: IcmpErrorKind, about: 'query' | 'response', joined: boolean): void {
    const { server, serverPort: port, proto } = key;
    const name = `${String(server)} ${String(port)} ${String(proto)} ${kind} ${about}`;
    let tally = this.#trace.icmpTallies.get(name);
    if (tally === undefined) {
      if (this.#trace.icmpTallies.size >= MOST_TALLIES) return;
      tally = { server, port, proto, kind, about, count: 0, joined: 0 };
      this.#trace.icmpTallies.set(name, tally);
    }
    tally.count++;
    if (joined) tally.joined++;
  }

  /** The newest transaction with these ends, for a quote that stops before the DNS ID. */
  #latestOn(key: PairKey): number {
    const { transactions } = this.#trace;
    const last = transactions.length - 1;
    for (let id = last; id >= 0 && id > last - SEARCH_BACK; id--) {
      const chunk = transactions.of(id);
      const row = id & ROW_MASK;
      if (
        chunk.clientPort[row] === key.clientPort &&
        chunk.client[row] === key.client &&
        chunk.server[row] === key.server &&
        chunk.serverPort[row] === key.serverPort &&
        chunk.vantage[row] === key.vantage &&
        chunk.proto[row] === key.proto
      )
        return id;
    }
    return NONE;
  }
}
