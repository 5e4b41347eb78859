/**
 * Columns of old rows on disk: one file in the folder for temporary files, which only this user can read. It has no name
 * any more as soon as it is open, so that it is gone with the process, however that ends (where the system does not let an
 * open file lose its name, it is deleted on dispose).
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { DisposableLike } from '../base/disposable.ts';
import { ProblemError } from '../base/problem.ts';
import { RowMemory, type RowStore } from '../core/trace/rowMemory.ts';

/** Columns kept in memory unless told otherwise, bytes: with the rest of the process it stays below 400 MB. */
export const DEFAULT_ROW_MEMORY = 96 * 1024 * 1024;

export class RowSpill implements RowStore, DisposableLike {
  #fd: number | undefined;
  #path: string | undefined;
  #end = 0;

  /** Memory for the rows of one trace that spills in here. */
  memory(bytes = DEFAULT_ROW_MEMORY): RowMemory {
    return new RowMemory(bytes, this);
  }

  write(place: number | undefined, bytes: Uint8Array): number | undefined {
    const at = place ?? this.#end;
    try {
      const fd = this.#open();
      let done = 0;
      while (done < bytes.length) done += fs.writeSync(fd, bytes, done, bytes.length - done, at + done);
    } catch {
      // A full disk, or none to write to: the rows stay where they are.
      return undefined;
    }
    this.#end = Math.max(this.#end, at + bytes.length);
    return at;
  }

  read(place: number, bytes: Uint8Array): void {
    let done = 0;
    while (this.#fd !== undefined && done < bytes.length) {
      const got = fs.readSync(this.#fd, bytes, done, bytes.length - done, place + done);
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
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    if (this.#path !== undefined) fs.rmSync(this.#path, { recursive: true, force: true });
    this.#fd = undefined;
    this.#path = undefined;
    this.#end = 0;
  }

  #open(): number {
    if (this.#fd !== undefined) return this.#fd;
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-rows-')), 'rows');
    this.#fd = fs.openSync(file, 'wx+', 0o600);
    try {
      fs.rmSync(path.dirname(file), { recursive: true });
    } catch {
      this.#path = path.dirname(file);
    }
    return this.#fd;
  }
}
