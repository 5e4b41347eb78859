/**
 * One reading of all inputs into one engine: what each interface of each capture is called, which files are parts of one rotated capture,
 * and whose turn it is.
 */
import * as path from 'node:path';
import type { Problem } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { ClockEstimate } from '../../core/correlate/clockOffsets.ts';
import { CaptureReader } from '../../core/packet/captureReader.ts';
import type { CaptureInterface, CaptureStreamState } from '../../core/packet/packetSink.ts';
import type { Topology } from '../../core/topology/topology.ts';
import { ownAddressOf } from '../../core/trace/trace.ts';
import type { TraceEngine } from '../../core/trace/traceEngine.ts';
import type { TraceStream } from '../../core/trace/traceStream.ts';
import type { CaptureLoss, ListeningTime, Vantage, VantageClock } from '../../core/trace/vantage.ts';
import {
  parseFormatComment,
  parseListeningComment,
  parseLossesComment,
  parseTopologyComment,
  parseChangesComment,
  parseUnwatchedComment,
  parseVantageComment,
  SESSION_FORMAT,
} from '../../protocol/sessionFile.ts';
import { asTraceNotes, parseNotesComment } from '../../protocol/traceNotes.ts';
import type { CaptureInput, FoundInputs } from './captureInputs.ts';
import type { Reading } from './captureSource.ts';
import { readFileName, rotationKey, vantageOfFile } from './captureNames.ts';
import { mergeQueues } from './mergeQueues.ts';
import { PacketQueue } from './packetQueue.ts';
import { topologyFromNotes, type Note } from './retinaNotes.ts';
import { PLACES_PER_FILE } from '../packetPlaces.ts';

/** Read with the disk to itself, bytes. */
const READ_ALONE = 4 * 1024 * 1024;
const READ_BEGINNING = 64 * 1024;
const YIELD_EVERY = 16 * 1024 * 1024;
const FOLLOW_EVERY_MS = 250;

export interface CaptureFile {
  /** As named by the user; what lies in a folder or an archive has its place behind it. */
  readonly path: string;
  readonly state: CaptureStreamState;
  readonly problem?: Problem;
  /** Vantages this file became, by its interfaces. */
  readonly vantages: readonly number[];
  /** File that holds its bytes as they are, for saving. */
  readonly storedIn?: string;
  /** Of a rotated capture, which part: its packets' places begin at this × {@link PLACES_PER_FILE}. */
  readonly part: number;
}

export interface ReadOptions {
  /** Stops reading; what came until then stays. */
  readonly signal?: AbortSignal;
  /** Standard input, for the path `-`. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Keep what streams by (compressed files, pipes), so that packets can be read back; true unless said. */
  readonly keepBytes?: boolean;
  /** Go on at the end of each file, as it grows, until `signal`. */
  readonly follow?: boolean;
  /** How many packets clocks are compared by before all is read. */
  readonly probedPackets?: number;
}

interface PassOptions extends ReadOptions {
  /** Only compares clocks: bytes that stream by are not kept for it. */
  readonly isProbe?: boolean;
}

interface OpenInput {
  readonly input: CaptureInput;
  /** Of a rotated capture. */
  readonly part: number;
  readonly reading: Reading;
  readonly stream: TraceStream;
  /** By interface: the vantage it feeds, and what its clock says. */
  readonly vantages: number[];
  readonly clocks: readonly (VantageClock | undefined)[];
  result: { readonly state: CaptureStreamState; readonly problem: Problem | undefined } | undefined;
}

/** All inputs, read once into one engine. */
export class ReadingPass {
  readonly engine: TraceEngine;
  readonly #found: FoundInputs;
  readonly #options: PassOptions;
  readonly #open: readonly OpenInput[];
  /** Vantages of rotated captures, by capture and interface. */
  readonly #shared = new Map<string, number>();
  /** Vantages called after the pod or node that a file's name tells. */
  readonly #namedByFile = new Set<number>();
  readonly #listening = new Map<number, ListeningTime>();
  readonly #losses = new Map<number, readonly CaptureLoss[]>();

