/**
 * Traces whose process died while they ran (keptTrace.ts): found or deleted; saveLostTrace.ts makes session files of them.
 * Those older than a week are deleted unasked: they hold names of a cluster.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { NOTES_FILE, textOf } from './keptNotes.ts';
import { isAlive, KEPT_FOLDER } from './spool.ts';

const KEPT_MS = 7 * 24 * 3600 * 1000;

export interface LostTrace {
  readonly folder: string;
  /** What it was a trace of. Hostile text. */
  readonly title: string;
  /** When something was written last, epoch ms. */
  readonly endedMs: number;
  /** Of packets. */
  readonly bytes: number;
}

/** Traces that nobody writes any more, the latest first. @param keptIn as given to the store */
export function lostTraces(keptIn: string, nowMs = Date.now()): readonly LostTrace[] {
  const found: LostTrace[] = [];
  for (const name of namesIn(keptIn)) {
    const pid = KEPT_FOLDER.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = path.join(keptIn, name);
    const trace = describe(folder);
    if (trace === undefined || nowMs - trace.endedMs > KEPT_MS) forgetTrace(folder);
    else found.push(trace);
  }
  return found.sort((a, b) => b.endedMs - a.endedMs);
}

export function forgetTrace(folder: string): void {
  fs.rmSync(folder, { recursive: true, force: true });
}

function describe(folder: string): LostTrace | undefined {
  let bytes = 0;
  let endedMs = 0;
  for (const name of namesIn(folder)) {
    // Another window may be deleting it.
    const { size, mtimeMs } = fs.statSync(path.join(folder, name), { throwIfNoEntry: false }) ?? {
      size: 0,
      mtimeMs: 0,
    };
    endedMs = Math.max(endedMs, mtimeMs);
    if (name.endsWith('.pcap')) bytes += size;
  }
  return bytes === 0 ? undefined : { folder, title: titleIn(textOf(path.join(folder, NOTES_FILE))), endedMs, bytes };
}

/** The latest. */
function titleIn(notes: string): string {
  const json =
    notes
      .split('\n')
      .findLast((line) => line.startsWith('title '))
      ?.slice('title '.length) ?? '';
  try {
    const title: unknown = JSON.parse(json);
    return typeof title === 'string' ? title.slice(0, 512) : '';
  } catch {
    return '';
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
