import { CaptureReader } from '../../../src/core/packet/captureReader.ts';
import type { CaptureInterface, CaptureStreamState } from '../../../src/core/packet/packetSink.ts';
import type { Problem } from '../../../src/base/problem.ts';

export interface CollectedPacket {
  readonly hex: string;
  readonly originalLength: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly linkType: number;
  readonly interfaceIndex: number;
  readonly streamOffset: number;
}

export interface Collected {
  readonly packets: readonly CollectedPacket[];
  readonly interfaces: readonly CaptureInterface[];
  readonly drops: readonly (readonly [number, number])[];
  /** Comments with the number of packets delivered before them. */
  readonly comments: readonly (readonly [number, string])[];
  readonly names: readonly (readonly [string, string])[];
  readonly state: CaptureStreamState;
  readonly problem: Problem | undefined;
}

/** Pushes the chunks through a reader and keeps everything it said. */
export function collectPackets(...chunks: readonly Uint8Array[]): Collected {
  const packets: CollectedPacket[] = [];
  const interfaces: CaptureInterface[] = [];
  const drops: [number, number][] = [];
  const comments: [number, string][] = [];
  const names: [string, string][] = [];
  const reader = new CaptureReader({
    onPacket(bytes, start, end, originalLength, seconds, nanos, linkType, interfaceIndex, streamOffset): void {
      const hex = Buffer.from(bytes.subarray(start, end)).toString('hex');
      packets.push({ hex, originalLength, seconds, nanos, linkType, interfaceIndex, streamOffset });
    },
    onInterface: (description): unknown => interfaces.push(description),
    onDropCount: (interfaceIndex, dropped): unknown => drops.push([interfaceIndex, dropped]),
    onPacketComment: (_interfaceIndex, comment): unknown => comments.push([packets.length, comment]),
    onAddressName: (address, name): unknown => names.push([address, name]),
  });
  for (const chunk of chunks) reader.push(chunk);
  const state = reader.end();
  return { packets, interfaces, drops, comments, names, state, problem: reader.problem };
}

/** Cuts bytes at the given positions, which may be in any order and repeat. */
export function cut(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const sorted = positions.map((position) => position % (bytes.length + 1)).sort((a, b) => a - b);
  return [...sorted, bytes.length].map((end, k) => bytes.slice(sorted[k - 1] ?? 0, end));
}

export interface Mutation {
  readonly at: number;
  readonly value: number;
}

/** Overwrites bytes, positions taken modulo the length. */
export function mutate(bytes: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  const copy = bytes.slice();
  if (copy.length > 0) for (const { at, value } of mutations) copy[at % copy.length] = value;
  return copy;
}
