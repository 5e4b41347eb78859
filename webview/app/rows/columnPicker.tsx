import * as l10n from '@vscode/l10n';
import { useState } from 'preact/hooks';
import { moveColumn, visibleColumns, withColumn } from '../../grid/columns.ts';
import { IconButton, LinkButton } from '../../widgets/button.tsx';
import { Checkbox } from '../../widgets/checkbox.tsx';
import { Divider } from '../../widgets/divider.tsx';
import { Popover } from '../../widgets/popover.tsx';
import { columnsFor } from './nodeColumns.tsx';
import { hasNodeColumns } from './panelRows.ts';
import type { PanelState } from '../panelState.ts';
import type { TraceController } from '../traceController.ts';
import { columnsOfRows, usualColumns } from '../uiState.ts';

const CONTEXT = { startUs: undefined, live: false };
const CHOICES = { usual: columnsFor('lookups', CONTEXT), more: columnsFor('node', CONTEXT) };

/** Which columns the grid shows, and in which order; headings can be drawn to their places as well. */
export function ColumnPicker({
  state,
  controller,
}: {
  readonly state: PanelState;
  readonly controller: TraceController;
}) {
  const [open, setOpen] = useState(false);
  const { rows, sinceStart } = state.ui;
  const columns = columnsOfRows(state.ui);
  const usual = usualColumns(state.ui);
  const choices = CHOICES[hasNodeColumns(rows) ? 'more' : 'usual'];
  const shown = visibleColumns(choices, columns);
  return (
    <div class="picker">
      <IconButton icon="columns" label={l10n.t('Columns')} expanded={open} onClick={() => setOpen(!open)} />
      {open && (
        <Popover label={l10n.t('Columns')} onClose={() => setOpen(false)}>
          {[...shown, ...choices.filter((column) => !shown.includes(column))].map((column) => {
            const place = shown.indexOf(column);
            const move = (to: number): void => controller.setColumns(moveColumn(columns, column.id, to));
            return (
              <div key={column.id} class="picker-row">
                <Checkbox
                  checked={place >= 0}
                  disabled={shown.length === 1 && place === 0}
                  onChange={(checked) => controller.setColumns(withColumn(choices, columns, column.id, checked))}
                >
                  {column.title}
                </Checkbox>
                {place >= 0 && (
                  <>
                    <IconButton
                      icon="up"
                      label={l10n.t('Move {0} to the left', column.title)}
                      disabled={place === 0}
                      onClick={() => move(place - 1)}
                    />
                    <IconButton
                      icon="down"
                      label={l10n.t('Move {0} to the right', column.title)}
                      disabled={place === shown.length - 1}
                      onClick={() => move(place + 1)}
                    />
                  </>
                )}
              </div>
            );
          })}
          <Divider />
          <Checkbox checked={sinceStart} onChange={(checked) => controller.setShown({ sinceStart: checked })}>
            {l10n.t('Time since the trace began')}
          </Checkbox>
          <Divider />
          <LinkButton
            onClick={() =>
              controller.setColumns({ visible: choices.map((column) => column.id), widths: columns.widths })
            }
          >
            {l10n.t('Show all')}
          </LinkButton>
          <LinkButton onClick={() => controller.setColumns({ visible: usual, widths: {} })}>
            {l10n.t('Reset columns and widths')}
          </LinkButton>
        </Popover>
      )}
    </div>
  );
}
