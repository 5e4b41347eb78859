import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rename, rm, watch, writeFile } from 'node:fs/promises';
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

test('a capture comes back after a reload with the filter and the lookup that were chosen', async () => {
  await using server = await openCodeServer({ folder });
  const { workbench } = server;
  await workbench.openFile('trace.pcapng');
  await workbench.panel.rows('SERVFAIL').first().waitFor();
  await workbench.panel.filter.fill('name~external');
  // Rows that come anew take a click on them away.
  await workbench.panel.rows('NOERROR').first().waitFor({ state: 'detached' });
  await workbench.panel.rows('SERVFAIL').first().click();
  const details = workbench.panel.frame.locator('.details');
  await details.getByText('myexternalendpoint.com').first().waitFor();
  const text = await details.innerText();
  await workbench.reloadWindow();
  await workbench.panel.rows('SERVFAIL').first().waitFor();
  assert.equal(await workbench.panel.filter.inputValue(), 'name~external');
  await details.getByText('myexternalendpoint.com').first().waitFor();
  assert.equal(await details.innerText(), text);
  assert.equal(await workbench.panel.rows('NOERROR').count(), 0);
});

test('several captures that are selected in the Explorer open as one trace', async () => {
  await using server = await openCodeServer({ folder });
  const { workbench } = server;
  await workbench.showView('Explorer');
  await workbench.treeRow('packed.pcapng.gz').click();
  // The Explorer chooses the file of an editor that has opened: a choice made before that would be lost.
  await workbench.editorTab('packed.pcapng.gz').waitFor();
  await workbench.treeRow('trace.pcapng').click({ modifiers: ['ControlOrMeta'] });
  await workbench.page.locator('.sidebar .monaco-list-row.selected').nth(1).waitFor();
  await workbench.contextMenu(workbench.treeRow('trace.pcapng'), 'Open as One DNS Trace');
  await workbench.editorTab('and 1 more').waitFor();
  await workbench.panel.rows('SERVFAIL').first().waitFor();
});

test('Wireshark gets the file of a capture', async () => {
  const program = path.join(folder, 'wireshark.sh');
  const started = path.join(folder, 'started.txt');
  await writeFile(program, `#!/bin/sh\nprintf '%s' "$*" > '${started}.part' && mv '${started}.part' '${started}'\n`, {
    mode: 0o755,
  });
  await using server = await openCodeServer({ folder, settings: { 'dnscope.wiresharkPath': program } });
  const { workbench } = server;
  await workbench.openFile('trace.pcapng');
  await workbench.panel.rows('SERVFAIL').first().waitFor();
  const told = fileAppears(started);
  await workbench.runCommand('DNS: Open in Wireshark');
  await told;
  assert.equal(await readFile(started, 'utf8'), path.join(folder, 'trace.pcapng'));
});

/** A live trace on disk whose process was killed, as if the extension host of that id had written it. */
async function leaveLiveTrace(storage: string, pid: number): Promise<void> {
  const kept = path.join(storage, 'live-traces');
  const program = path.join(repositoryRoot, 'test/support/keptTraceWriter.ts');
  const writer = spawn(process.execPath, [program, kept], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(writer.stdout, 'data');
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  const made = (await readdir(kept)).find((name) => name.startsWith(`trace-${String(writer.pid)}-`));
  assert.ok(made !== undefined);
  await rename(path.join(kept, made), path.join(kept, made.replace(String(writer.pid), String(pid))));
}

test('a live trace whose extension host was killed is offered, also to the next window, and opens with its rows', async () => {
  await using server = await openCodeServer();
  const { workbench } = server;
  await workbench.runCommand('DNS: Open Sample Trace');
  await workbench.panel.verdict.waitFor();
  const storage = path.join(server.root, 'user', 'User', 'globalStorage', 'dnscope.dnscope');
  const pid = await server.extensionHostPid();
  await leaveLiveTrace(storage, pid);
  process.kill(pid, 'SIGKILL');
  // VS Code starts another extension host by itself.
  await workbench.message('The trace of shop/order-service was not saved').waitFor();
  await workbench.reloadWindow();
  await workbench.message('The trace of shop/order-service was not saved').waitFor();
  await workbench.screenshot('lost-trace');
  await workbench.answerMessage('was not saved', 'Open');
  await workbench.editorTab('shop-order-service').waitFor();
  await workbench.panel.rows('NOERROR').first().waitFor();
  await workbench.screenshot('lost-trace-open');
  await workbench.reloadWindow();
  await workbench.editorTab('shop-order-service').waitFor();
  await workbench.panel.rows('NOERROR').first().waitFor();
  assert.equal(await workbench.message('was not saved').count(), 0);
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

async function fileAppears(file: string): Promise<void> {
  for await (const { filename } of watch(path.dirname(file))) if (filename === path.basename(file)) return;
}
