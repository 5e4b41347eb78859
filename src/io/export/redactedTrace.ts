/**
 * A trace under pseudonyms, as a session file: one packet for each DNS message, made anew (core/export/syntheticPacket.ts), and
 * the names of pods, namespaces and nodes replaced. Everything that leaves the machine redacted is made from this file: a table or a
 * report comes from a trace that was read back from it, and so has never seen an original name.
 * What is not a DNS message is left out: handshakes, ICMP, other ports, hardware addresses, comments on packets.
 */
import { DnsFlag } from '../../core/dns/header.ts';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseIp } from '../../core/corefile/ipAddress.ts';
import type { Pseudonyms } from '../../core/export/pseudonyms.ts';
import { readAhead } from '../../core/trace/readAhead.ts';
import { redactMessage } from '../../core/export/redactMessage.ts';
import { redactLoss, redactPodKey, redactTopology, redactVantage } from '../../core/export/redactTopology.ts';
import { syntheticPacket } from '../../core/export/syntheticPacket.ts';
import { decodeFrame, Frame } from '../../core/packet/frame.ts';
import { LinkType } from '../../core/packet/packetSink.ts';
import { TopologyIndex } from '../../core/topology/topologyIndex.ts';
import { NONE, Proto, ROW_MASK } from '../../core/trace/tables.ts';
import type { EngineOptions, TraceEngine } from '../../core/trace/traceEngine.ts';
import { messageBytes, type MessageSource } from '../../core/view/messageBytes.ts';
import { writeAtomically, type ByteSink } from '../atomicFile.ts';
import { PacketPlaces } from '../packetPlaces.ts';
import { packetBlock } from '../pcapngBlocks.ts';
import { headOf, writeHead, type PcapngJob, type SessionHead } from '../savePcapng.ts';
import type { Step } from '../step.ts';

const STEP = 4096;
const TcpBits = { syn: 2, psh: 8, ack: 16 } as const;

/** @returns packets written */
export async function writeRedacted(
  sink: ByteSink,
  job: Pick<PcapngJob, 'engine' | 'lookups'>,
  pseudonyms: Pseudonyms,
  step: Step,
): Promise<number> {
  const { engine } = job;
  await writeHead(sink, redactedHead(headOf(engine), pseudonyms));
  const packets = new PacketMaker(engine, pseudonyms);
  const places = messagesByTime(job);
  let done = 0;
  for (const place of places.inTimeOrder()) {
    const { chunk, row } = places.at(place);
    const timeNs = BigInt(chunk.seconds[row]!) * 1_000_000_000n + BigInt(chunk.nanos[row]!);
    for (const packet of packets.of(chunk.offset[row]!))
      await sink.write(packetBlock(chunk.vantage[row]!, timeNs, packet, packet.length));
    if (++done % STEP === 0) await step(done, places.length);
  }
  return packets.made;
}

/** Reads a file into a trace of its own. Handed in: its parts are in memory already where exports are a chunk of their own. */
export type ReadTrace = (
  file: string,
  options: EngineOptions,
) => Promise<{ readonly engine: TraceEngine; readonly close: () => void }>;

/** Reads the redacted file back into a trace of its own and hands that over; it is gone when `use` settles. */
export async function throughRedacted<T>(
  job: Pick<PcapngJob, 'engine' | 'lookups'> & { readonly readTrace: ReadTrace },
  pseudonyms: Pseudonyms,
  step: Step,
  use: (engine: TraceEngine) => Promise<T>,
): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-redacted-'));
  const forget = (): void => fs.rmSync(folder, { recursive: true, force: true });
  // Whoever reads the output may go away, and the process with it.
  process.once('exit', forget);
  try {
    const file = path.join(folder, 'redacted.pcapng');
    await writeAtomically(file, 'The redacted trace', (sink) => writeRedacted(sink, job, pseudonyms, step));
    const options = { slowNs: job.engine.slowNs, dnsPorts: [...serverPorts(job.engine)] };
    const { engine, close } = await job.readTrace(file, options);
    try {
      engine.finish();
      return await use(engine);
    } finally {
      close();
    }
  } finally {
    process.off('exit', forget);
    forget();
  }
}

/** The trace may have found DNS at ports of its own. */
function serverPorts({ trace }: TraceEngine): ReadonlySet<number> {
  const ports = new Set<number>();
  for (let id = 0; id < trace.transactions.length; id++)
    ports.add(trace.transactions.of(id).serverPort[id & ROW_MASK]!);
  return ports;
}

function redactedHead(head: SessionHead, pseudonyms: Pseudonyms): SessionHead {
  return {
    topology: new TopologyIndex(redactTopology(head.topology.topology, pseudonyms)),
    seen: new Set([...head.seen].map((address) => pseudonyms.address(address))),
    unwatched: head.unwatched.map((pod) => redactPodKey(pod, pseudonyms)),
    // They name pods in sentences.
    changes: [],
    // Free text may name anything.
    notes: [],
    vantages: head.vantages.map(({ vantage, losses, listening, role }, index) => ({
      vantage: redactVantage(vantage, index, pseudonyms),
      linkType: LinkType.linuxSll2,
      losses: losses.map(redactLoss),
      listening,
      role,
    })),
  };
}

