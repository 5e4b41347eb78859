/** What the side pane shows: opened by a row, a finding or what was kept, and read from the host. */
import type { Finding } from '../../../src/core/findings/finding.ts';
import type { EventLevel, GridRow } from '../../../src/core/view/rows.ts';
import type { TraceSnapshot } from '../../../src/protocol/webview.ts';
import { Latest } from '../latest.ts';
import type { HostPort } from '../messagePort.ts';
import type { PanelStore } from '../panelStore.ts';
import { lookupOf, stillChanging } from '../rows/rowFacts.ts';
import { isOfSameRow, paneRead } from './paneDetails.ts';

export class OpenDetails {
  readonly #port: HostPort;
  readonly #panel: PanelStore;
  /** Key of the row that is to be selected for a lookup. */
  readonly #selectionFor: (lookup: number) => string;
  readonly #reads = new Latest();

  constructor(port: HostPort, panel: PanelStore, selectionFor: (lookup: number) => string) {
    this.#port = port;
    this.#panel = panel;
    this.#selectionFor = selectionFor;
  }

  openRow(row: GridRow): void {
    const lookup = lookupOf(row);
    if (lookup !== undefined) this.openLookup(lookup);
    else if (row.kind !== 'lookup') this.openEvent(row.kind === 'message' ? 'messages' : 'transactions', row.id);
  }

  openLookup(lookup: number): void {
    const { pane, selected, snapshot } = this.#panel.state;
    if (selected === undefined || pane?.kind !== 'lookup' || pane.lookup !== lookup)
      this.#panel.set({ selected: this.#selectionFor(lookup) });
    // The details of the lookup before stay in sight until those of this one are here: no flicker while arrows move on.
    const details = pane?.kind === 'lookup' ? pane.details : undefined;
    const ui = this.#panel.keep({ lookup, event: undefined, generation: snapshot?.generation });
    this.#panel.set({ pane: { kind: 'lookup', lookup, details, problem: undefined }, ui });
    this.#read();
  }

  openEvent(rows: EventLevel, id: number): void {
    const { pane, snapshot } = this.#panel.state;
    const details = pane?.kind === 'event' ? pane.details : undefined;
    this.#panel.set({
      pane: { kind: 'event', rows, id, details, problem: undefined },
      ui: this.#panel.keep({ lookup: undefined, event: { rows, id }, generation: snapshot?.generation }),
    });
    this.#read();
  }

  openFinding(finding: Pick<Finding, 'filter'>): void {
    this.#panel.set({
      pane: { kind: 'finding', filter: finding.filter },
      focusPane: {},
      ui: this.#panel.keep({ lookup: undefined, event: undefined }),
    });
  }

  close(): void {
    const ui = this.#panel.keep({ lookup: undefined, event: undefined });
    this.#panel.set({ pane: undefined, focusPane: undefined, ui });
  }

  /** Another row is selected: the pane goes with it where it shows rows. */
  follow(row: GridRow): void {
    if (this.#panel.state.pane?.kind === 'lookup' || this.#panel.state.pane?.kind === 'event') this.openRow(row);
  }

  /** The trace is another: its rows mean something else, a finding may still hold. */
  forgetRow(): void {
    const { pane } = this.#panel.state;
    if (pane !== undefined && pane.kind !== 'finding') this.close();
  }

  /** The trace has grown. */
  refresh(snapshot: TraceSnapshot): void {
    const { pane } = this.#panel.state;
    if (pane !== undefined && pane.kind !== 'finding' && stillChanging(snapshot, pane)) this.#read();
  }

  #read(): void {
    this.#reads.run(async () => {
      const { pane } = this.#panel.state;
      if (pane === undefined || pane.kind === 'finding') return;
      const read = await paneRead(this.#port, pane);
      if (isOfSameRow(this.#panel.state.pane, read)) this.#panel.set({ pane: read });
    });
  }
}
