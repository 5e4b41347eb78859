/** The node level: packets as they passed each network namespace, and the process behind them where the source knows it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { HOSTILE_NAMES, PWNED } from '../support/hostileNames.ts';
import { HOST_NETNS, nodeCapture } from '../support/nodeStory.ts';
import { eventually, Gallery, screenshot } from './galleryPage.ts';
import { violations } from './violations.ts';

const HOSTILE = HOSTILE_NAMES.map(({ text }) => text)
  .join(' ')
  .slice(0, 500);

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open(
    new Map([
      ['node-level', nodeCapture()],
      ['hostile-process', nodeCapture({ pid: 1, command: HOSTILE, path: HOSTILE, user: HOSTILE })],
    ]),
  );
});
after(() => gallery.close());

const WIDE = { width: 1800 } as const;
const cells = (page: Page, column: string) => page.locator(`.grid-row .cell-${column}`);

/** By keys alone, as the switch is a list. */
async function chooseByKeys(page: Page, title: string): Promise<void> {
  const chooser = page.locator('vscode-dropdown[aria-label="Rows"]');
  await chooser.focus();
  await page.keyboard.press('End');
  await page.locator(`.grid-canvas[aria-label="${title}"]`).waitFor();
}

test('the switch shows the way through the node, addresses as they are, and the process where it is known', async () => {
  const { page, settled, complaints } = await gallery.show({ capture: 'node-level', ...WIDE });
  await chooseByKeys(page, 'Node level');
  await settled();
  await eventually(async () =>
    assert.deepEqual((await cells(page, 'dstAddress').allInnerTexts()).slice(0, 4), [
      '10.96.0.10',
      '10.96.0.10',
      '10.244.0.5',
      '10.244.0.5',
    ]),
  );
  assert.equal(await cells(page, 'netns').nth(1).innerText(), String(HOST_NETNS));
  assert.equal(await cells(page, 'command').first().innerText(), 'curl');
  assert.equal(await cells(page, 'command').nth(1).innerText(), '');
  assert.equal(
    await cells(page, 'command')
      .nth(1)
      .locator('.not-known')
      .getAttribute('title')
      .then((why) => why?.slice(0, 10)),
    'Not known:',
  );
  assert.match(
    (await cells(page, 'dstAddress').nth(1).locator('span').first().getAttribute('title')) ?? '',
    /^10\.96\.0\.10/u,
  );
  assert.deepEqual(complaints, []);
});

test('its cells filter, its headings sort, and its columns are its own', async () => {
  const { page, settled, complaints } = await gallery.show({ capture: 'node-level', saved: { rows: 'node' }, ...WIDE });
  await settled();
  await cells(page, 'netns').nth(1).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Filter for this value' }).click();
  await page.locator('.chip', { hasText: `netns_id == ${String(HOST_NETNS)}` }).waitFor();
  await page.locator('.grid-canvas[aria-rowcount="9"]').waitFor();
  await page.locator('[role=columnheader]', { hasText: 'Src port' }).getByRole('button').click();
  await page.getByText('Sorted by source port').waitFor();

  await page.getByRole('button', { name: 'Columns' }).click();
  const picker = page.getByRole('dialog', { name: 'Columns' });
  await picker.locator('vscode-checkbox', { hasText: 'UID' }).click();
  await page.locator('[role=columnheader]', { hasText: 'UID' }).waitFor();
  await page.keyboard.press('Escape');
  await page.evaluate(() => window.gallery?.controller.setRows('transactions'));
  await page.locator('.grid-canvas[aria-label="Queries"]').waitFor();
  await page.locator('[role=columnheader]', { hasText: 'UID' }).waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
});

test('a command that means harm is shown as it is, and nothing of it does anything', async () => {
  const { page, settled, complaints } = await gallery.show({
    capture: 'hostile-process',
    saved: { rows: 'node', nodeColumns: { visible: ['command', 'uid', 'qname'], widths: {} } },
    ...WIDE,
  });
  await settled();
  await cells(page, 'command').first().locator('span[title]').waitFor();
  const shown = await cells(page, 'command').first().innerText();
  assert.ok(shown.includes('<img src=x'), shown);
  assert.doesNotMatch(shown, /\p{Cc}|\u202e|\u2066/u);
  await cells(page, 'command').first().click();
  assert.equal(await page.evaluate((name) => name in window, PWNED), false);
  assert.equal(await page.locator('.grid-row img, .grid-row script').count(), 0);
  assert.deepEqual(complaints, []);
});

for (const theme of ['dark', 'light', 'contrast'] as const) {
  test(`the node level in ${theme} can be read by all`, async () => {
    const { page, settled } = await gallery.show({ capture: 'node-level', theme, saved: { rows: 'node' }, ...WIDE });
    await settled();
    await cells(page, 'dstAddress').first().waitFor();
    await screenshot(page, `node-level-${theme}`);
    assert.deepEqual(await violations(page), []);
  });
}
