/** Accessibility of every scenario in three themes, with pictures in out/screenshots for a person to look at. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gallery, screenshot } from './galleryPage.ts';
import { violations } from './violations.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open();
});
after(() => gallery.close());

const SCENARIOS = ['story', 'unwatched', 'pending', 'reconnecting', 'empty', 'nothing', 'failed', 'hostile', 'hops'];

for (const theme of ['dark', 'light', 'contrast'] as const) {
  for (const scenario of SCENARIOS) {
    test(`${scenario} in ${theme} can be read by all`, async () => {
      const { page, complaints } = await gallery.show({ scenario, theme });
      await screenshot(page, `${scenario}-${theme}`);
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(complaints, []);
    });
  }

  test(`details, finding, columns and watched in ${theme} can be read by all`, async () => {
    const { page, settled } = await gallery.show({ scenario: 'story', theme });
    await page.locator('.toolbar [title="Go to the next failed lookup"]').first().click();
    await page.locator('.grid-canvas:focus .grid-row[aria-selected="true"]').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.details-name').waitFor();
    await settled();
    await screenshot(page, `details-${theme}`);
    assert.deepEqual(await violations(page), []);
    await page.locator('.tree-node', { hasText: /^Question/ }).click();
    await screenshot(page, `bytes-${theme}`);
    assert.deepEqual(await violations(page), []);
    await page.getByText('What next').click();
    await page.locator('vscode-panel-tab', { hasText: 'Findings' }).click();
    await page.locator('.findings').waitFor();
    await screenshot(page, `findings-${theme}`);
    assert.deepEqual(await violations(page), []);
    await page.locator('vscode-panel-tab', { hasText: 'Watched' }).click();
    await page.locator('.vantages').waitFor();
    await page.locator('[title="Columns"]').click();
    await page.locator('.popover').waitFor();
    await screenshot(page, `columns-${theme}`);
    assert.deepEqual(await violations(page), []);
  });

  test(`a broken filter in ${theme} can be read by all`, async () => {
    const { page, settled } = await gallery.show({ scenario: 'story', theme });
    await page.locator('.combo-input').fill('failed and rcode == Sucess');
    await page.locator('.combo-squiggle').waitFor();
    await settled();
    await screenshot(page, `filter-problem-${theme}`);
    assert.deepEqual(await violations(page), []);
  });

  test(`narrow, in ${theme}, the details stand below and nothing is cut off`, async () => {
    const { page, settled } = await gallery.show({ scenario: 'story', theme, width: 600 });
    await page.locator('.toolbar [title="Go to the next failed lookup"]').first().click();
    await page.locator('.grid-canvas:focus .grid-row[aria-selected="true"]').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.details-name').waitFor();
    await settled();
    await screenshot(page, `narrow-${theme}`);
    const grid = await page.locator('.grid').boundingBox();
    const details = await page.locator('.details').boundingBox();
    assert.ok(grid !== null && details !== null && details.y >= grid.y + grid.height);
    assert.deepEqual(await page.locator('.grid-scroller').evaluate((one) => one.scrollWidth - one.clientWidth), 0);
    assert.deepEqual(await violations(page), []);
  });
}
