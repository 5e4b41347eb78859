/**
 * Filters for the figures of the statistics. A filter asks the first query and the first response of a transaction for all of their repeats, so
 * where repeats were counted as something else there is no filter; and a figure of transactions must hold for whichever side the view's own
 * filter leaves.
 */
import { writtenCondition } from '../../filter/writtenValue.ts';
import type { Topic } from '../../analysis/statisticsPartial.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import type { EventLevel } from '../rows.ts';
import type { GroupKind, StatisticsCount } from './statisticsRows.ts';

/** Addresses in one filter; more of them nobody reads. */
const MOST_ADDRESSES = 100;
/** A filter may be 10,000 characters long; room is left for what it narrows. */
const LONGEST = 4000;

/** Without a response so far. */
export const WITHOUT_RESPONSE = 'state in (pending, unanswered)';
export const WITH_RESPONSE = 'state in (answered, late)';

/** Conditions on whom a row of the busiest is about. */
export interface KeyConditions {
  readonly queries: StatisticsCount['filter'];
  /** On transactions, whichever side of them counts. */
  readonly transactions: StatisticsCount['filter'];
  readonly why?: string;
}

export class StatisticsConditions {
  readonly #engine: TraceEngine;
  readonly #unlike = new Set<string>();
  #byResponse = false;
  #dottedLabel = false;
  #namespaces: ReadonlyMap<string, readonly number[]> = new Map();

  constructor(engine: TraceEngine) {
    this.#engine = engine;
  }

  repeatedUnlike(topic: Topic, code: number, first: number): void {
    this.#unlike.add(`${topic} ${String(code)}`);
    this.#unlike.add(`${topic} ${String(first)}`);
  }

  countedByResponse(): void {
    this.#byResponse = true;
  }

  dottedLabel(): void {
    this.#dottedLabel = true;
  }

  setNamespaces(clients: ReadonlyMap<string, readonly number[]>): void {
    this.#namespaces = clients;
  }

  /** A count of messages by what each of them says itself. */
  ofMessages(count: number, filter: readonly string[], topic: Topic, code: number): StatisticsCount {
    if (this.#unlike.has(`${topic} ${String(code)}`))
      return without(
        count,
        'messages',
        'Repeated messages differ here from the first one, which is what a filter asks',
      );
    return { count, rows: 'messages', filter };
  }

  /** A count of queries by the labels of their names. */
  ofLabels(count: number, filter: readonly string[]): StatisticsCount {
    if (this.#dottedLabel)
      return without(count, 'messages', 'A filter cannot tell a label that has a dot in it from two labels');
    return { count, rows: 'messages', filter };
  }

  ofKey(kind: GroupKind, key: string): KeyConditions {
    switch (kind) {
      case 'servers':
        return bothSides(writtenCondition('server', [key]));
      case 'names':
        return bothSides(writtenCondition('name', [key]));
      case 'clients':
        return this.#ofClients([key]);
      case 'namespaces': {
        const clients = this.#namespaces.get(key) ?? [];
        if (clients.length > MOST_ADDRESSES)
          return {
            queries: undefined,
            transactions: undefined,
            why: `A filter names clients by their addresses, and these are more than ${String(MOST_ADDRESSES)}`,
          };
        return this.#ofClients(clients.map((client) => this.#engine.trace.addresses.textOf(client)));
      }
    }
  }

  #ofClients(addresses: readonly string[]): KeyConditions {
    const asked = ['qr == Q', writtenCondition('src.addr', addresses)];
    const told = ['qr == R', writtenCondition('dst.addr', addresses)];
    const either = [`(${asked.join(' and ')} or ${told.join(' and ')})`];
    return checked({ queries: asked, transactions: this.#byResponse ? either : asked });
  }
}

function bothSides(condition: string): KeyConditions {
  return checked({ queries: [condition, 'qr == Q'], transactions: [condition] });
}

function checked(conditions: KeyConditions): KeyConditions {
  const { transactions } = conditions;
  if (transactions === undefined || transactions.join('').length <= LONGEST) return conditions;
  return { queries: undefined, transactions: undefined, why: 'A filter of them would be too long' };
}

export function without(count: number, rows: EventLevel, why: string): StatisticsCount {
  return { count, rows, why };
}

/** `latency >= 1ms`, `latency < 5ms`; an edge may be missing. */
export function latencyWithin(fromNs: number | undefined, belowNs: number | undefined): readonly string[] {
  return within('latency', fromNs, belowNs, durationLiteral);
}

/** A value from one edge on and below the other. */
export function within(
  field: string,
  from: number | undefined,
  below: number | undefined,
  textOf: (value: number) => string = String,
): readonly string[] {
  return [
    ...(from === undefined ? [] : [`${field} >= ${textOf(from)}`]),
    ...(below === undefined ? [] : [`${field} < ${textOf(below)}`]),
  ];
}

/** Exactly this time, of a few digits. */
function durationLiteral(nanoseconds: number): string {
  const [size, unit] =
    nanoseconds >= 1e9 ? ([1e9, 's'] as const) : nanoseconds >= 1e6 ? ([1e6, 'ms'] as const) : ([1e3, 'us'] as const);
  return `${String(nanoseconds / size)}${unit}`;
}
