import type { Diagnostic } from '../diagnostic.ts';
import { lexCorefile } from '../lexer.ts';

export interface IgnoreComment {
  /** Where to insert: the start of the line of the finding. */
  readonly at: number;
  /** Up to the reason, which the user has to write. */
  readonly before: string;
  readonly after: string;
}

/**
 * The comment that switches a rule off for the line of a finding, on a line of its own above it (suppression.ts).
 * `undefined` for errors, which can't be ignored, and where that line begins inside a quoted word.
 */
export function ignoreRule(text: string, { rule, severity, start }: Diagnostic): IgnoreComment | undefined {
  if (severity === 'error') return undefined;
  const at = text.lastIndexOf('\n', start.offset - 1) + 1;
  if (lexCorefile(text).tokens.some((token) => token.start < at && token.end > at)) return undefined;
  const indent = /^[ \t]*/u.exec(text.slice(at, start.offset))?.[0] ?? '';
  return { at, before: `${indent}# dnscope: ignore ${rule} -- `, after: '\n' };
}
