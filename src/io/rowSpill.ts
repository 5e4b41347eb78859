/**
 * Columns of old rows on disk: one file in the folder for temporary files, which only this user can read. It has no name
 * any more as soon as it is open, so that it is gone with the process, however that ends (where the system does not let an
 * open file lose its name, it is deleted on dispose).
 * Written behind: the system copies a chunk on a thread of its own while the next packets are read. Until that is done the rows
 * are read from the chunk itself; should it fail, they stay there. At most eight chunks are on their way, further ones are waited for; three are
 * with the system at a time, which leaves one of Node's four threads to read the capture.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { DisposableLike } from '../base/disposable.ts';
import { ProblemError } from '../base/problem.ts';
import { RowMemory, type RowStore } from '../core/trace/rowMemory.ts';

/** Columns kept in memory unless told otherwise, bytes: with the rest of the process it stays below 400 MB. */
export const DEFAULT_ROW_MEMORY = 96 * 1024 * 1024;
const MOST_ON_THEIR_WAY = 8;
const MOST_AT_ONCE = 3;

interface SpillFile {
  readonly fd: number;
  /** Where it could not lose its name. */
  readonly folder: string | undefined;
  /** What is being written, by its place; and what could not be. */
  readonly writing: Map<number, Uint8Array>;
  /** Places of those that the system was not given yet. */
  readonly waiting: number[];
  /** Writings the system has not answered yet: until then the descriptor is theirs, also once the file is closed. */
  pending: number;
  end: number;
  failed: boolean;
  closed: boolean;
}

/** As `fs.write`. */
type Write = (
  fd: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  position: number,
  done: (error: Error | null, written: number) => void,
) => void;

export class RowSpill implements RowStore, DisposableLike {
  readonly #write: Write;
  #file: SpillFile | undefined;

  constructor(write: Write = fs.write) {
    this.#write = write;
  }

  /** Memory for the rows of one trace that spills in here. */
  memory(bytes = DEFAULT_ROW_MEMORY): RowMemory {
    return new RowMemory(bytes, this);
  }

  write(place: number | undefined, bytes: Uint8Array): number | undefined {
    try {
      const file = (this.#file ??= openFile());
      if (file.failed) return undefined;
      // Two writings of one place at once could end in either order: the later one goes elsewhere.
      const at = place === undefined || file.writing.has(place) ? file.end : place;
      if (file.writing.size < MOST_ON_THEIR_WAY) {
        file.writing.set(at, bytes);
        file.waiting.push(at);
        this.#writeNext(file);
      } else {
        for (let done = 0; done < bytes.length;)
          done += fs.writeSync(file.fd, bytes, done, bytes.length - done, at + done);
      }
      file.end = Math.max(file.end, at + bytes.length);
      return at;
    } catch {
      // A full disk, or none to write to: the rows stay where they are.
      return undefined;
    }
  }

  holds(place: number): boolean {
    return this.#file?.writing.has(place) === true;
  }

  patch(place: number, bytes: Uint8Array, from: number): boolean {
    const file = this.#file;
    // What is still on its way is written to where it is, by whoever has it brought back.
    if (file === undefined || file.failed || file.writing.has(place)) return false;
    try {
      return fs.writeSync(file.fd, bytes, 0, bytes.length, place + from) === bytes.length;
    } catch {
      return false;
    }
  }

  read(place: number, bytes: Uint8Array, from = 0): void {
    const onItsWay = this.#file?.writing.get(place);
    if (onItsWay !== undefined) {
      bytes.set(onItsWay.subarray(from, from + bytes.length));
      return;
    }
    let done = 0;
    while (this.#file !== undefined && done < bytes.length) {
      const got = fs.readSync(this.#file.fd, bytes, done, bytes.length - done, place + from + done);
      if (got === 0) break;
      done += got;
    }
    if (done === bytes.length) return;
    throw new ProblemError({
      code: 'rows-lost',
      detail: `Rows of this trace were put away in ${os.tmpdir()} and can no longer be read`,
      recover: 'Open the capture again',
    });
  }

  /** Forgets all rows; what is written afterwards begins a new file. */
  dispose(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    file.closed = true;
    if (file.pending === 0) closeFile(file);
  }

  #writeNext(file: SpillFile): void {
    if (file.closed || file.pending >= MOST_AT_ONCE) return;
    const at = file.waiting.shift();
    if (at !== undefined) this.#writeBehind(file, at, file.writing.get(at)!, 0);
  }

  #writeBehind(file: SpillFile, at: number, bytes: Uint8Array, done: number): void {
    file.pending++;
    this.#write(file.fd, bytes, done, bytes.length - done, at + done, (error, written) => {
      file.pending--;
      // What could not be written stays on its way, and so in memory.
      if (error !== null) file.failed = true;
      else if (done + written === bytes.length) file.writing.delete(at);
      else if (!file.closed) this.#writeBehind(file, at, bytes, done + written);
      this.#writeNext(file);
      if (file.closed && file.pending === 0) closeFile(file);
    });
  }
}

function openFile(): SpillFile {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-rows-'));
  const fd = fs.openSync(path.join(folder, 'rows'), 'wx+', 0o600);
  const file = {
    fd,
    writing: new Map<number, Uint8Array>(),
    waiting: [],
    pending: 0,
    end: 0,
    failed: false,
    closed: false,
  };
  try {
    fs.rmSync(folder, { recursive: true });
    return { ...file, folder: undefined };
  } catch {
    return { ...file, folder };
  }
}

function closeFile({ fd, folder }: SpillFile): void {
  fs.closeSync(fd);
  if (folder !== undefined) fs.rmSync(folder, { recursive: true, force: true });
}
