/**
 * A DNS message with pseudonyms in place of names and addresses, in as many bytes. It begins as zeros, and only what is known
 * to say nothing about anybody is copied: what this file does not know stays zero. Names are rewritten label by label where they
 * stand, so that compression pointers go on pointing at the same names (RFC 1035 §4.1.4).
 */
import { HEADER_LENGTH } from '../dns/header.ts';
import { DnsClass, DnsType } from '../dns/types.ts';
import { u16be } from '../packet/bytes.ts';
import type { Pseudonyms } from './pseudonyms.ts';

const KNOWN_CLASSES = new Set<number>(Object.values(DnsClass));
const MOST_ENTRIES = 4096;
const MOST_POINTERS = 16;
const X = 0x78;

/** Number of bytes before the name in record data, for types whose data ends in one name (RFC 1035, 1183, 2230, 2782, 6672). */
const NAME_AFTER: Readonly<Record<number, number>> = {
  [DnsType.NS]: 0,
  3: 0,
  4: 0,
  [DnsType.CNAME]: 0,
  7: 0,
  8: 0,
  9: 0,
  [DnsType.PTR]: 0,
  [DnsType.DNAME]: 0,
  [DnsType.MX]: 2,
  18: 2,
  21: 2,
  36: 2,
  [DnsType.SRV]: 6,
};
/** MINFO and RP hold two names, SOA two and five numbers. */
const TWO_NAMES = new Set<number>([14, 17, DnsType.SOA]);
/** Their length; anything else there is damage, and may be text. */
const SOA_NUMBERS = 20;
/** Length-prefixed texts. */
const TEXTS = new Set<number>([DnsType.TXT, DnsType.HINFO, 99]);
/** Service parameters (RFC 9460 §14.3.2). */
const MANDATORY = 0;
const ALPN = 1;
const PORT = 3;
const IPV4_HINT = 4;
const IPV6_HINT = 6;
/** Protocols that say nothing about anybody, as registered for ALPN; others may be somebody's own. */
const PROTOCOLS = new Set(['h2', 'h2c', 'h3', 'http/1.0', 'http/1.1', 'dot', 'doq']);
const EXTENDED_ERROR = 15;
const CLIENT_SUBNET = 8;

export function redactMessage(message: Uint8Array, pseudonyms: Pseudonyms): Uint8Array {
  return new MessageRedactor(message, pseudonyms).redact();
}

class MessageRedactor {
  readonly #from: Uint8Array;
  readonly #to: Uint8Array;
  readonly #pseudonyms: Pseudonyms;

  constructor(message: Uint8Array, pseudonyms: Pseudonyms) {
    this.#from = message;
    this.#to = new Uint8Array(message.length);
    this.#pseudonyms = pseudonyms;
  }

  redact(): Uint8Array {
    const from = this.#from;
    if (from.length < HEADER_LENGTH) return this.#to;
    this.#copy(0, 4);
    // Counts that no message has are not counts: in a damaged header text may stand in their place.
    for (let at = 4; at < HEADER_LENGTH; at += 2) if (u16be(from, at) <= MOST_ENTRIES) this.#copy(at, at + 2);
    let at = HEADER_LENGTH;
    for (let left = u16be(this.#to, 4); left > 0 && at >= 0; left--) at = this.#question(at);
    const records = u16be(this.#to, 6) + u16be(this.#to, 8) + u16be(this.#to, 10);
    for (let left = records; left > 0 && at >= 0; left--) at = this.#record(at);
    return this.#to;
  }

  #copy(start: number, end: number): void {
    this.#to.set(this.#from.subarray(start, end), start);
  }

  /** @returns where the next entry begins, -1 when this one is not whole */
  #question(at: number): number {
    const name = this.#name(at, this.#from.length);
    if (name < 0 || name + 4 > this.#from.length || !this.#isPlausible(name)) return -1;
    this.#copy(name, name + 4);
    return name + 4;
  }

  #record(at: number): number {
    const name = this.#name(at, this.#from.length);
    const start = name + 10;
    if (name < 0 || !this.#isPlausible(name)) return -1;
    const end = start + u16be(this.#from, name + 8);
    if (end > this.#from.length) return -1;
    this.#copy(name, start);
    this.#data(u16be(this.#from, name), start, end);
    return end;
  }

  /**
   * Type and class as they occur. In a damaged message what stands in their place may be text, and what follows is copied.
   * The top bit of a class is mDNS's (RFC 6762 §5.4, §10.2); OPT has a size there, then version 0 and one flag (RFC 6891 §6.1.3).
   */
  #isPlausible(at: number): boolean {
    const from = this.#from;
    if (u16be(from, at) === DnsType.OPT) return from[at + 5] === 0 && (u16be(from, at + 6) & 0x7fff) === 0;
    return KNOWN_CLASSES.has(u16be(from, at + 2) & 0x7fff);
  }

  #data(type: number, start: number, end: number): void {
    const before = NAME_AFTER[type];
    if (before !== undefined) {
      if (end - start <= before) return;
      this.#copy(start, start + before);
      this.#name(start + before, end);
    } else if (TWO_NAMES.has(type)) {
      const second = this.#name(start, end);
      const rest = second < 0 ? -1 : this.#name(second, end);
      if (type === DnsType.SOA && rest === end - SOA_NUMBERS) this.#copy(rest, end);
    } else if (TEXTS.has(type)) this.#texts(start, end);
    else if (type === DnsType.A || type === DnsType.AAAA) this.#addresses(start, end, type === DnsType.A ? 4 : 16);
    else if (type === DnsType.SVCB || type === DnsType.HTTPS) this.#service(start, end);
    else if (type === DnsType.OPT) this.#options(start, end);
    else if (type === DnsType.CAA) this.#authority(start, end);
  }

  /** @returns where the name ends in the message, -1 when it does not end before `limit` */
  #name(start: number, limit: number): number {
    for (let at = start; at < limit;) {
      const length = this.#from[at]!;
      if (length === 0) return at + 1;
      if (length >= 0xc0) {
        if (at + 2 > limit) return -1;
        this.#copy(at, at + 2);
        return at + 2;
      }
      const next = at + 1 + length;
      if (length > 63 || next > limit) return -1;
      this.#label(at, next);
      at = next;
    }
    return -1;
  }

  #label(at: number, next: number): void {
    let text = '';
    for (let i = at + 1; i < next; i++) text += String.fromCharCode(this.#from[i]!);
    const pseudonym = this.#pseudonyms.label(text, this.#isRoot(next));
    this.#to[at] = this.#from[at]!;
    for (let i = 0; i < pseudonym.length; i++) this.#to[at + 1 + i] = pseudonym.charCodeAt(i);
  }

  /** What comes at `at` is the end of the name, here or where a pointer leads. */
  #isRoot(at: number): boolean {
    let position = at;
    for (let steps = 0; steps < MOST_POINTERS; steps++) {
      const length = this.#from[position]!;
      if (length < 0xc0 || position + 1 >= this.#from.length) return length === 0;
      position = ((length & 0x3f) << 8) | this.#from[position + 1]!;
    }
    return false;
  }

  #addresses(start: number, end: number, length: 4 | 16): void {
    if ((end - start) % length !== 0) return;
    for (let at = start; at < end; at += length)
      this.#to.set(this.#pseudonyms.addressBytes(this.#from.slice(at, at + length)), at);
  }

