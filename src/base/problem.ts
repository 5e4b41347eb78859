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
  /** Kubernetes resource that it is about, as RBAC names it (`configmaps`), where somebody has to look for it. */
  readonly resource?: string;
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

function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false;
  const { code, detail } = value as { readonly code?: unknown; readonly detail?: unknown };
  return typeof code === 'string' && typeof detail === 'string';
}

/**
 * The problem inside an unknown thrown value; anything else becomes `fallbackCode` with the value's own message.
 * Why not `instanceof ProblemError`: each bundle has its own copy of that class, and problems cross from one to another.
 */
export function toProblem(thrown: unknown, fallbackCode: string): Problem {
  if (thrown instanceof Error && 'problem' in thrown && isProblem(thrown.problem)) return thrown.problem;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: fallbackCode, detail };
}
