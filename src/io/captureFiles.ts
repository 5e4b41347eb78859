/**
 * Captures into a trace: files, folders, archives and pipes, merged by time without holding any of them in memory. Each interface of a
 * capture is a vantage. Where queries seen at two vantages show that their clocks disagree, times are corrected, so that what follows another
 * in truth follows it in the trace. The clocks are compared before, on the beginning of each capture, so that all of it is read once; only where the
 * rest tells more than a millisecond of difference (captures that have no beginning in common, clocks that drift) is it read once more.
 */
import { composed, estimateClocks, tellClocks } from '../core/correlate/clockOffsets.ts';
import type { TraceEngine } from '../core/trace/traceEngine.ts';
import { findInputs, type CaptureInput, type FoundInputs } from './input/captureInputs.ts';
import { ReadingPass, type CaptureFile, type InputClocks, type ReadOptions } from './input/readingPass.ts';
import { spoolBudget, SpoolFolder } from './spool.ts';

export interface CaptureReading {
  readonly engine: TraceEngine;
  readonly files: readonly CaptureFile[];
  /** Bytes can be read back until then. */
  readonly close: () => void;
}

/**
 * Reads everything to its end.
 * @param makeEngine gives an empty engine; asked again when clocks are compared and when all is read once more, and the one before is then void
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
    const pass = await inOneTime(found, makeEngine, options);
    return { engine: pass.engine, files: pass.finish(), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Packets to compare clocks by, of all captures together. */
const PROBED_PACKETS = 200_000;
/** Corrected clocks may differ by this; less changes nothing but the order of what happens within it. */
const NEAR_NS = 1e6;

/** Reads with corrected clocks. */
async function inOneTime(
  found: FoundInputs,
  makeEngine: () => TraceEngine,
  options: ReadOptions,
): Promise<ReadingPass> {
  const { signal, probedPackets = PROBED_PACKETS } = options;
  let clocks: InputClocks = [];
  if (found.inputs.length > 1 && found.inputs.every(({ source }) => source.probe !== undefined)) {
    const probe = new ReadingPass(makeEngine(), found, { ...options, isProbe: true });
    await probe.readBeginnings(probedPackets);
    const estimate = estimateClocks(probe.engine.trace);
    if (estimate.some((clock) => clock !== undefined && clock.correctionNs !== 0)) clocks = probe.byInput(estimate);
  }
  // Not a parameter: the first one's rows have to go before the second's come.
  let pass = new ReadingPass(makeEngine(), found, options, clocks);
  await pass.run();
  const { applied } = pass;
  const isCorrected = applied.some((clock) => clock !== undefined);
  const left = estimateClocks(pass.engine.trace);
  const isApart = left.some((clock) => Math.abs(clock?.correctionNs ?? 0) > (isCorrected ? NEAR_NS : 0));
  if (isApart && pass.canRepeat && signal?.aborted !== true) {
    clocks = pass.byInput(isCorrected ? composed(applied, left) : left);
    pass = new ReadingPass(makeEngine(), found, { ...options, follow: false }, clocks);
    await pass.run();
  } else
    tellClocks(
      pass.engine.trace,
      left.map((clock, vantage) => applied[vantage] ?? clock),
      applied,
    );
  return pass;
}
