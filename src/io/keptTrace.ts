/**
 * What a live trace leaves on disk while it runs: its packets (spool.ts) and, where it is to outlive its process, notes that make a session
 * file of them (saveLostTrace.ts): a line each, in the comments of the session format (docs/session-format.md), written before the
 * packets they are about. A line or a packet that was being written when the process died is left out by the reader. The date of the
 * notes is renewed as long as the process lives, since the id of a dead one may be another's by then (lostTraces.ts). All of it is deleted
 * when the trace is closed.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { DisposableLike } from '../base/disposable.ts';
import type { Topology } from '../core/topology/topology.ts';
import type { TopologyIndex } from '../core/topology/topologyIndex.ts';
import type { CaptureLoss, Vantage } from '../core/trace/vantage.ts';
import type { TraceNote } from '../core/trace/traceNote.ts';
import type { Trace } from '../core/trace/trace.ts';
import {
  formatComment,
  lossesComment,
  MOST_LOSSES,
  unwatchedComment,
  vantageComment,
} from '../protocol/sessionFile.ts';
import { notesComment } from '../protocol/traceNotes.ts';
import { NOTES_FILE, TOPOLOGY_FILE } from './keptNotes.ts';
import { savedTopology, seenIn } from './savePcapng.ts';
import { spoolBudget, SpoolFolder, type SpoolFile } from './spool.ts';

/** Names of addresses are written again this often at most, ms. */
const TOPOLOGY_EVERY_MS = 10_000;
/** The date of the notes is renewed this often. */
export const BEAT_MS = 15_000;
/** Losses that are not noted yet are at most one in so many. */
const LOSSES_PER_LINE = 16;

export class KeptTrace implements DisposableLike {
  readonly #spools: SpoolFolder;
  readonly #outlives: boolean;
  readonly #beatMs: number;
  #notes: number | undefined;
  #beat: NodeJS.Timeout | undefined;
  /** What was told before there was a vantage, and so a folder, by what it is about. */
  readonly #early = new Map<string, string>();
  /** By vantage: how many losses are noted, and what came since. */
  readonly #losses = new Map<number, { noted: number; next: CaptureLoss[] }>();
  readonly #files: SpoolFile[] = [];
  #topology: Topology | undefined;
  /** Addresses and questions, which only grow in number. */
  #seen = 0;
  #topologyDueAt = 0;

  /**
   * @param keepIn folder for traces that outlive their process; without it what is on disk goes with the process
   * @param beatMs how often to tell that the process lives
   */
  constructor(keepIn: string | undefined, beatMs = BEAT_MS) {
    this.#beatMs = beatMs;
    this.#outlives = keepIn !== undefined;
    this.#spools = keepIn === undefined ? new SpoolFolder() : new SpoolFolder(spoolBudget(keepIn), keepIn);
  }

  open(id: number, vantage: Vantage): SpoolFile {
    const spool = this.#spools.open(id);
    this.#files.push(spool);
    this.#note(`vantage ${String(id)} ${vantageComment(vantage)}`);
    return spool;
  }

  /** The next bytes of a vantage, from `at` on, begin a new capture. */
  segment(id: number, at: number): void {
    this.#note(`segment ${String(id)} ${String(at)}`);
  }

  /** After the first ones a line sums many, the more the more there were: the notes stay short, and a crash costs the last few. */
  loss(id: number, loss: CaptureLoss): void {
    if (!this.#outlives) return;
    const losses = this.#losses.get(id) ?? { noted: 0, next: [] };
    this.#losses.set(id, losses);
    losses.next.push(loss);
    if (losses.noted >= MOST_LOSSES && losses.next.length * LOSSES_PER_LINE < losses.noted) return;
    losses.noted += losses.next.length;
    this.#note(`losses ${String(id)} ${lossesComment(losses.next.splice(0), 2) ?? ''}`);
  }

  unwatched(pods: readonly string[]): void {
    this.#note(`unwatched ${unwatchedComment(pods) ?? ''}`);
  }

  notes(notes: readonly TraceNote[]): void {
    this.#note(`notes ${notesComment(notes) ?? ''}`);
  }

  /** Packets up to that moment are of no trace any more, epoch ns. */
  cleared(upToNs: bigint): void {
    this.#note(`cleared ${String(upToNs)}`);
    this.saved(this.bytes);
  }

  /** Written so far, of all vantages. */
  get bytes(): number {
    return this.#files.reduce((sum, { length }) => sum + length, 0);
  }

  /** The first so many are in a file of the user's, or of no use to him: while there are no more, nothing would be lost. */
  saved(bytes: number): void {
    this.#note(`saved ${String(bytes)}`);
  }

  title(title: string): void {
    if (title !== '') this.#note(`title ${JSON.stringify(title.slice(0, 512))}`);
  }

  /** What is known of the addresses and Services seen so far; now and then. */
  topology(index: TopologyIndex, trace: Trace): void {
    const { topology } = index;
    if (this.#notes === undefined || performance.now() < this.#topologyDueAt) return;
    const seen = trace.addresses.size + (trace.answers?.size ?? 0);
    if (topology === this.#topology && seen === this.#seen) return;
    this.#topology = topology;
    this.#seen = seen;
    this.#topologyDueAt = performance.now() + TOPOLOGY_EVERY_MS;
    const comments = savedTopology(index, seenIn(trace));
    const file = path.join(this.#spools.folder!, TOPOLOGY_FILE);
    this.#try(() => {
      fs.writeFileSync(`${file}.partial`, comments.join('\n'), { mode: 0o600 });
      fs.renameSync(`${file}.partial`, file);
    });
  }

  #note(line: string): void {
    const { folder } = this.#spools;
    if (!this.#outlives) return;
    if (folder === undefined) {
      this.#early.set(line.slice(0, line.indexOf(' ')), line);
      return;
    }
    this.#try(() => {
      if (this.#notes === undefined) {
        this.#notes = fs.openSync(path.join(folder, NOTES_FILE), 'wx', 0o600);
        fs.writeSync(this.#notes, [`format ${formatComment()}`, ...this.#early.values(), ''].join('\n'));
        this.#beat = setInterval(() => this.#renew(), this.#beatMs).unref();
      }
      fs.writeSync(this.#notes, `${line}\n`);
    });
  }

  #renew(): void {
    const now = new Date();
    this.#try(() => fs.futimesSync(this.#notes!, now, now));
  }

  /** A disk that takes no more costs what would be there after a crash, never the trace. */
  #try(write: () => void): void {
    try {
      write();
    } catch {
      // The spool tells that the disk is full.
    }
  }

  dispose(): void {
    clearInterval(this.#beat);
    if (this.#notes !== undefined) fs.closeSync(this.#notes);
    this.#notes = undefined;
    this.#spools.dispose();
  }
}
