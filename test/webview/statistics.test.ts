/** The statistics in Chromium, counted from real captures in the real engine: every figure leads to as many rows as it says. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { manyPods } from '../support/manyPods.ts';
import { Gallery, screenshot, type GalleryOptions, type GalleryPage } from './galleryPage.ts';
import { violations } from './violations.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open(new Map([['many-pods', manyPods()]]));
});
after(() => gallery.close());

const ALL = ['messages', 'rcode', 'type', 'class', 'opcode', 'payload', 'names', 'responseTime', 'service'];

async function open(options: GalleryOptions, saved: object = {}): Promise<GalleryPage> {
  const shown = await gallery.show({ ...options, saved: { tab: 'statistics', ...saved } });
  await shown.page.locator('.tree-table').waitFor();
  return shown;
}

/** What the panel shows once the view has this filter and these rows. */
async function shownRows(page: Page, filter: string, rows: string): Promise<number> {
  await page.waitForFunction(
    ([wanted, level]) => {
      const view = window.gallery?.controller.state.view;
      return view?.filter === wanted && view.rows === level;
    },
    [filter, rows] as const,
  );
  return page.evaluate(() => window.gallery?.controller.state.view?.count ?? -1);
}

const row = (page: Page, title: string) => page.locator('.tree-row', { has: page.locator('th', { hasText: title }) });
const waitForFocus = (page: Page, title: string): Promise<unknown> =>
  page.waitForFunction((text) => document.activeElement?.querySelector('th')?.textContent === text, title);

describe('figures lead to their rows', () => {
  test('one of messages, one of transactions, one of the busiest; each narrows what is filtered', async () => {
    const { page } = await open({ capture: 'first-story', height: 1400 });
    await row(page, 'SERVFAIL').getByRole('button').click();
    assert.equal(await shownRows(page, 'qr == R, rcode == SERVFAIL', 'messages'), 56);
    await page.locator('.grid-row').first().waitFor();
    await page.locator('vscode-panel-tab', { hasText: 'Statistics' }).click();
    await page.getByText('56 messages of the filter').waitFor();
    const servers = page.getByRole('grid', { name: 'Servers' });
    const errors = servers
      .getByRole('row', { name: /10\.96\.0\.10/u })
      .getByRole('button')
      .first();
    const count = Number(await errors.innerText());
    await errors.click();
    const filter =
      'qr == R, rcode == SERVFAIL, server == 10.96.0.10, rcode not in (NOERROR, NXDOMAIN), state in (answered, late)';
    assert.equal(await shownRows(page, filter, 'transactions'), count);
    await page.locator('.grid-canvas:focus').waitFor();
    await page.keyboard.press('Alt+ArrowLeft');
    assert.equal(await shownRows(page, 'qr == R, rcode == SERVFAIL', 'messages'), 56);
  });

  test('all of the tree, and all bars', async () => {
    const { page } = await open({ capture: 'upstream-lossy' }, { statisticsOpen: ALL });
    const figures = await page.evaluate(() => {
      const picture = window.gallery?.controller.overviews.statistics.value;
      const nodes = picture?.tree.flatMap((node) => [node, ...node.children]) ?? [];
      return [
        ...nodes.flatMap(({ figure }) => (figure?.filter === undefined ? [] : [figure])),
        ...(picture?.times ?? []).map(({ count, filter }) => ({ count, filter, rows: 'transactions' as const })),
      ];
    });
    assert.ok(figures.length > 20, String(figures.length));
    for (const { count, filter = [], rows } of figures) {
      await page.evaluate(([conditions, level]) => window.gallery?.controller.showFigure([], conditions, level), [
        filter,
        rows,
      ] as const);
      assert.equal(await shownRows(page, filter.join(', '), rows), count, filter.join(', '));
    }
  });
});

