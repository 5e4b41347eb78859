/** The comparison over captures in the real engine: sides are chosen, typed and swapped, and each figure shows exactly its rows. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { ask, EPOCH_NS, POD, Story } from '../support/story.ts';
import { eventually, Gallery, type GalleryPage, screenshot } from './galleryPage.ts';
import { violations } from './violations.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open(
    new Map([
      ['changed', changed()],
      ['hostile', hostile()],
    ]),
  );
});
after(() => gallery.close());

/** Ten lookups a second for 10 s from 04:40:00 on; in the second half every other is refused, the others go elsewhere, all ten times slower. */
function changed(): Uint8Array {
  const story = new Story().vantage('shop/order-service', 'client', POD);
  story.vantage('kube-system/coredns-1', 'coredns', '10.244.0.5');
  for (let k = 0; k < 100; k++) {
    const isLate = k >= 50;
    ask(story, {
      at: k * 100,
      name: `n${String(k % 10)}-${String(k)}.example.com`,
      took: isLate ? 60 : 6,
      ...(isLate && k % 2 === 0 ? { rcode: 'REFUSED' } : { answers: [isLate ? '192.0.2.2' : '192.0.2.1'] }),
    });
  }
  return story.captures().get('shop/order-service')!.bytes;
}

function hostile(): Uint8Array {
  const story = new Story().vantage('shop/order-service', 'client', POD);
  story.vantage('kube-system/coredns-1', 'coredns', '10.244.0.5');
  for (const [k, name] of ['"><img src=x onerror=alert(1)>', '=cmd|x', '[a](javascript:b)', 'x'.repeat(63)].entries())
    ask(story, { at: k * 100, name, took: 3, answers: ['192.0.2.1'] });
  return story.captures().get('shop/order-service')!.bytes;
}

const at = (ms: number): string => new Date(Number(EPOCH_NS / 1_000_000n) + ms).toISOString();
const HALVES = { a: `time < ${at(5000)}`, b: `time >= ${at(5000)}`, name: '' };

const field = (page: Page, label: string): Locator => page.getByRole('combobox', { name: label, exact: true });
const row = (page: Page, title: string): Locator =>
  page.locator('.compare-table tr').filter({ has: page.getByRole('rowheader', { name: title, exact: true }) });

async function show(options: Parameters<Gallery['show']>[0] & { compare?: object } = {}): Promise<GalleryPage> {
  const { compare, ...rest } = options;
  const saved = { tab: 'compare', ...(compare === undefined ? {} : { compare }) };
  return gallery.show({ capture: 'changed', saved, ...rest });
}

test('an empty comparison teaches; a brushed time becomes before and after in a click', async () => {
  const { page, complaints } = await show();
  await page.getByRole('heading', { name: 'Choose two sides to compare' }).waitFor();
  await page.locator('.u-over').waitFor();
  const box = (await page.locator('.u-over').boundingBox())!;
  await page.mouse.move(box.x + box.width / 2 + 2, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 25);
  await page.mouse.move(box.x + box.width - 2, box.y + 30);
  await page.mouse.up();
  await page.getByText('50 of 100 lookups', { exact: true }).waitFor();
  await page.locator('vscode-button').filter({ hasText: 'Before and after 04:40:05.000' }).click();
  await row(page, 'Lookups').waitFor();
  await eventually(async () => assert.equal(await field(page, 'Side A').inputValue(), HALVES.a));
  await eventually(async () =>
    assert.deepEqual(await page.locator('.compare-count').allInnerTexts(), ['50 lookups', '50 lookups']),
  );
  assert.deepEqual(complaints, []);
});

