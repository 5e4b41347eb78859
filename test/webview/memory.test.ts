/** The panel keeps what is on screen and a little around it, however many rows were looked at: heap sizes after collection, never times. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { Gallery } from './galleryPage.ts';

const ROWS = 5_000_000;
const MOST_GROWTH = 6e6;

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open();
});
after(() => gallery.close());

/** Jumps to evenly spread places among the first `rows`, and waits for the rows of each. */
async function lookOver(page: Page, rows: number, jumps: number): Promise<void> {
  for (let jump = 1; jump <= jumps; jump++) {
    const share = (rows / ROWS) * (jump / jumps);
    await page.locator('.grid-scroller').evaluate((scroller, part) => {
      scroller.scrollTop = part * (scroller.scrollHeight - scroller.clientHeight);
    }, share);
    await page.evaluate(
      () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
    );
    await page.waitForFunction(
      () => document.querySelector('.grid-row') !== null && document.querySelector('.grid-row[aria-busy]') === null,
    );
  }
}

test('looking over a million rows costs no more memory than over ten thousand', async () => {
  const { page } = await gallery.show({ scenario: 'million' });
  const devtools = await page.context().newCDPSession(page);
  const heap = async (): Promise<number> => {
    await devtools.send('HeapProfiler.collectGarbage');
    await devtools.send('HeapProfiler.collectGarbage');
    return (await devtools.send('Runtime.getHeapUsage')).usedSize;
  };
  await lookOver(page, 10_000, 40);
  const few = await heap();
  await lookOver(page, 1_000_000, 160);
  const many = await heap();
  assert.ok(many - few < MOST_GROWTH, `${String(few)} bytes became ${String(many)}`);
});
