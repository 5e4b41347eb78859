/** A live Corefile edited in real VS Code on a real cluster: saved, followed, rolled back, refused, and edited by two. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { labKubeconfig, kubectl, readCorefile, setCorefile } from '../cluster/lab/labClient.ts';
import { defaultCorefile } from '../cluster/lab/manifests.ts';
import { type CodeServer, openCodeServer } from '../support/codeServer.ts';

/** kubeadm's Corefile with the shortest interval that reload takes, so that the test waits for seconds. */
const quick = defaultCorefile.replace('    reload\n', '    reload 2s 0s\n');
const CACHE_45 = quick.replace('cache 30', 'cache 45');
let server: CodeServer;

before(async () => {
  await setCorefile(quick);
  // In a browser VS Code saves by itself, and a save by hand at that moment is taken for the same one, which is refused.
  server = await openCodeServer({ kubeconfig: labKubeconfig(), settings: { 'files.autoSave': 'off' } });
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await setCorefile(defaultCorefile);
});
beforeEach(async () => {
  const { workbench } = server;
  if ((await readCorefile()) !== quick) await setCorefile(quick);
  await workbench.runCommand('Notifications: Clear All Notifications');
  await workbench.runCommand('DNS: Inspect Corefile');
  await workbench.editorTab('Corefile').waitFor();
  await workbench.page.locator('.view-line', { hasText: 'cache 30' }).waitFor();
});

const save = (): Promise<void> => server.workbench.page.keyboard.press('Control+S');

/** Throws the editor's text away. */
async function revert(): Promise<void> {
  await server.workbench.runCommand('File: Revert File');
  await server.workbench.page.locator('.view-line', { hasText: 'cache 30' }).waitFor();
}

async function trialPods(): Promise<string> {
  const selector = 'app.kubernetes.io/name=dnscope-corefile-trial';
  return (await kubectl(['-n', 'kube-system', 'get', 'pods', '-l', selector, '-o', 'name'])).trim();
}

test('a saved edit is shown line by line, asked of CoreDNS, loaded by both replicas, and rolled back', async () => {
  const { workbench } = server;
  await workbench.replaceLine('cache 30', 'cache 45');
  await save();
  const consent = await workbench.dialogText();
  for (const part of ['ConfigMap coredns', 'cache 30', 'cache 45', '2 pods read it', 'Tried first', 'previous text'])
    assert.ok(consent.includes(part), `${part}: ${consent}`);
  await workbench.screenshot('corefile-consent');
  await workbench.answerDialog('Apply');
  const done = workbench.message('2 of 2 replicas run the new Corefile');
  await done.waitFor({ timeout: 120_000 });
  assert.equal(await readCorefile(), CACHE_45);
  assert.equal(await trialPods(), '');
  await workbench.screenshot('corefile-applied');
  await done.getByRole('button', { name: 'Roll Back' }).click();
  await workbench.dialogText();
  await workbench.answerDialog('Roll Back');
  await workbench.page.locator('.view-line', { hasText: 'cache 30' }).waitFor({ timeout: 60_000 });
  assert.equal(await readCorefile(), quick);
});

test('a change is rolled back while replicas still wait for it', async () => {
  const { workbench } = server;
  await workbench.replaceLine('cache 30', 'cache 45');
  await save();
  await workbench.dialogText();
  await workbench.answerDialog('Apply');
  const watching = workbench.message('Changing Corefile').filter({ hasText: 'replicas run the new Corefile; ' });
  await watching.waitFor({ timeout: 120_000 });
  assert.equal(await readCorefile(), CACHE_45);
  await workbench.runCommand('DNS: Roll Back Corefile Change…');
  assert.match(await workbench.dialogText(), /Put back the previous Corefile/);
  await workbench.answerDialog('Roll Back');
  await workbench.page.locator('.view-line', { hasText: 'cache 30' }).waitFor({ timeout: 60_000 });
  assert.equal(await readCorefile(), quick);
  await workbench.message('2 of 2 replicas run the new Corefile').waitFor({ timeout: 180_000 });
  await workbench.runCommand('DNS: Roll Back Corefile Change…');
  await workbench.message('there is nothing to roll back').waitFor();
});

