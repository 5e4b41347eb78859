/** Work that stops now and then, so that whoever drives it may let others have the thread, or drop it. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Does it all at once. */
export function runSteps<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
