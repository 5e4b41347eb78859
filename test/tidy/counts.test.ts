import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import type { Counts } from '../../scripts/countReporter.ts';
import { nodeOptionsFree, repositoryRoot } from '../../scripts/paths.ts';

/** What the closing line of `npm test` would be made of, for one planted file. */
function countsOf(file: string): Promise<Counts> {
  const reporter = path.join(repositoryRoot, 'scripts/countReporter.ts');
  const argv = ['--test', `--test-reporter=${reporter}`, path.join(repositoryRoot, 'test/tidy/canary/counts', file)];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, argv, { cwd: repositoryRoot, env: nodeOptionsFree() }, (error, stdout) => {
      if (error === null) reject(new Error('a run with failures ended with 0'));
      else resolve(JSON.parse(stdout) as Counts);
    });
  });
}

test('Passed, failed and skipped tests are told apart, and the skipped ones are named', async () => {
  const { passed, failed, skipped } = await countsOf('mixed.ts');
  assert.deepEqual({ passed, failed }, { passed: 2, failed: 1 });
  const names = skipped.map((name) => name.replace(/^.*: /, ''));
  assert.deepEqual(names, ['is skipped', 'is left to do']);
});

test('A file that breaks before its first test is a failure', async () => {
  assert.deepEqual(await countsOf('crashing.ts'), { passed: 0, failed: 1, skipped: [] });
});
