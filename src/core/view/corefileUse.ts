/**
 * Which line of the live Corefile served which lookup: what a row shows, what the filter `corefile:LINE` selects, and the
 * counts beside each block. A name's block is found once and kept for as long as the topology stays the same.
 */
import { corednsTransaction, primaryTransaction } from '../lookups/exchangeViews.ts';
import { type ServedBy, servedBy } from '../topology/servedBy.ts';
import type { Topology } from '../topology/topology.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import { isFailure, type TraceEngine } from '../trace/traceEngine.ts';
import { decidingExchange } from './decidingExchange.ts';

/** Lookups that the construct on a line of the Corefile served: a server block, a `forward`, a `kubernetes`. */
export interface CorefileLineUse {
  /** 1-based. */
  readonly line: number;
  readonly lookups: number;
  readonly failed: number;
}

/** Room for the ids of addresses in a key beside a name's id: together below 2^53. */
const ADDRESSES = 2 ** 24;

export class CorefileUse {
  readonly #engine: TraceEngine;
  /** By name and upstream, for each port CoreDNS was asked at. */
  readonly #known = new Map<number, Map<number, ServedBy | undefined>>();
  #topology: Topology | undefined;

  constructor(engine: TraceEngine) {
    this.#engine = engine;
  }

  /** `undefined` when no Corefile is known or none of its blocks has the name. */
  of(lookup: number): ServedBy | undefined {
    const { trace, topology } = this.#engine;
    if (topology.topology !== this.#topology) {
      this.#topology = topology.topology;
      this.#known.clear();
    }
    const { servers } = topology.topology;
    if (servers === undefined || servers.length === 0) return undefined;
    const exchange = decidingExchange(this.#engine, lookup);
    const primary = primaryTransaction(trace, exchange);
    const name = trace.transactions.of(primary).name[primary & ROW_MASK]!;
    const inside = corednsTransaction(trace, exchange);
    const port = inside === NONE ? undefined : trace.transactions.of(inside).serverPort[inside & ROW_MASK]!;
    let upstream = NONE;
    for (const child of trace.childrenOf(exchange)) {
      const asked = primaryTransaction(trace, child);
      upstream = trace.transactions.of(asked).server[asked & ROW_MASK]!;
    }
    const known = this.#knownAt(port ?? 0);
    const key = name * ADDRESSES + (upstream === NONE ? ADDRESSES - 1 : upstream % ADDRESSES);
    if (known.has(key)) return known.get(key);
    const address = upstream === NONE ? undefined : trace.addresses.textOf(upstream);
    const served = servedBy(servers, trace.names.textOf(name), port, address);
    // Bounded: names are the network's.
    if (known.size > 1_000_000) known.clear();
    known.set(key, served);
    return served;
  }

  #knownAt(port: number): Map<number, ServedBy | undefined> {
    let known = this.#known.get(port);
    if (known === undefined) {
      known = new Map();
      this.#known.set(port, known);
    }
    return known;
  }

  isOnLine(lookup: number, line: number): boolean {
    const served = this.of(lookup);
    return served !== undefined && (served.block.line === line || served.plugin?.line === line);
  }

  /** One entry for each block and plugin line that served something, by line. Costs a pass over the lookups. */
  byLine(): readonly CorefileLineUse[] {
    const { trace } = this.#engine;
    const counts = new Map<number, { lookups: number; failed: number }>();
    for (let lookup = 0; lookup < trace.lookups.length; lookup++) {
      const served = this.of(lookup);
      if (served === undefined) continue;
      const failed = isFailure(trace.lookups.of(lookup).outcome[lookup & ROW_MASK]!) ? 1 : 0;
      for (const line of new Set([served.block.line, served.plugin?.line])) {
        if (line === undefined) continue;
        const count = counts.get(line) ?? { lookups: 0, failed: 0 };
        counts.set(line, { lookups: count.lookups + 1, failed: count.failed + failed });
      }
    }
    return [...counts].map(([line, count]) => ({ line, ...count })).sort((a, b) => a.line - b.line);
  }
}
