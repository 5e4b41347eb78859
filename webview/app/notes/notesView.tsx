import * as l10n from '@vscode/l10n';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { visibleText } from '../../../src/base/visibleText.ts';
import type { NoteKind, TraceNote } from '../../../src/core/trace/traceNote.ts';
import type { TraceSnapshot } from '../../../src/protocol/webview.ts';
import { LONGEST_NOTE } from '../../../src/protocol/traceNotes.ts';
import { Button, IconButton, LinkButton } from '../../widgets/button.tsx';
import { beforeAndAfter } from '../compare/compareChoice.ts';
import { timeWords } from '../filter/filterTerms.ts';
import { formatClock } from '../../widgets/format.ts';
import { isFull, NOTE_HELP, NOTE_KINDS, NOTE_WORDS, type NoteDraft, withDraft, without } from './noteDraft.ts';
import { MARK_SHAPES } from '../timeline/timelineMarks.tsx';
import type { PanelState } from '../panelState.ts';
import type { TraceController } from '../traceController.ts';

interface NotesViewProps {
  readonly state: PanelState;
  readonly snapshot: TraceSnapshot;
  readonly controller: TraceController;
}

const NONE: readonly TraceNote[] = [];

/** What a person supposed, did and saw, in time order, saved with the trace. */
export function NotesView({ state, snapshot, controller }: NotesViewProps) {
  const { notes = NONE } = snapshot;
  const { draft } = state;
  return (
    <section class="page trace-notes" aria-label={l10n.t('Notes')}>
      {draft !== undefined && (
        <NoteForm
          key={`${draft.of?.text ?? ''} ${String(draft.atUs)}`}
          draft={draft}
          controller={controller}
          onSave={() => {
            controller.setNotes(withDraft(notes, draft));
            controller.draftNote(undefined);
          }}
        />
      )}
      {notes.length === 0 && draft === undefined && <NotesEmpty />}
      {isFull(notes) && <p class="muted">{l10n.t('There is room for no more notes: delete one first.')}</p>}
      <ol class="note-list">
        {notes.map((note) => (
          <li key={`${String(note.atUs)} ${note.kind} ${note.text}`} class="note">
            <NoteShape kind={note.kind} />
            <div class="note-text">
              <div>
                <strong>{NOTE_WORDS[note.kind]}</strong> <span class="muted">{noteTime(note)}</span>
              </div>
              <p>{visibleText(note.text)}</p>
              {note.kind === 'action' && (
                <LinkButton onClick={() => controller.compare(beforeAndAfter(note.atUs), { show: true })}>
                  {l10n.t('Compare before and after')}
                </LinkButton>
              )}
            </div>
            <IconButton
              icon="edit"
              label={l10n.t('Edit: {0}, {1}', NOTE_WORDS[note.kind], noteTime(note))}
              onClick={() => controller.draftNote({ ...note, of: note })}
            />
            <IconButton
              icon="clear"
              label={l10n.t('Delete: {0}, {1}', NOTE_WORDS[note.kind], noteTime(note))}
              onClick={() => controller.setNotes(without(notes, note))}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}

function noteTime({ atUs, toUs }: Pick<TraceNote, 'atUs' | 'toUs'>): string {
  return toUs === undefined ? formatClock(atUs) : timeWords({ fromUs: atUs, toUs });
}

function NoteShape({ kind }: { readonly kind: NoteKind }) {
  return (
    <svg class={`note-shape timeline-mark-${kind}`} viewBox="0 0 12 12" aria-hidden="true">
      <path d={MARK_SHAPES[kind]} />
    </svg>
  );
}

function NoteForm({
  draft,
  controller,
  onSave,
}: {
  readonly draft: NoteDraft;
  readonly controller: TraceController;
  readonly onSave: () => void;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const isEmpty = draft.text.trim() === '';
  return (
    <form
      class="note-form"
      aria-label={draft.of === undefined ? l10n.t('New note') : l10n.t('Edit the note')}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isEmpty) onSave();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') controller.draftNote(undefined);
        else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !isEmpty) onSave();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <div class="note-kinds" role="radiogroup" aria-label={l10n.t('Kind of note')}>
        {NOTE_KINDS.map((kind) => (
          <label key={kind} title={NOTE_HELP[kind]}>
            <input
              type="radio"
              name="note-kind"
              checked={draft.kind === kind}
              onChange={() => controller.draftNote({ ...draft, kind })}
            />
            <NoteShape kind={kind} /> {NOTE_WORDS[kind]}
          </label>
        ))}
        <span class="muted">{noteTime(draft)}</span>
      </div>
      <textarea
        ref={field}
        class="note-field"
        aria-label={`${NOTE_WORDS[draft.kind]}: ${NOTE_HELP[draft.kind]}`}
        placeholder={`${NOTE_WORDS[draft.kind]}: ${NOTE_HELP[draft.kind]}`}
        rows={2}
        maxLength={LONGEST_NOTE}
        value={draft.text}
        onInput={({ currentTarget }) => controller.draftNote({ ...draft, text: currentTarget.value })}
      />
      <div class="finding-actions">
        <Button kind="primary" title={l10n.t('Control+Enter')} disabled={isEmpty} onClick={onSave}>
          {l10n.t('Save Note')}
        </Button>
        <Button onClick={() => controller.draftNote(undefined)}>{l10n.t('Cancel')}</Button>
      </div>
    </form>
  );
}

function NotesEmpty() {
  return (
    <div class="empty">
      <h2>{l10n.t('No note yet')}</h2>
      <p>
        {l10n.t(
          'Write down what may be wrong (hypothesis), what you did about it (action) and what you saw then (observation), each at its time: press Add Note beside the timeline, or N on it. Notes stand on the timeline and are saved with the trace. An action can be compared: before and after it.',
        )}
      </p>
    </div>
  );
}
