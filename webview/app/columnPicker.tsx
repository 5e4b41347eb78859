import { useState } from 'preact/hooks';
import { withColumn } from '../grid/columns.ts';
import { IconButton, LinkButton } from '../widgets/button.tsx';
import { Checkbox } from '../widgets/checkbox.tsx';
import { Divider } from '../widgets/divider.tsx';
import { Popover } from '../widgets/popover.tsx';
import { lookupColumns } from './lookupColumns.tsx';
import type { PanelState, TraceController } from './traceController.ts';
import { DEFAULT_COLUMNS } from './uiState.ts';

const CHOICES = lookupColumns({ startUs: undefined, live: false });

/** Which columns the grid shows. */
export function ColumnPicker({
  state,
  controller,
}: {
  readonly state: PanelState;
  readonly controller: TraceController;
}) {
  const [open, setOpen] = useState(false);
  const { columns, sinceStart } = state.ui;
  return (
    <div class="picker">
      <IconButton icon="columns" label="Columns" expanded={open} onClick={() => setOpen(!open)} />
      {open && (
        <Popover label="Columns" onClose={() => setOpen(false)}>
          {CHOICES.map((column) => (
            <Checkbox
              key={column.id}
              checked={columns.visible.includes(column.id)}
              disabled={columns.visible.length === 1 && columns.visible.includes(column.id)}
              onChange={(shown) => controller.setColumns(withColumn(CHOICES, columns, column.id, shown))}
            >
              {column.title}
            </Checkbox>
          ))}
          <Divider />
          <Checkbox checked={sinceStart} onChange={(checked) => controller.setSinceStart(checked)}>
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
          <LinkButton onClick={() => controller.setColumns({ visible: DEFAULT_COLUMNS, widths: {} })}>
            Reset columns and widths
          </LinkButton>
        </Popover>
      )}
    </div>
  );
}
