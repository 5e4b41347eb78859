/**
 * CSV as RFC 4180 has it: a header, commas, CRLF, quotes where they are needed. A text that a spreadsheet would take for a
 * formula gets an apostrophe before it; numbers are ours and stay as they are. Lists are JSON arrays in one cell.
 */
import { type CellValue, type ColumnType, EXPORT_COLUMNS } from './columns.ts';
import type { TransactionRecord } from './transactionRecords.ts';

/** Spreadsheets start a formula at these, some also behind a tab or a carriage return. */
const FORMULA = /^[=+\-@\t\r]/u;
const NEEDS_QUOTES = /[",\r\n']|^\s|\s$/u;

export function csvHeader(): string {
  return `${EXPORT_COLUMNS.map(({ name }) => name).join(',')}\r\n`;
}

export function csvLine(record: TransactionRecord): string {
  let line = '';
  for (const { type, of } of EXPORT_COLUMNS) line += (line === '' ? '' : ',') + csvCell(of(record), type);
  return `${line}\r\n`;
}

function csvCell(value: CellValue, type: ColumnType): string {
  if (value === undefined) return '';
  if (type === 'list') return (value as readonly string[]).length === 0 ? '' : quoted(JSON.stringify(value));
  return type === 'text' ? csvText(value as string) : String(value);
}

/** A text that no spreadsheet takes for a formula. */
export function withoutFormula(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

export function csvText(text: string): string {
  const safe = withoutFormula(text);
  return NEEDS_QUOTES.test(safe) ? quoted(safe) : safe;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
