/**
 * Where the user is among the rows: kept beside the rest of what the panel remembers, and found again by the page after this one. What was
 * saved waits until the rows are there (a file is read anew after a reload of the window) and gives way to whatever the user does meanwhile.
 * It is of one generation of the trace: in another one the numbers mean something else.
 */
import { isRecord } from '../../../src/base/isRecord.ts';
import type { TraceSnapshot, ViewState } from '../../../src/protocol/webview.ts';

export interface RowPlace {
  readonly generation: number;
  /** Rows above the window. */
  readonly top: number;
  /** Was at the end of a live trace, and stays there. */
  readonly follows: boolean;
  readonly selected: { readonly key: string; readonly index: number } | undefined;
}

const NOWHERE: RowPlace = { generation: 0, top: 0, follows: true, selected: undefined };
const WRITE_MS = 200;

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** The place in what was saved, perhaps by another version; of one that kept none, only the trace. */
function asRowPlace(saved: unknown): RowPlace | undefined {
  if (!isRecord(saved)) return undefined;
  const place = isRecord(saved['place']) ? saved['place'] : { generation: saved['generation'], top: 0, follows: true };
  const { generation, top, follows } = place;
  if (!isCount(generation) || !isCount(top)) return undefined;
  const { key, index } = isRecord(place['selected']) ? place['selected'] : {};
  const isSelected = typeof key === 'string' && isCount(index);
  return { generation, top, follows: follows === true, selected: isSelected ? { key, index } : undefined };
}

export class RowPlaces {
  #now = NOWHERE;
  /** Not found again yet. */
  #saved: RowPlace | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #write: () => void;

  /** @param saved all that was kept */
  constructor(saved: unknown, write: () => void) {
    this.#saved = asRowPlace(saved);
    this.#write = write;
  }

  get top(): number {
    return this.#now.top;
  }

  /** What the next page is to find. */
  get toSave(): RowPlace {
    return this.#saved ?? this.#now;
  }

  /** Whether rows of this trace were left away from their end. */
  wasAway({ generation }: TraceSnapshot): boolean {
    return this.#saved?.generation === generation && !this.#saved.follows;
  }

  /** From the grid: rows that come and go move it too, before anybody scrolled. */
  noteTop(top: number, isScrolled: boolean): void {
    if (this.#saved !== undefined && !isScrolled) return;
    this.#note({ top });
  }

  note(change: Partial<Omit<RowPlace, 'generation'>>): void {
    this.#note(change);
  }

  /** The rows are of this trace from here on. */
  startOver(generation: number): void {
    this.#now = { ...NOWHERE, generation };
  }

  /** The saved place, once, when its rows are there; nothing when they will not come any more. */
  due(snapshot: TraceSnapshot, view: ViewState): RowPlace | undefined {
    const saved = this.#saved;
    if (saved === undefined) return undefined;
    const isReading = snapshot.source.state === 'starting';
    const isSame = saved.generation === snapshot.generation;
    const isThere = isSame && view.count > Math.max(saved.top, saved.selected?.index ?? 0);
    if (!isThere && isReading) return undefined;
    // They are being sorted.
    if (isSame && view.count === 0 && snapshot.counts.lookups > 0) return undefined;
    this.#saved = undefined;
    if (!isSame) return undefined;
    this.#now = saved;
    return saved;
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #note(change: Partial<RowPlace>): void {
    this.#saved = undefined;
    this.#now = { ...this.#now, ...change };
    // Scrolling tells of each frame.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#write();
    }, WRITE_MS);
  }
}
