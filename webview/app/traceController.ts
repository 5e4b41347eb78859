/**
 * The panel's state and everything that changes it, wired: the host owns the trace, the store holds the state (panelStore.ts), the rows on
 * screen (rows/shownRows.ts), the side pane (details/openDetails.ts) and the pictures of the whole (overviews.ts) change their parts of
 * it. Here stands what concerns several of them: filters, snapshots of the host, what views show.
 */
import { Disposable } from '../../src/base/disposable.ts';
import type { Event } from '../../src/base/event.ts';
import type { FilterCompletion } from '../../src/core/filter/complete.ts';
import type { TraceNote } from '../../src/core/trace/traceNote.ts';
import { asEventSort, asLookupSort, type SortOrder } from '../../src/protocol/sortOrder.ts';
import type { PanelAction, PanelPush, TraceSnapshot } from '../../src/protocol/webview.ts';
import type { ColumnState } from '../grid/columns.ts';
import type { CompareChoice } from './compare/compareChoice.ts';
import { OpenDetails } from './details/openDetails.ts';
import { PastFilters, remembered } from './filter/filterHistory.ts';
import { narrowedTo } from './filter/filterTerms.ts';
import type { HostPort } from './messagePort.ts';
import type { NoteDraft } from './notes/noteDraft.ts';
import { Overviews } from './overviews.ts';
import type { PanelState } from './panelState.ts';
import { PanelStore } from './panelStore.ts';
import type { PanelRows } from './rows/panelRows.ts';
import { RowActions } from './rows/rowActions.ts';
import { selectedNow, selectionFor } from './rows/rowFacts.ts';
import type { RowPlaces } from './rows/rowPlace.ts';
import { ShownRows } from './rows/shownRows.ts';
import { snapshotUse } from './snapshotOrder.ts';
import { type ShownChange, sortOf, type UiStateStore, withColumns } from './uiState.ts';

export class TraceController extends Disposable {
  readonly #port: HostPort;
  readonly #panel: PanelStore;
  readonly #history = new PastFilters();

  readonly onDidChange: Event<PanelState>;
  readonly rows: ShownRows;
  readonly details: OpenDetails;
  readonly chosen: RowActions;
  readonly places: RowPlaces;
  readonly overviews: Overviews;

