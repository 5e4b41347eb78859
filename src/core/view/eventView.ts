/**
 * The same choice as a {@link LookupView}'s, one level down: the queries with their responses (transactions), or the messages, each by itself
 * and in the order they were seen or in that of a column, also those that belong to no lookup (what CoreDNS asks of its own accord). Without
 * filter and sort it is the identity and costs nothing; with one it is an array of ids, made anew when the view of lookups was. Ids are
 * ascending by the sorted column, and a descending sort reads them from their end.
 */
import type { Steps } from '../../base/steps.ts';
import { runSteps } from '../../base/steps.ts';
import { DnsFlag } from '../dns/header.ts';
import { DnsRcode } from '../dns/types.ts';
import { EventBit, type Matches } from '../filter/traceFilter.ts';
import { NONE, ROW_MASK, ROWS, State } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import { sortedEvents, type EventSortColumn } from './order/eventOrder.ts';
import type { LookupView } from './lookupView.ts';
import { messageRow, transactionRow } from './rowBuilder.ts';
import { MAX_WINDOW, type EventLevel, type GridRow } from './rows.ts';

export interface EventSort {
  readonly column: EventSortColumn;
  readonly descending: boolean;
}

/** Without rows until it was set or updated. */
export class EventView {
  readonly level: EventLevel;
  readonly #engine: TraceEngine;
  readonly #lookups: LookupView;
  #sort: EventSort | undefined;
  /** Ascending by the sorted column; `undefined` means all, as they were seen. */
  #ids: Uint32Array | undefined = new Uint32Array(0);
  #revision = -1;
  #failures: { readonly version: number; readonly table: Uint8Array } | undefined;

  constructor(engine: TraceEngine, lookups: LookupView, level: EventLevel) {
    this.#engine = engine;
    this.#lookups = lookups;
    this.level = level;
  }

  get sort(): EventSort | undefined {
    return this.#sort;
  }

  /** Whether its rows are those of the view of lookups as it is. */
  get isCurrent(): boolean {
    return this.#revision === this.#lookups.revision;
  }

  /** Puts the rows in another order. */
  set(sort: EventSort | undefined): void {
    runSteps(this.setting(sort));
  }

  /** The same in steps; rows stay as they were until the last of them. */
  *setting(sort: EventSort | undefined): Steps<void> {
    if (this.isCurrent && sort?.column === this.#sort?.column) this.#sort = sort;
    else yield* this.#rebuild(sort);
  }

  /** Follows the view of lookups. */
  update(): void {
    runSteps(this.updating());
  }

  /** The same in steps; rows stay as they were until the last of them. */
  *updating(): Steps<void> {
    if (!this.isCurrent) yield* this.#rebuild(this.#sort);
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
    const failures = this.#failureTable();
    for (let step = 0; step < count; step++) {
      const at = (index + step) % count;
      if (failures[this.#idAt(at)] === 1) return at;
    }
    return -1;
  }

  #idAt(index: number): number {
    if (this.#ids === undefined) return index;
    return this.#ids[this.#sort?.descending === true ? this.#ids.length - 1 - index : index]!;
  }

  /** A byte a row: 1 where it went wrong. Rows in another order than they lie in are better not asked one by one. */
  #failureTable(): Uint8Array {
    const { version, trace } = this.#engine;
    if (this.#failures?.version === version) return this.#failures.table;
    const table = new Uint8Array(this.#all);
    const isOfMessages = this.level === 'messages';
    const { transactions } = trace;
    for (let base = 0; base < transactions.length; base += ROWS) {
      const { state, rcode, response, firstMessage } = transactions.of(base);
      const rows = Math.min(ROWS, transactions.length - base);
      for (let row = 0; row < rows; row++) {
        const answer = response[row]!;
        const code = rcode[row]!;
        const isBad = answer !== NONE && code !== DnsRcode.NOERROR && code !== DnsRcode.NXDOMAIN;
        if (!isBad && state[row] !== State.unanswered) continue;
        // Of an exchange that went wrong, the response tells it; where there is none, the first query.
        table[isOfMessages ? (answer === NONE ? firstMessage[row]! : answer) : base + row] = 1;
      }
    }
    this.#failures = { version, table };
    return table;
  }

  *#rebuild(sort: EventSort | undefined): Steps<void> {
    const { revision } = this.#lookups;
    const matches = this.#lookups.matches();
    let ids: Uint32Array | undefined;
    if (matches !== undefined || sort !== undefined) {
      yield;
      ids = matches === undefined ? everyId(this.#all) : this.#chosen(matches);
      yield;
      if (sort !== undefined) ids = yield* sortedEvents(this.#engine, this.level, ids, sort.column);
    }
    this.#sort = sort;
    this.#ids = ids;
    this.#revision = revision;
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
        // Of a transaction that came since, nothing is known yet.
        if (((matches.transactions[chunk.transaction[row]!] ?? 0) & side) !== 0) ids[count++] = id;
      }
    }
    return ids.slice(0, count);
  }
}

function everyId(length: number): Uint32Array {
  const all = new Uint32Array(length);
  for (let id = 0; id < length; id++) all[id] = id;
  return all;
}
