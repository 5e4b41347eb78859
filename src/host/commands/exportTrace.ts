/**
 * `DNS: Export Trace…`: which format, how much of it and whether redacted, where to; then the trace's thread writes, with
 * progress and Cancel. What is chosen beforehand (a key binding, a test) is not asked for.
 */
import * as l10n from '@vscode/l10n';
import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { plural } from '../../base/plural.ts';
import { EXPORT_FORMATS, type ExportFormat, type ExportRequest, type ExportResult } from '../../protocol/export.ts';
import type { Host } from '../host.ts';
import type { OpenTrace } from '../traces/openTrace.ts';
import { suggestedFile } from './suggestedFile.ts';

/** Arguments of the command; whatever is missing is asked for. */
export interface ExportChoice {
  readonly format?: ExportFormat;
  readonly filtered?: boolean;
  /** Rows to export instead, and the generation of the trace they are of. */
  readonly lookups?: readonly number[];
  readonly generation?: number;
  readonly redacted?: boolean;
  /** Absolute path. */
  readonly file?: string;
}

interface FormatItem extends vscode.QuickPickItem {
  readonly format: ExportFormat;
}

const FORMATS: Readonly<Record<ExportFormat, { label: string; detail: string; extension: string; done: string }>> = {
  csv: {
    label: 'CSV',
    detail: l10n.t('A row for each transaction, for spreadsheets'),
    extension: 'csv',
    done: l10n.t('Exported {0} row to {1}|Exported {0} rows to {1}'),
  },
  jsonl: {
    label: 'JSON Lines',
    detail: l10n.t('An event for each message, in the shape of Inspektor Gadget’s trace_dns'),
    extension: 'jsonl',
    done: l10n.t('Exported {0} event to {1}|Exported {0} events to {1}'),
  },
  markdown: {
    label: l10n.t('Markdown report'),
    detail: l10n.t('Findings with their evidence, failed and slow lookups'),
    extension: 'md',
    done: l10n.t('Exported {0} finding to {1}|Exported {0} findings to {1}'),
  },
  parquet: {
    label: 'Parquet',
    detail: l10n.t('The same rows, typed, for DuckDB, Spark, Trino and ClickHouse'),
    extension: 'parquet',
    done: l10n.t('Exported {0} row to {1}|Exported {0} rows to {1}'),
  },
  pcapng: {
    label: l10n.t('Packets (pcapng)'),
    detail: l10n.t('What Wireshark opens, with names of pods'),
    extension: 'pcapng',
    done: l10n.t('Exported {0} packet to {1}|Exported {0} packets to {1}'),
  },
};

/** `true`: written. */
export async function exportTrace(host: Host, trace: OpenTrace, given?: unknown): Promise<boolean> {
  const choice = asExportChoice(given);
  const format = choice.format ?? (await pickFormat());
  if (format === undefined) return false;
  const filter = trace.snapshot?.view.filter ?? '';
  const scope = await pickScope(choice, filter);
  if (scope === undefined) return false;
  const target = choice.file ?? (await pickFile(host, trace, format, scope.redacted));
  if (target === undefined) return false;
  const request: ExportRequest = {
    format,
    filter: scope.filtered ? filter : '',
    ...rowsOf(choice),
    ...(scope.redacted ? { redactionKey: await redactionKey(host) } : {}),
  };
  const result = await host.notify.progress(l10n.t('Exporting {0}', trace.name), (signal, report) =>
    write(trace, target, request, signal, report),
  );
  if (result === undefined) return false;
  void host.notify.guard(offerToOpen(host, target, format, result));
  return true;
}

async function write(
  trace: OpenTrace,
  target: string,
  request: ExportRequest,
  signal: AbortSignal,
  report: (message: string, increment?: number) => void,
): Promise<ExportResult> {
  let told = 0;
  return trace.store.export(target, request, {
    signal,
    onProgress: ({ done, total }) => {
      if (total === 0) return;
      const percent = Math.floor((done / total) * 100);
      if (percent <= told) return;
      report(`${String(percent)} %`, percent - told);
      told = percent;
    },
  });
}

