/**
 * A trace as pcapng (draft-ietf-opsawg-pcapng): one section, an interface for each vantage with its name, role and losses,
 * packets in time order with nanoseconds. Wireshark opens it; DNScope finds its names again in the comments
 * (protocol/sessionFile.ts). A role is saved as declared, not as guessed: a guess must not come back as a fact.
 * Two passes: first where each packet is (packetPlaces.ts), then the packets themselves in order. Written beside the
 * target and renamed, so that a failed save never leaves half a file or harms an old one.
 */
import * as fs from 'node:fs';
import { ProblemError, toProblem } from '../base/problem.ts';
import type { TraceEngine } from '../core/trace/traceEngine.ts';
import { CaptureReader } from '../core/packet/captureReader.ts';
import type { CaptureInterface, PacketSink } from '../core/packet/packetSink.ts';
import { roleOf } from '../core/trace/trace.ts';
import { lossesComment, topologyComment, unwatchedComment, vantageComment } from '../protocol/sessionFile.ts';
import { PacketPlaces, type PlaceChunk } from './packetPlaces.ts';
import { readExactly } from './spool.ts';

export interface SaveSource {
  readonly path: string;
  /** Where captures begin in the file; several after reconnects. */
  readonly segments: readonly number[];
  /** Vantage of each interface. */
  readonly vantages: readonly number[];
}

const CHUNK = 1024 * 1024;
const encoder = new TextEncoder();

export async function savePcapng(
  path: string,
  engine: TraceEngine,
  sources: readonly SaveSource[],
  afterNs = 0n,
): Promise<{ readonly packets: number; readonly bytes: number }> {
  const partial = `${path}.partial`;
  const fds: number[] = [];
  try {
    for (const source of sources) fds.push(fs.openSync(source.path, 'r'));
    const places = new PacketPlaces();
    sources.forEach((source, index) => {
      locate(source, fds[index]!, afterNs, places);
    });
    // A vantage lies in one source only, so a place needs no column for its source.
    const fdOf: number[] = [];
    sources.forEach(({ vantages }, index) => {
      for (const vantage of vantages) fdOf[vantage] = fds[index]!;
    });
    const out = fs.createWriteStream(partial, { mode: 0o600 });
    const failed = new Promise<never>((_, reject) => out.once('error', reject));
    // A write error must reject the save, not end the process while nobody awaits it.
    failed.catch(() => undefined);
    const written = await Promise.race([writeAll(out, engine, places, fdOf), failed]);
    fs.renameSync(partial, path);
    return written;
  } catch (error) {
    fs.rmSync(partial, { force: true });
    const { detail } = toProblem(error, 'save-failed');
    throw new ProblemError(
      {
        code: 'save-failed',
        detail: `The trace could not be saved to ${path}: ${detail}`,
        recover: 'Choose another folder, or make room',
      },
      { cause: error },
    );
  } finally {
    for (const fd of fds) fs.closeSync(fd);
  }
}

function locate(source: SaveSource, fd: number, afterNs: bigint, places: PacketPlaces): void {
  const size = fs.fstatSync(fd).size;
  source.segments.forEach((start, segment) => {
    const end = source.segments[segment + 1] ?? size;
    const sink: PacketSink = {
      onInterface(_description: CaptureInterface): void {
        // Interfaces keep the order in which they became vantages.
      },
      onPacket(_bytes, from, to, originalLength, seconds, nanos, _linkType, interfaceIndex, streamOffset): void {
        const vantage = source.vantages[interfaceIndex];
        if (vantage === undefined || BigInt(seconds) * 1_000_000_000n + BigInt(nanos) <= afterNs) return;
        places.add(seconds, nanos, vantage, start + streamOffset, to - from, originalLength);
      },
    };
    const reader = new CaptureReader(sink);
    const chunk = new Uint8Array(CHUNK);
    for (let at = start; at < end;) {
      const got = fs.readSync(fd, chunk, 0, Math.min(CHUNK, end - at), at);
      if (got === 0) break;
      reader.push(chunk.subarray(0, got));
      at += got;
    }
    reader.end();
  });
}

