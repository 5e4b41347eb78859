import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { runTests } from '@vscode/test-electron';
import { repositoryRoot } from '../../scripts/paths.ts';
import { labKubeconfig } from '../cluster/lab/labClient.ts';
import { openCodeServer } from '../support/codeServer.ts';
import { bundleHostSuite } from '../support/hostSuiteBundle.ts';
import type { HostResult } from './suite/hostSuite.ts';

/** `npm run test:desktop` sets it: a desktop VS Code, downloaded unless `VSCODE` names one. */
const desktop = process.env['DNSCOPE_HOST'] === 'desktop';

test(`inside the extension host of ${desktop ? 'a desktop VS Code' : 'code-server'}`, async (suite) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'dnscope-suite-'));
  suite.after(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'results.json');
  await (desktop ? runOnDesktop : runInCodeServer)(file, folder);
  const results = JSON.parse(await readFile(file, 'utf8')) as readonly HostResult[];
  assert.ok(results.length > 4, 'the suite has cases');
  for (const { name, failure } of results) {
    await suite.test(name, () => {
      if (failure !== undefined) assert.fail(failure);
    });
  }
});

async function runInCodeServer(file: string, folder: string): Promise<void> {
  const { vsix } = await bundleHostSuite();
  const written = fileAppears(file);
  await using _server = await openCodeServer({
    kubeconfig: labKubeconfig(),
    extensions: [vsix],
    env: { DNSCOPE_SUITE_RESULTS: file },
    folder: path.join(folder, 'work'),
  });
  await written;
}

async function runOnDesktop(file: string, folder: string): Promise<void> {
  const { entry } = await bundleHostSuite();
  const { VSCODE } = process.env;
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  await runTests({
    ...(VSCODE === undefined ? {} : { vscodeExecutablePath: VSCODE }),
    extensionDevelopmentPath: repositoryRoot,
    extensionTestsPath: entry,
    extensionTestsEnv: { DNSCOPE_SUITE_RESULTS: file, KUBECONFIG: labKubeconfig() },
    launchArgs: [
      folder,
      '--disable-extensions',
      '--disable-workspace-trust',
      ...root,
      '--user-data-dir',
      path.join(folder, 'user'),
    ],
  });
}

async function fileAppears(file: string): Promise<void> {
  for await (const { filename } of watch(path.dirname(file))) if (filename === path.basename(file)) return;
}
