/**
 * The busiest servers, clients, names and namespaces, with what became of their queries. Which ones are busiest is counted
 * first, in an array by id, so that only those get a tally of their own: a trace may hold millions of names.
 */
import { LatencyHistogram, type LatencyPartial } from './latencyHistogram.ts';

/** Keys of each kind that keep a tally; of the others only their queries are known. */
const MOST_KEYS = 1000;

export interface GroupRow {
  /** Hostile text. */
  readonly key: string;
  /** As captured, retransmissions too. */
  readonly queries: number;
  readonly responses: number;
  readonly answered: number;
  readonly unanswered: number;
  readonly retransmissions: number;
  readonly unsolicited: number;
  /** Of transactions' first responses, 12 bits: code, count, in rising order of codes. */
  readonly rcodes: readonly (readonly [code: number, count: number])[];
  readonly latency: LatencyPartial;
}

export interface GroupPartial {
  /** In rising order of keys. */
  readonly rows: readonly GroupRow[];
  /** Transactions of keys that are not among the rows. */
  readonly others: number;
}

export class GroupTally {
  queries = 0;
  responses = 0;
  answered = 0;
  unanswered = 0;
  retransmissions = 0;
  unsolicited = 0;
  readonly rcodes = new Map<number, number>();
  readonly latency = new LatencyHistogram();

  row(key: string): GroupRow {
    const { queries, responses, answered, unanswered, retransmissions, unsolicited } = this;
    return {
      key,
      queries,
      responses,
      answered,
      unanswered,
      retransmissions,
      unsolicited,
      rcodes: [...this.rcodes].sort((a, b) => a[0] - b[0]),
      latency: this.latency.partial(),
    };
  }
}

/** Tallies by id of the busiest ids. */
export class GroupTallies {
  readonly #tallies = new Map<number, GroupTally>();
  readonly #others: number;

  /** @param counts transactions by id, in rising order of ids */
  constructor(counts: Iterable<readonly [id: number, count: number]>) {
    let all = 0;
    let kept = 0;
    let busiest: (readonly [id: number, count: number])[] = [];
    /** Whoever has no more is not among the busiest. */
    let least = 0;
    const keep = (): void => {
      busiest = busiest.sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, MOST_KEYS);
      if (busiest.length === MOST_KEYS) least = busiest[MOST_KEYS - 1]![1];
    };
    for (const entry of counts) {
      all += entry[1];
      if (entry[1] <= least) continue;
      busiest.push(entry);
      if (busiest.length >= 2 * MOST_KEYS) keep();
    }
    keep();
    for (const [id, count] of busiest) {
      this.#tallies.set(id, new GroupTally());
      kept += count;
    }
    this.#others = all - kept;
  }

  get(id: number): GroupTally | undefined {
    return this.#tallies.get(id);
  }

  partial(keyOf: (id: number) => string): GroupPartial {
    // Ids that are called the same are one.
    const rows = [...this.#tallies].map(([id, tally]) => tally.row(keyOf(id)));
    return { rows: mergeRows(rows), others: this.#others };
  }
}

export function mergeGroups(a: GroupPartial, b: GroupPartial): GroupPartial {
  return { rows: mergeRows([...a.rows, ...b.rows]), others: a.others + b.others };
}

function mergeRows(rows: readonly GroupRow[]): readonly GroupRow[] {
  const byKey = new Map<string, GroupRow>();
  for (const row of rows) {
    const known = byKey.get(row.key);
    byKey.set(row.key, known === undefined ? row : mergeRow(known, row));
  }
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function mergeRow(a: GroupRow, b: GroupRow): GroupRow {
  const rcodes = new Map(a.rcodes);
  for (const [code, count] of b.rcodes) rcodes.set(code, (rcodes.get(code) ?? 0) + count);
  const latency = new LatencyHistogram();
  latency.addPartial(a.latency);
  latency.addPartial(b.latency);
  return {
    key: a.key,
    queries: a.queries + b.queries,
    responses: a.responses + b.responses,
    answered: a.answered + b.answered,
    unanswered: a.unanswered + b.unanswered,
    retransmissions: a.retransmissions + b.retransmissions,
    unsolicited: a.unsolicited + b.unsolicited,
    rcodes: [...rcodes].sort((x, y) => x[0] - y[0]),
    latency: latency.partial(),
  };
}
