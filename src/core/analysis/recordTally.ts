/**
 * What the columns do not keep of responses: how many records their sections hold, of which types, with which TTLs. Counted from the
 * bytes as messages come in, and only where somebody asked for it (`EngineOptions.countRecords`).
 * Cost: names and data are stepped over, nothing is decoded and nothing allocated but for a type's first record.
 */
import { HEADER_LENGTH } from '../dns/header.ts';
import { afterName, afterRecord, MOST_RECORDS } from '../dns/recordSteps.ts';
import { u16be } from '../packet/bytes.ts';
import type { DnsHead } from '../dns/dnsHead.ts';
import { DnsType } from '../dns/types.ts';
import { mergeSpreads, type Spread, SpreadTally } from './spread.ts';

export const SECTIONS = ['answers', 'authorities', 'additionals'] as const;

/** Records of one type in one section. */
export interface RecordTypePartial {
  readonly type: number;
  readonly count: number;
  /** Seconds; of OPT records, whose field holds something else, none. */
  readonly ttl: Spread;
}

export interface SectionPartial {
  /** Records in a response, as its header says. */
  readonly perResponse: Spread;
  /** In rising order of types. */
  readonly types: readonly RecordTypePartial[];
}

export interface RecordsPartial {
  readonly questions: Spread;
  readonly answers: SectionPartial;
  readonly authorities: SectionPartial;
  readonly additionals: SectionPartial;
}

export class RecordTally {
  readonly #questions = new SpreadTally();
  readonly #sections = SECTIONS.map(() => new SectionTally());

  /** @param head of the response in `bytes[start, end)` */
  response(bytes: Uint8Array, start: number, end: number, head: DnsHead): void {
    this.#questions.add(head.qdcount);
    const [answers, authorities, additionals] = this.#sections as [SectionTally, SectionTally, SectionTally];
    answers.perResponse.add(head.ancount);
    authorities.perResponse.add(head.nscount);
    additionals.perResponse.add(head.arcount);
    let at = start + HEADER_LENGTH;
    if (head.qdcount > 0) at = head.qnameEnd + 4;
    for (let k = 1; k < head.qdcount && at <= end; k++) at = afterName(bytes, at, end) + 4;
    let left = MOST_RECORDS;
    for (const [section, said] of [
      [answers, head.ancount],
      [authorities, head.nscount],
      [additionals, head.arcount],
    ] as const) {
      for (let k = 0; k < said && left > 0; k++, left--) {
        const fixed = afterName(bytes, at, end);
        // Cut off, or unsound: what went before counts.
        if (fixed + 10 > end) return;
        section.record(u16be(bytes, fixed), u16be(bytes, fixed + 4) * 65_536 + u16be(bytes, fixed + 6));
        at = afterRecord(bytes, fixed);
      }
    }
  }

  partial(): RecordsPartial {
    const [answers, authorities, additionals] = this.#sections.map((section) => section.partial());
    return {
      questions: this.#questions.spread(),
      answers: answers!,
      authorities: authorities!,
      additionals: additionals!,
    };
  }
}

class SectionTally {
  readonly perResponse = new SpreadTally();
  readonly #types = new Map<number, { count: number; readonly ttl: SpreadTally }>();

  record(type: number, ttl: number): void {
    let tally = this.#types.get(type);
    if (tally === undefined) {
      tally = { count: 0, ttl: new SpreadTally() };
      this.#types.set(type, tally);
    }
    tally.count++;
    // RFC 2181 §8: a TTL with its top bit set is zero.
    if (type !== DnsType.OPT) tally.ttl.add(ttl > 0x7fff_ffff ? 0 : ttl);
  }

  partial(): SectionPartial {
    const types = [...this.#types].sort((a, b) => a[0] - b[0]);
    return {
      perResponse: this.perResponse.spread(),
      types: types.map(([type, { count, ttl }]) => ({ type, count, ttl: ttl.spread() })),
    };
  }
}

export function mergeRecords(a: RecordsPartial, b: RecordsPartial): RecordsPartial {
  return {
    questions: mergeSpreads(a.questions, b.questions),
    answers: mergeSections(a.answers, b.answers),
    authorities: mergeSections(a.authorities, b.authorities),
    additionals: mergeSections(a.additionals, b.additionals),
  };
}

function mergeSections(a: SectionPartial, b: SectionPartial): SectionPartial {
  const types = new Map<number, RecordTypePartial>();
  for (const entry of [...a.types, ...b.types]) {
    const known = types.get(entry.type);
    types.set(
      entry.type,
      known === undefined
        ? entry
        : { type: entry.type, count: known.count + entry.count, ttl: mergeSpreads(known.ttl, entry.ttl) },
    );
  }
  return {
    perResponse: mergeSpreads(a.perResponse, b.perResponse),
    types: [...types.values()].sort((x, y) => x.type - y.type),
  };
}
