/** Figures that count lookups lead to those lookups, whatever the rows are at the moment; those that count queries or messages lead to these. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { Gallery } from './galleryPage.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open();
});
after(() => gallery.close());

const BOTH_ENDS = { compare: { a: 'failed', b: 'not failed', name: '' } };

/** What is shown after a click on a figure, once its rows are there: their level, how many lookups and rows they are, what has the focus. */
async function shown(page: Page, before: number | undefined): Promise<readonly [string, number, number]> {
  await page.waitForFunction((old) => window.gallery?.controller.state.view?.view !== old, before);
  await page.locator('.grid-canvas:focus').waitFor();
  return page.evaluate(() => {
    const view = window.gallery?.controller.state.view;
    return [view?.rows ?? '', view?.lookups ?? -1, view?.count ?? -1] as const;
  });
}

const viewOf = (page: Page): Promise<number | undefined> =>
  page.evaluate(() => window.gallery?.controller.state.view?.view);

for (const rows of ['messages', 'transactions'] as const) {
  test(`of the map, in picture and table, from ${rows}; undone, the rows are ${rows} again`, async () => {
    const { page, complaints } = await gallery.show({ capture: 'first-story', saved: { tab: 'map', rows } });
    const upstream = page.getByRole('button', { name: /^10\.224\.0\.92:53: 13 lookups/u });
    await upstream.waitFor();
    let view = await viewOf(page);
    await upstream.click();
    assert.deepEqual(await shown(page, view), ['lookups', 13, 13]);
    await page.keyboard.press('Alt+ArrowLeft');
    await page.waitForFunction((level) => window.gallery?.controller.state.view?.rows === level, rows);

    await page.locator('vscode-panel-tab', { hasText: 'Map' }).click();
    await page.getByRole('button', { name: 'Show as table' }).click();
    const figure = page
      .locator('.map-table tbody tr', { hasText: '10.224.0.92:53' })
      .first()
      .getByRole('button')
      .first();
    const count = Number(await figure.innerText());
    view = await viewOf(page);
    await figure.click();
    assert.deepEqual(await shown(page, view), ['lookups', count, count]);
    assert.deepEqual(complaints, []);
  });
}

test('of a comparison, from messages', async () => {
  const saved = { tab: 'compare', rows: 'messages', ...BOTH_ENDS };
  const { page, complaints } = await gallery.show({ capture: 'first-story', saved });
  const row = page.locator('.compare-table tr', {
    has: page.getByRole('rowheader', { name: 'Lookups', exact: true }),
  });
  const figure = row.getByRole('button').last();
  await figure.waitFor();
  const count = Number(await figure.innerText());
  const view = await viewOf(page);
  await figure.click();
  assert.deepEqual(await shown(page, view), ['lookups', count, count]);
  assert.deepEqual(complaints, []);
});

test('of the facts beside the filter, from messages', async () => {
  const { page, complaints } = await gallery.show({ capture: 'first-story', saved: { rows: 'messages' } });
  for (const word of ['failed', 'slow']) {
    const figure = page.locator('.facts').getByRole('button', { name: new RegExp(`^\\d+ ${word}$`, 'u') });
    const count = Number.parseInt(await figure.innerText(), 10);
    const view = await viewOf(page);
    await figure.click();
    assert.deepEqual(await shown(page, view), ['lookups', count, count]);
    const next = await viewOf(page);
    await page.keyboard.press('Alt+ArrowLeft');
    await page.waitForFunction((old) => window.gallery?.controller.state.view?.view !== old, next);
  }
  assert.deepEqual(complaints, []);
});

test('of the statistics, which count messages and queries, from lookups', async () => {
  const { page, complaints } = await gallery.show({
    capture: 'first-story',
    saved: { tab: 'statistics' },
    height: 1400,
  });
  const figure = page.locator('.tree-row', { has: page.locator('th', { hasText: 'SERVFAIL' }) }).getByRole('button');
  await figure.waitFor();
  const count = Number(await figure.innerText());
  const view = await viewOf(page);
  await figure.click();
  const [rows, , messages] = await shown(page, view);
  assert.deepEqual([rows, messages], ['messages', count]);
  assert.deepEqual(complaints, []);
});
