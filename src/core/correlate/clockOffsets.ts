/**
 * How far the clocks of vantages are apart, from queries that two of them saw (R2's keys, whatever the time between): a query is seen at
 * q and its answer at r, so the clock of b is ahead of a's by ((qb − qa) + (rb − ra)) / 2, which is (in − out) less half of what the way
 * between them took, there and back. The median over all pairs stands; half the median way is what cannot be told (ways may be uneven).
 * Vantages that never saw the same query are linked through others that did, most pairs first.
 * Cost: one pass over the transactions and the chains that R2 keeps anyway, at most 4096 numbers for two vantages.
 * Why not only exchanges that R2 joined: clocks more than its window apart would never be noticed.
 */
import { NONE, ROW_MASK, State, type TransactionChunk } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';
import type { VantageClock } from '../trace/vantage.ts';

/** By vantage; `undefined` for one that shares no query with any other. */
export type ClockEstimate = readonly (VantageClock | undefined)[];

const DEPTH = 16;
const MOST_PAIRS = 4096;
/** Fewer pairs than this may be one coincidence of port and ID; they count only if near in time. */
const FEW_PAIRS = 3;
const NEAR_NS = 11e9;
/** Pairs that disagree by more than this, and more than the way takes, are coincidences or a clock that was set. */
const AGREEMENT_NS = 50e6;
/** Captures in microseconds cut off what is below. */
const RESOLUTION_NS = 2000;

interface Edge {
  readonly a: number;
  readonly b: number;
  readonly offsets: number[];
  readonly ways: number[];
}

interface Link {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
  readonly way: number;
  readonly pairs: number;
}

export function estimateClocks(trace: Trace): ClockEstimate {
  const count = trace.vantages.length;
  if (count < 2) return new Array<undefined>(count).fill(undefined);
  return spanned(
    count,
    [...edgesOf(trace).values()].flatMap((edge) => linkOf(edge) ?? []),
  );
}

/** Notes at each vantage what its clock says, with times left as they are. */
export function tellClocks(trace: Trace, clocks: ClockEstimate): void {
  clocks.forEach((clock, vantage) => {
    trace.vantages[vantage]!.clock = clock === undefined ? undefined : { ...clock, correctionNs: 0 };
  });
}

function edgesOf(trace: Trace): ReadonlyMap<number, Edge> {
  const edges = new Map<number, Edge>();
  const paired: number[] = [];
  const count = trace.vantages.length;
  for (let id = 0; id < trace.transactions.length; id++) {
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    if (!isUsable(chunk, row)) continue;
    const vantage = chunk.vantage[row]!;
    let candidate = chunk.olderSameId[row]!;
    paired.length = 0;
    for (let depth = 0; candidate !== NONE && depth < DEPTH; depth++) {
      const other = trace.transactions.of(candidate);
      const at = candidate & ROW_MASK;
      candidate = other.olderSameId[at]!;
      if (other.client[at] !== chunk.client[row] || other.clientPort[at] !== chunk.clientPort[row]) continue;
      // Older ones of this vantage have been paired already; what lies behind them belongs to an earlier use of the ID.
      if (other.vantage[at] === vantage) break;
      if (!isUsable(other, at) || paired.includes(other.vantage[at]!)) continue;
      paired.push(other.vantage[at]!);
      const [a, b] = other.vantage[at]! < vantage ? [other.vantage[at]!, vantage] : [vantage, other.vantage[at]!];
      const key = a * count + b;
      let edge = edges.get(key);
      if (edge === undefined) edges.set(key, (edge = { a, b, offsets: [], ways: [] }));
      if (edge.offsets.length >= MOST_PAIRS) continue;
      const sign = b === vantage ? 1 : -1;
      const asked = chunk.start[row]! - other.start[at]!;
      const answered = chunk.end[row]! - other.end[at]!;
      edge.offsets.push((sign * (asked + answered)) / 2);
      edge.ways.push(Math.abs(asked - answered));
    }
  }
  return edges;
}

/** Answered once, after one query: with repeats, which query an answer belongs to is not sure. */
function isUsable(chunk: TransactionChunk, row: number): boolean {
  return chunk.state[row] === State.answered && chunk.retransmissions[row] === 0;
}

function linkOf({ a, b, offsets, ways }: Edge): Link | undefined {
  const offset = median(offsets);
  const way = median(ways);
  const spread = median(offsets.map((one) => Math.abs(one - offset)));
  const isCredible = offsets.length < FEW_PAIRS ? Math.abs(offset) <= NEAR_NS : spread <= Math.max(AGREEMENT_NS, way);
  return isCredible ? { from: a, to: b, offset, way, pairs: offsets.length } : undefined;
}

function spanned(count: number, links: readonly Link[]): ClockEstimate {
  const clocks = new Array<VantageClock | undefined>(count).fill(undefined);
  const pairsOf = new Array<number>(count).fill(0);
  for (const { from, to, pairs } of links) {
    pairsOf[from]! += pairs;
    pairsOf[to]! += pairs;
  }
  const sorted = [...links].sort((x, y) => y.pairs - x.pairs);
  const byPairs = pairsOf.map((_, vantage) => vantage).sort((x, y) => pairsOf[y]! - pairsOf[x]! || x - y);
  for (const reference of byPairs) {
    if (pairsOf[reference] === 0 || clocks[reference] !== undefined) continue;
    clocks[reference] = { offsetNs: 0, uncertaintyNs: 0, correctionNs: 0, reference };
    for (let link = next(sorted, clocks); link !== undefined; link = next(sorted, clocks)) {
      const known = clocks[link.from] === undefined ? clocks[link.to]! : clocks[link.from]!;
      const isForward = clocks[link.from] !== undefined;
      const step = isForward ? link.offset : -link.offset;
      // Within half the way a query is seen first by its sender: moving anything would only guess.
      const isInOrder = Math.abs(link.offset) <= link.way / 2 + RESOLUTION_NS;
      clocks[isForward ? link.to : link.from] = {
        offsetNs: known.offsetNs + step,
        uncertaintyNs: known.uncertaintyNs + link.way / 2,
        correctionNs: known.correctionNs + (isInOrder ? 0 : step),
        reference: known.reference,
      };
    }
  }
  return clocks;
}

/** The strongest link that leads from a vantage whose clock is known to one whose is not. */
function next(links: readonly Link[], clocks: ClockEstimate): Link | undefined {
  return links.find(({ from, to }) => (clocks[from] === undefined) !== (clocks[to] === undefined));
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
