/**
 * Traces whose process died while they ran (keptTrace.ts): found or deleted; saveLostTrace.ts makes session files of them.
 * Those older than a week are deleted unasked: they hold names of a cluster.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { LostTrace } from '../session/trace/lostTraces.ts';
import { NOTES_FILE, textOf } from './keptNotes.ts';
import { BEAT_MS } from './keptTrace.ts';
import { isAlive, KEPT_FOLDER, LEFT_PREFIX } from './spool.ts';

export const KEPT_MS = 7 * 24 * 3600 * 1000;
/** Beats that may be late before a trace counts as lost though its process id is in use, which says little: ids are given again. */
const LATE_BEATS = 4;
/** Of a capture without packets, bytes. */
const PCAP_HEADER = 24;

/** Traces that nobody writes any more, the latest first. @param keptIn as given to the store */
export function lostTraces(keptIn: string, nowMs = Date.now()): readonly LostTrace[] {
  const found: LostTrace[] = [];
  for (const name of namesIn(keptIn)) {
    if (!KEPT_FOLDER.test(name) && !name.startsWith(LEFT_PREFIX)) continue;
    const folder = path.join(keptIn, name);
    if (isWritten(folder, nowMs)) continue;
    const trace = describe(folder);
    if (trace === undefined || nowMs - trace.endedMs > KEPT_MS) forgetTrace(folder);
    else found.push(trace);
  }
  return found.sort((a, b) => b.endedMs - a.endedMs);
}

/** Whether it is there and nobody writes it. */
export function isLost(folder: string, nowMs = Date.now()): boolean {
  return fs.existsSync(folder) && !isWritten(folder, nowMs);
}

function isWritten(folder: string, nowMs: number): boolean {
  const pid = KEPT_FOLDER.exec(path.basename(folder))?.[1];
  if (pid === undefined || !isAlive(Number(pid))) return false;
  // One that was made a moment ago has no notes yet.
  const beatMs = statOf(path.join(folder, NOTES_FILE))?.mtimeMs ?? statOf(folder)?.mtimeMs ?? 0;
  return Math.abs(nowMs - beatMs) < LATE_BEATS * BEAT_MS;
}

export function forgetTrace(folder: string): void {
  fs.rmSync(folder, { recursive: true, force: true });
}

/**
 * What this process keeps: set aside for the next one, or deleted when it was saved. A trace that still runs writes on into files that
 * have moved, and its dispose finds nothing to delete.
 */
export function leaveTraces(keptIn: string): void {
  for (const name of namesIn(keptIn)) {
    const [whole, pid] = KEPT_FOLDER.exec(name) ?? [];
    if (whole === undefined || Number(pid) !== process.pid) continue;
    const folder = path.join(keptIn, name);
    try {
      if (describe(folder) === undefined) forgetTrace(folder);
      else fs.renameSync(folder, path.join(keptIn, `${LEFT_PREFIX}${name.slice(whole.length)}`));
    } catch {
      // Windows moves no folder with open files. Then its own thread deletes it, or it is found when this process is gone.
    }
  }
}

/** `undefined` when there is no packet, or none that was not saved. */
function describe(folder: string): LostTrace | undefined {
  let written = 0;
  let bytes = 0;
  let endedMs = 0;
  for (const name of namesIn(folder)) {
    const { size, mtimeMs } = statOf(path.join(folder, name)) ?? { size: 0, mtimeMs: 0 };
    endedMs = Math.max(endedMs, mtimeMs);
    if (!name.endsWith('.pcap')) continue;
    written += size;
    bytes += Math.max(0, size - PCAP_HEADER);
  }
  const notes = textOf(path.join(folder, NOTES_FILE));
  const saved = Number(latest(notes, 'saved'));
  return bytes === 0 || saved >= written ? undefined : { folder, title: titleIn(notes), endedMs, bytes };
}

/** `undefined` when another window has deleted it. */
function statOf(file: string): fs.Stats | undefined {
  return fs.statSync(file, { throwIfNoEntry: false });
}

function titleIn(notes: string): string {
  try {
    const title: unknown = JSON.parse(latest(notes, 'title'));
    return typeof title === 'string' ? title.slice(0, 512) : '';
  } catch {
    return '';
  }
}

/** What the last whole line of that kind says, empty when there is none. */
function latest(notes: string, kind: string): string {
  const line = notes
    .slice(0, notes.lastIndexOf('\n') + 1)
    .split('\n')
    .findLast((one) => one.startsWith(`${kind} `));
  return line?.slice(kind.length + 1) ?? '';
}

function namesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
