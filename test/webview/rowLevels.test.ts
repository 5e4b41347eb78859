/** Rows as lookups, as queries and as messages, on a real capture. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { Gallery, screenshot } from './galleryPage.ts';
import { violations } from './violations.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open();
});
after(() => gallery.close());

const count = async (page: Page): Promise<number> =>
  Number(await page.locator('.grid-canvas').getAttribute('aria-rowcount')) - 1;

async function choose(page: Page, title: string): Promise<void> {
  const chooser = page.locator('vscode-dropdown[aria-label="Rows"]');
  await chooser.click();
  await chooser.locator('vscode-option', { hasText: title }).click();
  await page.locator(`.grid-canvas[aria-label="${title}"]`).waitFor();
}

test('a row is a lookup, a query with its response, or a message; filter and details go with it', async () => {
  const { page, rows, settled, complaints } = await gallery.show({ capture: 'first-story' });
  const lookups = await count(page);
  await choose(page, 'Queries');
  await settled();
  const queries = await count(page);
  await choose(page, 'Messages');
  await settled();
  const messages = await count(page);
  assert.ok(
    lookups < queries && queries < messages && messages <= 2 * queries + 20,
    [lookups, queries, messages].join(),
  );
  assert.equal(await page.locator('[aria-sort]').count(), 0, 'only lookups are sorted');
  assert.equal(await page.locator('.grid-twistie:not(.grid-twistie-none)').count(), 0, 'messages are no tree');

  await page.evaluate(() => window.gallery?.controller.setFilter('qr==R,rcode!=Success'));
  await page.waitForFunction(
    (all) => Number(document.querySelector('.grid-canvas')?.getAttribute('aria-rowcount')) < all,
    messages,
  );
  await settled();
  const kinds = await page.locator('.grid-row .cell-qr').allInnerTexts();
  assert.deepEqual([...new Set(kinds)], ['R']);
  const results = await page.locator('.grid-row .cell-result').allInnerTexts();
  assert.ok(
    results.every((text) => text.includes('SERVFAIL') || text.includes('NXDOMAIN')),
    results.join(),
  );

  await rows.first().click();
  await page.locator('.details-name').waitFor();
  await choose(page, 'Lookups');
  await settled();
  assert.ok((await count(page)) <= lookups);
  assert.deepEqual(complaints, []);
});

test('what CoreDNS asks of its own accord is a row, opens nothing, and says why', async () => {
  const { page, rows } = await gallery.show({ capture: 'upstream-silent' });
  await choose(page, 'Queries');
  await page.evaluate(() => window.gallery?.controller.setFilter('type == NS'));
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.cell-qtype')].every((cell) => cell.textContent === 'NS'),
  );
  await rows.first().click();
  await page.getByText('This query belongs to no lookup').waitFor();
  assert.equal(await page.locator('.details-name').count(), 0);
});

for (const theme of ['dark', 'light', 'contrast'] as const) {
  test(`messages in ${theme} can be read by all`, async () => {
    const { page, settled } = await gallery.show({ capture: 'first-story', theme });
    await choose(page, 'Messages');
    await settled();
    await screenshot(page, `messages-${theme}`);
    assert.deepEqual(await violations(page), []);
  });
}
