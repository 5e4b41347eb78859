/** Choosing several rows and copying them, on a real capture. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { Gallery, screenshot } from './galleryPage.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open();
});
after(() => gallery.close());

const chosen = (page: Page): Promise<readonly number[]> =>
  page
    .locator('.grid-row[aria-selected="true"]')
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-rowindex')) - 2).sort((a, b) => a - b));
const copied = async (page: Page): Promise<string> => {
  await page.keyboard.press('Control+c');
  await page.waitForFunction(() => window.gallery?.host.actions.includes('copy'));
  return page.evaluate(() => {
    const host = window.gallery?.host;
    host?.actions.splice(0);
    return host?.copied ?? '';
  });
};

test('rows are chosen with Shift, Ctrl and Ctrl+A, by keys and by pointer, and copied as they stand', async () => {
  const { page, rows, complaints } = await gallery.show({ capture: 'first-story' });
  await rows.nth(1).click();
  assert.deepEqual(await chosen(page), [1]);
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  assert.deepEqual(await chosen(page), [1, 2, 3]);
  const lines = (await copied(page)).split('\n');
  assert.equal(lines.length, 3);
  const names = await rows.evaluateAll((all) =>
    all.slice(1, 4).map((row) => row.querySelector('.cell-name')?.textContent),
  );
  lines.forEach((line, at) => assert.ok(names[at]?.startsWith(line.split('\t')[2] ?? '?'), line));

  await rows.nth(6).click({ modifiers: ['Control'] });
  assert.deepEqual(await chosen(page), [1, 2, 3, 6]);
  await rows.nth(2).click({ modifiers: ['Control'] });
  assert.deepEqual(await chosen(page), [1, 3, 6]);
  assert.equal((await copied(page)).split('\n').length, 3);
  await screenshot(page, 'selection-dark');
  await rows.nth(4).click({ modifiers: ['Shift'] });
  assert.deepEqual(await chosen(page), [2, 3, 4]);

  await page.keyboard.press('Control+a');
  const all = Number(await page.locator('.grid-canvas').getAttribute('aria-rowcount')) - 1;
  assert.equal((await copied(page)).split('\n').length, all);
  await page.keyboard.press('Escape');
  assert.deepEqual(await chosen(page), [4]);
  assert.deepEqual(complaints, []);
});

test('rows that get other places, or are others, are no longer chosen', async () => {
  const { page, rows, settled } = await gallery.show({ capture: 'first-story' });
  await rows.nth(3).click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  assert.equal((await chosen(page)).length, 3);
  await page.locator('.grid-twistie:not(.grid-twistie-none)').nth(1).click();
  await page.waitForFunction(() => document.querySelectorAll('.grid-row[aria-selected="true"]').length <= 1);
  await settled();
  await rows.nth(0).click();
  await page.keyboard.press('Control+a');
  await page.evaluate(() => window.gallery?.controller.setFilter('failed'));
  await page.waitForFunction(() => document.querySelectorAll('.grid-row[aria-selected="true"]').length <= 1);
});
