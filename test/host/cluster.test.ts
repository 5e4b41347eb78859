import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import {
  applyObjects,
  corednsRolledOut,
  deleteNamespace,
  isLab,
  kubectl,
  kubectlJson,
  labKubeconfig,
  loadDns,
  podsOf,
  readCorefile,
} from '../cluster/lab/labClient.ts';
import { openNamespace } from '../cluster/captureBench.ts';
import { type CodeServer, openCodeServer } from '../support/codeServer.ts';

const namespace = 'dnscope-host-test';
const clientNamespace = 'dnscope-host-load';
/** Between those of `kubernetes` and `kube-dns`. */
const freeService = '10.96.0.7';
let server: CodeServer;

before(async () => {
  server = await openCodeServer({ kubeconfig: labKubeconfig() });
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await deleteNamespace(namespace);
});

test('the tree shows CoreDNS, its Service, Corefile, upstreams and namespaces, and follows the cluster', async () => {
  const { workbench } = server;
  await workbench.showView('DNS');
  await workbench.treeRow('CoreDNS').waitFor();
  await workbench.treeRow('kube-dns').waitFor();
  for (const pod of await podsOf('kube-system', 'k8s-app=kube-dns'))
    await workbench.treeRow(pod.metadata.name).waitFor();
  for (const part of ['Corefile', 'Upstreams', 'Namespaces', 'kube-system']) await workbench.treeRow(part).waitFor();
  assert.equal(await workbench.treeRow(namespace).count(), 0);
  await applyObjects([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  await workbench.treeRow(namespace).waitFor();
  await workbench.screenshot('tree');
});

test('Inspect Corefile opens the live one, and its problems follow the ConfigMap', async () => {
  const { workbench } = server;
  const before = await readCorefile();
  const patch = (corefile: string): Promise<string> =>
    kubectl([
      '-n',
      'kube-system',
      'patch',
      'configmap',
      'coredns',
      '--type=merge',
      '-p',
      JSON.stringify({ data: { Corefile: corefile } }),
    ]);
  await workbench.runCommand('DNS: Inspect Corefile');
  await workbench.editorTab('Corefile').waitFor();
  await workbench.page.locator('.view-line', { hasText: 'kubernetes' }).first().waitFor();
  try {
    await patch(before.replace(/^\s*loop\s*$/m, '').replace(/^\s*errors\s*$/m, ''));
    await workbench.runCommand('Problems: Focus on Problems View');
    await workbench.page.locator('.markers-panel .monaco-list-row', { hasText: 'errors' }).first().waitFor();
    await workbench.screenshot('problems');
    await workbench.treeRow('Corefile').filter({ hasText: 'warning' }).waitFor();
  } finally {
    await patch(before);
  }
  await workbench.treeRow('Corefile').filter({ hasText: 'warning' }).waitFor({ state: 'detached' });
  await workbench.runCommand('View: Close All Editors');
});

// An address in the range of Services is known of the lab alone.
if (isLab()) {
  test('a live Corefile that nobody edits is checked again when only the cluster changes', async () => {
    const { workbench } = server;
    const problem = (text: string): Locator =>
      workbench.page.locator('.markers-panel .monaco-list-row', { hasText: text }).first();
    await workbench.runCommand('DNS: Inspect Corefile');
    await workbench.editorTab('Corefile').waitFor();
    await workbench.replaceLine('forward .', `    forward . ${freeService} {`);
    await workbench.runCommand('Problems: Focus on Problems View');
    await problem('no Service has it').waitFor();
    const metadata = { namespace, name: 'resolver' };
    const spec = { clusterIP: freeService, ports: [{ port: 53, protocol: 'UDP' }] };
    await applyObjects([{ apiVersion: 'v1', kind: 'Service', metadata, spec: { ...spec, selector: { app: 'none' } } }]);
    await problem(`Service ${namespace}/resolver has no ready pods`).waitFor();
    await problem('no Service has it').waitFor({ state: 'detached' });
    await workbench.screenshot('corefile-cluster-changed');
    await kubectl(['-n', namespace, 'delete', 'service', 'resolver']);
    await problem('no Service has it').waitFor();
    await workbench.page.locator('.editor-instance .view-line', { hasText: freeService }).first().click();
    await workbench.runCommand('File: Revert File');
    await workbench.runCommand('View: Close All Editors');
  });
}

/** What the CoreDNS pods count of their answers, all together. */
async function responses(): Promise<number> {
  const pods = await podsOf('kube-system', 'k8s-app=kube-dns');
  const paths = pods.map(({ metadata }) => `/api/v1/namespaces/kube-system/pods/${metadata.name}:9153/proxy/metrics`);
  const texts = await Promise.all(paths.map((path) => kubectl(['get', '--raw', path])));
  const counts = texts.flatMap((text) => [...text.matchAll(/^coredns_dns_responses_total\{.*\} (\S+)$/gmu)]);
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Until the load arrives. */
async function grown(from: number): Promise<void> {
  for (let look = 0; look < 100; look += 1) if ((await responses()) > from + 200) return;
  assert.fail('The load does not reach CoreDNS');
}

test('Restart CoreDNS names cluster, namespace and Deployment, does nothing on Cancel, and tells the error rate under load', async () => {
  const { workbench } = server;
  type Deployment = { readonly metadata: { readonly generation: number } };
  const generation = async (): Promise<number> =>
    (await kubectlJson<Deployment>(['-n', 'kube-system', 'get', 'deployment', 'coredns'])).metadata.generation;
  const old = await generation();
  await workbench.runCommand('DNS: Restart CoreDNS…');
  const text = await workbench.dialogText();
  for (const named of ['coredns', 'kube-system', 'cluster']) assert.match(text, new RegExp(named));
  await workbench.screenshot('restart');
  await workbench.answerDialog('Cancel');
  assert.equal(await generation(), old);
  await using client = isLab() ? await openNamespace(clientNamespace) : undefined;
  const queries = ['kubernetes.default.svc.cluster.local A'];
  const load =
    client === undefined
      ? undefined
      : loadDns({ namespace: clientNamespace, pod: 'client', queries, seconds: 40, rate: 200 });
  if (load !== undefined) await grown(await responses());
  await workbench.runCommand('DNS: Restart CoreDNS…');
  await workbench.dialogText();
  await workbench.answerDialog('Restart CoreDNS');
  const done = workbench.message('CoreDNS restarted');
  await done.waitFor({ timeout: 120_000 });
  if (load !== undefined) {
    await workbench.screenshot('restart-under-load');
    const told = /During the restart (?:\d|less than 0\.1)\S* % of (\d+) responses were errors/.exec(
      await done.innerText(),
    );
    // Nobody else asks so much.
    assert.ok(Number(told?.[1]) > 100, await done.innerText());
    assert.ok((await load).completed > 1_000);
  }
  assert.equal(await generation(), old + 1);
  await corednsRolledOut();
});

// Users without rights are the lab's own; a cluster of somebody else has none to lend.
if (isLab()) {
  test('without rights the message names verb and resource, and copies the Role that would give them', async () => {
    const { workbench } = server;
    await workbench.runCommand('DNS: Trace DNS for Pod…');
    await workbench.pick('dnscope-lab-viewer');
    await workbench.typeInQuickInput('order-service');
    await workbench.message('Missing permission: get pods in namespace default').waitFor();
    await workbench.screenshot('missing-permission');
    await workbench.answerMessage('Missing permission', 'Copy Role');
    await workbench.statusBar.getByText('Role copied').waitFor();
    const role = await workbench.page.evaluate(() => navigator.clipboard.readText());
    assert.match(role, /kind: Role[\s\S]*resources: \["pods"\]/);
  });

  test('a refused token is told in the tree, with what to do', async () => {
    const { workbench } = server;
    await workbench.runCommand('DNS: Select Context…');
    await workbench.pick('dnscope-lab-stranger');
    await workbench.showView('DNS');
    await workbench.treeRow('refused the credentials').filter({ hasText: 'renew the token' }).waitFor();
    await workbench.treeRow('credentials refused').waitFor();
  });
}
