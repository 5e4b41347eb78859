import type { CaptureLoss, Vantage, VantageId } from '../../src/core/trace/vantage.ts';
import type { Topology } from '../../src/core/topology/topology.ts';
import type { TraceSink } from '../../src/session/ports.ts';

/** A trace engine that only writes down what it is told. `backlogBytes` is the test's to set. */
export class RecordingSink implements TraceSink {
  readonly vantages: Vantage[] = [];
  readonly losses: { readonly id: VantageId; readonly loss: CaptureLoss }[] = [];
  readonly restarts: VantageId[] = [];
  readonly endedStreams: VantageId[] = [];
  readonly unwatched: (readonly string[])[] = [];
  readonly topologies: Topology[] = [];
  readonly bytes: number[] = [];
  readonly netns: number[] = [];
  /** First 24 bytes of each stream: the pcap header. */
  readonly heads: Uint8Array[] = [];
  ticks = 0;
  backlogBytes = 0;

  addVantage(id: VantageId, vantage: Vantage): void {
    if (id !== this.vantages.length) throw new Error(`Vantage ${String(id)} was added out of order`);
    this.vantages.push(vantage);
    this.bytes.push(0);
  }

  push(id: VantageId, chunk: Uint8Array): void {
    if (this.endedStreams.includes(id)) throw new Error(`Bytes came for stream ${String(id)} after its end`);
    const head = this.heads[id] ?? new Uint8Array(0);
    if (head.length < 24) this.heads[id] = Uint8Array.of(...head, ...chunk.subarray(0, 24 - head.length));
    this.bytes[id] = (this.bytes[id] ?? 0) + chunk.length;
  }

  restartStream(id: VantageId): void {
    this.restarts.push(id);
  }

  endStream(id: VantageId): void {
    this.endedStreams.push(id);
  }

  reportLoss(id: VantageId, loss: CaptureLoss): void {
    this.losses.push({ id, loss });
  }

  noteNetns(id: VantageId, netns: number): void {
    this.netns[id] = netns;
  }

  setTopology(topology: Topology): void {
    this.topologies.push(topology);
  }

  setUnwatched(pods: readonly string[]): void {
    this.unwatched.push(pods);
  }

  tick(): void {
    this.ticks++;
  }
}