test('the tree is walked by keys, remembers what is open, and Enter shows the rows', async () => {
  const { page } = await open({ capture: 'first-story' }, { statisticsOpen: [] });
  await page.locator('.tree-row[tabindex="0"]').focus();
  await waitForFocus(page, 'Messages');
  await page.keyboard.press('ArrowRight');
  await row(page, 'Queries').first().waitFor();
  await page.keyboard.press('ArrowRight');
  await waitForFocus(page, 'Queries');
  await page.keyboard.press('ArrowLeft');
  await waitForFocus(page, 'Messages');
  await page.keyboard.press('End');
  await waitForFocus(page, 'Service');
  await page.keyboard.press(' ');
  const last = row(page, 'Late responses');
  await last.waitFor();
  assert.deepEqual(
    [
      await last.getAttribute('aria-level'),
      await last.getAttribute('aria-posinset'),
      await last.getAttribute('aria-setsize'),
    ],
    ['2', '7', '7'],
  );
  await page.keyboard.press('ArrowUp');
  await waitForFocus(page, 'Response time');
  await page.keyboard.press('Enter');
  assert.equal(await shownRows(page, 'state in (answered, late)', 'transactions'), 464);
  await page.locator('vscode-panel-tab', { hasText: 'Statistics' }).click();
  await row(page, 'Late responses').waitFor();
});

test('bars of response times are walked by keys; Enter shows their queries', async () => {
  const { page } = await open({ capture: 'first-story', height: 1000 });
  const bars = page.getByRole('group', { name: 'Response times' });
  await bars.getByRole('button').first().focus();
  await page.keyboard.press('End');
  await page.locator('.times-readout', { hasText: '16 answers in 3 s to 5 s' }).waitFor();
  await page.keyboard.press('Enter');
  assert.equal(await shownRows(page, 'latency >= 3s, latency < 5s', 'transactions'), 16);
});

test('cells of the busiest are walked by keys', async () => {
  const { page } = await open({ capture: 'first-story', height: 1400 });
  const names = page.getByRole('grid', { name: 'Names', exact: true });
  await names.locator('[tabindex="0"]').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-cell') === '1 1');
  await page.keyboard.press('End');
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-cell') === '1 5');
});

test('sizes have their unit, numbers have none', async () => {
  const { page } = await open({ capture: 'first-story' });
  const row = async (title: string): Promise<string> =>
    (await page.locator('.tree-table tr', { hasText: title }).first().innerText()).replace(/\s+/gu, ' ');
  assert.match(await row('Message size'), /81 B 17 B 156 B/u);
  assert.match(await row('Characters of query names'), /29\.5 0 45 ?$/u);
});

test('what no filter chooses is no button, and says why', async () => {
  const { page } = await open({ capture: 'first-story' }, { statisticsOpen: ['service'] });
  const copies = row(page, 'Copies of queries');
  await copies.waitFor();
  assert.equal(await copies.getByRole('button').count(), 0);
});

test('nothing to count, and nothing that the filter leaves, are said', async () => {
  const { page } = await gallery.show({ scenario: 'nothing', saved: { tab: 'statistics' } });
  await page.getByText('There is nothing to count yet').waitFor();
  const filtered = await gallery.show({
    capture: 'first-story',
    saved: { tab: 'statistics', filter: 'nowhere.example' },
  });
  await filtered.page.getByText('No message matches the filter').waitFor();
  await filtered.page.getByRole('button', { name: 'Remove the filter' }).click();
  await filtered.page.locator('.tree-table').waitFor();
});

for (const theme of ['dark', 'light', 'contrast'] as const) {
  test(`in ${theme} it can be read by all, wide and narrow`, async () => {
    const wide = await open({ capture: 'many-pods', theme, width: 1600, height: 1400 }, { statisticsOpen: ALL });
    await screenshot(wide.page, `statistics-${theme}`);
    assert.deepEqual(await violations(wide.page), []);
    assert.deepEqual(wide.complaints, []);
    const narrow = await open({ capture: 'first-story', theme, width: 500 });
    await screenshot(narrow.page, `statistics-narrow-${theme}`);
    assert.deepEqual(await violations(narrow.page), []);
    const outside = await narrow.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.equal(outside, 0, 'nothing is cut off');
  });
}
