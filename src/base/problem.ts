/**
 * What went wrong, as a value. A low layer says what and how to recover; the shell alone decides how loud.
 * `code` is stable (kebab-case, never reused); `detail` and `recover` are sentences for a user.
 */
export interface Problem {
  readonly code: string;
  /** What happened, naming the object, file or permission. One sentence, no final full stop. */
  readonly detail: string;
  /** What to do next. One sentence, no final full stop. */
  readonly recover?: string;
}

/** A problem on its way through code that throws (promises, streams). The message is for logs; show `problem` to users. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: { readonly cause?: unknown }) {
    super(problem.recover === undefined ? problem.detail : `${problem.detail}. ${problem.recover}`, options);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

/** The problem inside an unknown thrown value; anything else becomes `fallbackCode` with the value's own message. */
export function toProblem(thrown: unknown, fallbackCode: string): Problem {
  if (thrown instanceof ProblemError) return thrown.problem;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: fallbackCode, detail };
}