async function writeAll(
  out: fs.WriteStream,
  engine: TraceEngine,
  places: PacketPlaces,
  fdOf: readonly number[],
): Promise<{ readonly packets: number; readonly bytes: number }> {
  let packets = 0;
  let bytes = 0;
  const write = async (block: Uint8Array): Promise<void> => {
    bytes += block.length;
    if (!out.write(block)) await new Promise<void>((resolve) => out.once('drain', resolve));
  };
  const { trace } = engine;
  const seen = new Set<string>();
  for (let id = 0; id < trace.addresses.size; id++) seen.add(trace.addresses.textOf(id));
  await write(
    sectionHeader([
      [1, topologyComment(engine.topology.topology, seen)],
      ...comment(unwatchedComment(trace.unwatched)),
      [4, 'DNScope'],
    ]),
  );
  for (const state of trace.vantages) {
    const { vantage } = state;
    const role = vantage.role === 'unknown' ? `${roleOf(state)} vantage, by its traffic` : `${vantage.role} vantage`;
    await write(
      interfaceBlock(state.linkType, [
        [1, vantageComment(vantage)],
        ...comment(lossesComment(state.losses)),
        [2, vantage.name],
        [3, role],
      ]),
    );
  }
  for (const place of places.inTimeOrder()) {
    const { chunk, row } = places.at(place);
    const packet = readExactly(fdOf[chunk.vantage[row]!]!, chunk.offset[row]!, chunk.length[row]!);
    if (packet === undefined) continue;
    packets++;
    await write(packetBlock(chunk, row, packet));
  }
  await new Promise<void>((resolve) => {
    out.end(() => {
      resolve();
    });
  });
  return { packets, bytes };
}

type TextOption = readonly [code: number, text: string];

/** opt_comment, when there is something to say. */
function comment(text: string | undefined): readonly TextOption[] {
  return text === undefined ? [] : [[1, text]];
}

function sectionHeader(options: readonly TextOption[]): Uint8Array {
  const head = new Uint8Array(16);
  const view = new DataView(head.buffer);
  view.setUint32(0, 0x1a2b3c4d, true);
  view.setUint16(4, 1, true);
  view.setBigInt64(8, -1n, true);
  return block(0x0a0d0d0a, [head, optionBytes(options)]);
}

function interfaceBlock(linkType: number, options: readonly TextOption[]): Uint8Array {
  const head = new Uint8Array(8);
  new DataView(head.buffer).setUint16(0, linkType, true);
  // if_tsresol (code 9) = 9: time stamps count nanoseconds.
  const resolution = new Uint8Array([9, 0, 1, 0, 9, 0, 0, 0]);
  return block(1, [head, resolution, optionBytes(options)]);
}

function packetBlock(chunk: PlaceChunk, row: number, packet: Uint8Array): Uint8Array {
  const head = new Uint8Array(20);
  const view = new DataView(head.buffer);
  const time = BigInt(chunk.seconds[row]!) * 1_000_000_000n + BigInt(chunk.nanos[row]!);
  view.setUint32(0, chunk.vantage[row]!, true);
  view.setUint32(4, Number(time >> 32n), true);
  view.setUint32(8, Number(time & 0xffff_ffffn), true);
  view.setUint32(12, packet.length, true);
  view.setUint32(16, chunk.originalLength[row]!, true);
  return block(6, [head, packet]);
}

function optionBytes(options: readonly TextOption[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [code, text] of options) {
    const value = encoder.encode(text).subarray(0, 65_532);
    const part = new Uint8Array(4 + padded(value.length));
    const view = new DataView(part.buffer);
    view.setUint16(0, code, true);
    view.setUint16(2, value.length, true);
    part.set(value, 4);
    parts.push(part);
  }
  // opt_endofopt
  parts.push(new Uint8Array(4));
  return Buffer.concat(parts);
}

function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + padded(part.length), 12);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  let at = 8;
  for (const part of parts) {
    bytes.set(part, at);
    at += padded(part.length);
  }
  view.setUint32(length - 4, length, true);
  return bytes;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
