/** Notes as they cross a border: from the panel, and from a session file of anybody's. What does not fit is left out, never trusted. */
import type { NoteKind, TraceNote } from '../core/trace/traceNote.ts';
import { findMarked, LONGEST_COMMENT, marked } from './sessionFile.ts';

export const MOST_NOTES = 100;
/** Characters of a note. */
export const LONGEST_NOTE = 500;
const NOTES_MARK = 'dnscope:notes:';
/** Whole microseconds up to here are exact in a number; the year 2255. */
const LATEST_US = 9e15;

const KINDS: readonly NoteKind[] = ['hypothesis', 'action', 'observation'];

/** Those that are sound, in time order. */
export function asTraceNotes(value: unknown): readonly TraceNote[] {
  if (!Array.isArray(value)) return [];
  const notes = (value as readonly unknown[]).slice(0, MOST_NOTES).flatMap((one) => noteOf(one) ?? []);
  return notes.sort((a, b) => a.atUs - b.atUs);
}

function noteOf(value: unknown): TraceNote | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, atUs, toUs, text } = value as Readonly<Record<string, unknown>>;
  const known = KINDS.find((one) => one === kind);
  if (known === undefined || !isTime(atUs) || typeof text !== 'string' || text.trim() === '') return undefined;
  const end = isTime(toUs) && toUs > atUs ? { toUs } : {};
  return { kind: known, atUs, ...end, text: text.slice(0, LONGEST_NOTE) };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= LATEST_US;
}

/** `undefined` without any. As many as fit a comment: of text beyond ASCII fewer do. */
export function notesComment(notes: readonly TraceNote[]): string | undefined {
  for (let most = Math.min(notes.length, MOST_NOTES); most > 0; most--) {
    const comment = marked(NOTES_MARK, notes.slice(0, most));
    if (comment.length <= LONGEST_COMMENT) return comment;
  }
  return undefined;
}

export function parseNotesComment(comments: readonly string[] | undefined): readonly TraceNote[] {
  return asTraceNotes(findMarked(comments, NOTES_MARK));
}
