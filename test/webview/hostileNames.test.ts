/** Names that mean harm in every view of the panel: shown as they are, and nothing of them does anything. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { HOSTILE_NAMES, hostileCapture, PWNED } from '../support/hostileNames.ts';
import { Gallery, screenshot, type GalleryPage } from './galleryPage.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open(new Map([['hostile-names', hostileCapture()]]));
});
after(() => gallery.close());

async function details({ page, rows, settled }: GalleryPage, part: string): Promise<void> {
  await rows.nth(1).locator('[role="gridcell"]').first().click();
  await page.keyboard.press('Enter');
  await page.locator('.details-name').waitFor();
  await page.locator(part).first().waitFor();
  await settled();
}

/** Each view, and how one comes there. */
const VIEWS: readonly {
  readonly view: string;
  readonly saved?: object;
  readonly width?: number;
  readonly open?: (shown: GalleryPage) => Promise<void>;
}[] = [
  { view: 'rows of lookups' },
  {
    view: 'rows with every column',
    saved: {
      columns: {
        visible: ['time', 'pod', 'namespace', 'node', 'name', 'qtype', 'way', 'result', 'dst', 'src'],
        widths: {},
      },
    },
  },
  { view: 'rows of transactions', saved: { rows: 'transactions' } },
  { view: 'rows of messages', saved: { rows: 'messages' } },
  { view: 'narrow rows', width: 500 },
  { view: 'details of a lookup', open: (shown) => details(shown, '.tree-node') },
  {
    view: 'bytes of a message',
    open: async (shown) => {
      await details(shown, '.tree-node');
      await shown.page
        .locator('.tree-node', { hasText: /^Question/u })
        .first()
        .click();
    },
  },
  { view: 'the map', saved: { tab: 'map' }, open: ({ page }) => page.locator('.map-card').first().waitFor() },
  {
    view: 'the map as a table',
    saved: { tab: 'map', mapAsTable: true },
    open: ({ page }) => page.locator('.map-table tbody tr').first().waitFor(),
  },
  { view: 'findings', saved: { tab: 'findings' }, open: ({ page }) => page.locator('.findings').waitFor() },
  { view: 'what is watched', saved: { tab: 'watched' }, open: ({ page }) => page.locator('.vantages').waitFor() },
  {
    view: 'the statistics',
    saved: { tab: 'statistics' },
    open: ({ page }) => page.locator('.statistics-tops tbody tr').first().waitFor(),
  },
  {
    view: 'completion of names',
    open: async ({ page }) => {
      await page.locator('.combo-input').click();
      await page.keyboard.type('name == ');
      await page.locator('.combo-option').first().waitFor();
    },
  },
  {
    view: 'completion of pods',
    open: async ({ page }) => {
      await page.locator('.combo-input').click();
      await page.keyboard.type('pod == ');
      await page.locator('.combo-option').first().waitFor();
    },
  },
  {
    view: "a cell's menu",
    open: async ({ page, rows }) => {
      await rows.nth(1).locator('[role="gridcell"]').nth(2).click({ button: 'right' });
      await page.locator('[role="menu"]').waitFor();
    },
  },
  {
    view: 'the chips of a filter',
    open: async ({ page }) => {
      await page.evaluate(
        (text) => window.gallery?.controller.setFilter(text),
        HOSTILE_NAMES.map(({ text }) => `not name:"${text.replace(/["\\]/gu, '\\$&')}"`)
          .slice(0, 8)
          .join(', '),
      );
      await page.locator('.chip').first().waitFor();
    },
  },
];

/** What stands in the page and is no text: injected elements, characters that hide or turn, attributes that run, what is wider than the window. */
const harm = (page: Page): Promise<readonly string[]> =>
  page.evaluate((pwned) => {
    const found: string[] = [];
    const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
    const look = (root: ParentNode): void => {
      for (const element of root.querySelectorAll('*')) {
        if (
          /^(?:IMG|IFRAME|OBJECT|EMBED|FORM|B|BASE|META|AUDIO|VIDEO)$/u.test(element.tagName) &&
          element.closest('head') === null
        )
          found.push(`<${element.tagName.toLowerCase()}>`);
        if (element.tagName === 'SCRIPT' && element.getAttribute('src') === null) found.push('an inline script');
        for (const { name, value } of element.attributes) {
          if (
            name.startsWith('on') ||
            (/^(?:href|src|action|formaction|data)$/u.test(name) && value.startsWith('javascript:'))
          )
            found.push(`${name}=${value}`);
          if (hidden.test(value)) found.push(`hidden characters in ${name}: ${JSON.stringify(value)}`);
        }
        if (element.shadowRoot !== null) look(element.shadowRoot);
      }
    };
    look(document);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
      if (hidden.test((node.nodeValue ?? '').replaceAll('\n', '')))
        found.push(`hidden characters: ${JSON.stringify(node.nodeValue)}`);
    if (pwned in window) found.push('something of a name ran');
    const over = document.documentElement.scrollWidth - window.innerWidth;
    if (over > 0) found.push(`${String(over)} pixels wider than the window`);
    return found;
  }, PWNED);

for (const { view, saved, width, open } of VIEWS)
  test(`hostile names do no harm in ${view}`, async () => {
    const shown = await gallery.show({
      capture: 'hostile-names',
      ...(saved === undefined ? {} : { saved }),
      ...(width === undefined ? {} : { width }),
    });
    if (open === undefined) await shown.rows.first().waitFor();
    else await open(shown);
    await shown.settled();
    await screenshot(shown.page, `hostile-${view.replace(/\W+/gu, '-')}`);
    assert.deepEqual(await harm(shown.page), []);
    assert.deepEqual(shown.complaints, []);
    assert.match(await shown.page.locator('.app').innerText(), /\S/u);
  });