test('an error is seen and its fix taken; saved all the same it asks, and a No writes nothing', async () => {
  const { workbench } = server;
  await workbench.replaceLine('cache 30', 'cahce 30');
  const problems = await workbench.problems();
  assert.ok(
    problems.some((problem) => problem.includes('cahce') && problem.includes('Did you mean cache')),
    problems.join('\n'),
  );
  await workbench.page.locator('.editor-instance .view-line', { hasText: 'cahce' }).first().click();
  await save();
  const question = await workbench.dialogText();
  assert.match(question, /CoreDNS would refuse this Corefile: line \d+/);
  await workbench.screenshot('corefile-refused');
  await workbench.answerDialog('Cancel');
  await workbench.message('Failed to save').waitFor();
  assert.equal(await readCorefile(), quick);
  await workbench.runCommand('Notifications: Clear All Notifications');
  await workbench.page.locator('.editor-instance .view-line', { hasText: 'cahce' }).first().click();
  await workbench.page.keyboard.press('Home');
  await workbench.quickFix('Replace with cache');
  await workbench.page.locator('.view-line', { hasText: 'cache 30' }).waitFor();
  await revert();
});

test('what CoreDNS refuses and the user forces is put back', async () => {
  const { workbench } = server;
  await workbench.replaceLine('cache 30', 'cahce 30');
  await save();
  assert.match(await workbench.dialogText(), /CoreDNS itself is asked in a throw-away pod/);
  await workbench.answerDialog('Go On');
  await workbench.page.locator('.monaco-dialog-box', { hasText: 'ConfigMap coredns' }).waitFor();
  await workbench.answerDialog('Apply');
  const refused = workbench.page.locator('.monaco-dialog-box', { hasText: 'CoreDNS refuses the new Corefile' });
  await refused.waitFor({ timeout: 60_000 });
  assert.match(await refused.innerText(), /cahce.*CoreDNS would refuse this Corefile: line \d+/su);
  assert.equal(await readCorefile(), quick);
  await workbench.answerDialog('Write Anyway');
  const told = workbench.message('put back');
  await told.waitFor({ timeout: 120_000 });
  assert.equal(await readCorefile(), quick);
  await workbench.page.locator('.view-line', { hasText: 'cache 30' }).waitFor();
  await workbench.screenshot('corefile-put-back');
  // What was typed is not lost with it.
  await told.getByRole('button', { name: 'Open My Text' }).click();
  await workbench.page.locator('.editor-instance .view-line', { hasText: 'cahce 30' }).first().click();
  assert.equal(await readCorefile(), quick);
  await revert();
});

test('an edit that outlives a reload of the window is saved over the text that it was made from', async () => {
  const { workbench } = server;
  await workbench.replaceLine('cache 30', 'cache 45');
  await server.backedUp('cache 45');
  await workbench.reloadWindow();
  await workbench.page.locator('.editor-instance .view-line', { hasText: 'cache 45' }).first().click();
  await save();
  const consent = await workbench.dialogText(120_000);
  for (const part of ['ConfigMap coredns', 'cache 30', 'cache 45']) assert.ok(consent.includes(part), consent);
  await workbench.answerDialog('Cancel');
  await workbench.message('Failed to save').waitFor();
  assert.equal(await readCorefile(), quick);
  await workbench.runCommand('Notifications: Clear All Notifications');
  await workbench.page.locator('.editor-instance .view-line', { hasText: 'cache 45' }).first().click();
  await revert();
});

