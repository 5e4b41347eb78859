/**
 * Stryker's test runner for node:test: all tests of a room are loaded once, into one process, and each mutant runs only those that reach
 * it, those of the file that is named like its own, those that noticed most in its file and then the quickest first, until one fails or
 * the mutant had its share of time.
 * Why not a process a mutant: ADR 0056.
 */
import { registerHooks } from 'node:module';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MutantCoverage, StrykerOptions } from '@stryker-mutator/api/core';
import { commonTokens, declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  type DryRunOptions,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import * as fc from 'fast-check';
import { closeSuites, type CollectedTest, collectedTests, runTest, startFile } from './collectedTests.ts';

/** Stryker's switch, which instrumented code reads. */
interface Switch {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: MutantCoverage;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
}

/** Processor time of a test, and of the tests that one mutant meets: the machine may be busy with other things. */
const SLOWEST_MS = 3000;
const MUTANT_MS = 1500;
/** A property that holds is not worth more, however many runs it wants. */
const PROPERTY_MS = 1000;
const theSwitch: Switch = ((globalThis as { __stryker__?: Switch }).__stryker__ ??= {});

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'node:test'
      ? { url: pathToFileURL(path.join(import.meta.dirname, 'collectedTests.ts')).href, shortCircuit: true }
      : next(specifier, context),
});

class NodeTestRunner implements TestRunner {
  static readonly inject = tokens(commonTokens.options);
  private readonly files: readonly string[];
  /** How often a test was the one that noticed, by the file of the mutant: those go first. */
  private readonly noticed = new Map<string, Map<string, number>>();

  constructor(options: StrykerOptions) {
    this.files = options['nodeTestFiles'] as readonly string[];
  }

  capabilities(): { readonly reloadEnvironment: boolean } {
    return { reloadEnvironment: false };
  }

  async dryRun({ coverageAnalysis }: DryRunOptions): Promise<DryRunResult> {
    await this.load();
    const results: TestResult[] = [];
    const costs = new Map<string, number>();
    for (const test of collectedTests()) {
      const before = process.cpuUsage();
      results.push(await this.result(test));
      costs.set(test.id, millisecondsSince(before));
    }
    await closeSuites();
    results.sort((a, b) => costs.get(a.id)! - costs.get(b.id)!);
    if (coverageAnalysis === 'off') return { status: DryRunStatus.Complete, tests: results };
    // Absent when no test reached anything: then no test is to run.
    const { mutantCoverage = { static: {}, perTest: {} } } = theSwitch;
    // The order of the tests here is the order in which a mutant meets them. Slow ones decide nothing: they'd take most of the time.
    const quick = results.filter(({ id }) => costs.get(id)! <= SLOWEST_MS && mutantCoverage.perTest[id]);
    const perTest = Object.fromEntries(quick.map(({ id }) => [id, mutantCoverage.perTest[id]!]));
    return {
      status: DryRunStatus.Complete,
      tests: results,
      mutantCoverage: { static: mutantCoverage.static, perTest },
    };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    theSwitch.hitCount = options.hitLimit === undefined ? undefined : 0;
    theSwitch.hitLimit = options.hitLimit;
    if (options.mutantActivation === 'static') theSwitch.activeMutant = options.activeMutant.id;
    try {
      await this.load();
    } catch (error) {
      if (options.mutantActivation !== 'static') throw error;
      return toMutantRunResult({ status: DryRunStatus.Complete, tests: [failed('load', 0, error)] });
    }
    theSwitch.activeMutant = options.activeMutant.id;
    const byId = new Map(collectedTests().map((test) => [test.id, test]));
    const noticed = this.noticed.get(options.sandboxFileName) ?? new Map<string, number>();
    this.noticed.set(options.sandboxFileName, noticed);
    const rank = (id: string): number => noticed.get(id) ?? 0;
    // What all tests reach, such as the pairing of messages, would use up its time before it meets those that are about it.
    const ownTests = `/${path.basename(options.sandboxFileName, '.ts')}.test.ts > `;
    const isOwn = (id: string): number => Number(id.includes(ownTests));
    const ids = (options.testFilter ?? [...byId.keys()]).toSorted((a, b) => isOwn(b) - isOwn(a) || rank(b) - rank(a));
    const tests: TestResult[] = [];
    const begun = process.cpuUsage();
    for (const id of ids) {
      if (millisecondsSince(begun) > MUTANT_MS) break;
      const result = await this.result(byId.get(id)!);
      tests.push(result);
      if (result.status !== TestStatus.Failed) continue;
      noticed.set(id, rank(id) + 1);
      if (!options.disableBail) break;
    }
    const overLimit = determineHitLimitReached(theSwitch.hitCount, theSwitch.hitLimit);
    theSwitch.activeMutant = undefined;
    theSwitch.hitCount = undefined;
    await closeSuites();
    return toMutantRunResult(overLimit ?? { status: DryRunStatus.Complete, tests });
  }

  /** Loads the tests once, below the working folder: Stryker's copy of the repository. */
  private async load(): Promise<void> {
    if (collectedTests().length > 0) return;
    // Nobody reads the counterexample.
    fc.configureGlobal({ endOnFailure: true, interruptAfterTimeLimit: PROPERTY_MS, markInterruptAsFailure: false });
    for (const file of this.files) {
      startFile(file);
      await import(pathToFileURL(path.resolve(file)).href);
    }
  }

  private async result(test: CollectedTest): Promise<TestResult> {
    const started = performance.now();
    theSwitch.currentTestId = test.id;
    try {
      await runTest(test);
      return { id: test.id, name: test.id, timeSpentMs: performance.now() - started, status: TestStatus.Success };
    } catch (error) {
      return failed(test.id, performance.now() - started, error);
    } finally {
      theSwitch.currentTestId = undefined;
    }
  }
}

function millisecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function failed(id: string, timeSpentMs: number, error: unknown): TestResult {
  const failureMessage = error instanceof Error ? error.message : String(error);
  return { id, name: id, timeSpentMs, status: TestStatus.Failed, failureMessage };
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'node-test', NodeTestRunner)];
