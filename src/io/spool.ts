/**
 * The bytes of a live capture on disk, one file a vantage in a folder of its own that only this user can read, deleted on
 * dispose. Rows keep offsets into it, so memory holds columns only. A full disk costs the bytes, never the trace: rows go
 * on, details say that the bytes are no longer held, and the problem is reported once.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { DisposableLike } from '../base/disposable.ts';
import type { Problem } from '../base/problem.ts';

const PREFIX = 'dnscope-trace-';

/** Folders of processes that no longer run: a killed editor could not delete its own. */
function removeAbandoned(): void {
  for (const name of fs.readdirSync(os.tmpdir())) {
    const pid = /^dnscope-trace-(\d+)-/u.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      fs.rmSync(path.join(os.tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another user's folder: theirs to delete.
    }
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return !isZombie(pid);
}

/** Dead, and only its parent has not asked how it ended; signals reach it all the same. proc_pid_stat(5): the state follows the name's last `)`. */
function isZombie(pid: number): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    return /^ [ZX]/u.test(stat.slice(stat.lastIndexOf(')') + 1));
  } catch {
    // No Linux.
    return false;
  }
}

/** Bytes that may still be written, shared by the files of a folder. */
export interface SpoolBudget {
  left: number;
}

/** Name of a folder that outlives its process, with the process's id. */
export const KEPT_FOLDER = /^trace-(\d+)-/u;
/** Of the name of one whose process gave it up. */
export const LEFT_PREFIX = 'left-';

export function spoolFileName(index: number): string {
  return `vantage-${String(index)}.pcap`;
}

export class SpoolFolder implements DisposableLike {
  readonly #budget: SpoolBudget | undefined;
  readonly #keepIn: string | undefined;
  #folder: string | undefined;

  /**
   * @param budget for what may be written; unbounded without
   * @param keepIn where to make the folder if it shall stay when the process dies
   */
  constructor(budget?: SpoolBudget, keepIn?: string) {
    this.#budget = budget;
    this.#keepIn = keepIn;
  }

  /** There once a file was opened. */
  get folder(): string | undefined {
    return this.#folder;
  }

  open(index: number): SpoolFile {
    this.#folder ??= this.#keepIn === undefined ? temporaryFolder() : keptFolder(this.#keepIn);
    return new SpoolFile(path.join(this.#folder, spoolFileName(index)), this.#budget);
  }

  dispose(): void {
    if (this.#folder !== undefined) fs.rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }
}

function temporaryFolder(): string {
  removeAbandoned();
  return fs.mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${String(process.pid)}-`));
}

function keptFolder(parent: string): string {
  fs.mkdirSync(parent, { recursive: true, mode: 0o700 });
  return fs.mkdtempSync(path.join(parent, `trace-${String(process.pid)}-`));
}

/** Half of the room on the disk of that folder, of temporary files unless said. */
export function spoolBudget(folder = os.tmpdir()): SpoolBudget {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = fs.statfsSync(folder);
    return { left: (bavail * bsize) / 2 };
  } catch {
    return { left: Number.POSITIVE_INFINITY };
  }
}

export class SpoolFile implements DisposableLike {
  readonly path: string;
  readonly #budget: SpoolBudget | undefined;
  #fd: number | undefined;
  #length = 0;
  problem: Problem | undefined;

  constructor(file: string, budget?: SpoolBudget) {
    this.path = file;
    this.#budget = budget;
    this.#fd = fs.openSync(file, 'wx+', 0o600);
  }

  get length(): number {
    return this.#length;
  }

  append(chunk: Uint8Array): void {
    if (this.#fd === undefined || this.problem !== undefined) return;
    try {
      if (this.#budget !== undefined) {
        if (this.#budget.left < chunk.length) throw new Error('half of the room there is taken');
        this.#budget.left -= chunk.length;
      }
      let done = 0;
      while (done < chunk.length) done += fs.writeSync(this.#fd, chunk, done, chunk.length - done, this.#length + done);
      this.#length += chunk.length;
    } catch (error) {
      this.problem = {
        code: 'spool-full',
        detail: `The packets can no longer be kept in ${this.path}: ${error instanceof Error ? error.message : String(error)}`,
        recover: 'Rows go on; make room on that disk and start the trace again to keep the packets too',
      };
    }
  }

  read(offset: number, length: number): Uint8Array | undefined {
    if (this.#fd === undefined || offset + length > this.#length) return undefined;
    return readExactly(this.#fd, offset, length);
  }

  dispose(): void {
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** `undefined` when the file has fewer bytes there. */
export function readExactly(fd: number, offset: number, length: number): Uint8Array | undefined {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const got = fs.readSync(fd, bytes, done, length - done, offset + done);
    if (got === 0) return undefined;
    done += got;
  }
  return bytes;
}
