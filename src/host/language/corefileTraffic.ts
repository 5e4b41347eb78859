/**
 * The trace beside the live Corefile: over each server block and plugin line, how many lookups it served and how many
 * failed, with a click that shows the rows; and what findings say about an upstream, on the line that names it.
 * Counting costs a pass over the trace, so it is done for documents on screen only and at most every two seconds.
 */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { plural } from '../../base/plural.ts';
import { Disposable } from '../../base/disposable.ts';
import type { CorefileLineUse } from '../../core/view/corefileUse.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { readCorefile, upstreamsOf } from '../../core/corefile/model.ts';
import type { OpenTrace } from '../traces/openTrace.ts';
import type { TraceList } from '../traces/traceList.ts';
import { COREFILE_SCHEME } from './corefileUri.ts';

const EVERY_MS = 2000;
const SEVERITY: Readonly<Record<Finding['severity'], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Warning,
  warning: vscode.DiagnosticSeverity.Information,
  info: vscode.DiagnosticSeverity.Hint,
};

export class CorefileTraffic extends Disposable implements vscode.CodeLensProvider {
  readonly #traces: TraceList;
  /** Context of a document with a live main Corefile. */
  readonly #contextOf: (uri: vscode.Uri) => string | undefined;
  readonly #changed = this._register(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #marks = this._register(vscode.languages.createDiagnosticCollection('dnscope-trace'));
  #timer: NodeJS.Timeout | undefined;

  constructor(traces: TraceList, contextOf: (uri: vscode.Uri) => string | undefined) {
    super();
    this.#traces = traces;
    this.#contextOf = contextOf;
    this._register(vscode.languages.registerCodeLensProvider({ scheme: COREFILE_SCHEME }, this));
    this._register(traces.onDidChange(() => this.#soon()));
    this._register(vscode.window.onDidChangeVisibleTextEditors(() => this.#refresh()));
    this._register(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#marks.delete(uri)));
    this._register({ dispose: () => clearTimeout(this.#timer) });
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    // Lines are those of the live text; in an edited one they would point beside it.
    const trace = document.isDirty ? undefined : this.#traceOf(document);
    if (trace === undefined) return [];
    const { lines } = await trace.store.query({ kind: 'corefile/use' }).catch(() => ({ lines: [] }));
    return lines
      .filter(({ line }) => line <= document.lineCount)
      .map((use) => new vscode.CodeLens(document.lineAt(use.line - 1).range, lensOf(trace, use)));
  }

  #traceOf(document: vscode.TextDocument): OpenTrace | undefined {
    const context = this.#contextOf(document.uri);
    return context === undefined ? undefined : this.#traces.latestIn(context);
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#refresh();
    }, EVERY_MS);
  }

  #refresh(): void {
    const visible = vscode.window.visibleTextEditors.map(({ document }) => document);
    const live = visible.filter(({ uri }) => uri.scheme === COREFILE_SCHEME);
    if (live.length === 0) return;
    for (const document of live) this.#mark(document);
    this.#changed.fire();
  }

  #mark(document: vscode.TextDocument): void {
    const trace = document.isDirty ? undefined : this.#traceOf(document);
    const findings = trace?.snapshot?.findings ?? [];
    if (trace === undefined || findings.length === 0) return this.#marks.delete(document.uri);
    const upstreams = upstreamsOf(readCorefile(document.getText()));
    const marks = findings.flatMap((finding) =>
      upstreams
        .filter(({ to }) => 'address' in to && to.address === finding.subject['upstream'])
        .map(({ line }) => {
          const range = document.lineAt(Math.min(line, document.lineCount) - 1).range;
          const mark = new vscode.Diagnostic(
            range,
            l10n.t('Trace of {0}: {1}', trace.name, finding.title),
            SEVERITY[finding.severity],
          );
          mark.source = l10n.t('DNS trace');
          mark.code = finding.id;
          return mark;
        }),
    );
    this.#marks.set(document.uri, marks);
  }
}

function lensOf(trace: OpenTrace, { line, lookups, failed }: CorefileLineUse): vscode.Command {
  const counted = plural(l10n.t('{0} lookup|{0} lookups'), lookups);
  return {
    command: 'dnscope.showCorefileRows',
    title: `$(pulse) ${failed === 0 ? counted : `${counted} · ${plural(l10n.t('{0} failed|{0} failed'), failed)}`}`,
    tooltip: l10n.t('Show the rows of {0} that this part of the Corefile served', trace.name),
    arguments: [{ context: trace.choice?.context, line }],
  };
}
