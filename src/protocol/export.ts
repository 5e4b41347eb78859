/** What can be asked of an export, by the panel's shell and by the command line; crosses to the trace's thread. */

/** The names that `--format` takes. */
export const EXPORT_FORMATS = ['csv', 'jsonl', 'markdown', 'parquet', 'pcapng'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportRequest {
  readonly format: ExportFormat;
  /** Filter expression whose lookups are exported; empty for everything. */
  readonly filter: string;
  /** Lookup rows to export instead, by id. */
  readonly lookups?: readonly number[];
  /** Of the trace whose rows those are: refused when it was cleared since. */
  readonly generation?: number;
  /** Names, addresses, namespaces and pods become pseudonyms; the same ones for the same key. A secret: never logged. */
  readonly redactionKey?: string;
}

export interface ExportResult {
  /** Rows, events, findings or packets, by the format. */
  readonly count: number;
  readonly bytes: number;
}

/** How far an export is. `total` is known from the start and an upper bound. */
export interface ExportProgress {
  readonly done: number;
  readonly total: number;
}
