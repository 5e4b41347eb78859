/**
 * One trace from bytes to verdicts: owns the columns, the streams that fill them and the counts over all lookups.
 * Single-threaded and synchronous; who owns it (worker thread, command line) decides when to `refresh`.
 * Invariant: counts equal the sum over evaluated lookups; each evaluation takes its old share out and puts its new one in.
 */
import { DNS_PORT, MDNS_PORT } from '../dns/ports.ts';
import { OutcomeCode } from '../lookups/outcome.ts';
import { VerdictEngine, WALK_PAUSE_NS } from '../lookups/verdict.ts';
import { LookupFlag } from '../lookups/verdictRow.ts';
import type { CaptureInterface } from '../packet/packetSink.ts';
import { emptyTopology, type Topology } from '../topology/topology.ts';
import { DnsChanges } from '../topology/dnsChanges.ts';
import { ServiceChanges } from '../topology/serviceChanges.ts';
import { TopologyIndex } from '../topology/topologyIndex.ts';
import { AnswerTally } from './answerTally.ts';
import { AnswerWatch } from './answerWatch.ts';
import { canonicalTopology } from '../topology/canonicalTopology.ts';
import { Ingest } from './ingest.ts';
import { PATIENCE_NS } from './settling.ts';
import type { RowMemory } from './rowMemory.ts';
import { ROW_MASK } from './tables.ts';
import { Trace, VantageState } from './trace.ts';
import type { CaptureLoss, ListeningTime, Vantage } from './vantage.ts';
import { TraceStream } from './traceStream.ts';
import type { TraceNote } from './traceNote.ts';

export const DEFAULT_SLOW_NS = 5e6;
/** DNS and mDNS; DNS over TLS and HTTPS carry nothing readable. */
export const DEFAULT_DNS_PORTS: readonly number[] = [DNS_PORT, MDNS_PORT];
/** At the end of a file nothing more will come: a query with this much file after it is unanswered. */
const PATIENCE_AT_END_NS = 2e9;
/** Streams of one live trace run this far apart at most: a capture's buffer and the way here. */
const CATCH_UP_NS = 1e9;
const MOST_ADDRESS_NAMES = 20_000;

export interface LookupCounts {
  lookups: number;
  failed: number;
  pending: number;
  slow: number;
}

export interface EngineOptions {
  readonly slowNs?: number;
  /** DNS ports besides 53 and 5353. */
  readonly dnsPorts?: readonly number[];
  /** What the columns may take; unbounded without. */
  readonly memory?: RowMemory;
  /** Addresses that names should be answered with; names absolute and in lower case, addresses as `addressText` writes them. */
  readonly expect?: ReadonlyMap<string, readonly string[]>;
  /** Count records of responses by section, type and TTL, for statistics; not unless said. */
  readonly countRecords?: boolean;
}

/** Reads back captured bytes of one vantage's stream; `undefined` when they are no longer held. */
export type ReadBytes = (offset: number, length: number) => Uint8Array | undefined;

export class TraceEngine {
  readonly trace: Trace;
  readonly counts: LookupCounts = { lookups: 0, failed: 0, pending: 0, slow: 0 };
  /** Lookups whose outcome is a failure, for findings and "next failure"; kept current by `refresh`. */
  readonly failures = new Set<number>();
  /** Lookups that came out well but over the threshold. */
  readonly slowOnes = new Set<number>();
  topology: TopologyIndex;
  /** What became of the pods and the Corefile of the cluster's DNS meanwhile. */
  readonly dnsChanges = new DnsChanges();
  /** What a person noted beside the trace, in time order; nothing is concluded from them. */
  notes: readonly TraceNote[] = [];
  /** See {@link EngineOptions.expect}. */
  readonly expect: ReadonlyMap<string, readonly string[]>;
  readonly byteSources: (ReadBytes | undefined)[] = [];
  /** Grows whenever a verdict, a count or a label may have changed. */
  version = 0;
  readonly #ingest: Ingest;
  readonly #verdicts: VerdictEngine;
  readonly #watch: AnswerWatch;
  /** What Services were before the topology at hand. */
  readonly #serviceChanges = new ServiceChanges();
  /** Failures that the end of the capture does not change, while it is being looked at. */
  readonly #lasting = new Set<number>();
  #latestPacket = Number.NEGATIVE_INFINITY;
  #offset = Number.POSITIVE_INFINITY;

