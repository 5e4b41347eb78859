/**
 * Runs one suite (suites.ts) with node:test and says how it went in numbers.
 *
 *   node scripts/runSuite.ts NAME [FILE…]     the suite, or some files of it
 *
 * Test files are found by pattern alone: a list kept by hand loses one. A suite that finds none fails.
 */
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Counts } from './countReporter.ts';
import { outFolder, repositoryRoot } from './paths.ts';
import { runProgram, runScript } from './runProgram.ts';
import { type Suite, type SuiteName, suites } from './suites.ts';

/** Under CI a skipped test hides a failure. */
export const isCi = (): boolean => process.env['CI'] === 'true';

/** Where {@link runSuite} leaves its totals for a parent process. */
export const countsFile = (name: string): string => path.join(outFolder, 'test', `${name}.json`);

const failure = (): Counts => ({ passed: 0, failed: 1, skipped: [] });

export function readCounts(name: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(countsFile(name), 'utf8')) as Counts;
  } catch {
    return undefined; // no run, or one that broke off
  }
}

async function runTests(suite: Suite, files: readonly string[]): Promise<Counts> {
  const argv = [
    '--disable-warning=ExperimentalWarning',
    '--test',
    `--test-concurrency=${suite.usesCluster || suite.name === 'webview' ? 1 : availableParallelism()}`,
    `--test-timeout=${suite.testTimeoutMs}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${path.join(repositoryRoot, 'scripts/countReporter.ts')}`,
    `--test-reporter-destination=${countsFile(suite.name)}`,
    ...files,
  ];
  const { exitCode } = await runProgram(process.execPath, argv, { env: suite.env ?? {} });
  const counts = readCounts(suite.name);
  if (counts === undefined) return failure();
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** Runs what has to come first, then the suite's tests (or `files` of it). */
export async function runSuite(suite: Suite, files: readonly string[] = []): Promise<Counts> {
  mkdirSync(path.dirname(countsFile(suite.name)), { recursive: true });
  rmSync(countsFile(suite.name), { force: true }); // of the run before
  const found = files.length > 0 ? files : globSync([...suite.globs], { cwd: repositoryRoot }).sort();
  if (found.length === 0) {
    console.error(`The suite ${suite.name} has no test: nothing matches ${suite.globs.join(', ')}`);
    return failure();
  }
  for (const script of suite.before) {
    const { exitCode } = await runScript(script);
    if (exitCode !== 0) {
      console.error(`npm run ${script} has to work before the suite ${suite.name} can run`);
      return failure();
    }
  }
  return runTests(suite, found);
}

/** Failures, and under CI also what was skipped. */
export const failuresOf = ({ failed, skipped }: Counts): number => failed + (isCi() ? skipped.length : 0);

if (import.meta.main) {
  const [name = '', ...files] = process.argv.slice(2);
  if (!Object.hasOwn(suites, name)) {
    console.error(`Usage: node scripts/runSuite.ts ${Object.keys(suites).join('|')} [FILE…]`);
    process.exitCode = 2;
  } else {
    const counts = await runSuite(suites[name as SuiteName], files);
    if (isCi())
      for (const skipped of counts.skipped) console.error(`skipped, which CI takes for a failure: ${skipped}`);
    if (failuresOf(counts) > 0) process.exitCode = 1;
  }
}
