/**
 * `npm test`: runs every suite this machine can run, names what it left out and the one command that installs it.
 *
 * As root without a terminal on Debian or Ubuntu it installs what is missing itself; at a terminal it asks. The lab is
 * brought up once for the suites that use a cluster and taken down at the end whatever happens. The last line is
 * `N passed, N failed`; under CI=true a suite left out and a skipped test each count as failed.
 */
import { createInterface } from 'node:readline/promises';
import { runCheck } from './check.ts';
import type { Counts } from './countReporter.ts';
import { isDebianLike, isRoot, labScript, missingFor, usesOwnCluster } from './machine.ts';
import { runProgram, wasInterrupted } from './runProgram.ts';
import { failuresOf, isCi, runSuite } from './runSuite.ts';
import { type Suite, suites } from './suites.ts';

const afterCheck: readonly Suite[] = [suites.webview, suites.host, suites.cluster];
const setupCommand = isRoot() ? 'npm run setup' : 'sudo npm run setup';

async function whatIsMissing(suite: Suite): Promise<readonly string[]> {
  const lists = await Promise.all(suite.needs.map(missingFor));
  return [...new Set(lists.flat())];
}

async function confirms(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test(await terminal.question(`${question} [y/N] `));
  } finally {
    terminal.close();
  }
}

async function offerSetup(missing: readonly string[]): Promise<void> {
  if (missing.length === 0 || !isDebianLike() || !isRoot()) return;
  console.log(`Missing on this machine: ${missing.join(', ')}`);
  if (process.stdin.isTTY && !(await confirms(`Install it now (${setupCommand}, up to 15 minutes)?`))) return;
  await runProgram(process.execPath, ['--run', 'setup']);
}

const heading = (text: string): void => {
  console.log(`\n━━ ${text}`);
};

async function runAll(): Promise<readonly Counts[]> {
  const missingBefore = await Promise.all(afterCheck.map(whatIsMissing));
  await offerSetup([...new Set(missingBefore.flat())]);

  const results: Counts[] = [];
  const leftOut: string[] = [];
  const runnable: Suite[] = [];
  for (const suite of afterCheck) {
    const missing = await whatIsMissing(suite);
    if (missing.length === 0) runnable.push(suite);
    else leftOut.push(`left out: ${suite.name} (missing: ${missing.join(', ')}), to install: ${setupCommand}`);
  }

  heading('check');
  results.push(await runCheck());

  const run = async (suite: Suite): Promise<void> => {
    heading(suite.name);
    results.push(await runSuite(suite));
  };
  for (const suite of runnable.filter(({ usesCluster }) => !usesCluster)) await run(suite);

  const onCluster = runnable.filter(({ usesCluster }) => usesCluster);
  if (onCluster.length > 0) {
    if (usesOwnCluster()) for (const suite of onCluster) await run(suite);
    else results.push(...(await withLab(() => inTurn(onCluster, run))));
  }

  for (const line of leftOut) console.log(line);
  if (isCi() && leftOut.length > 0) results.push({ passed: 0, failed: leftOut.length, skipped: [] });
  return results;
}

async function inTurn(list: readonly Suite[], run: (suite: Suite) => Promise<void>): Promise<void> {
  for (const suite of list) await run(suite);
}

/**
 * Lab up, `work`, lab down. A lab that does not come up, or leaves something behind, is one failure. On a desk a lab that
 * was up before stays up: somebody is working with it.
 */
async function withLab(work: () => Promise<void>): Promise<readonly Counts[]> {
  const failed: Counts = { passed: 0, failed: 1, skipped: [] };
  const wasUp =
    !isCi() && (await runProgram(process.execPath, [labScript, 'status'], { capture: true })).exitCode === 0;
  heading('lab up');
  const problems: Counts[] = [];
  try {
    const up = await runProgram(process.execPath, [labScript, 'up']);
    if (up.exitCode === 0) await work();
    else problems.push(failed);
  } finally {
    if (!wasUp) {
      heading('lab down');
      const down = await runProgram(process.execPath, [labScript, 'down'], { cleansUp: true });
      if (down.exitCode !== 0) problems.push(failed);
    }
  }
  return problems;
}

const results = await runAll();
const skipped = results.flatMap((counts) => counts.skipped);
for (const name of skipped) console.log(`skipped: ${name}`);
const passed = results.reduce((sum, counts) => sum + counts.passed, 0);
const failed = results.reduce((sum, counts) => sum + failuresOf(counts), 0) + (wasInterrupted() ? 1 : 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
