/**
 * Where the bytes of one capture come from: a file, a compressed file, a pipe. Read in order once (or again from the start,
 * where that is possible), and read back at any place while a trace is open. What a compressed file or a pipe delivers is kept
 * in a private file beside the trace (spool.ts) as far as there is room; beyond it the rows go on and their bytes are not held.
 */
import * as fs from 'node:fs';
import { toProblem, type Problem } from '../../base/problem.ts';
import { readExactly, type SpoolFile } from '../spool.ts';
import { HEAD_LENGTH, kindOf } from './captureKind.ts';
import { decompressed, type Compression, type DecompressionEnd } from './decompressed.ts';

/** One reading, from the start of the capture. */
export interface Reading {
  /** At most about `size` bytes, `undefined` at the end. The array is the caller's. */
  read(size: number): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /**
   * The same into a buffer of the caller's, while the caller does something else; only where the bytes lie in a file, and not
   * mixed with `read`.
   */
  readInto?(buffer: Uint8Array): Promise<Uint8Array | undefined>;
  /** The capture should have gone on; known at the end. */
  readonly cut: boolean;
  readonly problem: Problem | undefined;
  /** The end may not be one: the file can have more later. */
  readonly mayGrow: boolean;
  close(): void;
}

export interface CaptureSource {
  /** Once, and again while {@link canReopen}. */
  open(): Reading;
  readonly canReopen: boolean;
  /** A reading beside the others, of which nothing is kept; absent for what can be read once only. */
  readonly probe?: () => Reading;
  /** Bytes of the capture, decompressed; `undefined` when they are not held. */
  readBack(offset: number, length: number): Uint8Array | undefined;
  /** File with the bytes of the capture, decompressed; `undefined` when none holds all of them. */
  readonly storedIn: string | undefined;
  /** Why not all bytes are held. */
  readonly problem: Problem | undefined;
  close(): void;
}

/** A capture that lies on disk as it is. */
export class FileSource implements CaptureSource {
  readonly storedIn: string;
  readonly problem: undefined;
  readonly canReopen = true;
  readonly #holdOpen: boolean;
  #fd: number | undefined;
  #closed = false;

  /** @param holdOpen keep the file open, so that its bytes stay even when it is deleted; not for hundreds of files */
  constructor(file: string, holdOpen: boolean) {
    this.storedIn = file;
    this.#holdOpen = holdOpen;
  }

  probe(): Reading {
    return this.open();
  }

