/** One capture that feeds a trace: bytes in, packets into the vantages of its interfaces. */
import { CaptureReader } from '../packet/captureReader.ts';
import type { CaptureInterface, CaptureStreamState, PacketSink } from '../packet/packetSink.ts';
import type { Problem } from '../../base/problem.ts';
import type { Ingest } from './ingest.ts';
import { NONE } from './tables.ts';
import { readProcessComment } from './processComment.ts';
import type { ProcessFacts } from './processes.ts';
import type { Trace, VantageState } from './trace.ts';
import { listeningTime } from './trace.ts';

/** The capture bytes of one stream on their way into the trace. */
export class TraceStream implements PacketSink {
  #trace: Trace;
  #ingest: Ingest;
  readonly #vantageFor: (description: CaptureInterface) => number;
  readonly onAddressName: (address: string, name: string) => void;
  readonly #vantages: number[] = [];
  readonly #linkTypes: number[] = [];
  readonly #drops: number[] = [];
  #reader: CaptureReader;
  /** Bytes of earlier runs of the same stream: offsets count on over a restart. */
  #base = 0;
  #bytes = 0;

  constructor(
    trace: Trace,
    ingest: Ingest,
    vantageFor: (description: CaptureInterface) => number,
    onAddressName: (address: string, name: string) => void = () => undefined,
  ) {
    this.#trace = trace;
    this.#ingest = ingest;
    this.#vantageFor = vantageFor;
    this.onAddressName = onAddressName;
    this.#reader = new CaptureReader(this);
  }

  get state(): CaptureStreamState {
    return this.#reader.state;
  }

  get problem(): Problem | undefined {
    return this.#reader.problem;
  }

  /** Vantages this stream feeds, in the order of its interfaces. */
  get vantages(): readonly number[] {
    return this.#vantages.filter((vantage) => vantage !== NONE);
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    this.#reader.push(chunk);
    this.#trace.memory.trim();
  }

  /** From the next packet on, rows go into another trace; the place in the capture is kept. */
  moveTo(trace: Trace, ingest: Ingest): void {
    const before = this.#trace;
    this.#trace = trace;
    this.#ingest = ingest;
    this.#vantages.forEach((vantage, index) => {
      const state = trace.vantages[vantage];
      const old = before.vantages[vantage];
      if (state === undefined) return;
      state.linkType = this.#linkTypes[index] ?? 0;
      state.netns ??= old?.netns;
      if (old !== undefined) state.listeningNs = old.listeningNs ?? listeningTime(before, old)?.fromNs;
    });
  }

  /** The next bytes begin a new capture (a reconnect). */
  restart(): void {
    this.#reader.end();
    this.#base = this.#bytes;
    this.#reader = new CaptureReader(this);
  }

  end(): CaptureStreamState {
    const state = this.#reader.end();
    for (const vantage of this.vantages) {
      const ended = this.#trace.vantages[vantage]!;
      ended.ended = true;
      if (this.#trace.live) ended.listenedUntil = this.#trace.clock;
    }
    return state;
  }

  onInterface(description: CaptureInterface): void {
    this.#ingest.flush();
    const vantage = this.#vantageFor(description);
    this.#vantages[description.index] = vantage;
    this.#linkTypes[description.index] = description.linkType;
    const state = this.#trace.vantages[vantage];
    if (state === undefined) return;
    state.linkType = description.linkType;
    // A live capture writes its header when it begins to listen.
    if (!Number.isNaN(state.listeningSince) || !this.#trace.live) return;
    if (Number.isNaN(this.#trace.baseSeconds)) state.listeningNs ??= this.#trace.tickedNs;
    else state.listeningSince = this.#trace.clock;
  }

  onPacket(
    bytes: Uint8Array,
    start: number,
    end: number,
    _originalLength: number,
    seconds: number,
    nanos: number,
    linkType: number,
    interfaceIndex: number,
    streamOffset: number,
  ): void {
    const vantage = this.#vantages[interfaceIndex];
    const state = vantage === undefined ? undefined : this.#trace.vantages[vantage];
    if (vantage === undefined || state === undefined) return;
    const offset = this.#base + streamOffset;
    this.#ingest.packet(vantage, state, bytes, start, end, seconds, nanos, linkType, offset);
  }

  onBufferDone(): void {
    this.#ingest.flush();
  }

  onPacketComment(interfaceIndex: number, comment: string): void {
    this.#ingest.flush();
    const state = this.#trace.vantages[this.#vantages[interfaceIndex] ?? NONE];
    if (state === undefined) return;
    const said = readProcessComment(comment);
    if (said !== undefined) this.#noteProcess(state, said.facts);
    const rest = said === undefined ? comment : said.rest;
    if (rest !== undefined) state.comment(rest);
  }

  /** Of the latest packet; several comments may tell parts of one process, its number first. */
  #noteProcess({ processes, packets }: VantageState, facts: ProcessFacts): void {
    const known = this.#trace.processes.of(processes.of(packets));
    const pid = facts.pid ?? known?.pid;
    if (pid !== undefined) processes.set(packets, this.#trace.processes.idOf({ ...known, ...facts, pid }));
  }

  onDropCount(interfaceIndex: number, dropped: number): void {
    this.#ingest.flush();
    const state = this.#trace.vantages[this.#vantages[interfaceIndex] ?? NONE];
    const before = this.#drops[interfaceIndex] ?? 0;
    if (state === undefined || dropped <= before) return;
    this.#drops[interfaceIndex] = dropped;
    const now = this.#trace.epochNs(this.#trace.now);
    state.losses.push({
      packets: dropped - before,
      kind: 'kernel',
      fromNs: now,
      toNs: now,
      reason: 'The capture file reports packets dropped by the interface',
    });
  }
}
