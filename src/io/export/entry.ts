/**
 * The one door to exports, loaded on first use: a trace into any of the formats, through one row source
 * (core/export/transactionRecords.ts) and a sink that takes bytes. Gives the thread back at least every 256 KiB, so that a
 * cancel is heard.
 */
import { createHmac } from 'node:crypto';
import { summarize } from '../../core/analysis/summary.ts';
import { csvHeader, csvLine } from '../../core/export/csv.ts';
import { gadgetEvents } from '../../core/export/gadgetEvent.ts';
import { markdownReport } from '../../core/export/markdownReport.ts';
import { Pseudonyms } from '../../core/export/pseudonyms.ts';
import { transactionRecords } from '../../core/export/transactionRecords.ts';
import { evaluateFindings } from '../../core/findings/evaluateFindings.ts';
import type { Matches } from '../../core/filter/traceFilter.ts';
import type { ExportFormat, ExportProgress, ExportResult } from '../../protocol/export.ts';
import type { ByteSink } from '../atomicFile.ts';
import { writePcapng, type PcapngJob } from '../savePcapng.ts';
import { stepsOf, type Step } from '../step.ts';
import { ParquetFile } from './parquetFile.ts';
import { throughRedacted, writeRedacted, type ReadTrace } from './redactedTrace.ts';

/** What to export: all of it, or what belongs to the chosen lookups. */
export interface ExportJob extends PcapngJob {
  readonly format: ExportFormat;
  /** The filter as it was written, for the report. */
  readonly filter: string;
  /** What of the chosen lookups is summed up, down to messages; `undefined` for all of the trace. */
  readonly matches: (() => Matches) | undefined;
  /** Replaces names and addresses by pseudonyms that come from this key. */
  readonly redactionKey?: string | undefined;
  readonly readTrace: ReadTrace;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ExportProgress) => void) | undefined;
}

/** @throws ProblemError `cancelled` when the signal said so; what the sink throws */
export async function runExport(job: ExportJob, sink: ByteSink): Promise<ExportResult> {
  job.engine.refresh();
  const step = stepsOf('The export', job.signal, job.onProgress);
  const { redactionKey } = job;
  const count = redactionKey === undefined ? await write(job, sink, step) : await redact(job, redactionKey, sink, step);
  return { count, bytes: sink.bytes };
}

async function redact(job: ExportJob, key: string, sink: ByteSink, step: Step): Promise<number> {
  const pseudonyms = new Pseudonyms((text) => createHmac('sha512', key).update(text).digest());
  if (job.format === 'pcapng') return writeRedacted(sink, job, pseudonyms, step);
  return throughRedacted(job, pseudonyms, step, (engine) =>
    // The filter was applied already, and its words are what must not get out.
    write({ ...job, engine, sources: [], lookups: undefined, matches: undefined, filter: '' }, sink, step),
  );
}

/** @returns how many of what the format is made of */
async function write(job: ExportJob, sink: ByteSink, step: Step): Promise<number> {
  const { engine, lookups, filter, format } = job;
  switch (format) {
    case 'csv':
      await sink.write(csvHeader());
      return writeTexts(sink, lines(job), engine.trace.transactions.length, step);
    case 'jsonl':
      return writeTexts(sink, gadgetEvents(engine, lookups), engine.trace.messages.length, step);
    case 'markdown': {
      const matches = job.matches?.();
      const summary = summarize(engine, [], matches === undefined ? undefined : { filter, matches });
      await writeTexts(sink, markdownReport({ engine, summary, lookups }), 0, step);
      return summary.findings.length;
    }
    case 'parquet':
      return writeParquet(job, sink, step);
    case 'pcapng':
      return writePcapng(sink, job, step);
  }
}

function* lines(job: ExportJob): Generator<string> {
  for (const record of recordsOf(job)) yield csvLine(record);
}

function recordsOf({ engine, lookups }: ExportJob): ReturnType<typeof transactionRecords> {
  return transactionRecords(engine, { findings: evaluateFindings(engine), lookups });
}

const PIECE = 256 * 1024;

async function writeTexts(sink: ByteSink, texts: Iterable<string>, total: number, step: Step): Promise<number> {
  let count = 0;
  let piece: string[] = [];
  let length = 0;
  for (const text of texts) {
    count++;
    piece.push(text);
    length += text.length;
    if (length < PIECE) continue;
    await sink.write(piece.join(''));
    piece = [];
    length = 0;
    await step(count, total);
  }
  await sink.write(piece.join(''));
  return count;
}

const ROWS_A_STEP = 4096;

async function writeParquet(job: ExportJob, sink: ByteSink, step: Step): Promise<number> {
  const file = new ParquetFile(sink);
  const total = job.engine.trace.transactions.length;
  let count = 0;
  for (const record of recordsOf(job)) {
    await file.add(record);
    if (++count % ROWS_A_STEP === 0) await step(count, total);
  }
  await file.end();
  return count;
}
