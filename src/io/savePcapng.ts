/**
 * A trace as pcapng (draft-ietf-opsawg-pcapng): one section, an interface for each vantage with its name, role and losses,
 * the names behind the addresses, packets in time order with nanoseconds. Wireshark opens it and shows the names; DNScope
 * finds all of it again in the comments (protocol/sessionFile.ts). A role is saved as declared, not as guessed: a guess
 * must not come back as a fact. Format: docs/session-format.md.
 * Two passes: first where each packet is (packetPlaces.ts), then the packets themselves in order.
 */
import * as fs from 'node:fs';
import { CaptureReader } from '../core/packet/captureReader.ts';
import type { PacketSink } from '../core/packet/packetSink.ts';
import type { DnsChange } from '../core/topology/dnsChanges.ts';
import type { TopologyIndex } from '../core/topology/topologyIndex.ts';
import { processComment, readProcessComment } from '../core/trace/processComment.ts';
import { listeningTime, roleOf, type Trace } from '../core/trace/trace.ts';
import type { TraceEngine } from '../core/trace/traceEngine.ts';
import type { TraceNote } from '../core/trace/traceNote.ts';
import type { CaptureLoss, ListeningTime, Vantage, VantageRole } from '../core/trace/vantage.ts';
import type { LookupChoice } from '../core/view/lookupChoice.ts';
import {
  formatComment,
  listeningComment,
  lossesComment,
  topologyComments,
  changesComment,
  unwatchedComment,
  vantageComment,
} from '../protocol/sessionFile.ts';
import { notesComment } from '../protocol/traceNotes.ts';
import { writeAtomically, type ByteSink } from './atomicFile.ts';
import { PacketChoice } from './packetChoice.ts';
import { PacketPlaces, PLACES_PER_FILE } from './packetPlaces.ts';
import {
  COMMENT,
  interfaceBlock,
  nameResolutionBlock,
  packetBlock,
  sectionHeader,
  type TextOption,
} from './pcapngBlocks.ts';
import { readExactly } from './spool.ts';
import { resolvedNames } from './resolvedNames.ts';
import type { Step } from './step.ts';

export interface SaveSource {
  readonly path: string;
  /** Where captures begin in the file; several after reconnects. */
  readonly segments: readonly number[];
  /** Vantage of each interface. */
  readonly vantages: readonly number[];
  /** Of a vantage that lies in several files, which this is. */
  readonly part?: number;
}

export interface PcapngJob {
  readonly engine: TraceEngine;
  readonly sources: readonly SaveSource[];
  /** Packets up to this moment are left out, epoch ns. */
  readonly afterNs: bigint;
  /** Lookups whose packets are written; `undefined` for all packets. */
  readonly lookups: LookupChoice | undefined;
}

const CHUNK = 1024 * 1024;
/** Packets between two looks at the cancel button. */
const STEP = 4096;

export async function savePcapng(
  path: string,
  engine: TraceEngine,
  sources: readonly SaveSource[],
  afterNs = 0n,
): Promise<{ readonly packets: number; readonly bytes: number }> {
  return writeAtomically(path, 'The trace', async (sink) => {
    const packets = await writePcapng(sink, { engine, sources, afterNs, lookups: undefined });
    return { packets, bytes: sink.bytes };
  });
}

/** @returns packets written */
export function writePcapng(sink: ByteSink, job: PcapngJob, step?: Step): Promise<number> {
  const { engine, sources, afterNs, lookups } = job;
  const choice = lookups === undefined ? undefined : new PacketChoice(engine, lookups);
  const commentOf = (vantage: number, packet: number): string | undefined => {
    const state = engine.trace.vantages[vantage];
    const said = state?.comments.get(packet);
    const process = engine.trace.processes.of(state?.processes.of(packet) ?? 0);
    // What others wrote of the process goes along as they wrote it.
    if (process === undefined || (said !== undefined && readProcessComment(said) !== undefined)) return said;
    return said === undefined ? processComment(process) : `${processComment(process)}\n${said}`;
  };
  return writeSession(sink, { head: headOf(engine), sources, afterNs, choice, commentOf }, step);
}

/** A session file from what lies on disk, with or without a trace. */
export interface SessionJob {
  readonly head: SessionHead;
  readonly sources: readonly SaveSource[];
  /** Packets up to this moment are left out, epoch ns. */
  readonly afterNs: bigint;
  readonly choice?: PacketChoice | undefined;
  /** What a capture said about a packet, by its number. */
  readonly commentOf?: (vantage: number, packet: number) => string | undefined;
}

/** @returns packets written */
export async function writeSession(sink: ByteSink, job: SessionJob, step?: Step): Promise<number> {
  const fds: number[] = [];
  try {
    for (const source of job.sources) fds.push(fs.openSync(source.path, 'r'));
    const places = new PacketPlaces();
    const comments = new Map<number, string>();
    job.sources.forEach((source, index) => {
      locate(source, fds[index]!, job, { places, comments });
    });
    // A place says by itself in which part of its vantage it is, so it needs no column for its source.
    const fdOf: number[][] = [];
    job.sources.forEach(({ vantages, part }, index) => {
      for (const vantage of vantages) (fdOf[vantage] ??= [])[part ?? 0] = fds[index]!;
    });
    await writeHead(sink, job.head);
    return await writePackets(sink, { places, comments }, fdOf, step);
  } finally {
    for (const fd of fds) fs.closeSync(fd);
  }
}

interface Found {
  readonly places: PacketPlaces;
  /** What a capture file said about packets, by place. */
  readonly comments: Map<number, string>;
}

