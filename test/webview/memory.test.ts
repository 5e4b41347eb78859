/** The panel keeps what is on screen and a little around it, however many rows were looked at: heap sizes after collection, never times. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { Gallery } from './galleryPage.ts';

const MOST_GROWTH = 6e6;

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open();
});
after(() => gallery.close());

/** Jumps to evenly spread places among the first `rows`, and waits for the rows of each. */
async function lookOver(page: Page, rows: number, jumps: number): Promise<void> {
  for (let jump = 1; jump <= jumps; jump++) {
    const target = Math.floor(rows * (jump / jumps));
    await page.evaluate((row) => {
      const first = Number(document.querySelector('.grid-row')?.getAttribute('aria-rowindex')) - 2;
      const turn = { deltaY: row - first, deltaMode: 1, bubbles: true, cancelable: true };
      document.querySelector('.grid-body')!.dispatchEvent(new WheelEvent('wheel', turn));
    }, target);
    // The first row may be hidden by half; the one below it is in sight in either case.
    await page.locator(`.grid-row[aria-rowindex="${String(target + 3)}"]:not([aria-busy])`).waitFor();
  }
}

test('looking over a million rows costs no more memory than over twenty thousand', async () => {
  const { page } = await gallery.show({ scenario: 'million' });
  const devtools = await page.context().newCDPSession(page);
  const heap = async (): Promise<number> => {
    await devtools.send('HeapProfiler.collectGarbage');
    await devtools.send('HeapProfiler.collectGarbage');
    return (await devtools.send('Runtime.getHeapUsage')).usedSize;
  };
  // As many as the panel keeps: webview/grid/rowCache.ts.
  await lookOver(page, 20_000, 200);
  const few = await heap();
  await lookOver(page, 1_000_000, 200);
  const many = await heap();
  assert.ok(many - few < MOST_GROWTH, `${String(few)} bytes became ${String(many)}`);
});
