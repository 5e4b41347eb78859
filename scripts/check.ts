/**
 * `npm run check`: everything that needs no browser and no cluster. Steps run side by side, two at a time; the output of
 * a step that passes is dropped, one that fails shows it with the command that mends it.
 */
import { availableParallelism } from 'node:os';
import { readCounts } from './runSuite.ts';
import { runScript } from './runProgram.ts';

interface Step {
  /** An npm script. */
  readonly script: string;
  readonly mend: string;
  /** Where in its output the failures begin, when much comes before them. */
  readonly failuresAfter?: string;
}

// Longest first, so that the last to end started early.
const steps: readonly Step[] = [
  { script: 'lint', mend: 'npm run fix' },
  {
    script: 'test:unit',
    mend: 'node scripts/runSuite.ts unit FILE, for a file named above',
    failuresAfter: '✖ failing tests:',
  },
  { script: 'typecheck', mend: 'npm run typecheck, after mending the types above' },
  { script: 'size', mend: 'npm run size, after making the part named above smaller or lazy' },
  { script: 'fmt:check', mend: 'npm run fix' },
  { script: 'deps', mend: 'npm run deps, after moving the import named above (docs/adr/0001-rooms.md)' },
];

export interface CheckResult {
  /** Each step counts as one, the unit tests one by one. */
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

const atOnce = 2;

async function runStep({ script, mend, failuresAfter = '' }: Step): Promise<boolean> {
  const started = performance.now();
  const { exitCode, output } = await runScript(script, { capture: true });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (exitCode === 0) {
    console.log(`✔ ${script} (${seconds} s)`);
    return true;
  }
  const failures = output.slice(Math.max(0, output.indexOf(failuresAfter)));
  console.log(`\n✖ ${script} (${seconds} s)\n${failures.trimEnd()}\n  → to mend it: ${mend}\n`);
  return false;
}

export async function runCheck(): Promise<CheckResult> {
  const waiting = [...steps];
  const failedSteps: string[] = [];
  const passedSteps: string[] = [];
  const lane = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      ((await runStep(step)) ? passedSteps : failedSteps).push(step.script);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, availableParallelism()) }, lane));

  const unit = readCounts('unit') ?? { passed: 0, failed: 0, skipped: [] };
  const others = (names: readonly string[]) => names.filter((name) => name !== 'test:unit').length;
  const unitFailures = failedSteps.includes('test:unit') ? Math.max(1, unit.failed) : 0;
  return {
    passed: unit.passed + others(passedSteps),
    failed: unitFailures + others(failedSteps),
    skipped: unit.skipped,
  };
}

if (import.meta.main) {
  const { failed } = await runCheck();
  if (failed > 0) process.exitCode = 1;
}