  constructor(port: HostPort, store: UiStateStore) {
    super();
    this.#port = port;
    const panel = this._register(new PanelStore(store));
    this.#panel = panel;
    this.onDidChange = panel.onDidChange;
    this.places = panel.places;
    this.overviews = this._register(
      new Overviews(
        port,
        () => panel.set({}),
        () => panel.state.ui,
      ),
    );
    this.details = new OpenDetails(port, panel, (lookup) => selectionFor(panel.state, this.rows.cache, lookup));
    this.rows = new ShownRows({ port, panel, details: this.details, overviews: this.overviews });
    this.chosen = new RowActions({
      controller: this,
      read: (from, to) => this.rows.read(from, to),
      selected: () => selectedNow(panel.state, this.rows.cache),
      ask: (reply) => panel.ask(reply),
      show: (change) => panel.set(change),
    });
    this._register(port.onDidPush((push) => this.#onPush(push)));
  }

  get state(): PanelState {
    return this.#panel.state;
  }

  /** Asks for the state; what the user had is restored when its rows are there. */
  start(): Promise<void> {
    return this.#askSnapshot();
  }

  // ---- which rows -------------------------------------------------------------------------------------------------

  setFilter(filter: string, isChosen = false): void {
    if (isChosen) this.rememberFilter(filter);
    const old = this.state.ui.filter;
    if (filter === old) return;
    this.#history.push({ filter: old });
    this.#panel.setUi({ filter });
    this.rows.request();
  }

  rememberFilter(filter: string): void {
    const recent = remembered(this.state.ui.recent, filter);
    if (recent !== this.state.ui.recent) this.#panel.setUi({ recent });
  }

  /** What may be written there; nothing where nobody answers. */
  async complete(text: string, cursor: number): Promise<readonly FilterCompletion[]> {
    return (await this.#panel.ask(this.#port.request({ kind: 'filter/complete', text, cursor })))?.items ?? [];
  }

  /** The filter before this one. */
  undoFilter(): void {
    const past = this.#history.pop();
    if (past === undefined) return;
    this.#panel.setUi(past);
    this.rows.request();
  }

  /** Of the rows on screen: lookups have an order of their own, which waits while other rows are shown. */
  setSort(sort: SortOrder | undefined): void {
    const change = this.state.ui.rows === 'lookups' ? { sort: asLookupSort(sort) } : { eventSort: asEventSort(sort) };
    this.#panel.set({ follow: false, ui: this.#panel.keep(change) });
    this.rows.request();
  }

  /** What a row is. */
  setRows(rows: PanelRows): void {
    this.#panel.setUi({ rows });
    this.rows.request();
  }

  /** @param rows what is shown at the moment, where nothing was counted */
  showRows(filter: string, rows = this.state.ui.rows): void {
    const old = this.state.ui;
    this.rememberFilter(filter);
    this.#panel.setUi({ tab: 'lookups', filter, rows });
    if (filter === old.filter && rows === old.rows) return;
    this.#history.push(rows === old.rows ? { filter: old.filter } : { filter: old.filter, rows: old.rows });
    this.rows.request();
  }

  /** The rows that a figure counts: those that pass the conditions it was counted within, and its own. */
  showFigure(within: readonly string[], conditions: readonly string[], rows: PanelRows): void {
    this.showRows(narrowedTo(within, ...conditions), rows);
    this.#panel.set({ focusRows: {} });
  }

  // ---- the rest ---------------------------------------------------------------------------------------------------

  /** Of the rows on screen: lookups have columns of their own. */
  setColumns(columns: ColumnState): void {
    this.#panel.setUi(withColumns(this.state.ui, columns));
  }

  setShown(change: ShownChange): void {
    this.#panel.setUi(change);
    if ('zoom' in change) this.overviews.timeline.reset({ forget: false });
  }

  compare(change: Partial<CompareChoice>, { show = false } = {}): void {
    const compare = { ...this.state.ui.compare, ...change };
    this.#panel.setUi({ compare, ...(show ? { tab: 'compare' } : {}) });
    this.overviews.compare.reset({ forget: false });
  }

  /** A note is written in its view; `undefined` lets go of it. */
  draftNote(draft: NoteDraft | undefined): void {
    this.#panel.set({ draft, ...(draft === undefined ? {} : { ui: this.#panel.keep({ tab: 'notes' }) }) });
  }

  setNotes(notes: readonly TraceNote[]): void {
    void this.#panel.ask(this.#port.request({ kind: 'notes/set', notes }));
  }

  run(action: PanelAction): void {
    void this.#panel.ask(this.#port.request({ kind: 'action/run', action }));
  }

  focusFilter(): void {
    this.#panel.set({ focusFilter: {} });
  }

  dismissTrouble(): void {
    this.#panel.set({ trouble: undefined });
  }

  // ---- what the host says -----------------------------------------------------------------------------------------

  async #askSnapshot(): Promise<void> {
    const snapshot = await this.#panel.ask(this.#port.request({ kind: 'panel/ready' }));
    if (snapshot !== undefined) this.#adoptSnapshot(snapshot);
  }

  #onPush(push: PanelPush): void {
    switch (push.kind) {
      case 'focus/filter':
        this.focusFilter();
        return;
      case 'show/filter':
        // Of a figure beside the Corefile, which counts lookups.
        this.showRows(push.filter, 'lookups');
        return;
      case 'trace/snapshot': {
        const use = snapshotUse(this.state.snapshot, push);
        if (use === 'ignore') return;
        this.#adoptSnapshot(push);
        if (use === 'apply-and-ask') void this.#askSnapshot();
      }
    }
  }

  #adoptSnapshot(snapshot: TraceSnapshot): void {
    const { snapshot: old, ui } = this.state;
    const first = old === undefined;
    const cleared = old !== undefined && old.generation !== snapshot.generation;
    if (cleared) {
      this.rows.forget();
      this.details.forgetRow();
      this.overviews.reset({ forget: true });
    }
    const follow = first
      ? snapshot.source.kind === 'live' && sortOf(ui) === undefined && !this.places.wasAway(snapshot)
      : this.state.follow;
    this.#panel.set({ snapshot, follow });
    if (first || cleared) this.places.startOver(snapshot.generation);
    this.rows.adoptSnapshot(snapshot);
    // What the host shows is of the page before this one, or of before the clear; a snapshot does not tell its sort.
    if (first || (cleared && (sortOf(ui) !== undefined || ui.filter !== snapshot.view.filter))) this.rows.request();
    this.details.refresh(snapshot);
  }
}
