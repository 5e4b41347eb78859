import type { Position } from './position.ts';

/** `error`: this CoreDNS version would refuse to start with this file. Everything else is `warning` or less. */
export type Severity = 'error' | 'warning' | 'info' | 'hint';

export interface TextEdit {
  readonly start: Position;
  /** Exclusive. */
  readonly end: Position;
  readonly newText: string;
}

export interface Fix {
  /** What the fix does, sentence case, no final full stop. */
  readonly title: string;
  /** Not overlapping, in order. */
  readonly edits: readonly TextEdit[];
}

export interface Diagnostic {
  /** Stable code (`CF119`), never reused. */
  readonly rule: string;
  readonly severity: Severity;
  /** What happens and what to do; names from the file are made visible and cut. One line. */
  readonly message: string;
  readonly start: Position;
  /** Exclusive. */
  readonly end: Position;
  readonly fixes: readonly Fix[];
  /** What CoreDNS misreads because of this, ends exclusive; only where that is more than the place itself. */
  readonly misread?: readonly { readonly start: Position; readonly end: Position }[];
  /** Path of the rule's page inside the repository. */
  readonly docs: string;
  /** The reason of the comment that switches it off; only where such diagnostics are asked for. */
  readonly suppressed?: string;
}
