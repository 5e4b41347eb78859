/** The filter bar on real captures: completion, squiggle, history, presets, the threshold of slow, and filters from cells. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { Gallery, type GalleryPage, screenshot } from './galleryPage.ts';
import { violations } from './violations.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open();
});
after(() => gallery.close());

interface FilterPage extends GalleryPage {
  readonly input: Locator;
  readonly options: Locator;
}

async function show(options: Parameters<Gallery['show']>[0] = {}): Promise<FilterPage> {
  const shown = await gallery.show({ capture: 'first-story', ...options });
  return { ...shown, input: shown.page.locator('.combo-input'), options: shown.page.locator('.combo-option') };
}

async function isValue(input: Locator, value: string): Promise<void> {
  await input.page().waitForFunction((wanted) => {
    return document.querySelector<HTMLInputElement>('.combo-input')?.value === wanted;
  }, value);
}

describe('completion', () => {
  test('Control and Space opens it, arrows move in it, Enter and Tab take, and it goes on to operator and value', async () => {
    const { page, input, options, complaints } = await show();
    await input.focus();
    assert.equal(await input.getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('Control+Space');
    await options.first().waitFor();
    assert.equal(await input.getAttribute('aria-expanded'), 'true');
    assert.equal(await page.locator('[aria-selected=true] .combo-label').innerText(), 'failed');
    await page.keyboard.press('ArrowUp');
    const last = page.locator('.combo-option[aria-selected=true]');
    assert.equal(await last.getAttribute('id'), await input.getAttribute('aria-activedescendant'));
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.locator('[aria-selected=true] .combo-label').innerText(), 'failed');
    await page.keyboard.press('Escape');
    await options.first().waitFor({ state: 'detached' });
    await page.keyboard.type('nam');
    await page.locator('[aria-selected=true]', { hasText: /^name/ }).waitFor();
    assert.equal(await page.locator('[aria-selected=true] .combo-typed').innerText(), 'nam');
    await page.keyboard.press('Enter');
    await page.locator('[aria-selected=true]', { hasText: /^==/ }).waitFor();
    await page.keyboard.press('Tab');
    await page.locator('[aria-selected=true]', { hasText: 'myexternalendpoint.com.' }).waitFor();
    assert.equal(await input.evaluate((one) => one === document.activeElement), true);
    await page.keyboard.press('Enter');
    await page.locator('.chip-text', { hasText: 'name == myexternalendpoint.com.' }).waitFor();
    assert.equal(await options.count(), 0);
    await page.getByText('7 of 39 lookups', { exact: true }).waitFor();
    assert.deepEqual(complaints, []);
  });

  test('a click takes what is clicked, leaving the field does not, and what is whole offers nothing', async () => {
    const { page, input, options } = await show();
    await input.focus();
    await page.keyboard.type('rcode == s');
    await options.filter({ hasText: 'SERVFAIL' }).click();
    await isValue(input, 'rcode == SERVFAIL');
    await page.getByText('7 of 39 lookups', { exact: true }).waitFor();
    await page.keyboard.type(' sl');
    await options.filter({ hasText: 'slow' }).waitFor();
    await page.keyboard.type('ow');
    await options.first().waitFor({ state: 'detached' });
    await input.fill('unansw');
    await options.first().waitFor();
    await page.locator('.grid-canvas').focus();
    await options.first().waitFor({ state: 'detached' });
    await isValue(input, 'unansw');
  });

  test('in the middle of a filter it replaces the word at the cursor alone', async () => {
    const { page, input, options } = await show();
    await input.fill('fai, slow');
    await input.evaluate((one: HTMLInputElement) => one.setSelectionRange(3, 3));
    await page.keyboard.press('Control+Space');
    await options.filter({ hasText: /^failed/ }).waitFor();
    await page.keyboard.press('Enter');
    await isValue(input, 'failed, slow');
    assert.equal(await input.evaluate((one: HTMLInputElement) => one.selectionStart), 6);
  });
});

test('what is broken is underlined where it stands, blanks before it or not, and told with it', async () => {
  const { page, input } = await show();
  await input.fill('   servfail, rcode == Sucess');
  const squiggle = page.locator('.combo-squiggle');
  await squiggle.waitFor();
  assert.equal(await squiggle.innerText(), 'Sucess');
  const told = await input.getAttribute('aria-describedby');
  assert.match(await page.locator(`#${told ?? ''}`).innerText(), /^Column 20: expected a response code/);
  await input.fill('rcode ==');
  await squiggle.filter({ hasText: '\u00a0' }).waitFor();
  await input.fill(`${'failed '.repeat(40)}rcode == Sucess`);
  await page.keyboard.press('End');
  await squiggle.filter({ hasText: 'Sucess' }).waitFor();
  const place = await squiggle.boundingBox();
  const field = await input.boundingBox();
  assert.ok(
    place !== null && field !== null && place.x + place.width <= field.x + field.width + 1,
    'in sight at the end',
  );
  await input.fill('failed');
  await squiggle.waitFor({ state: 'detached' });
});

describe('history', () => {
  test('up and down go through the filters of late, which outlive the panel', async () => {
    const { page, input } = await show();
    for (const filter of ['servfail', 'product']) {
      await input.fill(filter);
      await page.keyboard.press('Enter');
    }
    await input.fill('');
    await page.keyboard.press('ArrowUp');
    await isValue(input, 'product');
    await page.keyboard.press('ArrowUp');
    await isValue(input, 'servfail');
    await page.keyboard.press('ArrowUp');
    await isValue(input, 'servfail');
    await page.getByText('7 of 39 lookups', { exact: true }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await isValue(input, '');
    await page.getByText('39 lookups', { exact: true }).waitFor();
    const saved = await page.evaluate(() => window.gallery?.saved);
    const again = await show({ saved });
    await again.input.focus();
    await again.page.keyboard.press('ArrowUp');
    await isValue(again.input, 'product');
  });

  test('what was typed on the way to a filter is not remembered, a preset is', async () => {
    const { page, input } = await show();
    await input.pressSequentially('servf', { delay: 1 });
    await page.locator('.chip-text', { hasText: 'servf' }).waitFor();
    await input.fill('');
    await page.locator('[title="Preset filters"]').click();
    await page.locator('[title="Preset filters"] vscode-option', { hasText: /^\s*Slow\s*$/ }).click();
    await isValue(input, 'slow');
    await input.fill('');
    await page.keyboard.press('ArrowUp');
    await isValue(input, 'slow');
    await page.keyboard.press('ArrowUp');
    await isValue(input, 'slow');
  });
});

test('presets are the steps of a search, the upstreams of this trace among them', async () => {
  const { page, input } = await show();
  await page.locator('[title="Preset filters"]').click();
  const labels = await page.locator('[title="Preset filters"] vscode-option').allInnerTexts();
  assert.deepEqual(
    labels.slice(0, 8).map((label) => label.trim()),
    [
      'All lookups',
      'Unsuccessful responses',
      'Slow',
      'Upstream health',
      'Upstream 10.224.0.92, 18 queries unanswered',
      'Unanswered',
      'Answers ≠ endpoints',
      'Failed',
    ],
  );
  await page.locator('[title="Preset filters"] vscode-option', { hasText: '10.224.0.92' }).click();
  await isValue(input, 'upstream == 10.224.0.92');
  await page.locator('.chip-text', { hasText: 'upstream == 10.224.0.92' }).waitFor();
});

test('the threshold of slow is set where Slow is chosen, in this trace', async () => {
  const { page, input } = await show();
  assert.equal(await page.locator('.slow-threshold').count(), 0);
  await input.fill('slow');
  const field = page.locator('.slow-threshold input');
  await field.waitFor();
  assert.equal(await field.inputValue(), '5');
  await page.getByText('15 of 39 lookups', { exact: true }).waitFor();
  await field.fill('1000');
  await page.keyboard.press('Enter');
  await page.getByText('4 of 39 lookups', { exact: true }).waitFor();
  assert.deepEqual(await page.evaluate(() => window.gallery?.host.actions), ['setSlowThreshold']);
  await field.fill('0');
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  await page.keyboard.press('Escape');
  assert.equal(await field.inputValue(), '1000');
  await field.fill('99999');
  await input.focus();
  assert.equal(await field.inputValue(), '1000', 'what is no threshold is not kept');
  await screenshot(page, 'filter-slow');
});

describe('filters from cells', () => {
  test('one click over a cell adds its value, another takes it away again and hides it', async () => {
    const { page, input, rows, settled, complaints } = await show();
    const name = rows.first().locator('.cell-name');
    await name.hover();
    const tools = page.locator('.grid-tools');
    await tools.locator('[title^="Filter for this value: myexternal"]').click();
    await isValue(input, 'name == myexternalendpoint.com.');
    await page.getByText('7 of 39 lookups', { exact: true }).waitFor();
    await settled();
    await rows.first().locator('.cell-result').hover();
    await tools.locator('[title="Filter for this value: SERVFAIL"]').click();
    await isValue(input, 'name == myexternalendpoint.com., (error and rcode == SERVFAIL)');
    await settled();
    await rows.first().locator('.cell-name').hover();
    await tools.locator('[title^="Exclude this value: myexternal"]').click();
    await isValue(input, '(error and rcode == SERVFAIL), none(name == myexternalendpoint.com.)');
    await page.getByText('No lookup matches the filter').waitFor();
    assert.equal(await tools.count(), 0);
    assert.deepEqual(complaints, []);
  });

  test('the menu of a cell, by pointer and by key; the focus comes back', async () => {
    const { page, grid, rows, settled } = await show();
    await rows.nth(1).locator('.cell-pod').click({ button: 'right' });
    const items = page.getByRole('menuitem');
    await items.first().waitFor();
    const texts = await items.allInnerTexts();
    assert.deepEqual(
      texts.map((text) => text.replace(/-[a-z0-9]+-[a-z0-9]+$/u, '')),
      [
        'Filter for this value: Pod shop/order-service',
        'Exclude this value: Pod shop/order-service',
        'Copy',
        'Copy as JSON',
        'Copy dig Command',
        'Export Selection…',
        'Open in Wireshark',
      ],
    );
    await page.keyboard.press('Escape');
    await items.first().waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowDown');
    // It opens under the pointer, which rests and so chooses nothing.
    await rows.nth(2).locator('.cell-time').hover();
    await page.keyboard.press('Shift+F10');
    await items.first().waitFor();
    assert.match(await page.locator('.menu-item[data-current]').innerText(), /^Filter for this value: Time/u);
    await screenshot(page, 'cell-menu');
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Home');
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('.chip-text', { hasText: 'none(name == www.example.com.)' }).waitFor();
    assert.equal(await grid.evaluate((one) => one === document.activeElement), true);
    await settled();
    assert.equal(await rows.filter({ hasText: 'www.example.com' }).count(), 0);
    await rows.first().locator('.cell-time').click({ button: 'right' });
    assert.match((await items.allInnerTexts()).join(), /^Filter for this value: Time 04:54:\d\d\.\d{3} or later,/u);
    await items.filter({ hasText: /^Copy$/u }).click();
    await page.waitForFunction(() => window.gallery?.host.actions.join() === 'copy');
  });
});

test('hostile names come through the menu, the list and the field as text', async () => {
  const { page, rows, complaints, input } = await gallery
    .show({ scenario: 'hostile' })
    .then((shown) => ({ ...shown, input: shown.page.locator('.combo-input') }));
  const row = rows.filter({ hasText: '<img src=x' }).first();
  await row.locator('.cell-name').hover();
  await page.locator('.grid-tools [title^="Filter for"]').click();
  await isValue(input, 'name == "<img src=x onerror=alert(1)>.example.com."');
  await page.locator('.chip-text', { hasText: '<img src=x' }).waitFor();
  assert.equal(await page.locator('.filter-problem').innerText(), '');
  await page.locator('.chip-remove').click();
  await rows.filter({ hasText: '\\u{202e}' }).first().locator('.cell-name').click({ button: 'right' });
  assert.ok((await page.getByRole('menuitem').first().innerText()).includes('evil\\u{202e}moc.elpmaxe.'));
  assert.equal(await page.locator('#app img, #app script').count(), 0);
  assert.deepEqual(complaints, []);
});

for (const theme of ['dark', 'light', 'contrast'] as const) {
  test(`the list, the squiggle and the threshold in ${theme} can be read by all`, async () => {
    const { page, input, options, settled } = await show({ theme });
    await input.fill('slow, rcode == Sucess');
    await page.locator('.combo-squiggle').waitFor();
    await input.fill('slow ');
    await page.locator('.slow-threshold').waitFor();
    await page.keyboard.press('Control+Space');
    await options.first().waitFor();
    await screenshot(page, `filter-list-${theme}`);
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Escape');
    await settled();
    await page.locator('.grid-row .cell-name').nth(1).hover();
    await page.locator('.grid-tools').waitFor();
    await screenshot(page, `cell-tools-${theme}`);
    assert.deepEqual(await violations(page), []);
  });
}

test('narrow, the list fits', async () => {
  const { page, input, options } = await show({ width: 500 });
  await input.focus();
  await page.keyboard.press('Control+Space');
  await options.first().waitFor();
  const box = await page.locator('.combo-list').boundingBox();
  assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 500);
  await screenshot(page, 'filter-list-narrow');
});
