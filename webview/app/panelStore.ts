/** The panel's state, and what of it is kept for the page after this one: each change makes a new whole and tells the listeners. */
import { Disposable } from '../../src/base/disposable.ts';
import { Emitter, type Event } from '../../src/base/event.ts';
import { toProblem } from '../../src/base/problem.ts';
import { NO_STATE, type PanelState } from './panelState.ts';
import { RowPlaces } from './rows/rowPlace.ts';
import { asUiState, type UiState, type UiStateStore } from './uiState.ts';

export class PanelStore extends Disposable {
  readonly #kept: UiStateStore;
  readonly #_onDidChange = this._register(new Emitter<PanelState>());
  #state: PanelState;

  readonly onDidChange: Event<PanelState> = this.#_onDidChange.event;
  readonly places: RowPlaces;

  constructor(kept: UiStateStore) {
    super();
    this.#kept = kept;
    const saved = kept.read();
    this.#state = { ...NO_STATE, ui: asUiState(saved) };
    this.places = this._register(new RowPlaces(saved, () => this.keep({})));
  }

  get state(): PanelState {
    return this.#state;
  }

  set(change: Partial<PanelState>): void {
    if (this.isDisposed) return;
    this.#state = { ...this.#state, ...change };
    this.#_onDidChange.fire(this.#state);
  }

  /** Writes it down; the caller puts it in force, with what else changes. */
  keep(change: Partial<UiState>): UiState {
    const ui = { ...this.#state.ui, ...change };
    this.#kept.write({ ...ui, place: this.places.toSave });
    return ui;
  }

  setUi(change: Partial<UiState>): void {
    this.set({ ui: this.keep(change) });
  }

  /** A refused request is shown, not thrown; a view that is gone has already been replaced. */
  async ask<T>(reply: Promise<T>): Promise<T | undefined> {
    try {
      return await reply;
    } catch (error) {
      const trouble = toProblem(error, 'panel-request');
      if (trouble.code !== 'stale-view' && trouble.code !== 'panel-closed') this.set({ trouble });
      return undefined;
    }
  }
}
