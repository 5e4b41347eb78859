import type { Problem } from '../../base/problem.ts';

/** Why a text is no filter, and where: plain data, for a squiggle under the text or a line on standard error. */
export interface FilterProblem extends Problem {
  /** UTF-16 offsets into the text; `end` may equal `start` at the text's end. */
  readonly start: number;
  readonly end: number;
  /** 1-based, for people. */
  readonly column: number;
  /** What could stand there, in words: `a response code such as NOERROR`. */
  readonly expected: string;
}

/** @param found what stands there instead, as a user reads it; said after what was expected */
export function filterProblem(start: number, end: number, expected: string, found: string): FilterProblem {
  return {
    code: 'filter-broken',
    detail: `Column ${String(start + 1)}: expected ${expected}, found ${found}`,
    start,
    end,
    column: start + 1,
    expected,
  };
}
