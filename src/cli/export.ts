/**
 * `dnscope export FILE… --format F [-o OUT]`: a trace in a format for others. To a file it appears when it is whole; to standard
 * output it streams. Exit 0 done, 2 bad use, unreadable input or unwritable output.
 */
import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import { toProblem } from '../base/problem.ts';
import { visibleText } from '../base/visibleText.ts';
import { plural } from '../core/findings/findingRule.ts';
import { DEFAULT_SLOW_NS } from '../core/trace/traceEngine.ts';
import type { ByteSink } from '../io/atomicFile.ts';
import { LocalTraceStore } from '../io/localTraceStore.ts';
import type { ExportFormat, ExportRequest, ExportResult } from '../protocol/export.ts';
import type { OpenedFile } from '../session/trace/traceStore.ts';
import { EXPORT_USAGE, parseExportArgs, type ExportArgs } from './exportArgs.ts';
import { filterComplaint } from './filterOption.ts';
import { readGivenFile } from './givenFile.ts';
import { givenTopology } from './givenTopology.ts';
import type { CliIo } from './io.ts';
import { missesInput } from './missedInput.ts';
import { problemText } from './problemText.ts';

const COUNTED: Readonly<Record<ExportFormat, readonly [string, string]>> = {
  csv: ['row', 'rows'],
  jsonl: ['event', 'events'],
  markdown: ['finding', 'findings'],
  parquet: ['row', 'rows'],
  pcapng: ['packet', 'packets'],
};
/** Formats that a terminal should not get. */
const BINARY: ReadonlySet<ExportFormat> = new Set<ExportFormat>(['parquet', 'pcapng']);

export interface ExportIo extends CliIo {
  /** Bytes or text to standard output; resolves when more may come. */
  writeOut(piece: Uint8Array | string): Promise<void>;
  /** Standard output is a terminal. */
  readonly isTerminal: boolean;
}

/** A name can be tried against a hash whose key is known or short. */
const SHORTEST_KEY = 16;

export async function runExport(argv: readonly string[], io: ExportIo): Promise<number> {
  const args = parseExportArgs(argv);
  if (typeof args === 'string') return fail(io, `${args}. Use: ${EXPORT_USAGE}`);
  if (args.out === '-' && BINARY.has(args.format) && io.isTerminal)
    return fail(io, `${args.format} is binary: write it to a file with -o OUT, or into a pipe`);
  if (args.files.some((file) => file !== '-' && path.resolve(file) === path.resolve(args.out)))
    return fail(io, `${visibleText(args.out)} is one of the inputs: choose another name for the export`);
  const complaint = filterComplaint(args.filter);
  if (complaint !== undefined) return fail(io, complaint);
  const store = new LocalTraceStore({ slowNs: DEFAULT_SLOW_NS, dnsPorts: args.dnsPorts });
  try {
    const topology = await givenTopology(args, io);
    const files = await store.openFiles(args.files, undefined, io.stdin);
    // What the user gives says more than what a file remembers.
    if (topology !== undefined) store.setTopology(topology);
    tellProblems(files, io);
    if (missesInput(files, args.files)) return 2;
    const redactionKey = await redactionKeyOf(args, io);
    if (redactionKey !== undefined && redactionKey.length < SHORTEST_KEY)
      return fail(
        io,
        `${visibleText(args.redactKey!)} is too short for a key: use 16 bytes or more (openssl rand -hex 32)`,
      );
    const request = {
      format: args.format,
      filter: args.filter,
      ...(redactionKey === undefined ? {} : { redactionKey }),
    };
    if (args.out === '-') await store.exportTo(outputSink(io), request);
    else {
      const { count } = await toFile(store, args.out, request, io);
      const [one, many] = COUNTED[args.format];
      io.stderr(`${plural(count, one, many)} written to ${visibleText(args.out)}\n`);
    }
    return 0;
  } catch (error) {
    const { detail, recover } = toProblem(error, 'export-failed');
    return fail(io, recover === undefined ? detail : `${detail}. ${recover}`);
  } finally {
    store.dispose();
  }
}

/** Ctrl-C gives it up: the file that was there stays, and no part of a new one is left. */
async function toFile(
  store: LocalTraceStore,
  out: string,
  request: ExportRequest,
  io: ExportIo,
): Promise<ExportResult> {
  const cancel = new AbortController();
  const interrupts = io.onInterrupt?.(() => cancel.abort());
  try {
    return await store.export(out, request, { signal: cancel.signal });
  } finally {
    interrupts?.dispose();
  }
}

/** The secret behind the pseudonyms: the file's, or one that nobody will know. */
async function redactionKeyOf(args: ExportArgs, io: CliIo): Promise<string | undefined> {
  if (!args.redact) return undefined;
  if (args.redactKey === undefined) return randomBytes(32).toString('hex');
  return new TextDecoder().decode(await readGivenFile(args.redactKey, io)).trim();
}

function tellProblems(files: readonly OpenedFile[], io: CliIo): void {
  for (const { path: file, problem, truncated, packets } of files) {
    if (truncated && packets > 0) {
      io.stderr(`${visibleText(file)}: the capture ends inside a packet; exported up to there\n`);
    } else if (problem !== undefined) {
      io.stderr(`${problemText(problem, visibleText(file))}\n`);
    }
  }
}

function outputSink(io: ExportIo): ByteSink {
  let bytes = 0;
  return {
    get bytes(): number {
      return bytes;
    },
    write(piece): Promise<void> {
      bytes += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length;
      return io.writeOut(piece);
    },
  };
}

function fail(io: CliIo, text: string): number {
  io.stderr(`${text}\n`);
  return 2;
}
