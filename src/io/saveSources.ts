/** Where the packets of a trace lie, for writing them again. */
import { ProblemError } from '../base/problem.ts';
import type { TraceStream } from '../core/trace/traceStream.ts';
import type { Vantage } from '../core/trace/vantage.ts';
import type { CaptureFile } from './input/readingPass.ts';
import type { SaveSource } from './savePcapng.ts';
import type { SpoolFile } from './spool.ts';

/** A running or ended capture of a live trace. */
export interface LiveVantage {
  readonly vantage: Vantage;
  readonly stream: TraceStream;
  readonly spool: SpoolFile;
  ended: boolean;
  /** Where each capture of this stream starts in the spool; a reconnect adds one. */
  readonly segments: number[];
}

export function liveSources(live: ReadonlyMap<number, LiveVantage>): readonly SaveSource[] {
  return [...live].map(([id, { spool, segments }]) => ({ path: spool.path, segments, vantages: [id] }));
}

/** @throws ProblemError when the packets of one are no longer there */
export function fileSources(files: readonly CaptureFile[]): readonly SaveSource[] {
  return files.map(({ path, storedIn, vantages, part }): SaveSource => {
    if (storedIn !== undefined) return { path: storedIn, segments: [0], vantages, part };
    throw new ProblemError({
      code: 'packets-not-held',
      detail: `The packets of ${path} were too many to keep beside the trace, so they cannot be written`,
      recover: 'Decompress the capture to a file and open that one',
    });
  });
}
