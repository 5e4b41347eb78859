/** Rows as text for the clipboard: as they stand, as JSON, or as the commands that ask the same again. */
import * as l10n from '@vscode/l10n';
import { ProblemError } from '../../../src/base/problem.ts';
import { withoutFormula } from '../../../src/core/export/csv.ts';
import type { GridRow } from '../../../src/core/view/rows.ts';
import type { Column } from '../../grid/columns.ts';
import type { IndexRange } from '../../grid/selection.ts';
import { countOf, type ReadRows, readChosen } from './chosenRows.ts';

export type CopyFormat = 'text' | 'json' | 'dig';

/** What the clipboard takes at most; more rows than that are exported. */
export const MOST_COPIED = 10_000;
const MOST_CHARACTERS = 1_000_000;

/** Rejects with a `ProblemError` when it is too much, so that nobody takes a part for the whole. `columns`: those on screen, for `text`. */
export async function copyText(
  read: ReadRows,
  ranges: readonly IndexRange[],
  format: CopyFormat,
  columns: readonly Column<GridRow>[],
): Promise<string> {
  const count = countOf(ranges);
  if (count > MOST_COPIED) throw tooMuch(l10n.t('{0} rows are chosen; {1} can be copied', count, MOST_COPIED));
  const rows = await readChosen(read, ranges);
  const text = rowsAsText(rows, format, columns);
  if (text.length > MOST_CHARACTERS) throw tooMuch(l10n.t('{0} rows are more text than can be copied', rows.length));
  return text;
}

function tooMuch(detail: string): ProblemError {
  return new ProblemError({
    code: 'too-many-rows',
    detail,
    recover: l10n.t('Choose fewer rows, or export the selection'),
  });
}

export function rowsAsText(rows: readonly GridRow[], format: CopyFormat, columns: readonly Column<GridRow>[]): string {
  switch (format) {
    case 'text':
      return rows.map((row) => columns.map((column) => withoutFormula(column.text(row))).join('\t')).join('\n');
    case 'json':
      return JSON.stringify(rows.map(withoutPlace), undefined, 2);
    case 'dig':
      return [...new Set(rows.flatMap(digCommands))].join('\n');
  }
}

/** What a row is, without where it stands on screen. */
function withoutPlace(row: GridRow): object {
  const hidden = ['index', 'id', 'lookup', 'expanded', 'kind'];
  return Object.fromEntries(Object.entries(row).filter(([key]) => !hidden.includes(key)));
}

/**
 * `dig` for each type that was asked, of the same server. A name from the network must stay a name in whatever shell it is pasted into: all but
 * letters, digits, hyphens, underscores and dots is written in dig's own escapes (RFC 1035 §5.1), and `-q` keeps a leading hyphen from being an option.
 */
export function digCommands(row: GridRow): readonly string[] {
  if (!/^[\da-f.:]+$/iu.test(row.nameserver)) return [];
  const port = /:(\d+)$/u.exec(row.dst)?.[1] ?? '53';
  const where = `@${row.nameserver}${port === '53' ? '' : ` -p ${port}`}`;
  const types = row.qtype.split('+').filter((type) => /^[A-Z\d]+$/u.test(type));
  const transport = row.proto === 'TCP' ? ' +tcp' : '';
  return types.map((type) => `dig ${where} -q ${digName(row.name)} -t ${type}${transport}`);
}

function digName(name: string): string {
  const escaped = name.replace(/\\\d{3}|\\?[^\w.-]/gu, (part) =>
    /^\\\d/u.test(part) ? part : `\\${String(part.charCodeAt(part.length - 1)).padStart(3, '0')}`,
  );
  const dots = escaped.replaceAll('\\.', '\\046');
  return dots.includes('\\') ? `'${dots}'` : dots;
}
