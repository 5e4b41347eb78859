/** What is done with the chosen rows. */
import type { GridRow } from '../../../src/core/view/rows.ts';
import type { PanelAction } from '../../../src/protocol/webview.ts';
import type { Column } from '../../grid/columns.ts';
import { chosenLookups, chosenRanges, notExported, type ReadRows } from './chosenRows.ts';
import type { PanelState } from '../panelState.ts';
import { type CopyFormat, copyText } from './rowText.ts';

export interface RowActionPorts {
  readonly controller: { readonly state: PanelState; run(action: PanelAction): void };
  readonly read: ReadRows;
  /** Index of the selected row, −1 when none is. */
  readonly selected: () => number;
  /** What is refused is shown, and comes to nothing. */
  readonly ask: <T>(reply: Promise<T>) => Promise<T | undefined>;
  readonly show: (change: Pick<PanelState, 'trouble'>) => void;
}

export class RowActions {
  readonly #ports: RowActionPorts;

  constructor(ports: RowActionPorts) {
    this.#ports = ports;
  }

  /** To the clipboard, which is the host's. */
  async copy(format: CopyFormat, columns: readonly Column<GridRow>[]): Promise<void> {
    const { controller, read, ask, selected } = this.#ports;
    const text = await ask(copyText(read, chosenRanges(controller.state, selected()), format, columns));
    if (text !== undefined && text !== '') controller.run({ name: 'copy', text });
  }

  /** Their lookups to a file that the user is asked for. */
  async exportLookups(): Promise<void> {
    const { controller, read, ask, show, selected } = this.#ports;
    const generation = controller.state.snapshot?.generation;
    const found = await ask(chosenLookups(read, chosenRanges(controller.state, selected())));
    if (found === undefined || generation === undefined) return;
    controller.run({ name: 'exportRows', lookups: found.lookups, generation });
    if (found.without > 0) show({ trouble: notExported(found.without) });
  }
}
