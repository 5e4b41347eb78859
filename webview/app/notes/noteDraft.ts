/** A note while it is written, and what becomes of the list of notes. Pure. */
import * as l10n from '@vscode/l10n';
import type { NoteKind, TraceNote } from '../../../src/core/trace/traceNote.ts';
import type { TimelineMark } from '../../../src/core/view/timeline/timelineMarks.ts';
import { visibleText } from '../../../src/base/visibleText.ts';
import { LONGEST_NOTE, MOST_NOTES } from '../../../src/protocol/traceNotes.ts';

export interface NoteDraft {
  readonly kind: NoteKind;
  readonly atUs: number;
  readonly toUs?: number;
  readonly text: string;
  /** The note that it takes the place of; a new one when absent. */
  readonly of?: TraceNote;
}

export const NOTE_KINDS: readonly NoteKind[] = ['hypothesis', 'action', 'observation'];

export const NOTE_WORDS: Readonly<Record<NoteKind, string>> = {
  hypothesis: l10n.t('Hypothesis'),
  action: l10n.t('Action'),
  observation: l10n.t('Observation'),
};

export const NOTE_HELP: Readonly<Record<NoteKind, string>> = {
  hypothesis: l10n.t('what may be wrong'),
  action: l10n.t('what was done about it'),
  observation: l10n.t('what was seen then'),
};

/** What follows from the latest: a hypothesis is acted on, an action is watched. */
export function nextKind(notes: readonly TraceNote[], atUs: number): NoteKind {
  const before = notes.filter((note) => note.atUs <= atUs).at(-1);
  if (before === undefined || before.kind === 'observation') return 'hypothesis';
  return before.kind === 'hypothesis' ? 'action' : 'observation';
}

/** The list with the draft in it, in time order. */
export function withDraft(notes: readonly TraceNote[], draft: NoteDraft): readonly TraceNote[] {
  const { kind, atUs, toUs, text, of } = draft;
  const note: TraceNote = {
    kind,
    atUs,
    ...(toUs === undefined ? {} : { toUs }),
    text: text.trim().slice(0, LONGEST_NOTE),
  };
  return [...without(notes, of), note].sort((a, b) => a.atUs - b.atUs);
}

export function without(notes: readonly TraceNote[], note: TraceNote | undefined): readonly TraceNote[] {
  // Of two that are alike one goes.
  const at = notes.findIndex((one) => one === note || (note !== undefined && isAlike(one, note)));
  return notes.filter((_, index) => index !== at);
}

function isAlike(a: TraceNote, b: TraceNote): boolean {
  return a.kind === b.kind && a.atUs === b.atUs && a.toUs === b.toUs && a.text === b.text;
}

export function isFull(notes: readonly TraceNote[]): boolean {
  return notes.length >= MOST_NOTES;
}

/** As events of the timeline. */
export interface NoteMark extends Omit<TimelineMark, 'kind'> {
  readonly kind: NoteKind;
}

export function noteMarks(notes: readonly TraceNote[]): readonly NoteMark[] {
  return notes.map(({ kind, atUs, toUs = atUs, text }) => ({
    kind,
    fromUs: atUs,
    toUs,
    texts: [`${NOTE_WORDS[kind]}: ${visibleText(text)}`],
    more: 0,
  }));
}
