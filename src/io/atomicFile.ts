/**
 * A file that is there whole or not at all: written beside its target and renamed, so that a failed or cancelled write
 * never leaves half a file or harms an old one.
 */
import * as fs from 'node:fs';
import { ProblemError, toProblem } from '../base/problem.ts';

/** Takes bytes in order; the promise is back-pressure. */
export interface ByteSink {
  /** Bytes taken so far. */
  readonly bytes: number;
  write(piece: Uint8Array | string): Promise<void>;
}

/** @param what the subject of the message when it fails, e.g. `The trace` */
export async function writeAtomically<T>(path: string, what: string, fill: (sink: ByteSink) => Promise<T>): Promise<T> {
  const partial = `${path}.partial`;
  try {
    const result = await writeFile(partial, fill);
    fs.renameSync(partial, path);
    return result;
  } catch (error) {
    fs.rmSync(partial, { force: true });
    const { code, detail } = toProblem(error, 'save-failed');
    const isAstray = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    // Given up on purpose: nothing failed.
    if (code === 'cancelled') throw error;
    throw new ProblemError(
      {
        code: 'save-failed',
        detail: `${what} could not be saved to ${path}: ${isAstray ? 'its folder does not exist' : detail}`,
        recover: isAstray ? 'Make that folder, or choose another' : 'Choose another folder, or make room',
      },
      { cause: error },
    );
  }
}

async function writeFile<T>(path: string, fill: (sink: ByteSink) => Promise<T>): Promise<T> {
  const out = fs.createWriteStream(path, { mode: 0o600 });
  const failed = new Promise<never>((_, reject) => out.once('error', reject));
  // A write error must reject the save, not end the process while nobody awaits it.
  failed.catch(() => undefined);
  let bytes = 0;
  const sink: ByteSink = {
    get bytes(): number {
      return bytes;
    },
    async write(piece): Promise<void> {
      bytes += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length;
      if (!out.write(piece)) await Promise.race([new Promise<void>((resolve) => out.once('drain', resolve)), failed]);
    },
  };
  try {
    const result = await Promise.race([fill(sink), failed]);
    await Promise.race([new Promise<void>((resolve) => out.end(resolve)), failed]);
    return result;
  } catch (error) {
    out.destroy();
    throw error;
  }
}
