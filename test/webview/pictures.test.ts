/** Every scenario of the gallery in three themes looks as it did. What should look otherwise: `npm run pictures`, look at them, and commit. */
import { after, before, test } from 'node:test';
import { assertPicture } from './comparedPictures.ts';
import { Gallery, type GalleryOptions } from './galleryPage.ts';

const NOON = new Date('2026-11-20T12:05:00Z');

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open();
});
after(() => gallery.close());

const PICTURES: Readonly<Record<string, GalleryOptions>> = {
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
  map: { capture: 'first-story', saved: { tab: 'map' } },
  'map-table': { capture: 'one-coredns-failing', saved: { tab: 'map', mapAsTable: true } },
  findings: { capture: 'first-story', saved: { tab: 'findings' } },
  narrow: { capture: 'upstream-flapping', width: 500 },
};

for (const theme of ['dark', 'light', 'contrast'] as const)
  for (const [name, options] of Object.entries(PICTURES))
    test(`${name} in ${theme} looks as it did`, async () => {
      const { page, settled } = await gallery.show({ ...options, theme, clock: NOON });
      await page.locator('.app').waitFor();
      if (options.saved !== undefined) await page.locator('.map-card, .map-table, .findings').first().waitFor();
      else if (options.capture !== undefined) await page.locator('.grid-row').first().waitFor();
      // Drawn when the engine has counted it; it stands there only where there are lookups.
      await page.waitForFunction(() => {
        const timeline = document.querySelector('.timeline');
        return timeline === null || timeline.querySelector('.timeline-body') !== null;
      });
      await page.evaluate(() => document.fonts.ready);
      await settled();
      await assertPicture(page, `${name}-${theme}`);
    });