  open(): Reading {
    let offset = 0;
    let problem: Problem | undefined;
    let file: fs.promises.FileHandle | undefined;
    return {
      cut: false,
      mayGrow: true,
      readInto: async (buffer) => {
        try {
          file ??= await fs.promises.open(this.storedIn, 'r');
          const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
          offset += bytesRead;
          return bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead);
        } catch (error) {
          problem = readProblem(this.storedIn, error);
          return undefined;
        }
      },
      get problem(): Problem | undefined {
        return problem;
      },
      read: (size) => {
        if (problem !== undefined) return undefined;
        try {
          const chunk = new Uint8Array(size);
          const got = this.#with((fd) => fs.readSync(fd, chunk, 0, size, offset));
          offset += got;
          return got === 0 ? undefined : got === size ? chunk : chunk.subarray(0, got);
        } catch (error) {
          problem = readProblem(this.storedIn, error);
          return undefined;
        }
      },
      close: () => void file?.close().catch(() => undefined),
    };
  }

  readBack(offset: number, length: number): Uint8Array | undefined {
    if (this.#closed) return undefined;
    try {
      return this.#with((fd) => readExactly(fd, offset, length));
    } catch {
      // The file went away or shrank: its bytes are no longer held.
      return undefined;
    }
  }

  #with<T>(use: (fd: number) => T): T {
    if (this.#holdOpen) return use((this.#fd ??= fs.openSync(this.storedIn, 'r')));
    const fd = fs.openSync(this.storedIn, 'r');
    try {
      return use(fd);
    } finally {
      fs.closeSync(fd);
    }
  }

  close(): void {
    this.#closed = true;
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** A stream of bytes that may be compressed: a compressed file (opened again at will) or a pipe (read once). */
export class StreamSource implements CaptureSource {
  readonly #input: () => AsyncIterable<Uint8Array>;
  readonly #isRepeatable: boolean;
  readonly probe?: () => Reading;
  readonly #openSpool: (() => SpoolFile) | undefined;
  #spool: SpoolFile | undefined;
  /** The spool has all of it. */
  #isStored = false;

  /**
   * @param input gives the bytes from the start
   * @param isRepeatable whether `input` may be asked again
   * @param openSpool where to keep the bytes; without it they are not held
   */
  constructor(input: () => AsyncIterable<Uint8Array>, isRepeatable: boolean, openSpool: (() => SpoolFile) | undefined) {
    this.#input = input;
    this.#isRepeatable = isRepeatable;
    this.#openSpool = openSpool;
    if (isRepeatable) this.probe = () => streamReading(input(), () => undefined);
  }

  get canReopen(): boolean {
    return this.#isRepeatable || this.#isStored;
  }

  get storedIn(): string | undefined {
    return this.#isStored ? this.#spool?.path : undefined;
  }

  get problem(): Problem | undefined {
    return this.#spool?.problem;
  }

  open(): Reading {
    if (this.#isStored && this.#spool !== undefined) return new FileSource(this.#spool.path, false).open();
    const input = this.#input();
    const spool = this.#spool === undefined ? this.#openSpool?.() : undefined;
    this.#spool ??= spool;
    return streamReading(input, (chunk) => {
      if (chunk !== undefined) spool?.append(chunk);
      else if (spool !== undefined) this.#isStored = spool.problem === undefined;
    });
  }

  readBack(offset: number, length: number): Uint8Array | undefined {
    return this.#spool?.read(offset, length);
  }

  close(): void {
    this.#spool?.dispose();
  }
}

/** @param told each chunk as it comes, `undefined` at the end */
function streamReading(input: AsyncIterable<Uint8Array>, told: (chunk: Uint8Array | undefined) => void): Reading {
  const chunks = plainBytes(input);
  let end: DecompressionEnd = { cut: false };
  let isOver = false;
  return {
    mayGrow: false,
    get cut(): boolean {
      return end.cut;
    },
    get problem(): Problem | undefined {
      return end.problem;
    },
    async read(): Promise<Uint8Array | undefined> {
      if (isOver) return undefined;
      let next: IteratorResult<Uint8Array, DecompressionEnd>;
      try {
        next = await chunks.next();
      } catch (error) {
        const { detail } = toProblem(error, 'file-not-readable');
        const problem = {
          code: 'file-not-readable',
          detail: `Reading broke off: ${detail}`,
          recover: 'Check the file',
        };
        next = { done: true, value: { cut: true, problem } };
      }
      if (next.done !== true) {
        told(next.value);
        return next.value;
      }
      isOver = true;
      end = next.value;
      told(undefined);
      return undefined;
    },
    close: () => void chunks.return(end),
  };
}

/** Decompresses what needs it, by the first bytes. */
async function* plainBytes(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, DecompressionEnd> {
  const iterator = input[Symbol.asyncIterator]();
  const rest = async function* (first: Uint8Array): AsyncGenerator<Uint8Array, void> {
    if (first.length > 0) yield first;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  };
  try {
    let head: Uint8Array = new Uint8Array(0);
    while (head.length < 8) {
      const next = await iterator.next();
      if (next.done === true) break;
      head = head.length === 0 ? next.value : joined(head, next.value);
    }
    const kind = kindOf(head.length > HEAD_LENGTH ? head.subarray(0, HEAD_LENGTH) : head);
    if (kind === 'gzip' || kind === 'zstd') return yield* decompressed(rest(head), kind satisfies Compression);
    yield* rest(head);
    return { cut: false };
  } finally {
    await iterator.return?.();
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

/** The bytes of a file, in order. Ends when the file cannot be read any further. */
export async function* fileBytes(file: string, size = 64 * 1024): AsyncGenerator<Uint8Array, void> {
  const handle = await fs.promises.open(file, 'r');
  try {
    for (;;) {
      const chunk = new Uint8Array(size);
      const { bytesRead } = await handle.read(chunk, 0, size);
      if (bytesRead === 0) return;
      yield bytesRead === size ? chunk : chunk.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

export function readProblem(file: string, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return { code: 'file-not-found', detail: `${file} does not exist`, recover: 'Check the path' };
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      code: 'file-not-readable',
      detail: `${file} may not be read by this user`,
      recover: 'Change its permissions, or copy it',
    };
  }
  if (code === 'EISDIR')
    return { code: 'file-not-readable', detail: `${file} is a folder`, recover: 'Name the files in it' };
  return {
    code: 'file-not-readable',
    detail: `${file} cannot be read: ${toProblem(error, 'file-not-readable').detail}`,
    recover: 'Check the file',
  };
}
