/**
 * A whole DNS message for reading (RFC 1035 §4): the details pane and exports, not the hot path (that is dnsHead.ts).
 * Never throws; gives what could be read and says where it stopped. All offsets count from the message's first byte.
 * Cost and memory follow the bytes that are there, never the header's counts: a question takes 5 bytes and a record 11 at least,
 * and no more than 4096 of both are read.
 */
import { u16be, u32be } from '../packet/bytes.ts';
import { type Edns, ednsText, readEdns } from './edns.ts';
import { DnsFlag, HEADER_LENGTH } from './header.ts';
import { type BadName, readMessageName } from './nameReader.ts';
import { type Rdata, readRdata, unknownRdata } from './rdata.ts';
import { DnsOpcode, DnsType, typeText } from './types.ts';

/** Where and why a message could not be read, or is not what it should be. */
export interface DnsProblem {
  /** Stable, kebab-case. */
  readonly code: string;
  /** In bytes from the start of the message. */
  readonly offset: number;
  /** One sentence for a user, no final full stop. */
  readonly text: string;
}

export interface DnsQuestion {
  /** Presentation form with the final dot. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly start: number;
  readonly end: number;
}

export interface DnsRecord {
  /** Presentation form with the final dot. */
  readonly name: string;
  readonly type: number;
  /** As on the wire; of OPT the UDP size. */
  readonly class: number;
  /** Seconds; of OPT the flags. */
  readonly ttl: number;
  readonly rdata: Rdata;
  readonly start: number;
  readonly rdataStart: number;
  readonly end: number;
}

export interface DnsMessage {
  readonly id: number;
  /** The 16 flag bits as on the wire. */
  readonly flags: number;
  readonly isResponse: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly authenticData: boolean;
  readonly checkingDisabled: boolean;
  /** All 12 bits: the header's four and, with EDNS, the OPT record's eight. */
  readonly rcode: number;
  /** What the header claims; the lists hold what was there. */
  readonly counts: {
    readonly questions: number;
    readonly answers: number;
    readonly authorities: number;
    readonly additionals: number;
  };
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
  readonly edns: Edns | undefined;
  /** Bytes of the message. */
  readonly length: number;
}

export interface DecodedMessage {
  readonly message: DnsMessage;
  readonly problems: readonly DnsProblem[];
}

const MOST_ENTRIES = 4096;

const NAME_TEXTS: Readonly<Record<BadName['code'], string>> = {
  'name-cut': 'A name runs over the end of the message',
  'name-bad-pointer': 'A compression pointer does not point back to a name',
  'name-bad-label': 'A label has a reserved type',
  'name-too-long': 'A name has more than 255 bytes',
};

/** @returns the message as far as it can be read; without a header all its fields are zero */
export function decodeMessage(bytes: Uint8Array, start = 0, end = bytes.length): DecodedMessage {
  const decoder = new MessageDecoder(bytes, Math.max(0, start), Math.max(start, Math.min(end, bytes.length)));
  return { message: decoder.decode(), problems: decoder.problems };
}

/** Addresses of the A and AAAA records in the answer section, in their order. */
export function answerAddresses(message: DnsMessage): string[] {
  return message.answers.flatMap((record) => (record.rdata.kind === 'address' ? [record.rdata.address] : []));
}

