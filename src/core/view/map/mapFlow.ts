/** What passed one place of the map: lookups once each, however many of their queries came by and at how many vantages they were seen. */
import { LATENCY_BUCKETS, latencyAt, latencyBucket } from '../latencyBuckets.ts';

export interface MapFigures {
  /** Lookups of which at least one query passed here. */
  readonly lookups: number;
  /** Those of them for which a query got an error or no answer here; of clients, those that failed in the end. */
  readonly failed: number;
  /** The part of `failed` that began here: nothing that was seen further on failed. */
  readonly began: number;
  /** The part of `failed` that is the fault of the CoreDNS pod that asked: others do well with the same. */
  readonly excused: number;
  /** The part of `failed` that ended without the name; of clients only. */
  readonly nxdomain: number;
  /** Queries, repeats from the same socket aside; 0 of clients. */
  readonly queries: number;
  /** Lookups that began in the latest {@link RECENT_SECONDS}. */
  readonly recent: number;
  /** What 95 of 100 answers took at most here, ns; of clients, what their lookups took. Absent without answers. */
  readonly p95Ns?: number;
}

export const RECENT_SECONDS = 10;

/** Whether a query failed at a place, and whether it failed further on already, or because of who asked. */
export const Failure = { none: 0, passedOn: 1, began: 2, excused: 3 } as const;
export type Failure = (typeof Failure)[keyof typeof Failure];

export class MapFlow {
  lookups = 0;
  failed = 0;
  began = 0;
  excused = 0;
  nxdomain = 0;
  queries = 0;
  recent = 0;
  /** The latest lookup and exchange that were counted in each of the counts. */
  #lookup = -1;
  #failedLookup = -1;
  #beganLookup = -1;
  #excusedLookup = -1;
  #exchange = -1;
  #answeredExchange = -1;
  #took: Uint32Array | undefined;

  /** A query as one place saw it. Those of a lookup come one after another, and so do the views of an exchange. */
  addQuery(lookup: number, exchange: number, failure: Failure, tookNs: number, isRecent: boolean): void {
    if (this.#lookup !== lookup) {
      this.#lookup = lookup;
      this.lookups++;
      if (isRecent) this.recent++;
    }
    if (failure !== Failure.none && this.#failedLookup !== lookup) {
      this.#failedLookup = lookup;
      this.failed++;
    }
    if (failure === Failure.began && this.#beganLookup !== lookup) {
      this.#beganLookup = lookup;
      this.began++;
    }
    if (failure === Failure.excused && this.#excusedLookup !== lookup) {
      this.#excusedLookup = lookup;
      this.excused++;
    }
    if (this.#exchange !== exchange) {
      this.#exchange = exchange;
      this.queries++;
    }
    if (Number.isNaN(tookNs) || this.#answeredExchange === exchange) return;
    this.#answeredExchange = exchange;
    this.#add(tookNs);
  }

  /** A lookup of this client, as it came out. */
  addLookup(fails: boolean, isNxdomain: boolean, tookNs: number, isRecent: boolean): void {
    this.lookups++;
    if (fails) this.failed++;
    if (isNxdomain) this.nxdomain++;
    if (isRecent) this.recent++;
    if (!Number.isNaN(tookNs)) this.#add(tookNs);
  }

  /** Adds what was counted elsewhere, of other lookups. */
  merge(other: MapFlow): void {
    this.lookups += other.lookups;
    this.failed += other.failed;
    this.began += other.began;
    this.excused += other.excused;
    this.nxdomain += other.nxdomain;
    this.queries += other.queries;
    this.recent += other.recent;
    if (other.#took === undefined) return;
    const took = (this.#took ??= new Uint32Array(LATENCY_BUCKETS));
    for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) took[bucket]! += other.#took[bucket]!;
  }

  figures(): MapFigures {
    const { lookups, failed, began, excused, nxdomain, queries, recent } = this;
    const p95Ns = this.#took === undefined ? 0 : latencyAt(this.#took, 0.95);
    return { lookups, failed, began, excused, nxdomain, queries, recent, ...(p95Ns === 0 ? {} : { p95Ns }) };
  }

  #add(tookNs: number): void {
    const took = (this.#took ??= new Uint32Array(LATENCY_BUCKETS));
    took[latencyBucket(tookNs)]!++;
  }
}
