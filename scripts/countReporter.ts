import type { TestEvent } from 'node:test/reporters';

/** One run's totals, as test/…'s last line of the counts file. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Skipped and todo tests, by name: under CI each is a failure. */
  readonly skipped: readonly string[];
}

/**
 * A node:test reporter that writes {@link Counts} as one line of JSON, and nothing when the run broke off before its end.
 * Cancelled tests count as failed.
 */
// eslint-disable-next-line no-restricted-syntax -- node:test takes a reporter as a module's default export
export default async function* countReporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const skipped: string[] = [];
  for await (const event of source) {
    if (event.type === 'test:pass' || event.type === 'test:fail') {
      const { skip, todo, name, file } = event.data;
      if (skip !== undefined || todo !== undefined) skipped.push(`${file ?? ''}: ${name}`);
    } else if (event.type === 'test:summary' && event.data.file === undefined) {
      const { passed, tests } = event.data.counts;
      const counts: Counts = {
        passed,
        failed: tests - passed - event.data.counts.skipped - event.data.counts.todo,
        skipped,
      };
      yield `${JSON.stringify(counts)}\n`;
    }
  }
}
