/** The map in Chromium, drawn from real captures in the real engine: it is read, walked by keys, and every figure leads to its rows. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { repositoryRoot } from '../../scripts/paths.ts';
import { manyPods } from '../support/manyPods.ts';
import { Gallery, screenshot, type GalleryOptions, type GalleryPage } from './galleryPage.ts';

let gallery: Gallery;
let axeSource = '';
before(async () => {
  gallery = await Gallery.open(new Map([['many-pods', manyPods()]]));
  axeSource = await readFile(path.join(repositoryRoot, 'node_modules/axe-core/axe.min.js'), 'utf8');
});
after(() => gallery.close());

async function open(options: GalleryOptions, saved: object = {}): Promise<GalleryPage> {
  const shown = await gallery.show({ ...options, saved: { tab: 'map', ...saved } });
  await shown.page.locator('.map-card, .map-table').first().waitFor();
  await shown.settled();
  return shown;
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  const results = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(root: Document): Promise<AxeResults> } };
    return axe.run(document);
  });
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`));
}

const lookups = (page: Page): Promise<number> =>
  page.evaluate(() => window.gallery?.controller.state.view?.lookups ?? -1);
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.querySelector('.unseen')?.textContent ?? '');

/** Text that reaches out of its card or plate, or over another's. */
const overlaps = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const boxes = [...document.querySelectorAll('.map-card, .map-plate-box')].map((one) => ({
      text: one.textContent,
      box: one.getBoundingClientRect(),
    }));
    return boxes.flatMap((a, index) =>
      boxes
        .slice(index + 1)
        .filter(
          (b) =>
            a.box.left < b.box.right - 1 &&
            b.box.left < a.box.right - 1 &&
            a.box.top < b.box.bottom - 1 &&
            b.box.top < a.box.bottom - 1,
        )
        .map((b) => `${a.text} over ${b.text}`),
    );
  });

describe('figures lead to their rows', () => {
  test('a card, a line and its failures', async () => {
    const { page, settled } = await open({ capture: 'first-story' });
    const upstream = page.getByRole('button', { name: /^10\.224\.0\.92:53: 13 lookups/u });
    await upstream.click();
    await page.locator('.grid-row').first().waitFor();
    await settled();
    assert.equal(await lookups(page), 13);
    await page.locator('vscode-panel-tab', { hasText: 'Map' }).click();
    await page.getByRole('button', { name: 'Show all' }).click();
    const failures = page
      .getByRole('button', { name: /^2 lookups failed from coredns.* to 10\.224\.0\.92:53/u })
      .first();
    await failures.click();
    await page.locator('.grid-row').first().waitFor();
    await settled();
    assert.equal(await lookups(page), 2);
  });

  test('under a filter a figure narrows it, to the rows that it counts', async () => {
    const { page, settled } = await open({ capture: 'first-story' });
    await page.evaluate(() => window.gallery?.controller.setFilter('rcode == NXDOMAIN'));
    await page.getByText('of the filter').waitFor();
    const upstream = page.getByRole('button', { name: /^10\.224\.0\.92:53: \d+ lookups?\b/u });
    const words = await upstream.locator('.unseen').textContent();
    await upstream.click();
    await page.locator('.grid-row').first().waitFor();
    await settled();
    assert.equal(`10.224.0.92:53: ${String(await lookups(page))}`, /^.*?: \d+/u.exec(words ?? '')?.[0]);
    assert.match(
      await page.evaluate(() => window.gallery?.controller.state.ui.filter ?? ''),
      /^rcode == NXDOMAIN, not none\(leg .*10\.224\.0\.92:53\)$/u,
    );
  });

  test('every figure of a picture, with its own words', async () => {
    const { page } = await open({ capture: 'one-coredns-failing' });
    const names = await page
      .locator('[data-stop]')
      .evaluateAll((all) => all.map((one) => one.querySelector('.unseen')?.textContent));
    assert.ok(names.length >= 10 && names.every((name) => (name ?? '').length > 10), names.join('\n'));
    const isTold = (sentence: RegExp): void =>
      assert.ok(
        names.some((name) => sentence.test(name ?? '')),
        names.join('\n'),
      );
    isTold(/^From kube-dns .* to coredns-.*-2vrq5 \(10\.244\.0\.70\): 11 lookups.* 7 failed \(64 %\), here/u);
    isTold(
      /^From coredns-.*-2vrq5 .* to 192\.168\.77\.53:53: .* 7 failed \(100 %\), the fault of the CoreDNS pod that asked/u,
    );
    isTold(/^192\.168\.77\.53:53: 12 lookups.* 7 failed \(58 %\), the fault of the CoreDNS pod that asked/u);
  });

  test('the table says the same', async () => {
    const { page, settled } = await open({ capture: 'first-story' });
    await page.getByRole('button', { name: 'Show as table' }).click();
    const row = page.locator('.map-table tbody tr', { hasText: '10.224.0.92:53' }).first();
    assert.match(await row.innerText(), /fails here/u);
    await row.getByRole('button').nth(1).click();
    await page.locator('.grid-row').first().waitFor();
    await settled();
    assert.equal(await lookups(page), 2);
  });
});

