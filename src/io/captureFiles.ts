/**
 * Captures into a trace: files, folders, archives and pipes, merged by time without holding any of them in memory. Each interface of a
 * capture is a vantage. Where queries seen at two vantages show that their clocks disagree, all is read once more with corrected times,
 * so that what follows another in truth follows it in the trace.
 */
import { estimateClocks, tellClocks } from '../core/correlate/clockOffsets.ts';
import type { TraceEngine } from '../core/trace/traceEngine.ts';
import { findInputs, type CaptureInput } from './input/captureInputs.ts';
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
  let inputs: readonly CaptureInput[] = [];
  const close = (): void => {
    for (const { source } of inputs) source.close();
    spools.dispose();
  };
  try {
    const { signal, stdin, keepBytes = true } = options;
    const found = await findInputs(paths, {
      spools,
      keepBytes,
      ...(signal === undefined ? {} : { signal }),
      ...(stdin === undefined ? {} : { stdin }),
    });
    inputs = found.inputs;
    const pass = await inOneTime(() => new ReadingPass(makeEngine(), found, options), makeEngine, signal);
    return { engine: pass.engine, files: pass.finish(), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Reads, and where clocks disagree, once more with corrected ones. */
async function inOneTime(
  start: () => ReadingPass,
  makeEngine: () => TraceEngine,
  signal: AbortSignal | undefined,
): Promise<ReadingPass> {
  // Not a parameter: the first one's rows have to go before the second's come.
  let pass = start();
  await pass.run();
  const clocks = estimateClocks(pass.engine.trace);
  const isWanted = clocks.some((clock) => clock !== undefined && clock.correctionNs !== 0);
  if (isWanted && pass.canRepeat && signal?.aborted !== true) {
    pass = pass.corrected(makeEngine, clocks);
    await pass.run();
  } else tellClocks(pass.engine.trace, clocks);
  return pass;
}
