/**
 * gzip (RFC 1952, any number of members) and zstd (RFC 8878, any number of frames) as they stream by. Memory: one input piece,
 * one output piece and the decoder's own window (32 KiB; at most 128 MiB for zstd, larger ones are refused), so that a small
 * file that decompresses to anything costs time, never memory. What came before a cut or a damaged place is delivered.
 */
import * as zlib from 'node:zlib';
import type { Transform } from 'node:stream';
import { toProblem, type Problem } from '../../base/problem.ts';

export type Compression = 'gzip' | 'zstd';

/** How the compressed stream ended. */
export interface DecompressionEnd {
  /** It ended early, or is damaged: there should be more. */
  readonly cut: boolean;
  readonly problem?: Problem;
}

/** On damage the output of the piece at hand is lost, so pieces are small. */
const PIECE = 16 * 1024;
const OUTPUT = 256 * 1024;

/** Why this Node cannot read the compression, `undefined` when it can. */
export function missingDecompressor(kind: Compression): Problem | undefined {
  if (kind === 'gzip' || typeof zlib.createZstdDecompress === 'function') return undefined;
  return {
    code: 'no-zstd',
    detail: `The capture is compressed with zstd, which this Node (${process.version}) cannot read`,
    recover: 'Use Node 22.15 or later, or decompress it first: zstd -d',
  };
}

export async function* decompressed(
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  kind: Compression,
): AsyncGenerator<Uint8Array, DecompressionEnd> {
  const problem = missingDecompressor(kind);
  if (problem !== undefined) return { cut: true, problem };
  let decoder = new Decoder(kind);
  try {
    for await (const chunk of input) {
      for (let at = 0; at < chunk.length;) {
        const piece = chunk.subarray(at, at + PIECE);
        yield* decoder.decode(piece);
        if (decoder.failure !== undefined) return damaged(kind, decoder.failure);
        const taken = decoder.isOver ? decoder.takenOfPiece : piece.length;
        at += taken;
        if (!decoder.isOver) continue;
        // What gzip leaves is padding: it reads further members by itself.
        if (kind === 'gzip') return { cut: false };
        // A zstd frame ended inside the piece: what follows is another one.
        decoder.dispose();
        decoder = new Decoder(kind);
      }
    }
    yield* decoder.finish();
    return { cut: decoder.failure !== undefined };
  } finally {
    decoder.dispose();
  }
}

/** One decoder, pulled: a piece goes in, all that comes of it is taken out before the next. */
class Decoder {
  readonly #stream: Transform & { readonly bytesWritten: number };
  #given = 0;
  #wake: (() => void) | undefined;
  failure: Error | undefined;
  isOver = false;
  takenOfPiece = 0;

  constructor(kind: Compression) {
    const options = { chunkSize: OUTPUT };
    this.#stream = kind === 'gzip' ? zlib.createGunzip(options) : zlib.createZstdDecompress(options);
    const wake = (): void => this.#wake?.();
    this.#stream.on('readable', wake);
    this.#stream.on('error', (error: Error) => {
      this.failure = error;
      wake();
    });
    this.#stream.on('end', () => {
      this.isOver = true;
      wake();
    });
  }

  async *decode(piece: Uint8Array): AsyncGenerator<Uint8Array, void> {
    let isTaken = false;
    this.#stream.write(piece, () => {
      isTaken = true;
      this.#wake?.();
    });
    yield* this.#output(() => isTaken);
    this.takenOfPiece = Math.max(0, this.#stream.bytesWritten - this.#given);
    this.#given += piece.length;
    // What it leaves it wants none of, whether the event has come yet or not.
    this.isOver ||= this.takenOfPiece < piece.length;
    // A decoder that takes nothing and is over would be asked for ever.
    if (this.isOver && this.takenOfPiece === 0) this.failure ??= new Error('nothing readable follows');
  }

  async *finish(): AsyncGenerator<Uint8Array, void> {
    if (this.#given === 0) return;
    this.#stream.end();
    yield* this.#output(() => false);
  }

  async *#output(isDone: () => boolean): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const output = this.#stream.read() as Uint8Array | null;
      if (output !== null) yield output;
      else if (this.failure !== undefined || this.isOver || isDone()) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  dispose(): void {
    this.#stream.destroy();
  }
}

function damaged(kind: Compression, failure: Error): DecompressionEnd {
  return {
    cut: true,
    problem: {
      code: 'damaged-compression',
      detail: `The ${kind} compression is damaged: ${toProblem(failure, 'damaged-compression').detail}`,
      recover: 'Everything before the damage is shown; copy the file again for the rest',
    },
  };
}
