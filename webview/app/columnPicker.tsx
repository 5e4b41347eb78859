import { useState } from 'preact/hooks';
import { moveColumn, visibleColumns, withColumn } from '../grid/columns.ts';
import { IconButton, LinkButton } from '../widgets/button.tsx';
import { Checkbox } from '../widgets/checkbox.tsx';
import { Divider } from '../widgets/divider.tsx';
import { Popover } from '../widgets/popover.tsx';
import { lookupColumns } from './lookupColumns.tsx';
import type { PanelState } from './panelState.ts';
import type { TraceController } from './traceController.ts';
import { DEFAULT_COLUMNS, DEFAULT_EVENT_COLUMNS } from './uiState.ts';

const CHOICES = lookupColumns({ startUs: undefined, live: false });

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
  const columns = rows === 'lookups' ? state.ui.columns : state.ui.eventColumns;
  const usual = rows === 'lookups' ? DEFAULT_COLUMNS : DEFAULT_EVENT_COLUMNS;
  const shown = visibleColumns(CHOICES, columns);
  return (
    <div class="picker">
      <IconButton icon="columns" label="Columns" expanded={open} onClick={() => setOpen(!open)} />
      {open && (
        <Popover label="Columns" onClose={() => setOpen(false)}>
          {[...shown, ...CHOICES.filter((column) => !shown.includes(column))].map((column) => {
            const place = shown.indexOf(column);
            const move = (to: number): void => controller.setColumns(moveColumn(columns, column.id, to));
            return (
              <div key={column.id} class="picker-row">
                <Checkbox
                  checked={place >= 0}
                  disabled={shown.length === 1 && place === 0}
                  onChange={(checked) => controller.setColumns(withColumn(CHOICES, columns, column.id, checked))}
                >
                  {column.title}
                </Checkbox>
                {place >= 0 && (
                  <>
                    <IconButton
                      icon="up"
                      label={`Move ${column.title} to the left`}
                      disabled={place === 0}
                      onClick={() => move(place - 1)}
                    />
                    <IconButton
                      icon="down"
                      label={`Move ${column.title} to the right`}
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
            Time since the trace began
          </Checkbox>
          <Divider />
          <LinkButton
            onClick={() =>
              controller.setColumns({ visible: CHOICES.map((column) => column.id), widths: columns.widths })
            }
          >
            Show all
          </LinkButton>
          <LinkButton onClick={() => controller.setColumns({ visible: usual, widths: {} })}>
            Reset columns and widths
          </LinkButton>
        </Popover>
      )}
    </div>
  );
}
