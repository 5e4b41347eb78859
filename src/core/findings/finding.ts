import type { Confidence } from '../view/rows.ts';

/** Where the fault is; the words of design.md's command-line contract. */
export type FaultHop =
  | 'client'
  | 'name'
  | 'client-coredns'
  | 'coredns'
  | 'coredns-upstream'
  | 'upstream'
  | 'coredns-client'
  | 'nodelocal'
  | 'config';

export type Severity = 'error' | 'warning' | 'info';

/** A packet that proves a claim. */
export interface EvidenceSample {
  /** Vantage name (live) or file path. */
  readonly file: string;
  /** 1-based, as Wireshark numbers frames. */
  readonly packet: number;
  /** Epoch nanoseconds as decimal digits: above 2^53, and messages to a webview are JSON, which has no bigint. */
  readonly timeNs: string;
  /** Lookup row it belongs to. */
  readonly lookup: number;
}

export interface Finding {
  /** Stable, kebab-case: the file under core/findings and the page under docs/findings. */
  readonly id: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly hop: FaultHop;
  /** Short machine word, e.g. `upstream-silent`. */
  readonly cause: string;
  /** One sentence a tired person can act on; the panel's verdict. */
  readonly title: string;
  readonly subject: Readonly<Record<string, string | number>>;
  readonly evidence: {
    /** Lookups. */
    readonly count: number;
    /** When the first and the last of them began, epoch µs, by the clock of the rows; absent without any. */
    readonly firstUs?: number;
    readonly lastUs?: number;
    readonly samples: readonly EvidenceSample[];
  };
  /** What the same packets exclude, each with its ground. */
  readonly ruledOut: readonly string[];
  readonly explanation: string;
  readonly nextSteps: readonly string[];
  /** Action the shell may offer. */
  readonly action?: 'restart-coredns' | 'inspect-corefile';
  /** Text-filter expression that shows the rows. */
  readonly filter: string;
}
