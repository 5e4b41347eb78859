/** Every scenario of the gallery in three themes looks as it did. What should look otherwise: `npm run pictures`, look at them, and commit. */
import { after, before, test } from 'node:test';
import { assertPicture } from './comparedPictures.ts';
import { Gallery, type GalleryOptions, type GalleryPage } from './galleryPage.ts';

const NOON = new Date('2026-11-20T12:05:00Z');

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open();
});
after(() => gallery.close());

interface Picture extends GalleryOptions {
  /** What has to be done, or to be there, besides the rows. */
  readonly ready?: (shown: GalleryPage) => Promise<void>;
}

const wait =
  (selector: string) =>
  ({ page }: GalleryPage): Promise<void> =>
    page.locator(selector).first().waitFor();

/** The details of the first row that has this. */
const details =
  (of: string) =>
  async ({ page, rows }: GalleryPage): Promise<void> => {
    await rows
      .filter({ has: page.locator(of) })
      .first()
      .locator('[role="gridcell"]')
      .nth(1)
      .click();
    await page.locator('.tree-node').first().waitFor();
  };

/** Both CoreDNS pods of the capture. */
const REPLICAS = { a: 'server == 10.244.1.63', b: 'server == 10.244.0.70', name: '' };

const PICTURES: Readonly<Record<string, Picture>> = {
  ...Object.fromEntries(
    [
      'story',
      'healthy',
      'unwatched',
      'pending',
      'million',
      'reconnecting',
      'starting',
      'empty',
      'nothing',
      'failed',
      'hostile',
      'hops',
    ].map((scenario) => [scenario, { scenario }]),
  ),
  capture: { capture: 'first-story' },
  details: { capture: 'first-story', ready: details('.result-bad') },
  'details-narrow': { capture: 'truncated', width: 500, height: 900, ready: details('.result') },
  queries: { capture: 'first-story', saved: { rows: 'transactions' } },
  map: { capture: 'first-story', saved: { tab: 'map' }, ready: wait('.map-card') },
  'map-table': {
    capture: 'one-coredns-failing',
    saved: { tab: 'map', mapAsTable: true },
    ready: wait('.map-table tbody tr'),
  },
  statistics: { capture: 'first-story', saved: { tab: 'statistics' }, ready: wait('.statistics-tops tbody tr') },
  findings: { capture: 'first-story', saved: { tab: 'findings' }, ready: wait('.findings') },
  compare: {
    capture: 'one-coredns-failing',
    saved: { tab: 'compare', compare: REPLICAS },
    ready: wait('.compare-table tbody tr'),
  },
  narrow: { capture: 'upstream-flapping', width: 500 },
};

for (const theme of ['dark', 'light', 'contrast'] as const)
  for (const [name, { ready, ...options }] of Object.entries(PICTURES))
    test(`${name} in ${theme} looks as it did`, async () => {
      const shown = await gallery.show({ ...options, theme, clock: NOON });
      const { page, settled } = shown;
      await page.locator('.app').waitFor();
      if (ready !== undefined) await ready(shown);
      else if (options.capture !== undefined) await wait('.grid-row')(shown);
      // Drawn when the engine has counted it; it stands there only where there are lookups.
      await page.waitForFunction(() => {
        const timeline = document.querySelector('.timeline');
        return timeline === null || timeline.querySelector('.timeline-body') !== null;
      });
      await page.evaluate(() => document.fonts.ready);
      await settled();
      await assertPicture(page, `${name}-${theme}`);
    });