  /** @param clocks by input and interface, from an earlier pass */
  constructor(engine: TraceEngine, found: FoundInputs, options: PassOptions, clocks: InputClocks = []) {
    this.engine = engine;
    this.#found = found;
    this.#options = options;
    const { topology } = engine.topology;
    if (found.notes.length > 0 && topology.pods.length === 0)
      engine.setTopology(topologyFromNotes(notesWithNodes(found, topology), topology));
    const rotations = rotationsOf(found.inputs);
    this.#open = found.inputs.map((input, index) =>
      this.#openInput(input, rotations.get(rotationKey(input.label)), clocks[index] ?? []),
    );
  }

  get canRepeat(): boolean {
    return this.#open.every(({ input }) => input.source.canReopen);
  }

  /** What vantages' clocks say, for another pass over the same inputs. */
  byInput(clocks: ClockEstimate): InputClocks {
    return this.#open.map(({ vantages }) => vantages.map((vantage) => clocks[vantage]));
  }

  /** By vantage, what its clock was corrected by. */
  get applied(): ClockEstimate {
    const applied = new Array<VantageClock | undefined>(this.engine.trace.vantages.length).fill(undefined);
    for (const { vantages, clocks } of this.#open)
      vantages.forEach((vantage, index) => {
        applied[vantage] = clocks[index];
      });
    return applied;
  }

  /** Reads so many packets in all from the beginnings of the inputs, one input after the other. */
  async readBeginnings(packets: number): Promise<void> {
    const most = Math.max(1, Math.floor(packets / this.#open.length));
    for (const { reading, stream } of this.#open) {
      const reader = new CaptureReader(stream);
      while (reader.state.packets < most && reader.problem === undefined && this.#options.signal?.aborted !== true) {
        const chunk = await reading.read(READ_BEGINNING);
        if (chunk === undefined) break;
        reader.push(chunk);
      }
      reader.end();
      reading.close();
    }
  }

  async run(): Promise<void> {
    const { signal, follow } = this.#options;
    const [only] = this.#open;
    const isCorrected = this.#open.some(({ clocks }) => clocks.length > 0);
    if (only !== undefined && this.#open.length === 1 && follow !== true && !isCorrected) {
      await readAlone(only, this.engine, signal);
      return;
    }
    const base = { seconds: Number.NaN };
    const queues = this.#open.map(({ reading, stream, clocks, part }) => {
      const correctionOf = (interfaceIndex: number): number => clocks[interfaceIndex]?.correctionNs ?? 0;
      return new PacketQueue({ reading, sink: stream, base, correctionOf, offset: part * PLACES_PER_FILE });
    });
    const delivered = (): void => {
      this.engine.catchUp();
    };
    await mergeQueues(queues, delivered, signal);
    while (follow === true && signal?.aborted === false && this.#open.some(({ reading }) => reading.mayGrow)) {
      await pause(FOLLOW_EVERY_MS, signal);
      await mergeQueues(queues, delivered, signal);
    }
    queues.forEach((queue, index) => {
      const state = queue.end();
      this.#open[index]!.result = { state, problem: queue.problem };
    });
  }

  /** What each file turned out to be. */
  finish(): readonly CaptureFile[] {
    const { engine } = this;
    const files = this.#open.map((open): CaptureFile => {
      const { input, reading, stream, vantages, clocks, part, result } = open;
      const read = result!.state;
      const state = { ...read, truncated: read.truncated || reading.cut || input.cut };
      stream.end();
      const topology = parseTopologyComment(state.comments);
      if (topology !== undefined) engine.setTopology(topology);
      const unwatched = parseUnwatchedComment(state.comments);
      engine.dnsChanges.add(parseChangesComment(state.comments));
      engine.notes = asTraceNotes([...engine.notes, ...parseNotesComment(state.comments)]);
      if (unwatched.length > 0) engine.setUnwatched([...new Set([...engine.trace.unwatched, ...unwatched])]);
      vantages.forEach((vantage, index) => {
        const seen = engine.trace.vantages[vantage]!;
        seen.clock ??= clocks[index];
        // Named after the pod or node it was taken at, it still has to be found.
        if (this.#namedByFile.has(vantage)) seen.file = readFileName(input.label).file;
        if (state.truncated) this.#reportTruncation(vantage);
      });
      const { storedIn } = input.source;
      const problem =
        result!.problem ?? reading.problem ?? input.source.problem ?? newerFormat(input.label, state.comments);
      return {
        path: input.label,
        state,
        vantages,
        part,
        ...(storedIn === undefined ? {} : { storedIn }),
        ...(problem === undefined ? {} : { problem }),
      };
    });
    for (const [vantage, time] of this.#listening) engine.reportListening(vantage, time);
    for (const [vantage, losses] of this.#losses) for (const loss of losses) engine.reportLoss(vantage, loss);
    this.#nameOwnAddresses();
    const refused = this.#found.refused.map(({ label, problem }): CaptureFile => {
      return { path: label, state: NOTHING_READ, vantages: [], part: 0, problem };
    });
    return [...files, ...refused];
  }

  #openInput(
    input: CaptureInput,
    rotation: readonly CaptureInput[] | undefined,
    clocks: readonly (VantageClock | undefined)[],
  ): OpenInput {
    const vantages: number[] = [];
    const readBack = (offset: number, length: number): Uint8Array | undefined => {
      const source = rotation?.[Math.floor(offset / PLACES_PER_FILE)]?.source ?? input.source;
      return source.readBack(offset % PLACES_PER_FILE, length);
    };
    const stream = this.engine.openFile((description) => {
      this.#learnTopology(description);
      const { vantage, id } = this.#vantageFor(input, rotation !== undefined, description);
      vantages[description.index] = id;
      this.#losses.set(id, parseLossesComment(description.comments));
      const listening = parseListeningComment(description.comments);
      if (listening !== undefined) this.#listening.set(id, listening);
      return vantage;
    }, readBack);
    const part = Math.max(0, rotation?.indexOf(input) ?? 0);
    const reading = (this.#options.isProbe === true ? input.source.probe?.() : undefined) ?? input.source.open();
    return { input, part, reading, stream, vantages, clocks, result: undefined };
  }

  /** What a saved trace knows is known before its packets, since answers are held against it; what is known already says more. */
  #learnTopology({ sectionComments }: CaptureInterface): void {
    const { topology } = this.engine.topology;
    if (topology.pods.length > 0 || topology.services.length > 0) return;
    const saved = parseTopologyComment(sectionComments);
    if (saved !== undefined) this.engine.setTopology(saved);
  }

  /** A new vantage for the interface, or the one that an earlier part of the same rotated capture has for it. */
  #vantageFor(
    input: CaptureInput,
    isRotated: boolean,
    description: CaptureInterface,
  ): { readonly vantage: Vantage | number; readonly id: number } {
    const { engine } = this;
    const next = engine.trace.vantages.length;
    if (isRotated) {
      const wire = `${description.name ?? String(description.index)} ${String(description.linkType)}`;
      const key = `${wire} ${rotationKey(input.label)}`;
      const known = this.#shared.get(key);
      if (known !== undefined) return { vantage: known, id: known };
      this.#shared.set(key, next);
    }
    const saved = parseVantageComment(description.comments);
    if (saved !== undefined) return { vantage: saved, id: next };
    const own = vantageOfFile(input.label, engine.topology.topology);
    if (own.pod !== undefined || own.node !== undefined) this.#namedByFile.add(next);
    const isOnly = description.index === 0 && description.name === undefined;
    const name = isOnly ? own.name : `${own.name} · ${description.name ?? `interface ${String(description.index)}`}`;
    return { vantage: { ...own, name: this.#unlikeOthers(name, input.label) }, id: next };
  }

  /** Files of one name in several folders are told apart by the folder. */
  #unlikeOthers(name: string, label: string): string {
    if (!this.engine.trace.vantages.some((state) => state.vantage.name === name)) return name;
    const folder = label.split(/[/\\]/u).at(-2);
    return folder === undefined || folder === '' ? name : `${folder}/${name}`;
  }

  /** Whoever a file was taken at is named by it, where packets show which address that is, and no other file's do. */
  #nameOwnAddresses(): void {
    const { engine } = this;
    const { addresses, addressNames, vantages } = engine.trace;
    const names = new Map<string, Set<string>>();
    for (const state of vantages) {
      if (state.file === undefined || state.vantage.addresses.length > 0) continue;
      const own = ownAddressOf(state);
      const taken = own === undefined ? 0 : (state.asked.get(own) ?? 0) + (state.served.get(own) ?? 0);
      // What is seen in a pod's namespace goes to or comes from the pod; else the packets are not of one pod.
      if (own === undefined || taken < state.queries * 0.9) continue;
      const address = addresses.textOf(own);
      names.set(address, (names.get(address) ?? new Set()).add(state.vantage.name));
    }
    for (const [address, [name, ...others]] of names) {
      if (name === undefined || others.length > 0) continue;
      if (engine.topology.ownerOf(address) === undefined && !addressNames.has(address))
        engine.nameAddress(address, name);
    }
  }

  #reportTruncation(vantage: number): void {
    const { trace } = this.engine;
    const at = trace.epochNs(trace.vantages[vantage]!.lastTime || 0);
    const reason = 'The file ends inside a packet';
    this.engine.reportLoss(vantage, { packets: undefined, kind: 'truncated', fromNs: at, toNs: at, reason });
  }
}

