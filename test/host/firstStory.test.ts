/** Seed 000 in real VS Code on a real cluster: an upstream that stays silent for one name, found from the pod. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { isLab, labKubeconfig, podsOf, processesInPod, startScenario } from '../cluster/lab/labClient.ts';
import {
  silentUpstream,
  silentUpstreamNames as names,
  type SilentUpstreamFacts,
  storyUpstream,
} from '../cluster/lab/scenarios/silentUpstream.ts';
import { startUpstream, stopUpstream } from '../cluster/lab/upstreams.ts';
import { captureImage } from '../support/captureImage.ts';
import { type CodeServer, openCodeServer } from '../support/codeServer.ts';

let story: Awaited<ReturnType<typeof startScenario<SilentUpstreamFacts>>>;
let server: CodeServer;
let folder = '';

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dnscope-story-'));
  story = await startScenario(silentUpstream);
  server = await openCodeServer({ kubeconfig: labKubeconfig(), settings: captureImage() });
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await story.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Every tcpdump in the pods that this trace watches. */
async function tcpdumps(): Promise<readonly string[]> {
  const dns = await podsOf('kube-system', 'k8s-app=kube-dns');
  const pods = [{ namespace: names.namespace, name: story.facts.pod }, ...dns.map(({ metadata }) => metadata)];
  const found = await Promise.all(
    pods.map(async (pod) =>
      (await processesInPod(pod.namespace, pod.name)).some((one) => one.name === 'tcpdump') ? [pod.name] : [],
    ),
  );
  return found.flat();
}

async function traceFromPalette(): Promise<void> {
  const { workbench } = server;
  await workbench.runCommand('DNS: Trace DNS for Pod…');
  // After the first time the last choice stands first; "Other pods" are below it.
  for (const step of [isLab() ? 'dnscope-lab' : '', names.namespace, names.deployment])
    if (step !== '') await workbench.pick(step);
}

test('Trace DNS for Pod asks, shows what it creates, and names the upstream as the hop at fault', async () => {
  const { workbench } = server;
  await traceFromPalette();
  const consent = await workbench.dialogText();
  for (const part of ['ephemeral container', story.facts.pod, 'How it ends', 'What stays'])
    assert.ok(consent.includes(part), `${part} is named before anything is created`);
  await workbench.screenshot('consent');
  await workbench.answerDialog('Start Trace');

  const { panel } = workbench;
  const failed = panel.rows(`${names.silent}.`, 'SERVFAIL').first();
  await failed.waitFor({ timeout: 60_000 });
  await panel.verdict
    .filter({ hasText: story.facts.upstream })
    .filter({ hasText: names.silent })
    .waitFor({ timeout: 30_000 });
  await panel.rows(`${names.answered}.`, 'NOERROR').first().waitFor();
  assert.match(await workbench.statusBar.innerText(), /DNS: 1 trace · order-service.* · 0 lost/);
  await workbench.showView('DNS');
  await workbench.treeRow('shop').waitFor();
  await workbench.screenshot('first-story');

  await panel.frame.getByText('What next').click();
  const told = await panel.frame.locator('.finding', { hasText: story.facts.upstream }).innerText();
  assert.match(told, new RegExp(`no answer for ${names.silent}`));
  assert.match(told, /exact|strong|inferred/);
  assert.match(told, /ruled out/i);
  assert.match(told, /evidence: \d+ lookups?/i);
  await panel.tab('Findings').click();
  const cards = panel.frame.locator('.findings .finding-card');
  await cards.filter({ hasText: `no answer for ${names.silent}` }).waitFor();
  assert.equal(
    await cards.filter({ hasText: `no answer for ${names.answered}` }).count(),
    0,
    'the other name is no finding',
  );
  await workbench.screenshot('finding');
  await panel.tab('Lookups').click();
});

test('the lookup shows its legs at three places, the upstream leg unanswered', async () => {
  const { panel } = server.workbench;
  // The first rows may be of before the pod's own capture began: then CoreDNS alone saw them.
  const row = panel.rows(`${names.silent}.`, 'SERVFAIL').last();
  await row.click();
  const details = panel.frame.locator('.details');
  await details.waitFor();
  await details.getByText(story.facts.upstream).first().waitFor();
  const text = await details.innerText();
  assert.match(text, /10\.96\.0\.10|kube-dns/);
  assert.match(text, /[Uu]nanswered|no answer/);
  await server.workbench.screenshot('lookup');
});

