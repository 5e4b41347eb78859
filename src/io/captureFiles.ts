/**
 * Capture files into a trace. Several files are read side by side, always the one that is furthest behind in time, so that
 * what happened together is joined together without holding any file in memory. Each interface of a file is a vantage.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { toProblem, type Problem } from '../base/problem.ts';
import type { TraceEngine, TraceStream } from '../core/trace/traceEngine.ts';
import type { CaptureStreamState } from '../core/packet/packetSink.ts';
import type { CaptureLoss } from '../core/trace/vantage.ts';
import {
  parseLossesComment,
  parseTopologyComment,
  parseUnwatchedComment,
  parseVantageComment,
} from '../protocol/sessionFile.ts';
import { readExactly } from './spool.ts';

/** Large reads when one file has the disk to itself; small ones when several take turns, so that they stay together in time. */
const READ_ALONE = 4 * 1024 * 1024;
const READ_TOGETHER = 256 * 1024;
/** Hand the thread back to others this often, bytes. */
const YIELD_EVERY = 16 * 1024 * 1024;

export interface CaptureFile {
  readonly path: string;
  readonly state: CaptureStreamState;
  readonly problem?: Problem;
  /** Vantages this file became. */
  readonly vantages: readonly number[];
}

interface OpenFile {
  readonly path: string;
  readonly fd: number | undefined;
  readonly stream: TraceStream;
  /** What each interface says it lost, in the order of the stream's vantages. */
  readonly losses: (readonly CaptureLoss[])[];
  problem: Problem | undefined;
  done: boolean;
}

/** Reads all files to their end. The files stay open for reading bytes back until the returned `close`. */
export async function readCaptureFiles(
  engine: TraceEngine,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<{ readonly files: readonly CaptureFile[]; readonly close: () => void }> {
  const files = paths.map((file) => openFile(engine, file));
  const chunkSize = files.length === 1 ? READ_ALONE : READ_TOGETHER;
  let sinceYield = 0;
  for (let file = nextFile(engine, files); file !== undefined; file = nextFile(engine, files)) {
    if (signal?.aborted === true) break;
    sinceYield += readChunk(file, chunkSize);
    if (sinceYield >= YIELD_EVERY) {
      sinceYield = 0;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
  const results = files.map((file): CaptureFile => {
    const state = file.stream.end();
    applyTopology(engine, state);
    restoreLosses(engine, file, state);
    const problem = file.problem ?? file.stream.problem;
    reportTruncation(engine, file.stream, state);
    return { path: file.path, state, vantages: file.stream.vantages, ...(problem === undefined ? {} : { problem }) };
  });
  return {
    files: results,
    close(): void {
      for (const file of files) if (file.fd !== undefined) fs.closeSync(file.fd);
    },
  };
}

function openFile(engine: TraceEngine, file: string): OpenFile {
  let fd: number | undefined;
  let problem: Problem | undefined;
  try {
    fd = fs.openSync(file, 'r');
    if (fs.fstatSync(fd).isDirectory()) {
      fs.closeSync(fd);
      fd = undefined;
      problem = { code: 'not-a-file', detail: `${file} is a folder`, recover: 'Give capture files (.pcap, .pcapng)' };
    }
  } catch (error) {
    problem = readProblem(file, error);
  }
  const name = path.basename(file);
  const losses: (readonly CaptureLoss[])[] = [];
  const stream = engine.openFile(
    (description) => {
      losses.push(parseLossesComment(description.comments));
      return (
        parseVantageComment(description.comments) ?? {
          name:
            description.index === 0 && description.name === undefined
              ? name
              : `${name} · ${description.name ?? `interface ${String(description.index)}`}`,
          role: 'unknown',
          addresses: [],
        }
      );
    },
    (offset, length) => (fd === undefined ? undefined : safeRead(fd, offset, length)),
  );
  return { path: file, fd, stream, losses, problem, done: fd === undefined };
}

/** The file whose latest packet is the oldest: reading it next keeps all of them together in time. */
function nextFile(engine: TraceEngine, files: readonly OpenFile[]): OpenFile | undefined {
  let next: OpenFile | undefined;
  let oldest = Number.POSITIVE_INFINITY;
  for (const file of files) {
    if (file.done) continue;
    const times = file.stream.vantages.map((vantage) => engine.trace.vantages[vantage]!.lastTime);
    const time = times.length === 0 ? Number.NEGATIVE_INFINITY : Math.max(...times);
    const known = Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
    if (next === undefined || known < oldest) {
      next = file;
      oldest = known;
    }
  }
  return next;
}

function readChunk(file: OpenFile, size: number): number {
  const chunk = new Uint8Array(size);
  try {
    const got = fs.readSync(file.fd!, chunk, 0, size, null);
    if (got === 0) file.done = true;
    else file.stream.push(got === size ? chunk : chunk.subarray(0, got));
    if (file.stream.problem !== undefined) file.done = true;
    return got;
  } catch (error) {
    file.problem = readProblem(file.path, error);
    file.done = true;
    return 0;
  }
}

function safeRead(fd: number, offset: number, length: number): Uint8Array | undefined {
  try {
    return readExactly(fd, offset, length);
  } catch {
    // The file went away or shrank: its bytes are no longer held.
    return undefined;
  }
}

function applyTopology(engine: TraceEngine, state: CaptureStreamState): void {
  const topology = parseTopologyComment(state.comments);
  if (topology !== undefined) engine.setTopology(topology);
}

/** What a saved trace did not see. Several files together left unwatched what any of them did. */
function restoreLosses(engine: TraceEngine, file: OpenFile, state: CaptureStreamState): void {
  file.stream.vantages.forEach((vantage, index) => {
    for (const loss of file.losses[index] ?? []) engine.reportLoss(vantage, loss);
  });
  const unwatched = parseUnwatchedComment(state.comments);
  if (unwatched.length > 0) engine.setUnwatched([...new Set([...engine.trace.unwatched, ...unwatched])]);
}

function reportTruncation(engine: TraceEngine, stream: TraceStream, state: CaptureStreamState): void {
  if (!state.truncated) return;
  for (const vantage of stream.vantages) {
    const at = engine.trace.epochNs(engine.trace.vantages[vantage]!.lastTime || 0);
    engine.reportLoss(vantage, {
      packets: undefined,
      kind: 'truncated',
      fromNs: at,
      toNs: at,
      reason: 'The file ends inside a packet',
    });
  }
}

function readProblem(file: string, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return { code: 'file-not-found', detail: `${file} does not exist`, recover: 'Check the path' };
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      code: 'file-not-readable',
      detail: `${file} may not be read by this user`,
      recover: 'Change its permissions, or copy it',
    };
  }
  return {
    code: 'file-not-readable',
    detail: `${file} cannot be read: ${toProblem(error, 'file-not-readable').detail}`,
    recover: 'Check the file',
  };
}
