/**
 * A live trace in this process, for the command line: the same store as behind the worker thread, with lookups, findings
 * and losses reported as they happen and a summary at the end.
 */
import { summarize, type AnalyzedFile, type Summary } from '../core/analysis/summary.ts';
import type { Finding } from '../core/findings/finding.ts';
import { evaluateFindings } from '../core/findings/evaluateFindings.ts';
import { lookupRow } from '../core/view/rowBuilder.ts';
import type { LookupRow } from '../core/view/rows.ts';
import { LocalTraceStore, type LocalTraceOptions } from '../io/localTraceStore.ts';

export interface TraceReports {
  /** A lookup that settled: answered, failed or given up. Once for each; again only when its outcome changed. */
  onLookup(row: LookupRow): void;
  /** A finding that is new, or whose figures or severity changed. */
  onFinding(finding: Finding): void;
}

export class InProcessTrace extends LocalTraceStore {
  readonly #reports: TraceReports;
  readonly #told = new Map<number, string>();
  readonly #findings = new Map<string, string>();
  /** Lookups below this id have settled for good. */
  #settled = 0;

  constructor(options: LocalTraceOptions, reports: TraceReports) {
    super(options);
    this.#reports = reports;
    this.onDidChange(() => {
      this.report();
    });
  }

  /** Tells what settled since the last call. Call once more at the end. */
  report(): void {
    const { engine } = this;
    const settledBefore = this.#settled;
    let contiguous = true;
    for (let id = settledBefore; id < engine.trace.lookups.length; id++) {
      const row = lookupRow(engine, id, id, false);
      if (row.outcome === 'pending') {
        contiguous = false;
        continue;
      }
      const key = `${row.outcome} ${row.rcode} ${String(row.attempts)} ${row.name}`;
      if (this.#told.get(id) !== key) {
        this.#told.set(id, key);
        this.#reports.onLookup(row);
      }
      // Keep the latest thousand open to change: a repeat may still turn a failure into an answer.
      if (contiguous && engine.trace.lookups.length - id > 1000) {
        this.#settled = id + 1;
        this.#told.delete(id);
      }
    }
    for (const finding of evaluateFindings(engine).findings) {
      const key = `${finding.filter} ${JSON.stringify(finding.subject['upstream'] ?? finding.subject['server'] ?? '')}`;
      const state = `${finding.severity} ${finding.title}`;
      if (this.#findings.get(key) === state) continue;
      this.#findings.set(key, state);
      this.#reports.onFinding(finding);
    }
  }

  summary(files: readonly AnalyzedFile[]): Summary {
    this.engine.finish();
    return summarize(this.engine, files);
  }
}