  constructor(options: EngineOptions = {}) {
    this.trace = new Trace(options.memory, options.countRecords);
    this.expect = options.expect ?? new Map();
    this.#watch = new AnswerWatch(this.expect);
    if (this.expect.size > 0) this.trace.answers = new AnswerTally(this.trace.names, this.#watch);
    this.topology = new TopologyIndex(emptyTopology, this.trace.addressNames);
    this.#ingest = new Ingest(this.trace, [...DEFAULT_DNS_PORTS, ...(options.dnsPorts ?? [])]);
    this.#verdicts = new VerdictEngine(this.trace, options.slowNs ?? DEFAULT_SLOW_NS);
  }

  /** Distinct addresses that made lookups. */
  get clients(): number {
    return this.#ingest.exchanges.clients;
  }

  get slowNs(): number {
    return this.#verdicts.slowNs;
  }

  /** Adds a vantage; its id is its position. */
  addVantage(vantage: Vantage, readBytes?: ReadBytes): number {
    const id = this.trace.vantages.push(new VantageState(vantage, this.trace.addresses)) - 1;
    this.byteSources[id] = readBytes;
    if (vantage.role === 'coredns' || vantage.role === 'nodelocal') {
      for (const address of vantage.addresses) {
        const own = this.trace.addresses.intern(address);
        this.trace.resolvers.add(own);
        (vantage.role === 'coredns' ? this.trace.corednsAddresses : this.trace.nodeLocal.sources).add(own);
      }
    }
    this.version++;
    return id;
  }

  /** A stream whose packets all belong to one vantage, as from a pod. */
  openStream(vantage: number): TraceStream {
    this.trace.live = true;
    return new TraceStream(this.trace, this.#ingest, () => vantage);
  }

  /** A capture file: each of its interfaces is a vantage, described by `vantageOf`, or one there is already, by its id. */
  openFile(vantageOf: (description: CaptureInterface) => Vantage | number, readBytes?: ReadBytes): TraceStream {
    const vantageFor = (description: CaptureInterface): number => {
      const vantage = vantageOf(description);
      return typeof vantage === 'number' ? vantage : this.addVantage(vantage, readBytes);
    };
    return new TraceStream(this.trace, this.#ingest, vantageFor, (address, name) => {
      this.nameAddress(address, name);
    });
  }

  /** Takes over a running stream of another engine; its vantages must have been added here under the same ids. */
  adopt(stream: TraceStream): void {
    this.trace.live = true;
    stream.moveTo(this.trace, this.#ingest);
  }

  /** A name that a capture file gives an address; what the topology says about the address goes before it. Hostile text. */
  nameAddress(address: string, name: string): void {
    if (this.trace.addressNames.size >= MOST_ADDRESS_NAMES && !this.trace.addressNames.has(address)) return;
    this.trace.addressNames.set(address, name);
    this.version++;
  }

  setTopology(given: Topology): void {
    let topology = canonicalTopology(given);
    // Of files, topologies are snapshots that say the same thing better or worse.
    if (this.trace.live && !this.trace.finished) {
      topology = this.#serviceChanges.note(this.topology.topology, topology);
      if (!Number.isNaN(this.trace.clock))
        this.dnsChanges.note(this.topology.topology, topology, this.trace.epochNs(this.trace.clock));
    }
    this.topology = new TopologyIndex(topology, this.trace.addressNames);
    this.#watchServices();
    this.trace.nodeLocal.know(topology);
    this.trace.serverBlocks = topology.servers ?? [];
    for (const pod of topology.pods) {
      if (pod.role === 'workload' || pod.hostNetwork) continue;
      for (const address of pod.addresses) {
        const id = this.trace.addresses.intern(address);
        this.trace.resolvers.add(id);
        this.trace.corednsAddresses.add(id);
      }
    }
    for (const { isDns, addresses } of topology.services)
      if (isDns)
        for (const address of addresses) this.trace.dnsServiceAddresses.add(this.trace.addresses.intern(address));
    this.#ingest.knowPorts(topology);
    this.version++;
  }

  /** Keeps the answers for names of Services from now on; what was kept for others stays, they may come again. */
  #watchServices(): void {
    if (this.topology.topology.services.length === 0) return;
    this.#watch.follow(this.topology);
    if (this.trace.answers === undefined) this.trace.answers = new AnswerTally(this.trace.names, this.#watch);
    else this.trace.answers.rewatch();
  }

  setUnwatched(pods: readonly string[]): void {
    this.trace.unwatched = pods;
    this.#reconsiderFailures();
  }

  reportLoss(vantage: number, loss: CaptureLoss): void {
    this.trace.vantages[vantage]?.losses.push(loss);
    // A claim may have rested on this vantage's silence.
    this.#reconsiderFailures();
  }

  /** See {@link Vantage.netns}. */
  noteNetns(vantage: number, netns: number): void {
    const state = this.trace.vantages[vantage];
    if (state !== undefined) state.netns = netns;
    this.version++;
  }

  /** What a saved trace says about when this vantage was listening, epoch ns. */
  reportListening(vantage: number, { fromNs, toNs }: ListeningTime): void {
    const state = this.trace.vantages[vantage];
    if (state === undefined) return;
    const correction = state.clock?.correctionNs ?? 0;
    state.listeningSince = this.trace.traceTime(fromNs) - correction;
    state.listenedUntil = this.trace.traceTime(toNs) - correction;
    this.#reconsiderFailures();
  }

  setSlowThreshold(nanoseconds: number): void {
    this.#verdicts.slowNs = nanoseconds;
    for (let lookup = 0; lookup < this.trace.lookups.length; lookup++) this.trace.markDirty(lookup);
  }

  /** Settles queries that waited long enough at `nowNs` of the watching clock (epoch). */
  tick(nowNs: bigint): void {
    this.trace.tickedNs = nowNs;
    if (Number.isNaN(this.trace.baseSeconds)) return;
    const now = this.#clockOf(nowNs);
    this.trace.clock = now;
    for (const state of this.trace.vantages) {
      if (state.listeningNs === undefined) continue;
      state.listeningSince = now - Number(nowNs - state.listeningNs);
      state.listeningNs = undefined;
    }
    this.#ingest.expire(now);
    this.#ingest.exchanges.placeWaiting(now - CATCH_UP_NS);
    this.#ingest.settling.settle(now, PATIENCE_NS);
    this.#closeWalks(now);
  }

  /**
   * The watching clock in the time of the packets. Their clocks are the nodes': what a packet is late by when it arrives is the way here plus the
   * difference of the clocks, and the smallest lateness seen is mostly the latter.
   */
  #clockOf(nowNs: bigint): number {
    const now = this.trace.traceTime(nowNs);
    if (this.trace.now > this.#latestPacket) {
      this.#latestPacket = this.trace.now;
      this.#offset = Math.min(this.#offset, now - this.trace.now);
    }
    return Number.isFinite(this.#offset) ? now - this.#offset : now;
  }

  /** No more packets will come: settles all that the rest of the capture had time to answer. */
  finish(): void {
    this.#ingest.flush();
    for (const state of this.trace.vantages) {
      state.ended = true;
      state.roleDueAt = 0;
    }
    this.trace.finished = true;
    this.#ingest.expire(Number.POSITIVE_INFINITY);
    this.#ingest.exchanges.placeWaiting(Number.POSITIVE_INFINITY);
    // Captures that are known to have listened on prove silence beyond the last packet.
    const ends = this.trace.vantages.map(({ listenedUntil }) => listenedUntil).filter(Number.isFinite);
    const end = ends.length === 0 ? this.trace.now : Math.max(this.trace.now, Math.min(...ends));
    this.#ingest.settling.settle(end, PATIENCE_AT_END_NS, true);
    this.#closeWalks(Number.POSITIVE_INFINITY);
    this.#findLastingFailures();
    this.#reconsiderFailures();
    this.refresh();
    this.#lasting.clear();
  }

  /**
   * Names that did not exist whatever the end of the capture shows: nothing was asked for so long that no walk went on, and one vantage
   * alone has no roles to weigh. Most failures of a large capture are such, on disk by now.
   */
  #findLastingFailures(): void {
    const [only, ...others] = this.trace.vantages;
    if (only === undefined || others.length > 0) return;
    const { isDirty } = this.trace;
    const end = only.lastTime - WALK_PAUSE_NS;
    const lookups = this.trace.lookups.only('lastEnd', 'outcome');
    for (const lookup of this.failures) {
      const { lastEnd, outcome } = lookups.of(lookup);
      const row = lookup & ROW_MASK;
      if (outcome[row] === OutcomeCode.nxdomain && lastEnd[row]! <= end && !isDirty.has(lookup))
        this.#lasting.add(lookup);
    }
    lookups.release();
  }

  /** What no further search name followed is evaluated again. */
  #closeWalks(now: number): void {
    for (const lookup of this.trace.openWalks) {
      const lastEnd = this.trace.lookups.of(lookup).lastEnd[lookup & ROW_MASK]!;
      if (now - lastEnd < WALK_PAUSE_NS) continue;
      this.trace.openWalks.delete(lookup);
      this.trace.markDirty(lookup);
    }
  }

