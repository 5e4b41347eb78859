import type { Position } from './position.ts';

/** `error`: this CoreDNS version would refuse to start with this file. Everything else is `warning` or less. */
export type Severity = (typeof SEVERITIES)[number];

/** Gravest first. */
export const SEVERITIES = ['error', 'warning', 'info', 'hint'] as const;

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

/** Another place that a message speaks of. `File` is how it names its file: see who gives it. */
export interface Mention<File = unknown> {
  /** What stands there; a few words, sentence case, no final full stop. */
  readonly message: string;
  readonly file: File;
  readonly start: Position;
  /** Exclusive. */
  readonly end: Position;
}

/**
 * Invariant: a message holds no line number. What lint calls a line may be one of a part of a YAML file, or of another file;
 * other places are mentions, and whoever shows them knows where they stand.
 */
export interface Diagnostic<File = unknown> {
  /** Stable code (`CF119`), never reused. */
  readonly rule: string;
  readonly severity: Severity;
  /** What happens and what to do; names from the file are made visible and cut. One line. */
  readonly message: string;
  readonly start: Position;
  /** Exclusive. */
  readonly end: Position;
  readonly fixes: readonly Fix[];
  readonly mentions: readonly Mention<File>[];
  /** What CoreDNS misreads because of this, ends exclusive; only where that is more than the place itself. */
  readonly misread?: readonly { readonly start: Position; readonly end: Position }[];
  /** Path of the rule's page inside the repository. */
  readonly docs: string;
  /** The reason of the comment that switches it off; only where such diagnostics are asked for. */
  readonly suppressed?: string;
}

/** The diagnostic with its mentions as `move` gives them; those it knows no place for are left out. */
export function withMentions<From, To>(
  diagnostic: Diagnostic<From>,
  move: (mention: Mention<From>) => Mention<To> | undefined,
): Diagnostic<To> {
  return { ...diagnostic, mentions: diagnostic.mentions.flatMap((mention) => move(mention) ?? []) };
}
