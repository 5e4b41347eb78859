/** Rows as lookups, as queries and as messages, on a real capture. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually, Gallery, screenshot } from './galleryPage.ts';
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
  await eventually(async () =>
    assert.equal(await page.locator('.grid-twistie:not(.grid-twistie-none)').count(), 0, 'messages are no tree'),
  );

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

test('messages are sorted by any heading, by pointer and by key; the order of lookups waits meanwhile', async () => {
  const { page, settled, complaints } = await gallery.show({ capture: 'first-story' });
  const heading = (title: string) => page.locator('[role=columnheader]', { hasText: title });
  const ordered = (title: string, order: string): Promise<void> =>
    page.locator(`[role=columnheader][aria-sort=${order}]`, { hasText: title }).waitFor();
  /** Once the rows on screen are in that order: by the cell, or by what stands before its port. */
  const sorted = (column: string, descending: boolean): Promise<unknown> =>
    page.waitForFunction(
      ([of, isDown]) => {
        const cells = [...document.querySelectorAll(`.grid-row .cell-${of}`)];
        const texts = cells.map(({ textContent }) => textContent.replace(/:\d+$/u, ''));
        const turned = isDown ? texts.toReversed() : texts;
        return texts.length > 5 && turned.every((text, at) => at === 0 || turned[at - 1]! <= text);
      },
      [column, descending] as const,
    );
  await heading('Name').getByRole('button').click();
  await ordered('Name', 'ascending');
  await choose(page, 'Messages');
  await settled();
  await eventually(async () =>
    assert.equal(await page.locator('[aria-sort=ascending]').count(), 0, 'messages stand as they were seen'),
  );

  await heading('ID').getByRole('button').click();
  await ordered('ID', 'ascending');
  await page.getByText('Sorted by ID').waitFor();
  await sorted('id', false);
  await heading('Destination').getByRole('button').focus();
  await page.keyboard.press('Enter');
  await ordered('Destination', 'ascending');
  await page.keyboard.press('Enter');
  await ordered('Destination', 'descending');
  await sorted('dst', true);
  await page.keyboard.press('Enter');
  await page.locator('[aria-sort=descending]').waitFor({ state: 'detached' });

  await choose(page, 'Lookups');
  await ordered('Name', 'ascending');
  assert.deepEqual(complaints, []);
});

test('what CoreDNS asks of its own accord is a row, opens its messages to the byte, and says why it stands alone', async () => {
  const { page, rows } = await gallery.show({ capture: 'upstream-silent' });
  await choose(page, 'Queries');
  await page.evaluate(() => window.gallery?.controller.setFilter('type == NS'));
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.cell-qtype')].every((cell) => cell.textContent === 'NS'),
  );
  await rows.first().click();
  const details = page.locator('.details[aria-label="Query"]');
  await details.getByText('It belongs to no lookup: no client was seen waiting for it').waitFor();
  await details.locator('[role=treeitem]', { hasText: 'Question' }).first().click();
  await details.locator('.hex-lit').first().waitFor();
  await screenshot(page, 'own-query-dark');
  assert.deepEqual(await violations(page), []);

  await choose(page, 'Messages');
  await page.waitForFunction(() => document.querySelector('.grid-row .cell-qr')?.textContent === 'Q');
  await rows.nth(1).click();
  const head = details.locator('.message-head[aria-expanded=true]');
  await head.filter({ hasText: '→' }).waitFor();
  await page.keyboard.press('Escape');
  await details.waitFor({ state: 'detached' });
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
