import type { Diagnostic } from '../core/corefile/diagnostic.ts';

/** A file with what lint says about it. */
export interface LintedFile {
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];
}
