/**
 * Which upstreams give CoreDNS no answer now, from the counts of running traces. Counts only grow, so each upstream keeps a
 * few readings of the last minute: what was asked and should be answered by now, against the answers since then. What
 * was counted before the first reading is left aside: it may be an hour old.
 *
 * Invariant: one answer in that time and the upstream is not silent; an answer to an older query counts as well.
 * Nothing is claimed across a moment that was not seen (packets lost, a trace that came or went): readings begin anew.
 */
import type { UnreachableUpstreamFact } from '../../core/corefile/clusterFacts.ts';

export interface UpstreamCounts {
  readonly address: string;
  readonly port: number;
  readonly queries: number;
  readonly answered: number;
}

interface Reading {
  readonly atNs: bigint;
  readonly queries: number;
  readonly answered: number;
}

const SECOND_NS = 1_000_000_000n;
const WINDOW_NS = 60n * SECOND_NS;
/** CoreDNS waits 5 s for an upstream in all; a query younger than this may still be answered. */
const PATIENCE_NS = 6n * SECOND_NS;
const APART_NS = 2n * SECOND_NS;
/** So few queries may be lost by chance. */
const ENOUGH = 3;
/** Figures that move every two seconds would be a text that nobody can read. */
const STEADY_NS = 30n * SECOND_NS;

export class SilentUpstreams {
  #readings = new Map<string, Reading[]>();
  #seenWith = '';
  #told: { readonly atNs: bigint; readonly facts: readonly UnreachableUpstreamFact[] } | undefined;

  /**
   * @param counts of every running trace of the cluster; two that see the same server see the same traffic
   * @param seenWith changes whenever counts before and after can't be compared: which traces run, what they lost
   * @returns `undefined` while no trace has seen CoreDNS ask anybody
   */
  update(
    nowNs: bigint,
    counts: readonly UpstreamCounts[],
    seenWith: string,
  ): readonly UnreachableUpstreamFact[] | undefined {
    if (seenWith !== this.#seenWith) this.#readings.clear();
    this.#seenWith = seenWith;
    const servers = merged(counts);
    if (servers.size === 0) {
      this.#readings.clear();
      this.#told = undefined;
      return undefined;
    }
    const silent: UnreachableUpstreamFact[] = [];
    for (const [key, { address, port, queries, answered }] of servers) {
      const readings = this.#readings.get(key) ?? [];
      this.#readings.set(key, readings);
      keep(readings, { atNs: nowNs, queries, answered });
      const [first] = readings;
      const settled = readings.findLast(({ atNs }) => atNs <= nowNs - PATIENCE_NS);
      if (first === undefined || settled === undefined) continue;
      const asked = settled.queries - first.queries;
      if (asked >= ENOUGH && answered === first.answered) silent.push({ address, port, queries: asked, answered: 0 });
    }
    for (const key of [...this.#readings.keys()]) if (!servers.has(key)) this.#readings.delete(key);
    const told = this.#told;
    if (told !== undefined && nowNs < told.atNs + STEADY_NS && serversOf(told.facts) === serversOf(silent))
      return told.facts;
    this.#told = { atNs: nowNs, facts: silent };
    return silent;
  }
}

const serversOf = (facts: readonly UnreachableUpstreamFact[]): string =>
  facts.map(({ address, port }) => `${address} ${String(port)}`).join();

/** Adds a reading and drops those that the window has left behind, but for the one it begins with. */
function keep(readings: Reading[], now: Reading): void {
  const last = readings.at(-1);
  if (last === undefined || now.atNs - last.atNs >= APART_NS) readings.push(now);
  while (readings[1] !== undefined && readings[1].atNs <= now.atNs - WINDOW_NS) readings.shift();
}

function merged(counts: readonly UpstreamCounts[]): ReadonlyMap<string, UpstreamCounts> {
  const servers = new Map<string, UpstreamCounts>();
  for (const { address, port, queries, answered } of counts) {
    const key = `${address} ${String(port)}`;
    const known = servers.get(key);
    servers.set(key, {
      address,
      port,
      queries: Math.max(queries, known?.queries ?? 0),
      answered: Math.max(answered, known?.answered ?? 0),
    });
  }
  return servers;
}
