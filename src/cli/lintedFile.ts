import type { Diagnostic } from '../core/corefile/diagnostic.ts';

/** A file with what lint says about it. */
export interface LintedFile {
  readonly file: string;
  /** Mentions name files as `file` does. */
  readonly diagnostics: readonly Diagnostic<string>[];
}
