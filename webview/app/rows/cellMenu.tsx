import * as l10n from '@vscode/l10n';
import type { GridRow } from '../../../src/core/view/rows.ts';
import type { Column } from '../../grid/columns.ts';
import { Icon } from '../../widgets/icon.tsx';
import { Menu, type MenuItem } from '../../widgets/menu.tsx';
import { type CellFilter, cellFilter, withTerm } from './cellFilter.ts';
import { beforeAndAfter } from '../compare/compareChoice.ts';
import { exportItem, wiresharkItem } from './moreActions.tsx';
import type { CopyFormat } from './rowText.ts';
import type { TraceController } from '../traceController.ts';

/** Values longer than this are cut in the menu; the filter has them whole. */
const MOST_CHARACTERS = 60;

function shortened(value: string): string {
  return value.length > MOST_CHARACTERS ? `${value.slice(0, MOST_CHARACTERS - 1)}…` : value;
}

function apply(controller: TraceController, { include, exclude }: CellFilter, wanted: boolean): void {
  const terms = controller.state.view?.terms ?? [];
  controller.setFilter(wanted ? withTerm(terms, include, exclude) : withTerm(terms, exclude, include), true);
}

/** Of the rows that are selected. */
const COPIES: readonly (readonly [label: string, format: CopyFormat])[] = [
  [l10n.t('Copy'), 'text'],
  [l10n.t('Copy as JSON'), 'json'],
  [l10n.t('Copy dig Command'), 'dig'],
];

export interface CellMenuPlace {
  readonly row: GridRow;
  /** The cell; all of the row's when the keyboard opened it. */
  readonly column: string | undefined;
  readonly x: number;
  readonly y: number;
}

/** What may be done with a row: filter by what its cells say, copy it, export it, see the packets. */
export function CellMenu({
  place,
  columns,
  controller,
  onClose,
}: {
  readonly place: CellMenuPlace;
  /** Those on screen. */
  readonly columns: readonly Column<GridRow>[];
  readonly controller: TraceController;
  readonly onClose: () => void;
}) {
  const { row, column, x, y } = place;
  const shown = columns.filter(({ id }) => column === undefined || id === column);
  const items = shown.flatMap(({ id, title }): readonly MenuItem[] => {
    const filter = cellFilter(id, row, controller.state.ui.rows === 'lookups');
    if (filter === undefined) return [];
    const of = `: ${title} ${shortened(filter.value)}`;
    return [
      {
        label: l10n.t('Filter for this value{0}', of),
        isFirstOfGroup: true,
        onChoose: () => apply(controller, filter, true),
      },
      { label: l10n.t('Exclude this value{0}', of), onChoose: () => apply(controller, filter, false) },
    ];
  });
  const compare: readonly MenuItem[] = shown.some(({ id }) => id === 'time')
    ? [
        {
          label: l10n.t('Compare before and after this moment'),
          isFirstOfGroup: true,
          onChoose: () => controller.compare(beforeAndAfter(row.timeUs), { show: true }),
        },
      ]
    : [];
  const copies = COPIES.map(([label, format], index) => ({
    label,
    isFirstOfGroup: index === 0,
    onChoose: () => void controller.chosen.copy(format, columns),
  }));
  return (
    <Menu
      label={l10n.t('Row')}
      x={x}
      y={y}
      items={[...items, ...compare, ...copies, exportItem(controller), wiresharkItem(controller)]}
      onClose={onClose}
    />
  );
}

/** The same in one click, over the cell the pointer is at. */
export function cellTools(
  row: GridRow | undefined,
  column: string,
  controller: TraceController,
): ReturnType<typeof CellButtons> | undefined {
  const filter = row === undefined ? undefined : cellFilter(column, row, controller.state.ui.rows === 'lookups');
  return filter && <CellButtons filter={filter} controller={controller} />;
}

function CellButtons({ filter, controller }: { readonly filter: CellFilter; readonly controller: TraceController }) {
  return (
    <>
      <CellButton wanted filter={filter} controller={controller} />
      <CellButton wanted={false} filter={filter} controller={controller} />
    </>
  );
}

function CellButton({
  wanted,
  filter,
  controller,
}: {
  readonly wanted: boolean;
  readonly filter: CellFilter;
  readonly controller: TraceController;
}) {
  const label = wanted
    ? l10n.t('Filter for this value: {0}', shortened(filter.value))
    : l10n.t('Exclude this value: {0}', shortened(filter.value));
  return (
    <button
      type="button"
      class="grid-tool"
      tabIndex={-1}
      title={label}
      aria-label={label}
      // The focus stays in the grid.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => apply(controller, filter, wanted)}
    >
      <Icon name={wanted ? 'include' : 'exclude'} />
    </button>
  );
}
