/** Columns in little room: what is cut keeps what tells it from its like, and a glance still reaches the result. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { nodeCapture } from '../support/nodeStory.ts';
import { eventually, Gallery } from './galleryPage.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open(new Map([['node-level', nodeCapture()]]));
});
after(() => gallery.close());

/** Headings and cells of which less is seen than there is, by column, but for those named. */
const cut = (page: Page, besides: readonly string[]): Promise<readonly string[]> =>
  page.evaluate(
    (named) =>
      [...document.querySelectorAll('.grid-heading, .grid-cell')]
        .filter((one) =>
          [...one.querySelectorAll('*')].some(
            (part) => getComputedStyle(part).textOverflow === 'ellipsis' && part.scrollWidth > part.clientWidth + 1,
          ),
        )
        .filter((one) => !named.some((column) => one.classList.contains(`cell-${column}`)))
        .map((one) => `${one.className}: ${one.textContent}`),
    besides,
  );

test('the node level fits into 1280 px: nodes, namespaces, addresses, ports and processes are read whole', async () => {
  const { page, settled } = await gallery.show({ capture: 'node-level', saved: { rows: 'node' } });
  await page.locator('.grid-row .cell-netns').first().waitFor();
  await settled();
  assert.deepEqual(await cut(page, ['vantage', 'qname']), []);
  const lacking = (one: Element): readonly number[] => [
    one.scrollWidth - one.clientWidth,
    one.scrollHeight - one.clientHeight,
  ];
  assert.deepEqual(await page.locator('.grid-row .time').first().evaluate(lacking), [0, 0], 'milliseconds and all');
  assert.deepEqual(await page.locator('.grid-scroller').evaluate(lacking), [0, 0], 'nothing has to be scrolled');
});

test('a pod whose name is cut keeps the end that tells it from the others of its workload, and is read out whole', async () => {
  const { page, settled } = await gallery.show({ capture: 'first-story', width: 600 });
  await settled();
  const pod = page.locator('.grid-row .cell-pod').first();
  const end = pod.locator('.cut-end');
  assert.equal(await end.innerText(), '-4kvmj');
  const [cell, seen] = await Promise.all([pod.boundingBox(), end.boundingBox()]);
  assert.ok(cell !== null && seen !== null && seen.x >= cell.x && seen.x + seen.width <= cell.x + cell.width);
  assert.match(await pod.ariaSnapshot(), /"order-service-7d854467b7 ?-4kvmj"/u);
});

test('at 600 px a time is cut between seconds and milliseconds, and the result is in sight at 500 px', async () => {
  const { page, settled } = await gallery.show({ capture: 'first-story', width: 600 });
  await settled();
  assert.deepEqual(await cut(page, ['pod', 'name', 'time']), []);
  const clock = page.locator('.grid-row .time').first();
  assert.equal(await clock.textContent(), '04:54:06.560');
  const fraction = await clock.evaluate((time) => {
    const range = document.createRange();
    range.selectNodeContents(time.lastChild!);
    return range.getBoundingClientRect().top - time.getBoundingClientRect().bottom;
  });
  assert.ok(fraction >= -1, 'it stands on the line that is not seen');
  await page.setViewportSize({ width: 500, height: 720 });
  const result = page.locator('.grid-row .cell-result .result-text').first();
  await eventually(async () => {
    const box = await result.boundingBox();
    assert.ok(box !== null && box.x + box.width <= 500);
  });
});
