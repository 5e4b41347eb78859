/**
 * Captures into a trace: files, folders, archives and pipes, merged by time without holding any of them in memory. Each interface of a
 * capture is a vantage. Where queries seen at two vantages show that their clocks disagree, all is read once more with corrected times,
 * so that what follows another in truth follows it in the trace.
 */
import { estimateClocks } from '../core/correlate/clockOffsets.ts';
import type { TraceEngine } from '../core/trace/traceEngine.ts';
import { findInputs } from './input/captureInputs.ts';
import { ReadingPass, type CaptureFile, type ReadOptions } from './input/readingPass.ts';
import { spoolBudget, SpoolFolder } from './spool.ts';

export interface CaptureReading {
  readonly engine: TraceEngine;
  readonly files: readonly CaptureFile[];
  /** Bytes can be read back until then. */
  readonly close: () => void;
}

/**
 * Reads everything to its end.
 * @param makeEngine gives an empty engine; asked once more when clocks have to be corrected, and the first is then void
 */
export async function readCaptureFiles(
  makeEngine: () => TraceEngine,
  paths: readonly string[],
  options: ReadOptions = {},
): Promise<CaptureReading> {
  const spools = new SpoolFolder(spoolBudget());
  const stdin = options.stdin === undefined ? {} : { stdin: options.stdin };
  const found = await findInputs(paths, { spools, keepBytes: options.keepBytes ?? true, ...stdin });
  let pass = new ReadingPass(makeEngine(), found, options);
  await pass.run();
  const clocks = estimateClocks(pass.engine.trace);
  const isWanted = clocks.some((clock) => clock !== undefined && clock.correctionNs !== 0);
  const again = isWanted && options.signal?.aborted !== true ? pass.corrected(makeEngine, clocks) : undefined;
  if (again === undefined) pass.tellClocks(clocks.map((clock) => clock && { ...clock, correctionNs: 0 }));
  else {
    pass = again;
    await pass.run();
  }
  return {
    engine: pass.engine,
    files: pass.finish(),
    close(): void {
      for (const { source } of found.inputs) source.close();
      spools.dispose();
    },
  };
}
