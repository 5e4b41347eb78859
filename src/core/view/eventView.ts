/**
 * The same choice as a {@link LookupView}'s, one level down: the queries with their responses (transactions), or the messages, each by itself
 * and in the order they were seen, also those that belong to no lookup (what CoreDNS asks of its own accord). Without a filter it is the
 * identity and costs nothing; with one it is an array of ids, made anew when the view of lookups was.
 */
import { DnsFlag } from '../dns/header.ts';
import { DnsRcode } from '../dns/types.ts';
import { EventBit, type Matches } from '../filter/traceFilter.ts';
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import type { LookupView } from './lookupView.ts';
import { messageRow, transactionRow } from './rowBuilder.ts';
import { MAX_WINDOW, type EventLevel, type GridRow } from './rows.ts';

export class EventView {
  readonly level: EventLevel;
  readonly #engine: TraceEngine;
  readonly #lookups: LookupView;
  /** Ascending; `undefined` means all. */
  #ids: Uint32Array | undefined;
  #revision = -1;

  constructor(engine: TraceEngine, lookups: LookupView, level: EventLevel) {
    this.#engine = engine;
    this.#lookups = lookups;
    this.level = level;
    this.update();
  }

  /** Follows the view of lookups. */
  update(): void {
    if (this.#revision === this.#lookups.revision) return;
    this.#revision = this.#lookups.revision;
    const matches = this.#lookups.matches();
    this.#ids = matches === undefined ? undefined : this.#chosen(matches);
  }

  get count(): number {
    return this.#ids?.length ?? this.#all;
  }

  get #all(): number {
    const { messages, transactions } = this.#engine.trace;
    return this.level === 'messages' ? messages.length : transactions.length;
  }

  read(from: number, to: number): readonly GridRow[] {
    const rowOf = this.level === 'messages' ? messageRow : transactionRow;
    const rows: GridRow[] = [];
    const end = Math.min(to, from + MAX_WINDOW, this.count);
    for (let index = Math.max(0, from); index < end; index++) rows.push(rowOf(this.#engine, this.#idAt(index), index));
    return rows;
  }

  /** Index of the first row at or after `index` that went wrong, going round once; −1 when there is none. */
  nextFailure(index: number): number {
    const { count } = this;
    for (let step = 0; step < count; step++) {
      const at = (index + step) % count;
      if (this.#isFailure(this.#idAt(at))) return at;
    }
    return -1;
  }

  #idAt(index: number): number {
    return this.#ids?.[index] ?? index;
  }

  #isFailure(id: number): boolean {
    const { trace } = this.#engine;
    const transaction = this.level === 'messages' ? trace.messages.of(id).transaction[id & ROW_MASK]! : id;
    const chunk = trace.transactions.of(transaction);
    const row = transaction & ROW_MASK;
    const rcode = chunk.rcode[row]!;
    const failed =
      chunk.state[row] === State.unanswered ||
      (chunk.response[row] !== NONE && rcode !== DnsRcode.NOERROR && rcode !== DnsRcode.NXDOMAIN);
    if (!failed || this.level === 'transactions') return failed;
    // Of an exchange that went wrong, the response tells it; where there is none, the first query.
    const telling = chunk.response[row] === NONE ? chunk.firstMessage[row] : chunk.response[row];
    return telling === id;
  }

  #chosen(matches: Matches): Uint32Array {
    const { messages } = this.#engine.trace;
    const ids = new Uint32Array(this.#all);
    let count = 0;
    if (this.level === 'transactions') {
      for (let id = 0; id < matches.transactions.length; id++) if (matches.transactions[id] !== 0) ids[count++] = id;
    } else {
      for (let id = 0; id < messages.length; id++) {
        const chunk = messages.of(id);
        const row = id & ROW_MASK;
        const side = (chunk.flags[row]! & DnsFlag.QR) === 0 ? EventBit.query : EventBit.response;
        if ((matches.transactions[chunk.transaction[row]!]! & side) !== 0) ids[count++] = id;
      }
    }
    return ids.slice(0, count);
  }
}
