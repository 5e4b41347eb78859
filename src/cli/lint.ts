/**
 * `dnscope lint FILE… [--json | --sarif] [--coredns VERSION]`: Corefiles as CoreDNS would read them, without starting it.
 * Exit 0: no error found; 1: lint found errors; 2: bad use, or a file that can't be read or isn't a Corefile.
 */
import { visibleText } from '../base/visibleText.ts';
import { lintCorefile } from '../core/corefile/lint.ts';
import { DEFAULT_COREDNS_VERSION, isVersion } from '../core/corefile/pluginCatalogue.ts';
import type { CorefilePurpose } from '../core/corefile/rules/rule.ts';
import type { CliIo } from './io.ts';
import type { LintedFile } from './lintedFile.ts';
import { sarifLog } from './sarif.ts';

export const LINT_USAGE = 'dnscope lint FILE… [--json | --sarif] [--coredns VERSION]';

interface LintArgs {
  readonly files: readonly string[];
  readonly format: 'text' | 'json' | 'sarif';
  readonly version: string;
}

export async function runLint(argv: readonly string[], io: CliIo): Promise<number> {
  const args = parseArgs(argv);
  if (typeof args === 'string') {
    io.stderr(`${args}. Use: ${LINT_USAGE}\n`);
    return 2;
  }
  const linted: LintedFile[] = [];
  for (const file of args.files) {
    const text = await readCorefileText(file, io);
    if (text === undefined) continue;
    const { diagnostics } = lintCorefile(text, { file, version: args.version, purpose: purposeOf(file) });
    linted.push({ file: file === '-' ? 'stdin' : file, diagnostics });
  }
  const unreadable = linted.length < args.files.length;
  if (linted.length > 0) io.stdout(render(linted, args.format));
  if (unreadable) return 2;
  return linted.some(({ diagnostics }) => diagnostics.some(({ severity }) => severity === 'error')) ? 1 : 0;
}

function parseArgs(argv: readonly string[]): LintArgs | string {
  const files: string[] = [];
  const formats = new Set<'json' | 'sarif'>();
  let version = DEFAULT_COREDNS_VERSION;
  let onlyFiles = false;
  for (let index = 0; index < argv.length; index += 1) {
    const arg = argv[index] ?? '';
    if (onlyFiles || arg === '-' || !arg.startsWith('-')) files.push(arg);
    else if (arg === '--') onlyFiles = true;
    else if (arg === '--json') formats.add('json');
    else if (arg === '--sarif') formats.add('sarif');
    else if (arg === '--coredns' || arg.startsWith('--coredns=')) {
      index += arg === '--coredns' ? 1 : 0;
      const value = arg === '--coredns' ? argv[index] : arg.slice('--coredns='.length);
      if (value === undefined) return '--coredns needs a version, such as 1.11.3';
      if (!isVersion(value)) return `${visibleText(value)} is not a CoreDNS version, such as 1.11.3`;
      version = value;
    } else return `Unknown option ${visibleText(arg)}`;
  }
  if (files.length === 0) return 'No Corefile given';
  if (formats.size > 1) return '--json and --sarif exclude each other';
  return { files, format: [...formats][0] ?? 'text', version };
}

/** How CoreDNS on AKS and k3s imports a file: by the end of its name. */
function purposeOf(file: string): CorefilePurpose {
  if (file.endsWith('.override')) return 'override';
  return file.endsWith('.server') ? 'server' : 'corefile';
}

/** The file's text; `undefined` after a line on stderr when it holds no Corefile. */
async function readCorefileText(file: string, io: CliIo): Promise<string | undefined> {
  const name = file === '-' ? 'Standard input' : visibleText(file);
  let bytes: Uint8Array;
  try {
    bytes = await io.readFile(file);
  } catch (error) {
    const reason = visibleText(error instanceof Error ? error.message : String(error));
    io.stderr(`${name}: can't be read (${reason}). Check the path and your rights to it\n`);
    return undefined;
  }
  const text = decode(bytes);
  const problem = text === undefined ? "isn't text. Name a Corefile" : foreign(text);
  if (problem === undefined) return text;
  io.stderr(`${name}: ${problem}\n`);
  return undefined;
}

function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function foreign(text: string): string | undefined {
  if (text.trim() === '') return 'is empty. Name a Corefile with at least one server block';
  if (/^apiVersion:\s/mu.test(text) && /^kind:\s/mu.test(text)) {
    return 'is a Kubernetes manifest. Put the Corefile it holds into a file of its own and lint that';
  }
  return undefined;
}

function render(linted: readonly LintedFile[], format: LintArgs['format']): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(linted.flatMap(jsonDiagnostics), undefined, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(sarifLog(linted), undefined, 2)}\n`;
    case 'text':
      return textReport(linted);
  }
}

function jsonDiagnostics({ file, diagnostics }: LintedFile): readonly unknown[] {
  return diagnostics.map(({ rule, severity, start, end, message, fixes, docs }) => ({
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
    docs,
  }));
}

function textReport(linted: readonly LintedFile[]): string {
  const rows = linted.flatMap(({ file, diagnostics }) =>
    diagnostics.map(({ rule, severity, start, message }) => ({
      place: `${visibleText(file)}:${start.line}:${start.column}`,
      severity,
      rule,
      message,
    })),
  );
  const width = Math.max(0, ...rows.map(({ place }) => place.length));
  const lines = rows.map(
    ({ place, severity, rule, message }) => `${place.padEnd(width)}  ${severity.padEnd(7)}  ${rule}  ${message}\n`,
  );
  const counts = (['error', 'warning', 'info', 'hint'] as const)
    .map((severity) => ({ severity, count: rows.filter((row) => row.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => plural(count, severity));
  const total = `${counts.length === 0 ? 'No problems' : counts.join(', ')} in ${plural(linted.length, 'file')}\n`;
  return lines.join('') + total;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 || noun === 'info' ? '' : 's'}`;
}
