/** A cluster whose platform puts `coredns` back, as AKS does: an edit goes on in `coredns-custom`, which has no key yet. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  applyObjects,
  corednsRolledOut,
  kubectl,
  kubectlJson,
  labKubeconfig,
  readCorefile,
  setCorefile,
} from '../cluster/lab/labClient.ts';
import { defaultCorefile } from '../cluster/lab/manifests.ts';
import { type CodeServer, openCodeServer } from '../support/codeServer.ts';

const inSystem = ['-n', 'kube-system'];
/** The imports that AKS puts into its Corefile, with the shortest interval that reload takes. */
const aks = `${defaultCorefile.replace('    reload\n', '    reload 2s 0s\n    import custom/*.override\n')}import custom/*.server\n`;
const LABEL = 'addonmanager.kubernetes.io/mode';
let server: CodeServer;

/** Mounts coredns-custom beside the Corefile, or takes the mount away. */
async function mountCustom(change: { readonly $patch?: 'delete' }): Promise<void> {
  const name = 'custom-config-volume';
  const volume = {
    name,
    ...(change.$patch === undefined ? { configMap: { name: 'coredns-custom', optional: true } } : change),
  };
  const mount = { name, mountPath: '/etc/coredns/custom', readOnly: true, ...change };
  const spec = { volumes: [volume], containers: [{ name: 'coredns', volumeMounts: [mount] }] };
  const patch = JSON.stringify({ spec: { template: { spec } } });
  await kubectl([...inSystem, 'patch', 'deployment', 'coredns', '--type=strategic', '-p', patch]);
  await corednsRolledOut();
}

async function customData(): Promise<Readonly<Record<string, string>>> {
  type ConfigMap = { readonly data?: Readonly<Record<string, string>> };
  return (await kubectlJson<ConfigMap>([...inSystem, 'get', 'configmap', 'coredns-custom'])).data ?? {};
}

before(async () => {
  await applyObjects([
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'coredns-custom', namespace: 'kube-system' } },
  ]);
  await mountCustom({});
  await setCorefile(aks);
  await kubectl([...inSystem, 'label', 'configmap', 'coredns', `${LABEL}=Reconcile`]);
  server = await openCodeServer({ kubeconfig: labKubeconfig() });
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await kubectl([...inSystem, 'label', 'configmap', 'coredns', `${LABEL}-`]);
  await setCorefile(defaultCorefile);
  await mountCustom({ $patch: 'delete' });
  await kubectl([...inSystem, 'delete', 'configmap', 'coredns-custom']);
});

const save = (): Promise<void> => server.workbench.page.keyboard.press('Control+S');

async function openMain(): Promise<void> {
  const { workbench } = server;
  await workbench.runCommand('Notifications: Clear All Notifications');
  await workbench.runCommand('DNS: Inspect Corefile');
  await workbench.editorTab('Corefile').waitFor();
  await workbench.page.locator('.view-line', { hasText: 'cache 30' }).waitFor();
}

test('an edit that the platform would put back goes on in a new key of coredns-custom, and rolls back to none', async () => {
  const { workbench } = server;
  const { page } = workbench;
  await openMain();
  await workbench.replaceLine('loadbalance', 'loadbalance\nlog');
  await save();
  assert.match(await workbench.dialogText(), /is reconciled by AKS/);
  await workbench.screenshot('managed-consent');
  await workbench.answerDialog('Carry Over to coredns-custom');
  await workbench.quickPick.waitFor();
  assert.equal(await workbench.quickPick.locator('input.input').inputValue(), 'dnscope.override');
  await workbench.quickPick.locator('input.input').fill('mine.server');
  await workbench.quickPick.getByText('ends in .override').waitFor();
  await workbench.screenshot('new-key');
  await workbench.typeInQuickInput('mine.override');
  await workbench.editorTab('mine.override').waitFor();
  await workbench.message('Carried over to coredns-custom').waitFor();
  assert.deepEqual(await customData(), {});
  await page.locator('.editor-instance .view-line', { hasText: 'log' }).first().click();
  await save();
  const consent = await workbench.dialogText();
  for (const part of ['mine.override of ConfigMap coredns-custom', '1 line added', '+ log', '2 pods read it'])
    assert.ok(consent.includes(part), `${part}: ${consent}`);
  await workbench.screenshot('new-key-consent');
  await workbench.answerDialog('Apply');
  const done = workbench.message('2 of 2 replicas run the new Corefile');
  await done.waitFor({ timeout: 180_000 });
  assert.deepEqual(await customData(), { 'mine.override': 'log\n' });
  assert.equal(await readCorefile(), aks);
  await done.getByRole('button', { name: 'Roll Back' }).click();
  await workbench.dialogText();
  await workbench.answerDialog('Roll Back');
  // The progress says the same of its last look; the result comes when the progress is gone.
  const progress = workbench.message('Rolling back the Corefile');
  await progress.waitFor({ timeout: 30_000 });
  await progress.waitFor({ state: 'hidden', timeout: 180_000 });
  await workbench.message('2 of 2 replicas run the new Corefile').waitFor({ timeout: 180_000 });
  assert.deepEqual(await customData(), {});
  await workbench.runCommand('View: Close All Editors');
  // The Corefile's own edit is still unsaved.
  await workbench.answerDialog("Don't Save");
});

test('the changes are looked at without a dialog in the way, and applied from there', async () => {
  const { workbench } = server;
  await openMain();
  await workbench.replaceLine('cache 30', 'cache 45');
  await save();
  await workbench.dialogText();
  await workbench.answerDialog('Show Changes');
  await workbench.editorTab('cluster ↔ edited').waitFor();
  // The save has ended: nothing waits for the message.
  await workbench.message('Failed to save').waitFor();
  assert.equal(await readCorefile(), aks);
  await workbench.screenshot('show-changes');
  await workbench.answerMessage('Write Corefile of ConfigMap coredns', 'Apply');
  await workbench.message('2 of 2 replicas run the new Corefile').waitFor({ timeout: 180_000 });
  assert.equal(await readCorefile(), aks.replace('cache 30', 'cache 45'));
  assert.equal(await workbench.editorTab('cluster ↔ edited').count(), 0);
});
