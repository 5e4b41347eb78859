import type { Problem } from '../base/problem.ts';

/** A problem in one line; what was named first is not named again. */
export function problemText({ detail, recover }: Problem, named = ''): string {
  const where = named === '' || detail.startsWith(named) ? '' : `${named}: `;
  return `${where}${detail}${recover === undefined ? '' : `. ${recover}`}`;
}
