/** A live trace on a real cluster while its window is reloaded: what it had seen by then is not lost. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isLab, labKubeconfig, startScenario } from '../cluster/lab/labClient.ts';
import {
  silentUpstream,
  silentUpstreamNames as names,
  type SilentUpstreamFacts,
} from '../cluster/lab/scenarios/silentUpstream.ts';
import { captureImage } from '../support/captureImage.ts';
import { type CodeServer, openCodeServer } from '../support/codeServer.ts';

let story: Awaited<ReturnType<typeof startScenario<SilentUpstreamFacts>>>;
let server: CodeServer;

before(async () => {
  story = await startScenario(silentUpstream);
  server = await openCodeServer({ kubeconfig: labKubeconfig(), settings: captureImage() });
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await story.stop();
});

test('a trace that runs while the window is reloaded is offered by the next one', async () => {
  const { workbench } = server;
  await workbench.runCommand('DNS: Trace DNS for Pod…');
  for (const step of [isLab() ? 'dnscope-lab' : '', names.namespace, names.deployment])
    if (step !== '') await workbench.pick(step);
  await workbench.dialogText();
  await workbench.answerDialog('Start Trace');
  await workbench.panel.rows(names.service).first().waitFor({ timeout: 60_000 });
  await workbench.reloadWindow();
  const offer = workbench.message('was not saved');
  await offer.waitFor({ timeout: 60_000 });
  assert.match(await offer.innerText(), new RegExp(story.facts.pod, 'u'));
  await workbench.answerMessage('was not saved', 'Open');
  // The panel of the trace that ended, and the file that was made of it.
  await workbench.page.locator('.tabs-container .tab', { hasText: story.facts.pod }).nth(1).waitFor();
  await workbench.panel.rows(names.service).first().waitFor({ timeout: 60_000 });
  await workbench.screenshot('lost-trace-reload');
});