test('figures stand side by side with what differs; each shows its own rows', async () => {
  const { page, complaints } = await show({ compare: HALVES });
  await row(page, 'Failed').waitFor();
  const cells = (title: string): Promise<readonly string[]> => row(page, title).locator('td').allInnerTexts();
  assert.deepEqual(await cells('Failed'), ['0 (0 %)', '25 (50 %)', 'more in B, +50 points']);
  assert.deepEqual(await cells('No answer'), ['0 (0 %)', '0 (0 %)', 'the same']);
  assert.deepEqual(
    await cells('Took, p50'),
    ['6.00 ms', '60.0 ms', 'slower in B, × 10'].map((text) => text),
  );
  assert.deepEqual(await cells('192.0.2.2'), ['0', '25', 'only in B']);
  for (const title of ['Failed', 'REFUSED', 'Took, p95', 'Answered', 'Lookups']) {
    const figures = row(page, title).getByRole('button');
    const figure = figures.last();
    const help = (await figure.getAttribute('title')) ?? '';
    const wanted = /(\d+) lookups/u.exec(help)?.[1] ?? '';
    await figure.click();
    await page.getByText(`${wanted} of 100 lookups`, { exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Compare' }).click();
    await row(page, title).waitFor();
  }
  await row(page, '192.0.2.2').getByRole('button').click();
  await page.getByText('25 of 100 lookups', { exact: true }).waitFor();
  assert.deepEqual(complaints, []);
});

test('the keyboard opens the list, chooses both sides from it, swaps them and narrows them to a name', async () => {
  const { page, complaints } = await show();
  await page.getByRole('heading', { name: 'Choose two sides to compare' }).waitFor();
  await field(page, 'Side A').focus();
  await page.keyboard.press('ArrowDown');
  await page.locator('.combo-option').first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Choose side B' }).waitFor();
  await eventually(async () => assert.equal(await field(page, 'Side A').inputValue(), `client == ${POD}`));
  await field(page, 'Side B').focus();
  await page.keyboard.type('everything');
  await page.locator('.combo-option').filter({ hasText: 'Everything but A' }).waitFor();
  await page.keyboard.press('Enter');
  await row(page, 'Lookups').waitFor();
  await eventually(async () =>
    assert.deepEqual(await row(page, 'Lookups').locator('td').allInnerTexts(), ['100', '0', '']),
  );
  await page.getByRole('button', { name: 'Swap A and B' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('cell', { name: '100', exact: true }).waitFor();
  await page.waitForFunction(() => document.querySelector('.compare-table td')?.textContent === '0');
  await field(page, 'Name').fill('n5-*');
  await page.waitForFunction(() => document.querySelectorAll('.compare-table td')[1]?.textContent === '10');
  await eventually(async () =>
    assert.deepEqual(await row(page, 'Failed').locator('td').last().innerText(), 'too few to tell'),
  );
  assert.deepEqual(complaints, []);
});

test('the menu of a row compares before and after it', async () => {
  const { page, rows, complaints } = await show({ saved: {} });
  await rows.nth(5).locator('.cell-time').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Compare before and after this moment' }).click();
  await row(page, 'Lookups').waitFor();
  await eventually(async () =>
    assert.deepEqual(await row(page, 'Lookups').locator('td').allInnerTexts(), ['5', '95', '']),
  );
  assert.deepEqual(complaints, []);
});

test('a broken side says where; nothing is compared until it is whole', async () => {
  const { page, complaints } = await show({ compare: { ...HALVES, b: 'rcode ==' } });
  await page.locator('.compare .combo-squiggle').waitFor();
  await eventually(async () => assert.match(await page.locator('#compare-problem-b').innerText(), /expected/iu));
  await eventually(async () => assert.equal(await page.locator('.compare-table').count(), 0));
  await field(page, 'Side B').fill('failed');
  await page.keyboard.press('Enter');
  await row(page, 'Lookups').waitFor();
  assert.deepEqual(complaints, []);
});

test('hostile names stand in the list as text', async () => {
  const { page, complaints } = await show({ capture: 'hostile' });
  await page.getByRole('button', { name: 'Choose: Name' }).click();
  await page.locator('.combo-option').filter({ hasText: 'onerror' }).waitFor();
  await screenshot(page, 'compare-hostile');
  assert.equal(await page.locator('img').count(), 0);
  await page.locator('.combo-option').filter({ hasText: '=cmd' }).click();
  await page.waitForFunction(() => [...document.querySelectorAll('input')].some(({ value }) => value.includes('=cmd')));
  assert.deepEqual(complaints, []);
});

for (const [theme, width] of [
  ['dark', 1280],
  ['light', 500],
  ['contrast', 1280],
] as const) {
  test(`nothing stands in anybody's way: ${theme}, ${String(width)} pixels wide`, async () => {
    const empty = await show({ theme, width });
    await empty.page.getByRole('heading', { name: 'Choose two sides to compare' }).waitFor();
    await screenshot(empty.page, `compare-empty-${theme}`);
    assert.deepEqual(await violations(empty.page), []);
    const { page, complaints } = await show({ theme, width, height: 900, compare: HALVES });
    await row(page, 'Failed').waitFor();
    await screenshot(page, `compare-${theme}`);
    assert.deepEqual(await violations(page), []);
    const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    assert.equal(isTooWide, false);
    assert.deepEqual([...empty.complaints, ...complaints], []);
  });
}