async function pickFormat(): Promise<ExportFormat | undefined> {
  const items = EXPORT_FORMATS.map((format): FormatItem => {
    const { label, detail } = FORMATS[format];
    return { format, label, detail };
  });
  return (await vscode.window.showQuickPick(items, { title: l10n.t('Export Trace'), placeHolder: l10n.t('Format') }))
    ?.format;
}

interface Scope {
  readonly filtered: boolean;
  readonly redacted: boolean;
}

async function pickScope({ filtered, redacted, lookups }: ExportChoice, filter: string): Promise<Scope | undefined> {
  const isWhole = lookups !== undefined || filter === '';
  if (redacted !== undefined && (filtered !== undefined || isWhole))
    return { filtered: !isWhole && filtered === true, redacted };
  const items: (vscode.QuickPickItem & Scope)[] = [];
  for (const some of isWhole ? [false] : [true, false]) {
    const what = some
      ? l10n.t('What the filter shows')
      : lookups === undefined
        ? l10n.t('Everything')
        : l10n.t('The chosen rows');
    items.push(
      { label: what, description: some ? filter : '', filtered: some, redacted: false },
      {
        label: l10n.t('{0}, redacted', what),
        detail: l10n.t('Names, addresses, namespaces and pods become pseudonyms'),
        filtered: some,
        redacted: true,
      },
    );
  }
  const offered = items.filter(
    (item) => (filtered ?? item.filtered) === item.filtered && (redacted ?? item.redacted) === item.redacted,
  );
  return vscode.window.showQuickPick(offered, { title: l10n.t('Export Trace'), placeHolder: l10n.t('What to export') });
}

async function pickFile(
  host: Host,
  trace: OpenTrace,
  format: ExportFormat,
  redacted: boolean,
): Promise<string | undefined> {
  const { label, extension } = FORMATS[format];
  const target = await vscode.window.showSaveDialog({
    title: l10n.t('Export Trace'),
    // The pod's name would be in the file's.
    defaultUri: suggestedFile(host, redacted ? 'redacted' : trace.name, extension),
    filters: { [label]: [extension] },
  });
  return target?.fsPath;
}

/** One secret for this user, so that exports of different days agree on their pseudonyms. */
async function redactionKey({ secrets }: Host): Promise<string> {
  const known = await secrets.get('redactionKey');
  if (known !== undefined) return known;
  const key = randomBytes(32).toString('hex');
  await secrets.store('redactionKey', key);
  return key;
}

async function offerToOpen(host: Host, target: string, format: ExportFormat, { count }: ExportResult): Promise<void> {
  const text = plural(FORMATS[format].done, count, count, path.basename(target));
  const answer = await host.notify.info(text, [{ label: l10n.t('Open'), value: true }]);
  if (answer === true) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(target));
}

function rowsOf({ lookups, generation }: ExportChoice): Pick<ExportRequest, 'lookups' | 'generation'> {
  if (lookups === undefined) return {};
  return { lookups, ...(generation === undefined ? {} : { generation }) };
}

/** What a key binding hands over is anything. */
function asExportChoice(value: unknown): ExportChoice {
  if (typeof value !== 'object' || value === null) return {};
  const { format, filtered, redacted, file, lookups, generation } = value as Readonly<Record<string, unknown>>;
  const known = EXPORT_FORMATS.find((one) => one === format);
  return {
    ...(known === undefined ? {} : { format: known }),
    ...(typeof filtered === 'boolean' ? { filtered } : {}),
    ...(typeof redacted === 'boolean' ? { redacted } : {}),
    ...(Array.isArray(lookups) ? { lookups: lookups.filter((id): id is number => Number.isSafeInteger(id)) } : {}),
    ...(typeof generation === 'number' ? { generation } : {}),
    ...(typeof file === 'string' && path.isAbsolute(file) ? { file } : {}),
  };
}