/** Places whose offset is the message's row. */
function messagesByTime({ engine, lookups }: Pick<PcapngJob, 'engine' | 'lookups'>): PacketPlaces {
  const { trace } = engine;
  const places = new PacketPlaces();
  for (let message = 0; message < trace.messages.length; message++) {
    const chunk = trace.messages.of(message);
    const row = message & ROW_MASK;
    const id = chunk.transaction[row]!;
    const transactions = trace.transactions.of(id);
    if (lookups !== undefined) {
      const lookup = trace.lookupOf(transactions.exchange[id & ROW_MASK]!);
      if (lookup === NONE || !lookups.has(lookup)) continue;
    }
    const timeNs = trace.epochNs(chunk.time[row]!);
    places.add(
      Number(timeNs / 1_000_000_000n),
      Number(timeNs % 1_000_000_000n),
      transactions.vantage[id & ROW_MASK]!,
      message,
      chunk.size[row]!,
      chunk.size[row]!,
    );
  }
  return places;
}

class PacketMaker {
  readonly #engine: TraceEngine;
  readonly #pseudonyms: Pseudonyms;
  readonly #source: MessageSource;
  readonly #frame = new Frame();
  readonly #addresses: Uint8Array[] = [];
  /** Next sequence number of each direction of each connection. */
  readonly #sequences = new Map<string, number>();
  made = 0;

  constructor(engine: TraceEngine, pseudonyms: Pseudonyms) {
    this.#engine = engine;
    this.#pseudonyms = pseudonyms;
    this.#source = { trace: engine.trace, byteSources: engine.byteSources.map(readAhead) };
  }

  /** The packet of a message; before the first of a connection the one that opens it. None when its bytes are no longer held. */
  *of(message: number): Generator<Uint8Array> {
    const { trace } = this.#engine;
    const bytes = messageBytes(this.#source, message);
    if (bytes === undefined) return;
    const redacted = redactMessage(bytes, this.#pseudonyms);
    const messages = trace.messages.of(message);
    const id = messages.transaction[message & ROW_MASK]!;
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const isResponse = (messages.flags[message & ROW_MASK]! & DnsFlag.QR) !== 0;
    const client = [this.#address(chunk.client[row]!), chunk.clientPort[row]!] as const;
    const server = [this.#address(chunk.server[row]!), chunk.serverPort[row]!] as const;
    const [source, sourcePort] = isResponse ? server : client;
    const [target, targetPort] = isResponse ? client : server;
    const vantage = chunk.vantage[row]!;
    const ends = { source, target, sourcePort, targetPort, direction: this.#directionOf(message, vantage) };
    if (chunk.proto[row] !== Proto.tcp) {
      this.made++;
      yield syntheticPacket({ ...ends, protocol: 'udp', sequence: 0, flags: 0, payload: redacted });
      return;
    }
    const key = `${String(vantage)} ${String(chunk.client[row]!)} ${String(chunk.clientPort[row]!)} ${String(chunk.server[row]!)} ${String(chunk.serverPort[row]!)} ${String(isResponse)}`;
    const tcp = { ...ends, protocol: 'tcp' } as const;
    let sequence = this.#sequences.get(key);
    if (sequence === undefined) {
      this.made++;
      const flags = TcpBits.syn | (isResponse ? TcpBits.ack : 0);
      yield syntheticPacket({ ...tcp, sequence: 0, flags, payload: new Uint8Array(0) });
      sequence = 1;
    }
    const payload = new Uint8Array(2 + redacted.length);
    payload.set([redacted.length >> 8, redacted.length & 0xff]);
    payload.set(redacted, 2);
    this.#sequences.set(key, (sequence + payload.length) >>> 0);
    this.made++;
    yield syntheticPacket({ ...tcp, sequence, flags: TcpBits.psh | TcpBits.ack, payload });
  }

  #address(id: number): Uint8Array {
    const known = this.#addresses[id];
    if (known !== undefined) return known;
    const parsed = parseIp(this.#engine.trace.addresses.textOf(id));
    const bytes = this.#pseudonyms.addressBytes(Uint8Array.from(parsed?.bytes ?? [0, 0, 0, 0]));
    this.#addresses[id] = bytes;
    return bytes;
  }

  /** As the packet that carried the message (or its end) said. */
  #directionOf(message: number, vantage: number): 0 | 1 | 2 {
    const chunk = this.#source.trace.messages.of(message);
    const row = message & ROW_MASK;
    const packet = this.#source.byteSources[vantage]?.(chunk.offset[row]!, chunk.packetLength[row]!);
    const { linkType } = this.#source.trace.vantages[vantage]!;
    const isRead = packet !== undefined && decodeFrame(packet, 0, packet.length, linkType, this.#frame);
    return isRead ? this.#frame.direction : 0;
  }
}