function locate(
  source: SaveSource,
  fd: number,
  { afterNs, choice, commentOf }: SessionJob,
  { places, comments }: Found,
): void {
  const size = fs.fstatSync(fd).size;
  const numbers: number[] = [];
  source.segments.forEach((start, segment) => {
    const end = source.segments[segment + 1] ?? size;
    const sink: PacketSink = {
      onInterface(): void {
        // Interfaces keep the order in which they became vantages.
      },
      onPacket(bytes, from, to, originalLength, seconds, nanos, linkType, interfaceIndex, streamOffset): void {
        const vantage = source.vantages[interfaceIndex];
        if (vantage === undefined || BigInt(seconds) * 1_000_000_000n + BigInt(nanos) <= afterNs) return;
        const number = (numbers[vantage] = (numbers[vantage] ?? 0) + 1);
        const offset = (source.part ?? 0) * PLACES_PER_FILE + start + streamOffset;
        if (choice?.takes(vantage, bytes, from, to, linkType, offset) === false) return;
        const said = commentOf?.(vantage, number);
        if (said !== undefined) comments.set(places.length, said);
        places.add(seconds, nanos, vantage, offset, to - from, originalLength);
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

/** Everything that stands before the first packet: who was where, what was not seen, what the addresses are called. */
export interface SessionHead {
  readonly topology: TopologyIndex;
  /** Addresses of the packets and names of Services that were asked, as text. */
  readonly seen: ReadonlySet<string>;
  readonly unwatched: readonly string[];
  readonly changes: readonly DnsChange[];
  readonly notes: readonly TraceNote[];
  readonly vantages: readonly HeadVantage[];
}

export interface HeadVantage {
  readonly vantage: Vantage;
  readonly linkType: number;
  readonly losses: readonly CaptureLoss[];
  readonly listening: ListeningTime | undefined;
  /** The role that its traffic shows, when it declares none. */
  readonly role: VantageRole;
}

export function headOf(engine: TraceEngine): SessionHead {
  const { trace, topology } = engine;
  const vantages = trace.vantages.map((state): HeadVantage => {
    const { vantage, netns, linkType, losses } = state;
    const known = netns === undefined ? vantage : { ...vantage, netns };
    return { vantage: known, linkType, losses, listening: listeningTime(trace, state), role: roleOf(state) };
  });
  const { unwatched } = trace;
  return { topology, seen: seenIn(trace), unwatched, changes: engine.dnsChanges.all, notes: engine.notes, vantages };
}

/** See {@link SessionHead.seen}. Of names those whose answers are compared with something. */
export function seenIn({ addresses, names, answers }: Trace): ReadonlySet<string> {
  const seen = new Set<string>();
  for (let id = 0; id < addresses.size; id++) seen.add(addresses.textOf(id));
  for (const { name } of answers?.entries() ?? []) seen.add(names.textOf(name).toLowerCase());
  return seen;
}

/** What a session file says of the cluster, as comments. */
export function savedTopology(topology: TopologyIndex, seen: ReadonlySet<string>): readonly string[] {
  const asked = new Set([...seen].flatMap((name) => topology.serviceNamed(name) ?? []));
  return topologyComments(topology.topology, seen, asked);
}

export async function writeHead(
  sink: ByteSink,
  { topology, seen, unwatched, changes, notes, vantages }: SessionHead,
): Promise<void> {
  await sink.write(
    sectionHeader([
      [COMMENT, formatComment()],
      ...savedTopology(topology, seen).map((text): TextOption => [COMMENT, text]),
      ...comment(unwatchedComment(unwatched)),
      ...comment(changesComment(changes)),
      ...comment(notesComment(notes)),
      [4, 'DNScope'],
    ]),
  );
  for (const one of vantages) {
    await sink.write(
      interfaceBlock(one.linkType, [
        [COMMENT, vantageComment(one.vantage)],
        ...comment(listeningComment(one.listening)),
        ...comment(lossesComment(one.losses)),
        [2, one.vantage.name],
        [3, interfaceDescription(one)],
      ]),
    );
  }
  for (const names of resolvedNames(topology, seen)) await sink.write(nameResolutionBlock(names));
}

/** For people in Wireshark: `client vantage, pod shop/order-service on node n2`. */
function interfaceDescription({ vantage, role }: HeadVantage): string {
  const { namespace, pod, node } = vantage;
  const what = vantage.role === 'unknown' ? `${role} vantage, by its traffic` : `${role} vantage`;
  const where = pod === undefined ? '' : `, pod ${namespace ?? ''}/${pod}`;
  return `${what}${where}${node === undefined ? '' : ` on node ${node}`}`;
}

async function writePackets(
  sink: ByteSink,
  { places, comments }: Found,
  fdOf: readonly (readonly number[])[],
  step: Step | undefined,
): Promise<number> {
  let packets = 0;
  for (const place of places.inTimeOrder()) {
    const { chunk, row } = places.at(place);
    const vantage = chunk.vantage[row]!;
    const fd = fdOf[vantage]?.[Math.floor(chunk.offset[row]! / PLACES_PER_FILE)];
    if (fd === undefined) continue;
    const packet = readExactly(fd, chunk.offset[row]! % PLACES_PER_FILE, chunk.length[row]!);
    if (packet === undefined) continue;
    const timeNs = BigInt(chunk.seconds[row]!) * 1_000_000_000n + BigInt(chunk.nanos[row]!);
    await sink.write(packetBlock(vantage, timeNs, packet, chunk.originalLength[row]!, comments.get(place)));
    if (++packets % STEP === 0) await step?.(packets, places.length);
  }
  return packets;
}

/** opt_comment, when there is something to say. */
function comment(text: string | undefined): readonly TextOption[] {
  return text === undefined ? [] : [[COMMENT, text]];
}
