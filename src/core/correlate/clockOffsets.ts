/**
 * How far the clocks of vantages are apart, from queries that two of them saw (known by R2's key, whatever the time between): a query is seen at
 * q and its answer at r, so the clock of b is ahead of a's by ((qb − qa) + (rb − ra)) / 2, which is (in − out) less half of what the way
 * between them took, there and back. The median over all pairs stands; half the median way is what cannot be told (ways may be uneven).
 * Vantages that never saw the same query are linked through others that did, most pairs first.
 * Cost: one pass over the transactions; memory for at most about 65,536 queries, which a hash of them chooses, so that all vantages
 * choose the same ones.
 * Why not the exchanges that R2 joined: clocks more than its window apart would never be noticed.
 */
import { State, type TransactionChunk } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';
import type { VantageClock } from '../trace/vantage.ts';

/** By vantage; `undefined` for one that shares no query with any other. */
export type ClockEstimate = readonly (VantageClock | undefined)[];

const MOST_QUERIES = 65_536;
/** Copies of one packet at one vantage; the same key again later is another query, and which is which cannot be told. */
const COPIES_NS = 50e6;
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

/** Notes at each vantage what its clock says, and by what its times are corrected already; as they are without `applied`. */
export function tellClocks(trace: Trace, clocks: ClockEstimate, applied: ClockEstimate = []): void {
  clocks.forEach((clock, vantage) => {
    const correctionNs = applied[vantage]?.correctionNs ?? 0;
    trace.vantages[vantage]!.clock = clock === undefined ? undefined : { ...clock, correctionNs };
  });
}

/** What clocks say that were corrected by one estimate and differ still by another. */
export function composed(applied: ClockEstimate, left: ClockEstimate): ClockEstimate {
  return left.map((clock, vantage) => {
    if (clock === undefined) return applied[vantage];
    const own = applied[vantage];
    // Whose clock is right is right by itself.
    const right = applied[clock.reference];
    return {
      ...clock,
      offsetNs: clock.offsetNs + (own?.offsetNs ?? 0) - (right?.offsetNs ?? 0),
      correctionNs: clock.correctionNs + (own?.correctionNs ?? 0) - (right?.correctionNs ?? 0),
    };
  });
}

/** One query at one vantage. */
interface View {
  readonly vantage: number;
  readonly start: number;
  readonly end: number;
  isOnly: boolean;
}

function edgesOf(trace: Trace): ReadonlyMap<number, Edge> {
  const edges = new Map<number, Edge>();
  const count = trace.vantages.length;
  for (const views of viewsByQuery(trace).values()) {
    for (const view of views) {
      for (const other of views) {
        if (other.vantage <= view.vantage || !view.isOnly || !other.isOnly) continue;
        const key = view.vantage * count + other.vantage;
        let edge = edges.get(key);
        if (edge === undefined) edges.set(key, (edge = { a: view.vantage, b: other.vantage, offsets: [], ways: [] }));
        const asked = other.start - view.start;
        const answered = other.end - view.end;
        edge.offsets.push((asked + answered) / 2);
        edge.ways.push(Math.abs(asked - answered));
      }
    }
  }
  return edges;
}

function viewsByQuery(trace: Trace): ReadonlyMap<string, readonly View[]> {
  const queries = new Map<string, View[]>();
  let mask = 0;
  while (trace.transactions.length / (mask + 1) > MOST_QUERIES) mask = mask * 2 + 1;
  for (const { chunk, rows } of trace.transactions.windows()) {
    for (let row = 0; row < rows; row++) {
      if ((questionHash(chunk, row) & mask) !== 0 || !isUsable(chunk, row)) continue;
      const { client, clientPort, dnsId, name, qtype, proto } = chunk;
      const key = [client[row], clientPort[row], dnsId[row], name[row], qtype[row], proto[row]].join(' ');
      const vantage = chunk.vantage[row]!;
      const views = queries.get(key);
      const same = views?.find((view) => view.vantage === vantage);
      if (same !== undefined) same.isOnly &&= chunk.start[row]! - same.start <= COPIES_NS;
      else {
        const view = { vantage, start: chunk.start[row]!, end: chunk.end[row]!, isOnly: true };
        if (views === undefined) queries.set(key, [view]);
        else views.push(view);
      }
    }
  }
  return queries;
}

function questionHash(chunk: TransactionChunk, row: number): number {
  let hash = Math.imul(chunk.name[row]! ^ (chunk.clientPort[row]! << 16), 0x9e37_79b1);
  hash = Math.imul(hash ^ chunk.dnsId[row]! ^ (chunk.client[row]! << 8), 0x85eb_ca6b);
  return (hash ^ (hash >>> 15)) >>> 0;
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