  /**
   * Between two chunks of a capture that is read faster than anybody looks: judges what changed while its rows are still in the
   * processor's cache, and keeps the rows within their budget.
   */
  catchUp(): void {
    this.#ingest.flush();
    this.refresh();
    this.trace.memory.trim();
  }

  /** Evaluates every lookup that changed since the last call; returns how many there were. */
  refresh(): number {
    const dirty = this.trace.dirty;
    if (dirty.length === 0) return 0;
    for (const lookup of dirty) {
      if (this.#lasting.size > 0 && this.#lasting.has(lookup)) {
        // As if judged again: the order is that of the judgements.
        this.failures.delete(lookup);
        this.failures.add(lookup);
        this.trace.isDirty.delete(lookup);
        continue;
      }
      this.#count(lookup, -1);
      this.#verdicts.evaluate(lookup);
      this.trace.isDirty.delete(lookup);
      this.#count(lookup, 1);
    }
    const changed = dirty.length;
    dirty.length = 0;
    this.version++;
    return changed;
  }

  #count(lookup: number, step: 1 | -1): void {
    const chunk = this.trace.lookups.of(lookup);
    const flags = chunk.flags[lookup & ROW_MASK]!;
    const outcome = chunk.outcome[lookup & ROW_MASK]!;
    if ((flags & LookupFlag.evaluated) === 0) return;
    this.counts.lookups += step;
    if (outcome === OutcomeCode.pending) this.counts.pending += step;
    if ((flags & LookupFlag.slow) !== 0) this.counts.slow += step;
    const failed = isFailure(outcome);
    if (failed) this.counts.failed += step;
    const set = failed ? this.failures : (flags & LookupFlag.slow) !== 0 ? this.slowOnes : undefined;
    if (step === 1) set?.add(lookup);
    else set?.delete(lookup);
  }

  #reconsiderFailures(): void {
    for (const lookup of this.failures) this.trace.markDirty(lookup);
    this.version++;
  }
}

export function isFailure(outcome: number): boolean {
  return outcome === OutcomeCode.error || outcome === OutcomeCode.unanswered || outcome === OutcomeCode.nxdomain;
}