class MessageDecoder {
  readonly problems: DnsProblem[] = [];
  readonly #bytes: Uint8Array;
  readonly #base: number;
  readonly #end: number;
  #at: number;
  #entries = 0;
  #stopped = false;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#base = start;
    this.#end = end;
    this.#at = start + HEADER_LENGTH;
  }

  decode(): DnsMessage {
    const bytes = this.#bytes;
    const base = this.#base;
    const hasHeader = this.#end - base >= HEADER_LENGTH;
    if (!hasHeader) this.#stop('header-cut', base, 'The message is shorter than a DNS header (12 bytes)');
    const field = (offset: number): number => (hasHeader ? u16be(bytes, base + offset) : 0);
    const flags = field(2);
    const isUpdate = ((flags >> 11) & 15) === DnsOpcode.UPDATE;
    const counts = { questions: field(4), answers: field(6), authorities: field(8), additionals: field(10) };
    const questions = this.#questions(counts.questions);
    const answers = this.#records(counts.answers, isUpdate);
    const authorities = this.#records(counts.authorities, isUpdate);
    const additionals = this.#records(counts.additionals, isUpdate);
    if (!this.#stopped && this.#at < this.#end) {
      this.#report('trailing-bytes', this.#at, `${this.#end - this.#at} bytes follow the last record`);
    }
    const edns = this.#edns(additionals);
    return {
      id: field(0),
      flags,
      isResponse: (flags & DnsFlag.QR) !== 0,
      opcode: (flags >> 11) & 15,
      authoritative: (flags & DnsFlag.AA) !== 0,
      truncated: (flags & DnsFlag.TC) !== 0,
      recursionDesired: (flags & DnsFlag.RD) !== 0,
      recursionAvailable: (flags & DnsFlag.RA) !== 0,
      authenticData: (flags & DnsFlag.AD) !== 0,
      checkingDisabled: (flags & DnsFlag.CD) !== 0,
      rcode: (flags & 15) | ((edns?.extendedRcode ?? 0) << 4),
      counts,
      questions,
      answers,
      authorities,
      additionals,
      edns,
      length: this.#end - base,
    };
  }

  #report(code: string, position: number, text: string): void {
    this.problems.push({ code, offset: position - this.#base, text });
  }

  #stop(code: string, position: number, text: string): undefined {
    this.#stopped = true;
    this.#report(code, position, text);
    return undefined;
  }

  /** Room for `size` more bytes, and for one more entry. */
  #admits(size: number, what: string): boolean {
    if (this.#end - this.#at < size) this.#stop('message-cut', this.#at, `The message ends inside ${what}`);
    else if (++this.#entries > MOST_ENTRIES)
      this.#stop('too-many-entries', this.#at, `Only the first ${MOST_ENTRIES} entries are shown`);
    return !this.#stopped;
  }

  #name(): string | undefined {
    const name = readMessageName(this.#bytes, this.#base, this.#at, this.#end);
    if (!('text' in name)) return this.#stop(name.code, name.offset, NAME_TEXTS[name.code]);
    this.#at = name.next;
    return name.text;
  }

  #questions(count: number): DnsQuestion[] {
    const questions: DnsQuestion[] = [];
    for (let k = 0; k < count && !this.#stopped; k++) {
      const start = this.#at;
      if (!this.#admits(1, `question ${k + 1} of ${count}`)) break;
      const name = this.#name();
      if (name === undefined) break;
      if (this.#end - this.#at < 4) {
        this.#stop('message-cut', this.#at, `The message ends inside question ${k + 1} of ${count}`);
        break;
      }
      const type = u16be(this.#bytes, this.#at);
      const dnsClass = u16be(this.#bytes, this.#at + 2);
      this.#at += 4;
      questions.push({ name, type, class: dnsClass, start: start - this.#base, end: this.#at - this.#base });
    }
    return questions;
  }

  #records(count: number, isUpdate: boolean): DnsRecord[] {
    const records: DnsRecord[] = [];
    for (let k = 0; k < count && !this.#stopped; k++) {
      if (!this.#admits(1, `record ${k + 1} of ${count}`)) break;
      const record = this.#record(`record ${k + 1} of ${count}`, isUpdate);
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  #record(what: string, isUpdate: boolean): DnsRecord | undefined {
    const bytes = this.#bytes;
    const start = this.#at;
    const name = this.#name();
    if (name === undefined) return undefined;
    if (this.#end - this.#at < 10) return this.#stop('message-cut', this.#at, `The message ends inside ${what}`);
    const type = u16be(bytes, this.#at);
    const dnsClass = u16be(bytes, this.#at + 2);
    const ttl = u32be(bytes, this.#at + 4);
    const rdataStart = this.#at + 10;
    let rdataEnd = rdataStart + u16be(bytes, this.#at + 8);
    let rdata: Rdata | undefined;
    if (rdataEnd > this.#end) {
      rdataEnd = this.#end;
      rdata = unknownRdata(bytes, rdataStart, rdataEnd);
      this.#stop('message-cut', rdataEnd, `The message ends inside the data of ${what}`);
    } else if (type === DnsType.OPT) {
      const edns = readEdns(dnsClass, ttl, bytes, this.#base, rdataStart, rdataEnd);
      if (!edns.whole) this.#report('bad-edns-option', rdataStart, 'The EDNS options do not fill their record');
      rdata = { kind: 'opt', edns, text: ednsText(edns) };
    } else {
      rdata = readRdata(type, bytes, this.#base, rdataStart, rdataEnd);
      if (rdata === undefined) {
        // RFC 2136 §2.4, §2.5: prerequisites and deletions have no data.
        const isEmptyUpdate = isUpdate && rdataEnd === rdataStart;
        if (!isEmptyUpdate)
          this.#report('bad-rdata', rdataStart, `The data of ${what} is not what type ${typeText(type)} prescribes`);
        rdata = unknownRdata(bytes, rdataStart, rdataEnd);
      }
    }
    this.#at = rdataEnd;
    return {
      name,
      type,
      class: dnsClass,
      ttl,
      rdata,
      start: start - this.#base,
      rdataStart: rdataStart - this.#base,
      end: rdataEnd - this.#base,
    };
  }

  /** RFC 6891 §6.1.1: at most one OPT, in the additional section, owned by the root. */
  #edns(additionals: readonly DnsRecord[]): Edns | undefined {
    let edns: Edns | undefined;
    for (const { rdata, name, start } of additionals) {
      if (rdata.kind !== 'opt') continue;
      if (edns !== undefined)
        this.#report('repeated-edns', this.#base + start, 'The message has more than one OPT record');
      else edns = rdata.edns;
      if (name !== '.') this.#report('bad-edns-name', this.#base + start, 'The OPT record does not belong to the root');
    }
    return edns;
  }
}
