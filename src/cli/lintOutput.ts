/** What `dnscope lint` found, as text for people and as the JSON of the contract. */
import { visibleText } from '../base/visibleText.ts';
import { SEVERITIES } from '../core/corefile/diagnostic.ts';
import type { Position } from '../core/corefile/position.ts';
import type { LintedFile } from './lintedFile.ts';

export function lintJson(linted: readonly LintedFile[]): string {
  return `${JSON.stringify(linted.flatMap(jsonDiagnostics), undefined, 2)}\n`;
}

function jsonDiagnostics({ file, diagnostics }: LintedFile): readonly unknown[] {
  return diagnostics.map(({ rule, severity, start, end, message, fixes, mentions, docs }) => ({
    file,
    rule,
    severity,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    message,
    fixes: fixes.map(({ title, edits }) => ({
      title,
      edits: edits.map((edit) => ({
        line: edit.start.line,
        column: edit.start.column,
        endLine: edit.end.line,
        endColumn: edit.end.column,
        newText: edit.newText,
      })),
    })),
    related: mentions.map((mention) => ({
      file: mention.file,
      line: mention.start.line,
      column: mention.start.column,
      endLine: mention.end.line,
      endColumn: mention.end.column,
      message: mention.message,
    })),
    docs,
  }));
}

/** Lines like a compiler's, aligned, with the other places they speak of below them, and a sum. */
export function lintText(linted: readonly LintedFile[]): string {
  const rows = linted.flatMap(({ file, diagnostics }) =>
    diagnostics.map(({ rule, severity, start, message, mentions }) => ({
      place: placeText(file, start),
      severity,
      rule,
      message: visibleText(message),
      mentions,
    })),
  );
  const width = rows.reduce((most, { place }) => Math.max(most, place.length), 0);
  const lines = rows.flatMap(({ place, severity, rule, message, mentions }) => [
    `${place.padEnd(width)}  ${severity.padEnd(7)}  ${rule}  ${message}\n`,
    ...mentions.map(({ file, start, message: words }) => `    ${placeText(file, start)}  ${visibleText(words)}\n`),
  ]);
  const counts = SEVERITIES.map((severity) => ({
    severity,
    count: rows.filter((row) => row.severity === severity).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => plural(count, severity));
  const total = `${counts.length === 0 ? 'No problems' : counts.join(', ')} in ${plural(linted.length, 'file')}\n`;
  return lines.join('') + total;
}

function placeText(file: string, { line, column }: Position): string {
  return `${visibleText(file)}:${line}:${column}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 || noun === 'info' ? '' : 's'}`;
}
