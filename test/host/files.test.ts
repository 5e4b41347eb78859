import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { repositoryRoot } from '../../scripts/paths.ts';
import { openCodeServer } from '../support/codeServer.ts';

const sample = path.join(repositoryRoot, 'examples/first-story.pcapng');
let folder = '';

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dnscope-files-'));
  await copyFile(sample, path.join(folder, 'trace.pcapng'));
  await writeFile(path.join(folder, 'packed.pcapng.gz'), gzipSync(await readFile(sample)));
  await writeFile(path.join(folder, 'packed.pcapng.zst'), zstdCompressSync(await readFile(sample)));
  await writeFile(path.join(folder, 'foreign.pcap'), 'This is no capture at all, only text.\n');
  await writeFile(path.join(folder, 'Corefile'), '. {\n    errors\n    fowrard . 192.0.2.1\n}\n');
});
after(() => rm(folder, { recursive: true, force: true }));

test('the sample trace opens with rows and the verdict, and again after a reload of the window', async () => {
  await using server = await openCodeServer();
  const { workbench } = server;
  await workbench.runCommand('DNS: Open Sample Trace');
  await workbench.panel.verdict.filter({ hasText: 'myexternalendpoint.com' }).waitFor();
  await workbench.panel.rows('myexternalendpoint.com', 'SERVFAIL').first().waitFor();
  await workbench.screenshot('sample-trace');
  await workbench.reloadWindow();
  await workbench.panel.verdict.filter({ hasText: 'myexternalendpoint.com' }).waitFor();
});

test('an untrusted workspace opens files and checks Corefiles, and keeps away from clusters', async () => {
  await using server = await openCodeServer({ folder, trusted: false });
  const { workbench } = server;
  await workbench.openFile('trace.pcapng');
  await workbench.panel.rows('SERVFAIL').first().waitFor();
  await workbench.openFile('Corefile');
  assert.match((await workbench.problems()).join('\n'), /fowrard/);
  await workbench.showView('DNS');
  await workbench.page.getByText('Clusters are off in this untrusted workspace').waitFor();
  await workbench.screenshot('untrusted');
});

test('compressed captures open like others', async () => {
  await using server = await openCodeServer({ folder });
  const { workbench } = server;
  for (const name of ['packed.pcapng.gz', 'packed.pcapng.zst']) {
    await workbench.openFile(name);
    await workbench.editorTab(name).waitFor();
    await workbench.panel.rows('myexternalendpoint.com', 'SERVFAIL').first().waitFor();
  }
});

test('a foreign file says what it is, in its own panel', async () => {
  await using server = await openCodeServer({ folder });
  const { workbench } = server;
  await workbench.openFile('foreign.pcap');
  await workbench.webview().getByText('This is no packet capture').first().waitFor();
});

test('without a kubeconfig the view offers what works without a cluster', async () => {
  await using server = await openCodeServer();
  const { workbench } = server;
  await workbench.showView('DNS');
  for (const offer of ['Choose a Kubeconfig', 'Open a Capture', 'Open the Sample Trace']) {
    await workbench.page
      .getByRole('button', { name: offer })
      .or(workbench.page.getByRole('link', { name: offer }))
      .first()
      .waitFor();
  }
  await workbench.screenshot('welcome');
});
