/** What a person notes beside a trace while looking for a cause: what may be wrong, what was done about it, what was seen then. */
export interface TraceNote {
  readonly kind: NoteKind;
  /** Epoch µs. */
  readonly atUs: number;
  /** The end of a stretch; absent for a moment. */
  readonly toUs?: number;
  /** A user's, or of whoever wrote the file: hostile text. */
  readonly text: string;
}

export type NoteKind = 'hypothesis' | 'action' | 'observation';
