/** The rows on screen: which view of the trace they are of, where the user is among them, which of them are selected and open. */
import type { GridRow } from '../../../src/core/view/rows.ts';
import type { TraceSnapshot, ViewState } from '../../../src/protocol/webview.ts';
import { RowCache } from '../../grid/rowCache.ts';
import type { IndexRange } from '../../grid/selection.ts';
import type { OpenDetails } from '../details/openDetails.ts';
import { Latest } from '../latest.ts';
import type { HostPort } from '../messagePort.ts';
import type { Overviews } from '../overviews.ts';
import { NO_ROWS } from '../panelState.ts';
import type { PanelStore } from '../panelStore.ts';
import { sortOf, viewRequest } from '../uiState.ts';
import { NO_FAILURE, rowKey, selectedNow } from './rowFacts.ts';

export interface ShownRowsPorts {
  readonly port: HostPort;
  readonly panel: PanelStore;
  readonly details: OpenDetails;
  readonly overviews: Overviews;
}

export class ShownRows {
  readonly #ports: ShownRowsPorts;
  readonly #views = new Latest();
  /** The rows are those that this page asked for. */
  #isOwnView = false;

  readonly cache: RowCache<GridRow>;

  constructor(ports: ShownRowsPorts) {
    this.#ports = ports;
    this.cache = new RowCache<GridRow>({ read: (from, to) => this.read(from, to) }, () => ports.panel.set({}));
  }

  // ---- what the user does -----------------------------------------------------------------------------------------

  setFollow(follow: boolean): void {
    const { panel } = this.#ports;
    panel.places.note({ follows: follow });
    panel.set(follow ? { follow, place: { top: Infinity } } : { follow });
  }

  /** From the grid, which is already where it wants to be. */
  noteFollow(follow: boolean): void {
    const { panel } = this.#ports;
    if (sortOf(panel.state.ui) !== undefined && follow) return;
    panel.places.note({ follows: follow });
    panel.set({ follow });
  }

  toggleFreeze(): void {
    const { panel } = this.#ports;
    const frozen = !panel.state.frozen;
    panel.set({ frozen });
    if (!frozen && panel.state.snapshot !== undefined) this.adoptView(panel.state.snapshot.view);
  }

  async nextFailure(): Promise<void> {
    const { panel, port } = this.#ports;
    const { view } = panel.state;
    if (view === undefined) return;
    const selectedIndex = selectedNow(panel.state, this.cache);
    const found = await panel.ask(
      port.request({ kind: 'view/nextFailure', view: view.view, index: selectedIndex + 1 }),
    );
    if (found === undefined) return;
    if (found.index < 0) panel.set({ trouble: NO_FAILURE });
    else panel.set({ jump: { index: found.index }, ui: panel.keep({ tab: 'lookups' }) });
  }

  async toggle(row: GridRow, expanded: boolean): Promise<void> {
    const { panel, port } = this.#ports;
    const { view } = panel.state;
    if (view === undefined || row.kind !== 'lookup') return;
    const next = await panel.ask(port.request({ kind: 'row/expand', view: view.view, lookup: row.id, expanded }));
    if (next === undefined || next.view !== panel.state.view?.view) return;
    this.cache.invalidate();
    panel.set({ view: next });
  }

  select(row: GridRow, index: number): void {
    const { panel, details } = this.#ports;
    const selected = { key: rowKey(row), index };
    panel.places.note({ selected });
    panel.set({ selected: selected.key, selectedIndex: index });
    details.follow(row);
  }

  choose(chosen: readonly IndexRange[]): void {
    this.#ports.panel.set({ chosen });
  }

  open(row: GridRow, by: 'pointer' | 'key'): void {
    const { panel, details } = this.#ports;
    details.openRow(row);
    if (by === 'key') panel.set({ focusPane: {} });
  }

  // ---- what the host has ------------------------------------------------------------------------------------------

  /** Filter, order and level as the user has them now. */
  request(): void {
    const { panel, port } = this.#ports;
    this.#views.run(async () => {
      const view = await panel.ask(port.request(viewRequest(panel.state.ui)));
      if (view === undefined) return;
      panel.set({ frozen: false });
      this.#isOwnView = true;
      this.adoptView(view);
    });
  }

  /** Of another trace, from now on. */
  forget(): void {
    this.cache.clear();
    this.#ports.panel.set(NO_ROWS);
  }

  adoptSnapshot(snapshot: TraceSnapshot): void {
    if (!this.#ports.panel.state.frozen) this.adoptView(snapshot.view);
  }

  adoptView(view: ViewState): void {
    const { panel, overviews } = this.#ports;
    const old = panel.state.view;
    if (old !== undefined && view.view < old.view) return;
    const same = old !== undefined && view.view === old.view;
    if (same) this.cache.invalidate();
    else this.cache.clear();
    if (same) overviews.touch();
    else overviews.reset({ forget: false });
    panel.set(same ? { view } : { view, selectedIndex: -1 });
    this.#restore();
  }

  /** Rejects where the view is gone. */
  async read(from: number, to: number): Promise<readonly GridRow[]> {
    const { panel, port } = this.#ports;
    const { view } = panel.state;
    if (view === undefined) return [];
    const reply = await port.request({ kind: 'rows/read', view: view.view, from, to: Math.min(to, view.count) });
    if (reply.view !== panel.state.view?.view) throw new Error('The view is gone');
    const start = reply.from === 0 ? reply.rows[0]?.timeUs : undefined;
    const { startUs, ui } = panel.state;
    if (start !== undefined && sortOf(ui) === undefined && (startUs === undefined || start < startUs))
      panel.set({ startUs: start });
    return reply.rows;
  }

  #restore(): void {
    const { panel, details } = this.#ports;
    const { snapshot, view, ui } = panel.state;
    if (!this.#isOwnView || snapshot === undefined || view === undefined) return;
    const place = panel.places.due(snapshot, view);
    if (place === undefined) return;
    const isSame = ui.generation === place.generation;
    if (isSame && ui.lookup !== undefined) details.openLookup(ui.lookup);
    else if (isSame && ui.event !== undefined) details.openEvent(ui.event.rows, ui.event.id);
    const { selected } = place;
    if (selected !== undefined) panel.set({ selected: selected.key, selectedIndex: selected.index });
    // The end of a live trace is found by following it.
    if (!place.follows || snapshot.source.kind === 'file') panel.set({ place });
  }
}