  #texts(start: number, end: number): void {
    for (let at = start; at < end;) {
      const next = at + 1 + this.#from[at]!;
      if (next > end) return;
      this.#copy(at, at + 1);
      this.#to.fill(X, at + 1, next);
      at = next;
    }
  }

  /** Flags, tag, value (RFC 8659 §4.1). Tags are registered words; one that is none stays zero. */
  #authority(start: number, end: number): void {
    const value = start + 2 + (this.#from[start + 1] ?? 0);
    if (value > end) return;
    const tag = String.fromCharCode(...this.#from.subarray(start + 2, value)).toLowerCase();
    if (!['issue', 'issuewild', 'iodef', 'contactemail', 'contactphone', 'issuemail', 'issuevmc'].includes(tag)) return;
    this.#copy(start, value);
    this.#to.fill(X, value, end);
  }

  /** Priority, target, parameters (RFC 9460 §2.2). */
  #service(start: number, end: number): void {
    if (end - start < 3) return;
    this.#copy(start, start + 2);
    const parameters = this.#name(start + 2, end);
    if (parameters >= 0) this.#pairs(parameters, end, (key, from, to) => this.#parameter(key, from, to));
  }

  #parameter(key: number, from: number, to: number): void {
    // A damaged key makes any value one of these: each is copied only as far as it looks the part.
    if (key === ALPN) this.#protocols(from, to);
    else if (key === PORT ? to - from === 2 : key === MANDATORY && this.#areSmall(from, to)) this.#copy(from, to);
    else if (key === IPV4_HINT) this.#addresses(from, to, 4);
    else if (key === IPV6_HINT) this.#addresses(from, to, 16);
  }

  /** Length-prefixed names of protocols (RFC 9460 §7.1.1). */
  #protocols(start: number, end: number): void {
    for (let at = start; at < end;) {
      const next = at + 1 + this.#from[at]!;
      if (next > end) return;
      this.#copy(at, at + 1);
      if (PROTOCOLS.has(String.fromCharCode(...this.#from.subarray(at + 1, next)))) this.#copy(at + 1, next);
      else this.#to.fill(X, at + 1, next);
      at = next;
    }
  }

  /** 16-bit numbers below 256, as the registered keys are. */
  #areSmall(start: number, end: number): boolean {
    for (let at = start; at < end; at += 2) if (this.#from[at] !== 0) return false;
    return (end - start) % 2 === 0;
  }

  /** EDNS options (RFC 6891 §6.1.2): an error's number and a subnet's family and prefix stay, what else they hold does not. */
  #options(start: number, end: number): void {
    this.#pairs(start, end, (code, from, to) => {
      if (code === EXTENDED_ERROR) {
        this.#copy(from, Math.min(from + 2, to));
        this.#to.fill(X, from + 2, to);
      } else if (code === CLIENT_SUBNET) this.#copy(from, Math.min(from + 4, to));
    });
  }

  /** 16 bits of key, 16 bits of length, a value. */
  #pairs(start: number, end: number, visit: (key: number, from: number, to: number) => void): void {
    for (let at = start; at + 4 <= end;) {
      const next = at + 4 + u16be(this.#from, at + 2);
      if (next > end) return;
      this.#copy(at, at + 4);
      visit(u16be(this.#from, at), at + 4, next);
      at = next;
    }
  }
}