/** By input and interface. */
export type InputClocks = readonly (readonly (VantageClock | undefined)[])[];

const NOTHING_READ: CaptureStreamState = {
  format: 'unknown',
  packets: 0,
  bytes: 0,
  linkTypes: [],
  truncated: false,
  comments: [],
};

/** Its packets are read all the same; what newer comments say may be missing. */
function newerFormat(label: string, comments: readonly string[]): Problem | undefined {
  const version = parseFormatComment(comments);
  if (version === undefined || version <= SESSION_FORMAT) return undefined;
  return {
    code: 'newer-session',
    detail: `${visibleText(label)} was saved by a newer DNScope (format ${String(version)}); its packets are read, some of its notes may be missing`,
    recover: 'Update DNScope to read all of it',
  };
}

/** Notes lie beside the captures of the node they are about. */
function notesWithNodes({ notes, inputs }: FoundInputs, topology: Topology): readonly Note[] {
  return notes.map(({ label, text }) => {
    const folder = label.slice(0, -path.basename(label).length);
    const beside = inputs.find((input) => input.label.startsWith(folder));
    const node = beside === undefined ? undefined : vantageOfFile(beside.label, topology).node;
    return { name: path.basename(label), node, text };
  });
}

/** One input needs no turns: its packets go on as they are read. Of a file, the next bytes are on their way meanwhile. */
async function readAlone(open: OpenInput, engine: TraceEngine, signal: AbortSignal | undefined): Promise<void> {
  const reader = new CaptureReader(open.stream);
  const { reading } = open;
  const buffers = [new Uint8Array(READ_ALONE), new Uint8Array(READ_ALONE)] as const;
  let turn = 0;
  let next = reading.readInto?.(buffers[turn]!) ?? reading.read(READ_ALONE);
  let sinceYield = 0;
  try {
    while (signal?.aborted !== true && reader.problem === undefined) {
      const chunk = next instanceof Promise ? await next : next;
      if (chunk === undefined) break;
      next = reading.readInto?.(buffers[(turn ^= 1)]!);
      reader.push(chunk);
      engine.catchUp();
      next ??= reading.read(READ_ALONE);
      sinceYield += chunk.length;
      if (sinceYield < YIELD_EVERY) continue;
      sinceYield = 0;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  } finally {
    // The file is closed only when nothing reads from it.
    await Promise.resolve(next).finally(() => {
      reading.close();
    });
  }
  open.result = { state: reader.end(), problem: reader.problem };
}

/** The inputs that are parts of one rotated capture, in order, by {@link rotationKey}. */
function rotationsOf(inputs: readonly CaptureInput[]): ReadonlyMap<string, readonly CaptureInput[]> {
  const all = new Map<string, CaptureInput[]>();
  for (const input of inputs) {
    const key = rotationKey(input.label);
    const parts = all.get(key);
    if (parts === undefined) all.set(key, [input]);
    else parts.push(input);
  }
  for (const [key, parts] of all) if (parts.length < 2) all.delete(key);
  return all;
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
