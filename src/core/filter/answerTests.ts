/**
 * Conditions on the addresses in an answer. The columns don't keep them: the response's packet is read again, of those rows alone that other
 * conditions leave undecided, and each response once in a filter's life, as what it said does not change.
 * Why not a column: four bytes and a look at the answer section for every transaction of every trace, for a question that few ask.
 */
import { eachAddress } from '../dns/addressRecords.ts';
import { DnsHead, readDnsHead } from '../dns/dnsHead.ts';
import { addressText } from '../packet/address.ts';
import { readAhead } from '../trace/readAhead.ts';
import { NONE, ROWS } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import { messageBytes, type MessageSource } from '../view/messageBytes.ts';
import type { ValueTest } from './ast.ts';
import type { EventWindow } from './eventColumns.ts';
import type { Mask, MaskTest } from './mask.ts';
import { addressPasses } from './valueTests.ts';

/** Which records a column stands for, by the length of their data. */
const LENGTHS: Readonly<Record<string, readonly number[]>> = {
  answerAddress: [4, 16],
  answerA: [4],
  answerAaaa: [16],
};

/** What is known of a response: nothing yet, or whether an address passes, or whether none of its addresses does, of which there are some. */
const Known = { nothing: 0, passes: 1, hasOthers: 2, hasNone: 3 } as const;

export function isOfAnswers(column: string): boolean {
  return Object.hasOwn(LENGTHS, column);
}

/** One of its addresses passes, or, negated, it has addresses and none of them does. */
export class AnswerTest implements MaskTest<EventWindow> {
  readonly sided = true;
  readonly isDear = true;
  readonly #engine: TraceEngine;
  readonly #lengths: readonly number[];
  /** All addresses pass without them. */
  readonly #tests: readonly ValueTest[] | undefined;
  readonly #wanted: number;
  readonly #head = new DnsHead();
  /** While a pass goes through the rows. */
  #source: MessageSource | undefined;
  /** By the response's message, one of {@link Known}. */
  #known = new Uint8Array(0);

  constructor(engine: TraceEngine, column: string, tests: readonly ValueTest[] | undefined, negated: boolean) {
    this.#engine = engine;
    this.#lengths = LENGTHS[column]!;
    this.#tests = tests;
    this.#wanted = negated ? Known.hasOthers : Known.passes;
  }

  prepare(): void {
    const { length } = this.#engine.trace.messages;
    if (length <= this.#known.length) return;
    const larger = new Uint8Array(Math.max(length, 2 * this.#known.length));
    larger.set(this.#known);
    this.#known = larger;
  }

  fill({ chunk, rows, response }: EventWindow, { bytes }: Mask, wanted?: Mask): void {
    if (!response) {
      bytes.fill(0);
      return;
    }
    for (let row = 0; row < rows; row++) {
      const message = chunk.response[row]!;
      const isOpen = wanted === undefined || wanted.bytes[row] === 1;
      bytes[row] = isOpen && message !== NONE && this.#of(message, chunk.answers[row]!) === this.#wanted ? 1 : 0;
    }
    // The last rows there are.
    if (rows < ROWS) this.#source = undefined;
  }

  #of(message: number, answers: number): number {
    if (answers === 0) return Known.hasNone;
    const known = this.#known[message];
    if (known !== Known.nothing && known !== undefined) return known;
    return (this.#known[message] = this.#judge(message));
  }

  #judge(message: number): number {
    const { trace, byteSources } = this.#engine;
    this.#source ??= { trace, byteSources: byteSources.map(readAhead) };
    const bytes = messageBytes(this.#source, message);
    const head = this.#head;
    if (bytes === undefined || !readDnsHead(bytes, 0, bytes.length, head) || head.qdcount > 1) return Known.hasNone;
    let found: number = Known.hasNone;
    const answers = head.qdcount === 0 ? head.qnameStart : head.qnameEnd + 4;
    eachAddress(bytes, answers, bytes.length, head.ancount, (at, length) => {
      if (found === Known.passes || !this.#lengths.includes(length)) return;
      found = this.#passes(addressText(bytes, at, length)) ? Known.passes : Known.hasOthers;
    });
    return found;
  }

  #passes(address: string): boolean {
    return this.#tests === undefined || addressPasses(this.#tests, address, this.#engine.topology);
  }
}
