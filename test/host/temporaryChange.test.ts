/** What an earlier window has left switched on, met by a fresh window on a real cluster. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { readCorefile as modelOf } from '../../src/core/corefile/model.ts';
import { temporaryEdit } from '../../src/session/change/temporaryEdit.ts';
import { nextAnnotation, TEMPORARY_ANNOTATION } from '../../src/session/change/temporaryMark.ts';
import { kubectl, labKubeconfig, readCorefile, setCorefile } from '../cluster/lab/labClient.ts';
import { defaultCorefile } from '../cluster/lab/manifests.ts';
import { type CodeServer, openCodeServer } from '../support/codeServer.ts';

/** kubeadm's Corefile with the shortest interval that reload takes, so that the test waits for seconds. */
const quick = defaultCorefile.replace('    reload\n', '    reload 2s 0s\n');
let server: CodeServer;

/** As another window, gone since, has left it: the query log on until the deadline. */
async function leaveQueryLogOn(deadlineMs: number): Promise<void> {
  const { text, steps } = temporaryEdit(quick, modelOf(quick), 'query-log');
  assert.equal(steps.length, 1);
  const until = {
    since: new Date(deadlineMs - 300_000).toISOString(),
    deadline: new Date(deadlineMs).toISOString(),
  };
  const annotation = nextAnnotation([], { kind: 'query-log', key: 'Corefile', text }, until);
  const patch = { metadata: { annotations: { [TEMPORARY_ANNOTATION]: annotation } }, data: { Corefile: text } };
  await kubectl(['-n', 'kube-system', 'patch', 'configmap', 'coredns', '--type=merge', '-p', JSON.stringify(patch)]);
}

const annotation = async (): Promise<string> =>
  kubectl(['-n', 'kube-system', 'get', 'configmap', 'coredns', '-o', 'jsonpath={.metadata.annotations}']);

before(async () => {
  await setCorefile(quick);
  await leaveQueryLogOn(Date.now() - 3_600_000);
  server = await openCodeServer({ kubeconfig: labKubeconfig() });
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await setCorefile(defaultCorefile);
});

test('a fresh window notices what is overdue in the cluster it opens, and switches it back by a click', async () => {
  const { workbench } = server;
  await workbench.showView('DNS');
  const told = workbench.message('was to end at');
  await told.waitFor({ timeout: 60_000 });
  assert.match(await told.innerText(), /The query log is on in .*whoever switched it did not switch it back/);
  assert.match(await readCorefile(), /^ +log\b/m);
  await workbench.screenshot('query-log-overdue');
  await told.getByRole('button', { name: 'Switch Back' }).click();
  await workbench.message('The query log is as it was before').waitFor({ timeout: 120_000 });
  assert.equal(await readCorefile(), quick);
});

test('asked for again it is prolonged, and ended by the same command', async () => {
  const { workbench } = server;
  const counting = (time: RegExp): Locator => workbench.statusBar.locator('.statusbar-item', { hasText: time });
  await workbench.runCommand('DNS: Turn Query Log On for a While');
  await workbench.pick('5 minutes');
  assert.match(await workbench.dialogText(), /until \d\d:\d\d [A-Z]/);
  await workbench.answerDialog('Turn Query Log On');
  await counting(/Query log on [0-5]:\d\d/).waitFor({ timeout: 180_000 });
  const before = await annotation();
  await workbench.runCommand('DNS: Turn Query Log On for a While');
  await workbench.pick('15 minutes');
  assert.match(await workbench.dialogText(), /The query log is on in cluster \S+ already, until \d\d:\d\d [A-Z]/);
  await workbench.screenshot('query-log-prolong');
  await workbench.answerDialog('Prolong');
  await counting(/Query log on 1\d:\d\d/).waitFor({ timeout: 60_000 });
  assert.equal(await counting(/Query log/).count(), 1);
  assert.notEqual(await annotation(), before);
  assert.match(await readCorefile(), /^ +log\b/m);
  await workbench.runCommand('Notifications: Clear All Notifications');
  await workbench.runCommand('DNS: Turn Query Log On for a While');
  await workbench.pick('15 minutes');
  await workbench.dialogText();
  await workbench.answerDialog('Switch Back Now');
  await workbench.message('The query log is as it was before').waitFor({ timeout: 180_000 });
  assert.equal(await readCorefile(), quick);
  assert.equal(await counting(/Query log/).count(), 0);
});
