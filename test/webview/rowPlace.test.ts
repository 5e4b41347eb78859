/** Where the user is among the rows outlives the page, another tab, and a file that is read anew. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TraceSnapshot, ViewState } from '../../src/protocol/webview.ts';
import { RowPlaces } from '../../webview/app/rows/rowPlace.ts';
import { Gallery, type GalleryPage } from './galleryPage.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open();
});
after(() => gallery.close());

const first = ({ page }: GalleryPage): Promise<string | null> =>
  page.locator('.grid-row').first().getAttribute('aria-rowindex');

test('another page, and the tab when it is shown again, have the rows where they were, with the same one selected', async () => {
  const shown = await gallery.show({ capture: 'first-story', height: 420, saved: { rows: 'messages' } });
  const { page, settled } = shown;
  await page.locator('.grid-canvas[aria-label="Messages"]').waitFor();
  await settled();
  await page.keyboard.press('Tab');
  await page.locator('.grid-canvas').focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press('PageDown');
  const row = page.locator('.grid-row[aria-selected=true]');
  await row.waitFor();
  await settled();
  const [top, selected] = [await first(shown), await row.getAttribute('aria-rowindex')];
  assert.ok(Number(top) > 6, 'scrolled');
  await page.waitForFunction(
    (index) => (window.gallery?.saved as { place: { selected?: { index: number } } }).place.selected?.index === index,
    Number(selected) - 2,
  );

  await page.locator('vscode-panel-tab', { hasText: 'Map' }).click();
  await page.locator('.grid-canvas').waitFor({ state: 'detached' });
  await page.locator('vscode-panel-tab', { hasText: 'Messages' }).click();
  await page.locator(`.grid-row[aria-rowindex="${selected ?? ''}"][aria-selected=true]`).waitFor();
  await settled();
  assert.equal(await first(shown), top, 'the tab');

  const saved = await page.evaluate(() => structuredClone(window.gallery?.saved));
  const again = await gallery.show({ capture: 'first-story', height: 420, saved });
  await again.page.locator(`.grid-row[aria-rowindex="${selected ?? ''}"][aria-selected=true]`).waitFor();
  await again.settled();
  assert.equal(await first(again), top, 'the page');
  assert.deepEqual(again.complaints, []);
});

test('details of a query that belongs to no lookup are open again too', async () => {
  const saved = { rows: 'transactions', filter: 'type == NS' };
  const { page, rows } = await gallery.show({ capture: 'upstream-silent', saved });
  await page.waitForFunction(() => document.querySelector('.cell-qtype')?.textContent === 'NS');
  await rows.first().click();
  await page.locator('.details[aria-label="Query"] .details-name').waitFor();
  const kept = await page.evaluate(() => structuredClone(window.gallery?.saved));
  const again = await gallery.show({ capture: 'upstream-silent', saved: kept });
  await again.page.locator('.details[aria-label="Query"] .details-name').waitFor();
});

const place = { generation: 2, top: 50, follows: false, selected: { key: 'lookup-60', index: 60 } };
const snapshot = (generation: number, state: 'starting' | 'ended', lookups = 100): TraceSnapshot =>
  ({ generation, source: { state, kind: 'file' }, counts: { lookups } }) as TraceSnapshot;
const view = (count: number): ViewState => ({ count }) as ViewState;

test('a file that is read anew has its place when the rows are there, though it was read twice', () => {
  const places = new RowPlaces({ place }, () => undefined);
  places.startOver(1);
  places.noteTop(30, false);
  assert.equal(places.due(snapshot(1, 'starting'), view(0)), undefined);
  assert.equal(places.due(snapshot(1, 'starting'), view(1000)), undefined, 'clocks may have to be corrected');
  places.startOver(2);
  assert.equal(places.due(snapshot(2, 'starting'), view(40)), undefined);
  assert.deepEqual(places.toSave, place, 'nothing is forgotten meanwhile');
  assert.deepEqual(places.due(snapshot(2, 'starting'), view(61)), place);
  assert.equal(places.due(snapshot(2, 'ended'), view(61)), undefined, 'once');
  places.dispose();
});

test('it gives way to the user, to another trace, and to fewer rows than there were', () => {
  const moved = new RowPlaces({ place }, () => undefined);
  moved.startOver(2);
  moved.noteTop(3, true);
  assert.equal(moved.due(snapshot(2, 'ended'), view(100)), undefined);
  assert.deepEqual([moved.top, moved.toSave.generation], [3, 2]);
  moved.dispose();
  const cleared = new RowPlaces({ place }, () => undefined);
  assert.equal(cleared.due(snapshot(7, 'ended'), view(100)), undefined);
  assert.equal(cleared.due(snapshot(2, 'ended'), view(100)), undefined);
  const fewer = new RowPlaces({ place }, () => undefined);
  assert.equal(fewer.due(snapshot(2, 'ended'), view(0)), undefined, 'they are being sorted');
  assert.deepEqual(fewer.due(snapshot(2, 'ended'), view(20)), place);
  for (const bad of [undefined, null, 'x', {}, { place: { generation: 'x' } }, { place: { generation: 1, top: -1 } }])
    assert.equal(new RowPlaces(bad, () => undefined).due(snapshot(1, 'ended'), view(9)), undefined);
});
