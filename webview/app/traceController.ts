/**
 * The panel's state and everything that changes it. The host owns the trace; this holds the last snapshot, the view on
 * screen, the cache of rows and what the user chose. Each change makes a new immutable state and tells the listeners.
 */
import { Disposable } from '../../src/base/disposable.ts';
import { Emitter, type Event } from '../../src/base/event.ts';
import { toProblem } from '../../src/base/problem.ts';
import type { FilterCompletion } from '../../src/core/filter/complete.ts';
import type { Finding } from '../../src/core/findings/finding.ts';
import type { TraceNote } from '../../src/core/trace/traceNote.ts';
import type { EventLevel, GridRow, RowLevel } from '../../src/core/view/rows.ts';
import { asEventSort, asLookupSort, type SortOrder } from '../../src/protocol/sortOrder.ts';
import type { PanelAction, PanelPush, TraceSnapshot, ViewState } from '../../src/protocol/webview.ts';
import type { ColumnState } from '../grid/columns.ts';
import { RowCache } from '../grid/rowCache.ts';
import type { IndexRange } from '../grid/selection.ts';
import { type CompareChoice, compareSides } from './compareChoice.ts';
import { PastFilters, remembered } from './filterHistory.ts';
import { narrowedTo } from './filterTerms.ts';
import { Latest } from './latest.ts';
import type { HostPort } from './messagePort.ts';
import type { NoteDraft } from './noteDraft.ts';
import { Overviews } from './overviews.ts';
import { NO_ROWS, NO_STATE, type PanelState } from './panelState.ts';
import { isOfSameRow, paneRead } from './paneDetails.ts';
import { RowActions } from './rowActions.ts';
import { lookupOf, NO_FAILURE, rowKey, selectionFor, stillChanging } from './rowFacts.ts';
import { RowPlaces } from './rowPlace.ts';
import { snapshotUse } from './snapshotOrder.ts';
import { asUiState, sortOf, type UiState, type UiStateStore, viewRequest } from './uiState.ts';

export class TraceController extends Disposable {
  readonly #port: HostPort;
  readonly #store: UiStateStore;
  readonly #_onDidChange = this._register(new Emitter<PanelState>());
  readonly #views = new Latest();
  readonly #details = new Latest();
  readonly #history = new PastFilters();
  /** The rows are those that this page asked for. */
  #isOwnView = false;
  #state: PanelState;

  readonly onDidChange: Event<PanelState> = this.#_onDidChange.event;
  readonly cache: RowCache<GridRow>;
  readonly chosen: RowActions;
  readonly places: RowPlaces;
  readonly overviews: Overviews;