test('the lookup leads to the plugin that served it, and from the Corefile back to its rows', async () => {
  const { workbench } = server;
  const served = workbench.panel.frame.locator('.details-served');
  assert.match(await served.innerText(), /Served by\s+.*forward.*Corefile line \d+/s);
  await served.getByRole('button', { name: 'forward' }).click();
  await workbench.editorTab('Corefile').waitFor();
  const lens = workbench.page.locator('.codelens-decoration a', { hasText: 'failed' }).first();
  await lens.waitFor({ timeout: 30_000 });
  assert.match(await lens.innerText(), /\d+ lookups? · \d+ failed/);
  await workbench.screenshot('corefile-rows');
  await lens.click();
  await workbench.panel.rows(`${names.silent}.`, 'SERVFAIL').first().waitFor();
  assert.match(await workbench.panel.filter.inputValue(), /^corefile:\d+$/);
  await workbench.panel.filter.fill('');
  await workbench.editorTab('Corefile').click();
  await workbench
    .editorTab('Corefile')
    .getByRole('button', { name: /^Close/ })
    .click();
});

test('the trace is saved as pcapng, opens again and tells the same', async () => {
  const { workbench } = server;
  const file = path.join(folder, 'saved.pcapng');
  await workbench.runCommand('DNS: Save Trace As…');
  await workbench.answerSave(file);
  await workbench.message('Saved').waitFor();
  assert.ok((await stat(file)).size > 1000);
  await workbench.answerMessage('Saved', 'Open');
  await workbench.editorTab('saved.pcapng').waitFor();
  await workbench.panel.verdict.filter({ hasText: story.facts.upstream }).waitFor();
  await workbench
    .editorTab('saved.pcapng')
    .getByRole('button', { name: /^Close/ })
    .click();
});

// Only the lab's upstream can be told what to do.
if (isLab()) {
  test('an upstream that is silent for every name is told on its line, until it answers', async () => {
    const { workbench } = server;
    const told = workbench.page.locator('.markers-panel .monaco-list-row', { hasText: 'answered none of' });
    await workbench.runCommand('DNS: Inspect Corefile');
    await workbench.editorTab('Corefile').waitFor();
    await workbench.runCommand('Problems: Focus on Problems View');
    await stopUpstream(storyUpstream.name);
    await startUpstream({ ...storyUpstream, zones: { '.': 'silent' } });
    try {
      // Answers of the last minute have to grow old.
      await told.filter({ hasText: story.facts.upstream }).waitFor({ timeout: 150_000 });
      await workbench.screenshot('corefile-upstream-silent');
    } finally {
      await stopUpstream(storyUpstream.name);
      await startUpstream(storyUpstream);
    }
    await told.waitFor({ state: 'detached', timeout: 60_000 });
    await workbench.editorTab('Corefile').click();
    await workbench
      .editorTab('Corefile')
      .getByRole('button', { name: /^Close/ })
      .click();
  });
}

test('Stop ends the captures and says what stays', async () => {
  const { workbench } = server;
  await workbench.runCommand('DNS: Stop Trace');
  await workbench.panel.frame.locator('.aftermath').waitFor({ timeout: 30_000 });
  assert.deepEqual(await tcpdumps(), []);
  assert.match(await workbench.panel.frame.locator('.aftermath').innerText(), /entry stays in the pod/);
  await workbench.page.locator('.part.statusbar', { hasText: 'DNS: 1 trace' }).waitFor({ state: 'detached' });
});

test('after kill -9 of the extension host no tcpdump is left within 30 s', async () => {
  const { workbench } = server;
  await workbench.runCommand('DNS: Trace DNS for Pod…');
  await workbench.pick('same as last time');
  await workbench.dialogText();
  await workbench.answerDialog('Start Trace');
  await workbench.page.locator('.part.statusbar', { hasText: 'DNS: 1 trace' }).waitFor();
  await workbench.panel.rows(names.service).first().waitFor({ timeout: 60_000 });
  assert.notDeepEqual(await tcpdumps(), []);
  const killed = Date.now();
  process.kill(await server.extensionHostPid(), 'SIGKILL');
  let left = await tcpdumps();
  while (left.length > 0 && Date.now() - killed < 30_000) left = await tcpdumps();
  assert.deepEqual(left, []);
});

test('what the killed window had seen is offered to the next one', async () => {
  const { workbench } = server;
  await workbench.reloadWindow();
  // Panels of a dead extension host don't come back; the view starts the extension.
  await workbench.showView('DNS');
  // The one before was saved while it ran, and saw more after that.
  await workbench.message('2 traces were not saved').waitFor({ timeout: 60_000 });
  await workbench.screenshot('lost-traces');
  await workbench.answerMessage('2 traces were not saved', 'Choose…');
  const rows = await workbench.quickPickRows();
  assert.equal(rows.length, 2);
  for (const row of rows) assert.match(row, new RegExp(`^${story.facts.pod} .* [kM]B`, 'su'));
  await workbench.quickPickRow(story.facts.pod).click();
  await workbench.quickPick.getByRole('button', { name: 'OK' }).click();
  await workbench.editorTab(story.facts.pod).waitFor();
  await workbench.panel.rows(names.service).first().waitFor({ timeout: 60_000 });
  await workbench.screenshot('lost-trace-open');
});
