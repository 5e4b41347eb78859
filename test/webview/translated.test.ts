/** Every view in a language of marked and longer texts: none is forgotten, none is in pieces, and all have room. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { GalleryOptions, GalleryPage } from './galleryPage.ts';
import { Gallery, screenshot } from './galleryPage.ts';
import { nodeCapture } from '../support/nodeStory.ts';
import { pseudoLanguage, textFaults } from './pseudoLanguage.ts';

let gallery: Gallery;
let translations: Readonly<Record<string, string>>;
before(async () => {
  translations = await pseudoLanguage();
  gallery = await Gallery.open(new Map([['node-level', nodeCapture()]]));
});
after(() => gallery.close());

interface View extends GalleryOptions {
  /** What has to be done, or to be there. */
  readonly ready?: (shown: GalleryPage) => Promise<void>;
}

const wait =
  (selector: string) =>
  ({ page }: GalleryPage): Promise<void> =>
    page.locator(selector).first().waitFor();

const row = async ({ page, rows, settled }: GalleryPage, of: string): Promise<void> => {
  await rows
    .filter({ has: page.locator(of) })
    .first()
    .locator('[role="gridcell"]')
    .nth(1)
    .click();
  await page.locator('.details-name').waitFor();
  await page.locator('.tree-node').first().waitFor();
  await settled();
};

const click =
  (selector: string, then: string) =>
  async ({ page }: GalleryPage): Promise<void> => {
    await page.locator(selector).first().click();
    await page.locator(then).first().waitFor();
  };

const type =
  (text: string, then: string) =>
  async ({ page }: GalleryPage): Promise<void> => {
    await page.locator('.combo-input').first().click();
    await page.keyboard.type(text);
    await page.locator(then).first().waitFor();
  };

const REPLICAS = { a: 'server == 10.244.1.63', b: 'server == 10.244.0.70', name: '' };
const capture = 'first-story';
const failing = 'one-coredns-failing';

const VIEWS: Readonly<Record<string, View>> = {
  ...Object.fromEntries(
    ['story', 'unwatched', 'pending', 'reconnecting', 'starting', 'empty', 'nothing', 'failed', 'hops'].map(
      (scenario) => [scenario, { scenario }],
    ),
  ),
  lookups: { capture },
  queries: { capture, saved: { rows: 'transactions' } },
  messages: { capture, saved: { rows: 'messages' } },
  'node level': { capture: 'node-level', saved: { rows: 'node' } },
  'sorted and narrowed': { capture, saved: { filter: 'failed, slow', sort: { column: 'latency', descending: true } } },
  frozen: { capture, live: 0.5, ready: click('[title^="⟦Freeze"]', '.icon-button-on') },
  'no lookup matches': { capture, saved: { filter: 'name == nosuch.example' } },
  'a broken filter': { capture, ready: type('failed and rcode == Sucess', '.combo-squiggle') },
  completion: { capture, ready: type('rco', '.combo-option') },
  presets: { capture, ready: click('vscode-dropdown', 'vscode-option') },
  columns: { capture, ready: click('[title^="⟦Columns"]', '.popover') },
  'more actions': { capture, ready: click('.more-actions vscode-button', '[role=menu]') },
  "a row's menu": {
    capture,
    ready: async ({ page, rows }) => {
      await rows.nth(1).locator('.cell-name').click({ button: 'right' });
      await page.locator('[role=menu]').waitFor();
    },
  },
  'tools of a cell': {
    capture,
    ready: async ({ page, rows }) => {
      await rows
        .nth(1)
        .locator('.cell-name')
        .hover({ position: { x: 12, y: 10 } });
      await page.locator('.grid-tools').waitFor();
    },
  },
  'a lookup': { capture, ready: (shown) => row(shown, '.result-bad') },
  'a slow lookup': { capture: 'slow-upstream', ready: (shown) => row(shown, '.result-calm') },
  'a message': { capture, saved: { rows: 'messages' }, ready: (shown) => row(shown, '.result') },
  findings: { capture, saved: { tab: 'findings' }, ready: wait('.findings') },
  'a finding': { capture, ready: click('.verdict-actions [appearance=primary]', '.details') },
  'no finding': { scenario: 'healthy', saved: { tab: 'findings' } },
  'timeline, zoomed': { capture, ready: click('.timeline-zoom [title^="⟦Zoom In"]', '.timeline-part') },
  'timeline, folded': { capture, saved: { timeline: false } },
  map: { capture, saved: { tab: 'map' }, ready: wait('.map-card') },
  'map, a pod at fault': { capture: failing, saved: { tab: 'map' }, ready: wait('.map-card') },
  'map as a table': { capture: failing, saved: { tab: 'map', mapAsTable: true }, ready: wait('.map-table tbody tr') },
  'no map': { scenario: 'empty', saved: { tab: 'map' } },
  statistics: { capture, saved: { tab: 'statistics' }, ready: wait('.statistics-tops tbody tr') },
  'no statistics': { scenario: 'empty', saved: { tab: 'statistics' } },
  compare: {
    capture: failing,
    saved: { tab: 'compare', compare: REPLICAS },
    ready: wait('.compare-table tbody tr'),
  },
  'compare, the offers': {
    capture: failing,
    saved: { tab: 'compare' },
    ready: click('.compare-field vscode-button', '.compare-field .combo-option'),
  },
  'nothing compared': { capture, saved: { tab: 'compare' } },
  notes: {
    capture,
    ready: async (shown) => {
      const { page } = shown;
      await click('.timeline-add', '.note-field')(shown);
      await page.keyboard.type('10.224.0.92');
      await page.keyboard.press('Control+Enter');
      await page.locator('.note').waitFor();
    },
  },
  'a new note': {
    capture,
    ready: click('.timeline-add', '.note-field'),
  },
  'no notes': { capture, saved: { tab: 'notes' } },
  watched: { capture, saved: { tab: 'watched' }, ready: wait('.vantages') },
  'watched, with losses': { scenario: 'reconnecting', saved: { tab: 'watched' }, ready: wait('.vantages') },
  'a refusal': {
    scenario: 'story',
    ready: async ({ page }) => {
      await page.evaluate(() => {
        const { fake, controller } = window.gallery!;
        fake!.lookups = {
          count: 60,
          at: () => {
            throw new Error('10.0.0.1');
          },
        };
        controller.setFilter('failed');
      });
      await page.locator('.banner-error').waitFor();
    },
  },
};

for (const width of [1200, 500])
  for (const [name, { ready, ...options }] of Object.entries(VIEWS))
    test(`${name} at ${String(width)} px`, async () => {
      const shown = await gallery.show({ ...options, width, height: 900, translations });
      const { page, settled } = shown;
      await ready?.(shown);
      await settled();
      await page.waitForFunction(() => {
        const timeline = document.querySelector('.timeline');
        return (
          timeline === null || timeline.querySelector('.timeline-body, .timeline-toggle[aria-expanded=false]') !== null
        );
      });
      await screenshot(page, `translated-${name.replaceAll(/[ ,]+/gu, '-')}-${String(width)}`);
      assert.deepEqual(await textFaults(page), []);
      assert.deepEqual(shown.complaints, []);
    });
