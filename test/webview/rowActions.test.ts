/** What is done with chosen rows besides copying them: exporting their lookups, and looking at the packets. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { eventually, Gallery, screenshot } from './galleryPage.ts';
import { violations } from './violations.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open();
});
after(() => gallery.close());

const item = (page: Page, label: string): Locator => page.locator('.menu-item').filter({ hasText: label });

/** What the host is asked to do, once it is. */
async function asked(page: Page, name: string): Promise<Record<string, unknown>> {
  await page.waitForFunction((wanted) => window.gallery?.host.latest?.name === wanted, name);
  return page.evaluate(() => ({ ...window.gallery?.host.latest }));
}

async function choose(page: Page, title: string): Promise<void> {
  const chooser = page.locator('vscode-dropdown[aria-label="Rows"]');
  await chooser.click();
  await chooser.locator('vscode-option', { hasText: title }).click();
  await page.locator(`.grid-canvas[aria-label="${title}"]`).waitFor();
}

test('lookups are exported from the menu of a row, the way a key opens it too', async () => {
  const { page, rows, complaints } = await gallery.show({ capture: 'first-story' });
  await rows.nth(1).click();
  await page.locator('.details-name').waitFor();
  await page.keyboard.press('Shift+ArrowDown');
  await page.locator('.grid-row[aria-rowindex="4"][aria-selected=true]').waitFor();
  await page.keyboard.press('Shift+F10');
  await item(page, 'Open in Wireshark').waitFor();
  await screenshot(page, 'row-menu-dark');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await page.locator('.menu-item[data-current]', { hasText: 'Export Selection…' }).waitFor();
  await page.keyboard.press('Enter');
  assert.deepEqual(await asked(page, 'exportRows'), { name: 'exportRows', lookups: [1, 2], generation: 1 });
  assert.deepEqual(complaints, []);
});

test('of queries and messages their lookups are exported, which the menu says; rows of none are told', async () => {
  const { page, rows, settled } = await gallery.show({ capture: 'upstream-silent' });
  await choose(page, 'Messages');
  await settled();
  await rows.first().click();
  await page.locator('.grid-row[aria-rowindex="2"][aria-selected=true]').waitFor();
  await page.keyboard.press('Control+a');
  await page.locator('.grid-row[aria-rowindex="5"][aria-selected=true]').waitFor();
  await page.locator('[title="More actions…"]').click();
  await item(page, 'Export Lookups of Selection…').click();
  const { lookups } = await asked(page, 'exportRows');
  assert.ok(Array.isArray(lookups) && lookups.length > 1 && new Set(lookups).size === lookups.length);
  await page.getByText('not in the export, which is of lookups').waitFor();
  await page.evaluate(() => window.gallery?.controller.dismissTrouble());

  await page.evaluate(() => window.gallery?.controller.setFilter('type == NS'));
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.cell-qtype')].every((cell) => cell.textContent === 'NS'),
  );
  await rows.first().click({ button: 'right' });
  await item(page, 'Export Lookups of Selection…').click();
  await page.getByText('The chosen rows belong to no lookup, and exports are of lookups').waitFor();
  await page.getByText('Save the capture, or open it in Wireshark').waitFor();
});

test('Wireshark is behind the dots of the toolbar, with or without rows chosen; a second click closes the menu', async () => {
  const { page } = await gallery.show({ capture: 'first-story', theme: 'light', width: 620 });
  const more = page.locator('[title="More actions…"]');
  await more.click();
  await item(page, 'Open in Wireshark').waitFor();
  await eventually(async () => assert.equal(await page.locator('.menu-item').count(), 1, 'no row is chosen'));
  await screenshot(page, 'more-actions-light');
  assert.deepEqual(await violations(page), []);
  await more.click();
  await page.locator('.menu').waitFor({ state: 'detached' });
  await more.focus();
  await page.keyboard.press('Enter');
  await item(page, 'Open in Wireshark').waitFor();
  await page.keyboard.press('Enter');
  await asked(page, 'openInWireshark');
});
