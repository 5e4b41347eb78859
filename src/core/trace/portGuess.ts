/**
 * Finds servers that speak DNS on ports nobody named. A datagram counts when it is DNS to the last bit; a server is taken for one once
 * three of its answers match, by ID and question, what the same client asked. What came before that is not lost: those datagrams
 * are kept and handed back.
 * Why always on: a capture of DNS ports alone never gets here, and in any other a test of four bytes turns nearly everything away.
 * Bounded: servers under watch, datagrams kept a server, servers found.
 */
import { DnsHead, readDnsHead } from '../dns/dnsHead.ts';
import { DnsFlag, HEADER_LENGTH } from '../dns/header.ts';
import { decodeMessage } from '../dns/message.ts';
import type { Frame } from '../packet/frame.ts';
import type { AddressTable } from './addressTable.ts';

/** A datagram kept while it was not sure to be DNS, copied. */
export interface KeptDatagram {
  readonly vantage: number;
  readonly payload: Uint8Array;
  readonly src: number;
  readonly dst: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly time: number;
  /** Where its packet is in the stream, its number there and its captured length. */
  readonly offset: number;
  readonly packet: number;
  readonly packetLength: number;
  /** Its bytes are in no single packet. */
  readonly spansPackets: boolean;
}

export interface FoundServer {
  readonly server: number;
  readonly port: number;
}

/** NetBIOS name service and LLMNR have DNS's form and another meaning. */
const OTHER_PROTOCOLS: ReadonlySet<number> = new Set([137, 138, 5355]);
const MATCHES_NEEDED = 3;
const MOST_CANDIDATES = 256;
const MOST_KEPT = 32;
/** Bytes; DNS over UDP is hardly ever larger, and what is kept has to stay small. */
const LARGEST_KEPT = 4096;
const MOST_FOUND = 64;
const SHORTEST_MESSAGE = HEADER_LENGTH + 1 + 4;

interface Candidate {
  readonly server: number;
  readonly port: number;
  readonly kept: KeptDatagram[];
  matches: number;
}

export class PortGuess {
  readonly found: FoundServer[] = [];
  readonly #addresses: AddressTable;
  readonly #candidates = new Map<number, Candidate>();
  readonly #foundKeys = new Set<number>();
  readonly #head = new DnsHead();

  constructor(addresses: AddressTable) {
    this.#addresses = addresses;
  }

  /** Whether one end of the frame is a server found before. */
  knows(bytes: Uint8Array, frame: Frame): boolean {
    const { srcStart, dstStart, addressLength } = frame;
    return (
      this.#foundKeys.has(this.#addresses.idOf(bytes, dstStart, addressLength) * 65_536 + frame.dstPort) ||
      this.#foundKeys.has(this.#addresses.idOf(bytes, srcStart, addressLength) * 65_536 + frame.srcPort)
    );
  }

  /** The cheap test: one question, an ordinary query or answer, no reserved bit. */
  looksLikeDns(bytes: Uint8Array, frame: Frame): boolean {
    const at = frame.payloadStart;
    return (
      frame.payloadEnd - at >= SHORTEST_MESSAGE &&
      frame.payloadEnd - at <= LARGEST_KEPT &&
      bytes[at + 4] === 0 &&
      bytes[at + 5] === 1 &&
      (bytes[at + 2]! & 0x78) === 0 &&
      (bytes[at + 3]! & 0x40) === 0 &&
      !OTHER_PROTOCOLS.has(frame.srcPort) &&
      !OTHER_PROTOCOLS.has(frame.dstPort)
    );
  }

  /**
   * A UDP datagram that {@link looksLikeDns}.
   * @returns once this one made the server known, all its datagrams, this one last
   */
  take(
    bytes: Uint8Array,
    frame: Frame,
    seen: Omit<KeptDatagram, 'payload' | 'src' | 'dst' | 'srcPort' | 'dstPort'>,
  ): readonly KeptDatagram[] | undefined {
    if (this.found.length >= MOST_FOUND || !this.#isDns(bytes, frame.payloadStart, frame.payloadEnd)) return undefined;
    const isResponse = (this.#head.flags & DnsFlag.QR) !== 0;
    const datagram: KeptDatagram = {
      ...seen,
      payload: bytes.slice(frame.payloadStart, frame.payloadEnd),
      src: this.#addresses.idOf(bytes, frame.srcStart, frame.addressLength),
      dst: this.#addresses.idOf(bytes, frame.dstStart, frame.addressLength),
      srcPort: frame.srcPort,
      dstPort: frame.dstPort,
    };
    const candidate = isResponse
      ? this.#candidates.get(datagram.src * 65_536 + datagram.srcPort)
      : this.#candidateOf(datagram.dst, datagram.dstPort);
    if (candidate === undefined) return undefined;
    if (isResponse && !candidate.kept.some((asked) => isAnsweredBy(asked, datagram))) return undefined;
    if (isResponse) candidate.matches++;
    if (candidate.kept.length >= MOST_KEPT) candidate.kept.shift();
    candidate.kept.push(datagram);
    if (candidate.matches < MATCHES_NEEDED) return undefined;
    const key = candidate.server * 65_536 + candidate.port;
    this.#candidates.delete(key);
    this.#foundKeys.add(key);
    this.found.push({ server: candidate.server, port: candidate.port });
    return candidate.kept;
  }

  #candidateOf(server: number, port: number): Candidate {
    const key = server * 65_536 + port;
    const known = this.#candidates.get(key);
    if (known !== undefined) return known;
    if (this.#candidates.size >= MOST_CANDIDATES) {
      const oldest = this.#candidates.keys().next();
      if (oldest.done !== true) this.#candidates.delete(oldest.value);
    }
    const candidate = { server, port, kept: [], matches: 0 };
    this.#candidates.set(key, candidate);
    return candidate;
  }

  /** Sound to its last bit. A query asks for something, in a class there is, and says nothing else. */
  #isDns(bytes: Uint8Array, start: number, end: number): boolean {
    const head = this.#head;
    if (!readDnsHead(bytes, start, end, head) || head.qtype === 0 || head.qclass === 0) return false;
    if (head.qclass > 4 && head.qclass !== 255) return false;
    if ((head.flags & DnsFlag.QR) === 0 && (head.rcode !== 0 || head.ancount !== 0 || head.nscount !== 0)) return false;
    return decodeMessage(bytes, start, end).problems.length === 0;
  }
}

/** The same socket, ID and question, the other way round; the question's bytes are the same in both (RFC 1035 §4.1.2). */
function isAnsweredBy(asked: KeptDatagram, answer: KeptDatagram): boolean {
  if (asked.dst !== answer.src || asked.dstPort !== answer.srcPort) return false;
  if (asked.src !== answer.dst || asked.srcPort !== answer.dstPort || asked.vantage !== answer.vantage) return false;
  const a = asked.payload;
  const b = answer.payload;
  if (a[0] !== b[0] || a[1] !== b[1]) return false;
  for (let at = HEADER_LENGTH; at < a.length; at++) {
    if (a[at] !== b[at]) return false;
    if (a[at] === 0) return true;
  }
  return false;
}