test('of two who edit at once the second is told, and nothing is lost', async () => {
  const { workbench } = server;
  await workbench.replaceLine('cache 30', 'cache 45');
  const theirs = quick.replace('ttl 30', 'ttl 20');
  const patch = JSON.stringify({ data: { Corefile: theirs } });
  await kubectl(['-n', 'kube-system', 'patch', 'configmap', 'coredns', '--type=merge', '-p', patch]);
  await save();
  const told = workbench.message('Failed to save');
  await told.waitFor({ timeout: 30_000 });
  assert.match(await told.innerText(), /newer|changed|edited/i);
  await workbench.screenshot('corefile-conflict');
  assert.equal(await readCorefile(), theirs);
  assert.equal(await workbench.page.locator('.view-line', { hasText: 'cache 45' }).count(), 1);
  await workbench.runCommand('Notifications: Clear All Notifications');
  await workbench.page.locator('.editor-instance .view-line', { hasText: 'cache 45' }).first().click();
  await workbench.runCommand('File: Revert File');
  await workbench.page.locator('.view-line', { hasText: 'ttl 20' }).waitFor();
});

test('the query log is on for a while, counts down in the status bar, and is switched back by a click', async () => {
  const { workbench } = server;
  await workbench.runCommand('DNS: Turn Query Log On for a While');
  await workbench.pick('5 minutes');
  const question = await workbench.dialogText();
  assert.match(question, /Turn Query Log On in cluster dnscope-lab until \d\d:\d\d/);
  assert.match(question, /Nothing in the cluster/i);
  await workbench.screenshot('query-log-consent');
  await workbench.answerDialog('Turn Query Log On');
  const counting = workbench.page.locator('.part.statusbar .statusbar-item', { hasText: /Query log on [0-5]:\d\d/ });
  await counting.waitFor({ timeout: 120_000 });
  assert.match(await readCorefile(), /^ +log\b/m);
  await workbench.screenshot('query-log');
  await counting.click();
  await workbench.message('as it was before').waitFor({ timeout: 120_000 });
  assert.equal(await counting.count(), 0);
  assert.equal(await readCorefile(), quick);
});

test('the history has what was there before, and puts it back', async () => {
  const { workbench } = server;
  await workbench.runCommand('DNS: Corefile History');
  await workbench.quickPickRow('query log or cache switched for a while').waitFor();
  const rows = await workbench.quickPickRows();
  assert.ok(
    rows.some((row) => row.includes('edited here')),
    rows.join('\n'),
  );
  await workbench.screenshot('corefile-history');
  await workbench.quickPickRow('query log or cache switched for a while').click();
  await workbench.message('Put this version back?').waitFor();
  await workbench.page
    .locator('.monaco-diff-editor .view-line', { hasText: 'dnscope.dev/temporary' })
    .first()
    .waitFor();
  await workbench.screenshot('corefile-history-diff');
  await workbench.answerMessage('Put this version back?', 'Restore');
  assert.match(await workbench.dialogText(), /1 line added/);
  await workbench.answerDialog('Apply');
  await workbench.message('2 of 2 replicas run the new Corefile').waitFor({ timeout: 180_000 });
  assert.match(await readCorefile(), /dnscope\.dev\/temporary/);
});

test('the history is deleted on request, and then there is none', async () => {
  const { workbench } = server;
  const folder = path.join(server.root, 'user', 'User', 'globalStorage', 'dnscope.dnscope', 'corefile-history');
  assert.equal((await readdir(folder)).length, 1);
  await workbench.runCommand('DNS: Corefile History');
  await workbench.quickPickRow('Delete Versions').click();
  assert.match(await workbench.dialogText(), /What stands in a cluster stays as it is/);
  await workbench.answerDialog('Delete All');
  await workbench.message('The versions were deleted').waitFor();
  await assert.rejects(readdir(folder));
  await workbench.runCommand('DNS: Corefile History');
  await workbench.message('No version of this Corefile was seen from here').waitFor();
});
