/**
 * Takes the README's pictures: the first story, traced in the lab in real VS Code, in three themes. `node test/host/pictures.ts` with the lab up
 * and the VSIX packaged; the files land in media/pictures.
 */
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { repositoryRoot } from '../../scripts/paths.ts';
import { isLab, labKubeconfig, startScenario } from '../cluster/lab/labClient.ts';
import { silentUpstream, silentUpstreamNames as names } from '../cluster/lab/scenarios/silentUpstream.ts';
import { captureImage } from '../support/captureImage.ts';
import { openCodeServer } from '../support/codeServer.ts';

const target = path.join(repositoryRoot, 'media/pictures');
await mkdir(target, { recursive: true });
await using story = await startScenario(silentUpstream);
await using server = await openCodeServer({ kubeconfig: labKubeconfig(), settings: captureImage() });
const { workbench } = server;
const { panel } = workbench;

async function picture(name: string): Promise<void> {
  await copyFile(await workbench.screenshot(name), path.join(target, `${name}.png`));
}

await workbench.runCommand('DNS: Trace DNS for Pod…');
for (const step of [isLab() ? 'dnscope-lab' : '', names.namespace, names.deployment]) {
  if (step !== '') await workbench.pick(step);
}
await workbench.answerDialog('Start Trace');
await panel.verdict
  .filter({ hasText: story.facts.upstream })
  .filter({ hasText: names.silent })
  .waitFor({ timeout: 90_000 });
await panel.rows(`${names.answered}.`, 'NOERROR').first().waitFor();
await workbench.showView('DNS');
await workbench.treeRow('shop').waitFor();
for (const theme of ['dark', 'light', 'contrast'] as const) {
  await workbench.setTheme(theme);
  await picture(`first-story-${theme}`);
}
await panel.rows(`${names.silent}.`, 'SERVFAIL').first().click();
await panel.frame.locator('.details').getByText(story.facts.upstream).first().waitFor();
for (const theme of ['dark', 'light', 'contrast'] as const) {
  await workbench.setTheme(theme);
  await picture(`first-story-details-${theme}`);
}
await workbench.runCommand('DNS: Stop Trace');