  constructor(port: HostPort, store: UiStateStore) {
    super();
    this.#port = port;
    this.#store = store;
    const saved = store.read();
    this.#state = { ...NO_STATE, ui: asUiState(saved) };
    this.places = this._register(new RowPlaces(saved, () => this.#keep({})));
    const tell = (): void => this.#set({});
    this.cache = new RowCache<GridRow>({ read: (from, to) => this.#readRows(from, to) }, tell);
    this.chosen = new RowActions({
      controller: this,
      read: (from, to) => this.#readRows(from, to),
      ask: (reply) => this.#ask(reply),
      show: (change) => this.#set(change),
    });
    this.overviews = this._register(new Overviews(port, tell, () => compareSides(this.#state.ui.compare)));
    this._register(port.onDidPush((push) => this.#onPush(push)));
  }

  get state(): PanelState {
    return this.#state;
  }

  /** Asks for the state; what the user had is restored when its rows are there. */
  start(): Promise<void> {
    return this.#askSnapshot();
  }

  // ---- view -------------------------------------------------------------------------------------------------------

  setFilter(filter: string, isChosen = false): void {
    if (isChosen) this.rememberFilter(filter);
    const old = this.#state.ui.filter;
    if (filter === old) return;
    this.#history.push({ filter: old });
    this.#setUi({ filter });
    this.#requestView();
  }

  rememberFilter(filter: string): void {
    const recent = remembered(this.#state.ui.recent, filter);
    if (recent !== this.#state.ui.recent) this.#setUi({ recent });
  }

  /** What may be written there; nothing where nobody answers. */
  async complete(text: string, cursor: number): Promise<readonly FilterCompletion[]> {
    return (await this.#ask(this.#port.request({ kind: 'filter/complete', text, cursor })))?.items ?? [];
  }

  /** The filter before this one. */
  undoFilter(): void {
    const past = this.#history.pop();
    if (past === undefined) return;
    this.#setUi(past);
    this.#requestView();
  }

  /** Of the rows on screen: lookups have an order of their own, which waits while other rows are shown. */
  setSort(sort: SortOrder | undefined): void {
    const change = this.#state.ui.rows === 'lookups' ? { sort: asLookupSort(sort) } : { eventSort: asEventSort(sort) };
    this.#set({ follow: false, ui: this.#keep(change) });
    this.#requestView();
  }

  /** What a row is. */
  setRows(rows: RowLevel): void {
    this.#setUi({ rows });
    this.#requestView();
  }

  setFollow(follow: boolean): void {
    this.places.note({ follows: follow });
    const count = this.#state.view?.count ?? 0;
    this.#set(follow && count > 0 ? { follow, jump: { index: count - 1 } } : { follow });
  }

  /** From the grid, which is already where it wants to be. */
  noteFollow(follow: boolean): void {
    if (sortOf(this.#state.ui) !== undefined && follow) return;
    this.places.note({ follows: follow });
    this.#set({ follow });
  }

  toggleFreeze(): void {
    const frozen = !this.#state.frozen;
    this.#set({ frozen });
    if (!frozen && this.#state.snapshot !== undefined) this.#adoptView(this.#state.snapshot.view);
  }

  async nextFailure(): Promise<void> {
    const { view, selectedIndex } = this.#state;
    if (view === undefined) return;
    const found = await this.#ask(
      this.#port.request({ kind: 'view/nextFailure', view: view.view, index: selectedIndex + 1 }),
    );
    if (found === undefined) return;
    if (found.index < 0) this.#set({ trouble: NO_FAILURE });
    else this.#set({ jump: { index: found.index }, ui: this.#keep({ tab: 'lookups' }) });
  }

  async toggleRow(row: GridRow, expanded: boolean): Promise<void> {
    const { view } = this.#state;
    if (view === undefined || row.kind !== 'lookup') return;
    const next = await this.#ask(this.#port.request({ kind: 'row/expand', view: view.view, lookup: row.id, expanded }));
    if (next === undefined || next.view !== this.#state.view?.view) return;
    this.cache.invalidate();
    this.#set({ view: next });
  }

  // ---- details ----------------------------------------------------------------------------------------------------

  select(row: GridRow, index: number): void {
    const selected = { key: rowKey(row), index };
    this.places.note({ selected });
    this.#set({ selected: selected.key, selectedIndex: index });
    if (this.#state.pane?.kind === 'lookup' || this.#state.pane?.kind === 'event') this.#openRow(row);
  }

  choose(chosen: readonly IndexRange[]): void {
    this.#set({ chosen });
  }

  open(row: GridRow, by: 'pointer' | 'key'): void {
    this.#openRow(row);
    if (by === 'key') this.#set({ focusPane: {} });
  }

  openLookup(lookup: number): void {
    const { pane, selected } = this.#state;
    if (selected === undefined || pane?.kind !== 'lookup' || pane.lookup !== lookup)
      this.#set({ selected: selectionFor(this.#state, this.cache, lookup) });
    // The details of the lookup before stay in sight until those of this one are here: no flicker while arrows move on.
    const details = pane?.kind === 'lookup' ? pane.details : undefined;
    const ui = this.#keep({ lookup, event: undefined, generation: this.#state.snapshot?.generation });
    this.#set({ pane: { kind: 'lookup', lookup, details, problem: undefined }, ui });
    this.#readDetails();
  }

  openEvent(rows: EventLevel, id: number): void {
    const { pane } = this.#state;
    const details = pane?.kind === 'event' ? pane.details : undefined;
    this.#set({
      pane: { kind: 'event', rows, id, details, problem: undefined },
      ui: this.#keep({ lookup: undefined, event: { rows, id }, generation: this.#state.snapshot?.generation }),
    });
    this.#readDetails();
  }

  openFinding(finding: Pick<Finding, 'filter'>): void {
    this.#set({
      pane: { kind: 'finding', filter: finding.filter },
      focusPane: {},
      ui: this.#keep({ lookup: undefined, event: undefined }),
    });
  }

  closePane(): void {
    this.#set({ pane: undefined, ui: this.#keep({ lookup: undefined, event: undefined }) });
  }

  // ---- the rest ---------------------------------------------------------------------------------------------------

  showRows(filter: string): void {
    this.#setUi({ tab: 'lookups' });
    this.setFilter(filter, true);
  }

  /** The rows that a figure counts: those that pass the conditions it was counted within, and its own. */
  showFigure(within: readonly string[], conditions: readonly string[], rows: RowLevel): void {
    const old = this.#state.ui;
    const filter = narrowedTo(within, ...conditions);
    this.rememberFilter(filter);
    if (filter !== old.filter || rows !== old.rows) this.#history.push({ filter: old.filter, rows: old.rows });
    this.#set({ focusRows: {}, ui: this.#keep({ tab: 'lookups', filter, rows }) });
    this.#requestView();
  }

  /** Of the rows on screen: lookups have columns of their own. */
  setColumns(columns: ColumnState): void {
    this.#setUi(this.#state.ui.rows === 'lookups' ? { columns } : { eventColumns: columns });
  }

  setShown(
    change: Partial<Pick<UiState, 'tab' | 'share' | 'sinceStart' | 'timeline' | 'mapAsTable' | 'statisticsOpen'>>,
  ): void {
    this.#setUi(change);
  }

  compare(change: Partial<CompareChoice>, { show = false } = {}): void {
    this.#setUi({ compare: { ...this.#state.ui.compare, ...change }, ...(show ? { tab: 'compare' } : {}) });
    this.overviews.compare.reset({ forget: false });
  }

  /** A note is written in its view; `undefined` lets go of it. */
  draftNote(draft: NoteDraft | undefined): void {
    this.#set({ draft, ...(draft === undefined ? {} : { ui: this.#keep({ tab: 'notes' }) }) });
  }

  setNotes(notes: readonly TraceNote[]): void {
    void this.#ask(this.#port.request({ kind: 'notes/set', notes }));
  }

  run(action: PanelAction): void {
    void this.#ask(this.#port.request({ kind: 'action/run', action }));
  }

  focusFilter(): void {
    this.#set({ focusFilter: {} });
  }

  dismissTrouble(): void {
    this.#set({ trouble: undefined });
  }

  // ---- inside -----------------------------------------------------------------------------------------------------

  #set(change: Partial<PanelState>): void {
    if (this.isDisposed) return;
    this.#state = { ...this.#state, ...change };
    this.#_onDidChange.fire(this.#state);
  }

  #keep(change: Partial<UiState>): UiState {
    const ui = { ...this.#state.ui, ...change };
    this.#store.write({ ...ui, place: this.places.toSave });
    return ui;
  }

  #openRow(row: GridRow): void {
    const lookup = lookupOf(row);
    if (lookup !== undefined) this.openLookup(lookup);
    else if (row.kind !== 'lookup') this.openEvent(row.kind === 'message' ? 'messages' : 'transactions', row.id);
  }

  #setUi(change: Partial<UiState>): void {
    this.#set({ ui: this.#keep(change) });
  }

  /** A refused request is shown, not thrown; a view that is gone has already been replaced. */
  async #ask<T>(reply: Promise<T>): Promise<T | undefined> {
    try {
      return await reply;
    } catch (error) {
      const trouble = toProblem(error, 'panel-request');
      if (trouble.code !== 'stale-view' && trouble.code !== 'panel-closed') this.#set({ trouble });
      return undefined;
    }
  }

  async #askSnapshot(): Promise<void> {
    const snapshot = await this.#ask(this.#port.request({ kind: 'panel/ready' }));
    if (snapshot !== undefined) this.#adoptSnapshot(snapshot);
  }

  #onPush(push: PanelPush): void {
    switch (push.kind) {
      case 'focus/filter':
        this.#set({ focusFilter: {} });
        return;
      case 'show/filter':
        this.showRows(push.filter);
        return;
      case 'trace/snapshot': {
        const use = snapshotUse(this.#state.snapshot, push);
        if (use === 'ignore') return;
        this.#adoptSnapshot(push);
        if (use === 'apply-and-ask') void this.#askSnapshot();
      }
    }
  }

  #adoptSnapshot(snapshot: TraceSnapshot): void {
    const { snapshot: old, pane, ui } = this.#state;
    const first = old === undefined;
    const cleared = old !== undefined && old.generation !== snapshot.generation;
    if (cleared) {
      this.cache.clear();
      const none =
        pane !== undefined && pane.kind !== 'finding'
          ? { pane: undefined, ui: this.#keep({ lookup: undefined, event: undefined }) }
          : {};
      this.#set({ ...NO_ROWS, ...none });
      this.overviews.reset({ forget: true });
    }
    const follow = first
      ? snapshot.source.kind === 'live' && sortOf(ui) === undefined && !this.places.wasAway(snapshot)
      : this.#state.follow;
    this.#set({ snapshot, follow });
    if (first || cleared) this.places.startOver(snapshot.generation);
    if (!this.#state.frozen) this.#adoptView(snapshot.view);
    // What the host shows is of the page before this one, or of before the clear; a snapshot does not tell its sort.
    if (first || (cleared && (sortOf(ui) !== undefined || ui.filter !== snapshot.view.filter))) this.#requestView();
    if (pane !== undefined && pane.kind !== 'finding' && !cleared && stillChanging(snapshot, pane)) this.#readDetails();
  }

  #adoptView(view: ViewState): void {
    const old = this.#state.view;
    if (old !== undefined && view.view < old.view) return;
    const same = old !== undefined && view.view === old.view;
    if (same) this.cache.invalidate();
    else this.cache.clear();
    if (same) this.overviews.touch();
    else this.overviews.reset({ forget: false });
    this.#set(same ? { view } : { view, selectedIndex: -1 });
    this.#restore();
  }

  #restore(): void {
    const { snapshot, view, ui } = this.#state;
    if (!this.#isOwnView || snapshot === undefined || view === undefined) return;
    const place = this.places.due(snapshot, view);
    if (place === undefined) return;
    const isSame = ui.generation === place.generation;
    if (isSame && ui.lookup !== undefined) this.openLookup(ui.lookup);
    else if (isSame && ui.event !== undefined) this.openEvent(ui.event.rows, ui.event.id);
    const { selected } = place;
    if (selected !== undefined) this.#set({ selected: selected.key, selectedIndex: selected.index });
    // The end of a live trace is found by following it.
    if (!place.follows || snapshot.source.kind === 'file') this.#set({ place });
  }

  #requestView(): void {
    this.#views.run(async () => {
      const view = await this.#ask(this.#port.request(viewRequest(this.#state.ui)));
      if (view === undefined) return;
      this.#set({ frozen: false });
      this.#isOwnView = true;
      this.#adoptView(view);
    });
  }

  async #readRows(from: number, to: number): Promise<readonly GridRow[]> {
    const { view } = this.#state;
    if (view === undefined) return [];
    const reply = await this.#port.request({ kind: 'rows/read', view: view.view, from, to: Math.min(to, view.count) });
    if (reply.view !== this.#state.view?.view) throw new Error('The view is gone');
    const start = reply.from === 0 ? reply.rows[0]?.timeUs : undefined;
    const { startUs, ui } = this.#state;
    if (start !== undefined && sortOf(ui) === undefined && (startUs === undefined || start < startUs))
      this.#set({ startUs: start });
    return reply.rows;
  }

  #readDetails(): void {
    this.#details.run(async () => {
      const { pane } = this.#state;
      if (pane === undefined || pane.kind === 'finding') return;
      const read = await paneRead(this.#port, pane);
      if (isOfSameRow(this.#state.pane, read)) this.#set({ pane: read });
    });
  }
}