test('arrow keys walk along the way and within a column, and Enter shows the rows', async () => {
  const { page, settled } = await open({ capture: 'first-story' });
  await page.locator('[data-stop][tabindex="0"]').focus();
  assert.match(await focused(page), /^order-service in namespace .*39 lookups/u);
  assert.equal(await page.locator('[data-stop][tabindex="0"]').count(), 1);
  await page.keyboard.press('ArrowDown');
  assert.match(await focused(page), /^7 failed lookups of order-service/u);
  await page.keyboard.press('ArrowUp');
  for (const name of [
    /^From order-service/u,
    /^kube-dns/u,
    /^From kube-dns/u,
    /^coredns-/u,
    /^From coredns-/u,
    /^10\.224/u,
  ]) {
    await page.keyboard.press('ArrowRight');
    assert.match(await focused(page), name);
  }
  await page.keyboard.press('ArrowRight');
  assert.match(await focused(page), /^10\.224/u, 'the way ends there');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('End');
  assert.match(await focused(page), /failed from coredns-/u);
  await page.keyboard.press('Enter');
  await page.locator('.grid-row').first().waitFor();
  await settled();
  assert.equal(await lookups(page), 2);
});

describe('a large cluster', () => {
  test('500 pods are folded by namespace, worst first, and unfold where one asks', async () => {
    const { page, settled } = await open({ capture: 'many-pods' });
    const clients = page.getByRole('group', { name: 'Clients' });
    assert.ok((await clients.locator('.map-card').count()) <= 14);
    const first = clients.locator('.map-card').first();
    assert.match(await first.innerText(), /8 failed/u);
    await page
      .getByRole('button', { name: /^Workloads of Namespace team-/u })
      .first()
      .click();
    await settled();
    assert.ok((await clients.locator('.map-card').count()) >= 18);
    assert.deepEqual(await overlaps(page), []);
    await page.getByRole('button', { name: /^and 8 more Upstreams/u }).click();
    await settled();
    assert.equal(await page.getByRole('group', { name: 'Upstreams' }).locator('.map-card').count(), 20);
    await page.getByRole('button', { name: 'Show workloads' }).click();
    await page.getByRole('button', { name: /^and \d+ more Clients/u }).waitFor();
    assert.deepEqual(await overlaps(page), []);
  });

  test('places stay while a filter narrows what is shown', async () => {
    const { page, settled } = await open({ capture: 'many-pods' });
    const labels = (): Promise<readonly string[]> =>
      page.getByRole('group', { name: 'CoreDNS' }).locator('.cut').allTextContents();
    const before = await labels();
    await page.evaluate(() => window.gallery?.controller.setFilter('answered'));
    await page.getByText('of the filter').waitFor();
    await page.waitForFunction(() => !document.querySelector('.map')?.textContent.includes('failed ·'));
    await settled();
    assert.deepEqual(await labels(), before);
  });
});

for (const theme of ['dark', 'light', 'contrast'] as const) {
  test(`the map in ${theme} can be read by all`, async () => {
    for (const capture of [
      'first-story',
      'one-coredns-failing',
      'upstream-flapping',
      'many-pods',
      'unwatched-refused',
    ]) {
      const { page, complaints } = await open({ capture, theme });
      await screenshot(page, `map-${capture}-${theme}`);
      assert.deepEqual(await violations(page), [], capture);
      assert.deepEqual(await overlaps(page), [], capture);
      assert.deepEqual(complaints, []);
    }
  });

  test(`the table, the narrow map and the empty one in ${theme} can be read by all`, async () => {
    const table = await open({ capture: 'many-pods', theme }, { mapAsTable: true });
    await screenshot(table.page, `map-table-${theme}`);
    assert.deepEqual(await violations(table.page), []);
    const narrow = await open({ capture: 'upstream-flapping', theme, width: 500 });
    await screenshot(narrow.page, `map-narrow-${theme}`);
    assert.deepEqual(await violations(narrow.page), []);
    assert.deepEqual(await overlaps(narrow.page), []);
    const empty = await gallery.show({ scenario: 'empty', theme, saved: { tab: 'map' } });
    await empty.page.getByText('The map has nothing to show yet').waitFor();
    await screenshot(empty.page, `map-empty-${theme}`);
    assert.deepEqual(await violations(empty.page), []);
  });
}
