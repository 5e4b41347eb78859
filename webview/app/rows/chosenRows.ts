/** The rows that are chosen, read a window at a time; and the lookups they are of, for what takes lookups. */
import * as l10n from '@vscode/l10n';
import { type Problem, ProblemError } from '../../../src/base/problem.ts';
import { MAX_WINDOW, type GridRow } from '../../../src/core/view/rows.ts';
import { MOST_CHOSEN } from '../../../src/protocol/webview.ts';
import type { IndexRange } from '../../grid/selection.ts';
import { formatCount, formatPlural } from '../../widgets/format.ts';
import type { PanelState } from '../panelState.ts';
import { lookupOf } from './rowFacts.ts';

export type ReadRows = (from: number, to: number) => Promise<readonly GridRow[]>;

/** What is chosen, or the one row that is selected. @param selected where that is now */
export function chosenRanges({ chosen }: PanelState, selected: number): readonly IndexRange[] {
  if (chosen.length > 0) return chosen;
  return selected < 0 ? [] : [{ from: selected, to: selected }];
}

export const countOf = (ranges: readonly IndexRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);

export async function readChosen(read: ReadRows, ranges: readonly IndexRange[]): Promise<readonly GridRow[]> {
  const rows: GridRow[] = [];
  for (const { from, to } of ranges)
    for (let at = Math.max(0, from); at <= to; at += MAX_WINDOW)
      rows.push(...(await read(at, Math.min(to + 1, at + MAX_WINDOW))));
  return rows;
}

export interface ChosenLookups {
  readonly lookups: readonly number[];
  /** Rows that belong to none. */
  readonly without: number;
}

/** Rejects with a `ProblemError` when there are too many, or none. */
export async function chosenLookups(read: ReadRows, ranges: readonly IndexRange[]): Promise<ChosenLookups> {
  const count = countOf(ranges);
  if (count > MOST_CHOSEN)
    throw new ProblemError({
      code: 'too-many-rows',
      detail: l10n.t('{0} rows are chosen; {1} can be exported', formatCount(count), formatCount(MOST_CHOSEN)),
      recover: l10n.t('Filter for them instead, and choose DNS: Export Trace…: it exports what the filter shows'),
    });
  const rows = await readChosen(read, ranges);
  const lookups = new Set(rows.flatMap((row) => lookupOf(row) ?? []));
  if (lookups.size === 0)
    throw new ProblemError({
      code: 'no-lookup',
      detail:
        rows.length === 0
          ? l10n.t('No row is chosen')
          : l10n.t('The chosen rows belong to no lookup, and exports are of lookups'),
      recover:
        rows.length === 0
          ? l10n.t('Choose rows first')
          : l10n.t('Save the capture, or open it in Wireshark, to have their packets'),
    });
  return { lookups: [...lookups], without: rows.filter((row) => lookupOf(row) === undefined).length };
}

/** Of those that belong to none. */
export function notExported(count: number): Problem {
  return {
    code: 'no-lookup',
    detail: formatPlural(
      count,
      l10n.t(
        '{0} chosen row of no lookup is not in the export, which is of lookups|{0} chosen rows of no lookup are not in the export, which is of lookups',
      ),
    ),
    recover: l10n.t('Save the capture, or open it in Wireshark, to have all packets'),
  };
}
