/** Zoom on the timeline: by wheel, keys and buttons one sees a part in finer intervals, and the rows stay as they are. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { CaptureBuilder, dnsQuery, dnsResponse } from '../support/packetBuilder.ts';
import { lossesComment } from '../../src/protocol/sessionFile.ts';
import { EPOCH_NS, POD, VIP } from '../support/story.ts';
import { eventually, Gallery, type GalleryPage, screenshot } from './galleryPage.ts';
import { violations } from './violations.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open(new Map([['hour', hour()]]));
});
after(() => gallery.close());

/** A lookup every 6 s for an hour from 04:40:00 on, ten more from 05:10:00 on, 20 ms apart; packets lost at 04:50 and 05:10:00.1. */
function hour(): Uint8Array {
  const at = (ms: number): bigint => EPOCH_NS + BigInt(ms) * 1_000_000n;
  const losses = [
    { packets: 3, kind: 'kernel', fromNs: at(600_000), toNs: at(600_000), reason: 'lost early' },
    { packets: 4, kind: 'kernel', fromNs: at(1_800_100), toNs: at(1_800_100), reason: 'lost then' },
  ] as const;
  const comment = new TextEncoder().encode(lossesComment(losses));
  const builder = new CaptureBuilder({ format: 'pcapng', nanos: true, interfaceOptions: [[1, comment]] });
  const begins = Array.from({ length: 600 }, (_, index) => index * 6000);
  begins.push(...Array.from({ length: 10 }, (_, index) => 1_800_000 + 20 * (index + 1)));
  begins.sort((a, b) => a - b);
  begins.forEach((begin, index) => {
    const spec = { id: index + 1, name: `n${String(begin)}.example.com`, type: 'A' };
    const ends = { src: POD, sport: 30_000 + index, dst: VIP, dport: 53 };
    builder.udp({ timeNs: at(begin), ...ends, payload: dnsQuery(spec) });
    const back = { src: VIP, sport: 53, dst: POD, dport: 30_000 + index };
    builder.udp({ timeNs: at(begin + 2), ...back, payload: dnsResponse({ ...spec, answers: [] }) });
  });
  return builder.bytes();
}

const slider = (page: Page): Locator => page.locator('[role=slider]');
const button = (page: Page, name: RegExp): Locator => page.locator('.timeline-zoom').getByRole('button', { name });
const part = (page: Page): Locator => page.locator('.timeline-part');

/** What the intervals on screen hold together. */
async function said(page: Page, pattern: RegExp): Promise<void> {
  await eventually(async () => assert.match((await slider(page).getAttribute('aria-valuetext')) ?? '', pattern));
}

async function status(page: Page, text: string): Promise<void> {
  await eventually(async () => assert.equal(await page.locator('.timeline [role=status]').innerText(), text));
}

async function show(options: Parameters<Gallery['show']>[0] = {}): Promise<GalleryPage> {
  const shown = await gallery.show({ capture: 'hour', ...options });
  await shown.page.locator('.u-over').waitFor();
  await shown.settled();
  return shown;
}

/** The pointer at a share of the plot's width. */
async function point(page: Page, share: number): Promise<void> {
  const box = await page.locator('.u-over').boundingBox();
  assert.ok(box !== null);
  await page.mouse.move(box.x + box.width * share, box.y + 20);
}

const WHOLE = '04:40:00.000 to 05:39:54.002';

test('the wheel shows a part more closely around the pointer, in intervals of its own; no row goes', async () => {
  const { page, complaints, settled } = await show();
  await said(page, /^04:40:00\.000 to 05:40:00\.000, 610 lookups/u);
  assert.match(await page.locator('.timeline-key-lookups').innerText(), /in 20 s$/u);
  await point(page, 0.5);
  for (let turn = 0; turn < 8; turn++) await page.mouse.wheel(0, -100);
  await page.mouse.move(5, 5);
  await part(page).waitFor();
  await said(page, /^05:0\d:\d\d\.\d{3} to 05:1\d:\d\d\.\d{3}, \d\d lookups/u);
  await eventually(async () => assert.match(await page.locator('.timeline-key-lookups').innerText(), /in 1 s$/u));
  await page.getByText('610 lookups', { exact: true }).waitFor();
  assert.equal(await page.locator('.chip-text').count(), 0);
  await page.locator('.timeline-mark').nth(1).waitFor({ state: 'detached' });
  assert.match((await page.locator('.timeline-mark').getAttribute('aria-label')) ?? '', /lost then/u);
  const before = await part(page).innerText();
  await point(page, 0.5);
  await page.keyboard.down('Shift');
  await page.mouse.wheel(0, 200);
  await page.keyboard.up('Shift');
  await eventually(async () => assert.notEqual(await part(page).innerText(), before));
  for (let turn = 0; turn < 10; turn++) await page.mouse.wheel(0, 100);
  await part(page).waitFor({ state: 'detached' });
  await page.mouse.move(5, 5);
  await said(page, /^04:40:00\.000 to 05:40:00\.000, 610 lookups/u);
  await settled();
  assert.deepEqual(complaints, []);
});

test('keys: + goes nearer to where the cursor is, arrows go on beyond the border, − and 0 back, all of it told', async () => {
  const { page, complaints } = await show();
  await slider(page).focus();
  await page.keyboard.press('Home');
  for (let step = 0; step < 5; step++) await page.keyboard.press('PageUp');
  await said(page, /^05:10:00\.000 \+ 20 s, 14 lookups/u);
  await page.keyboard.press('+');
  await status(page, 'The timeline shows 04:55:05.000 to 05:25:05.000 of 04:40:00.000 to 05:40:00.000');
  await said(page, /^05:10:10\.000 \+ 10 s, /u);
  for (let press = 0; press < 10; press++) await page.keyboard.press('+');
  await said(page, /^05:10:\d\d\.\d{3} \+ \d+ ms, /u);
  const shown = await part(page).innerText();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await eventually(async () => assert.notEqual(await part(page).innerText(), shown));
  await page.keyboard.press('-');
  await page.keyboard.press('0');
  await status(page, `The timeline shows the whole trace, ${WHOLE}`);
  await part(page).waitFor({ state: 'detached' });
  await page.keyboard.press('+');
  await part(page).waitFor();
  await page.keyboard.press('Escape');
  await part(page).waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
});

test('buttons: nearer to what was brushed, earlier and later, back to the whole with the focus kept', async () => {
  const { page, complaints, settled } = await show();
  await point(page, 0.499);
  await page.mouse.down();
  await point(page, 0.501);
  await point(page, 0.506);
  await page.mouse.up();
  await page.locator('.chip-text').waitFor();
  await page.mouse.move(5, 5);
  await button(page, /^Zoom In/u).click();
  const chip = await page.locator('.chip-text').innerText();
  await eventually(async () => assert.equal(await part(page).innerText(), chip));
  await said(page, /of \d\d lookups/u);
  const chosen = await slider(page).getAttribute('aria-valuetext');
  assert.match(chosen ?? '', /(\d+) of \1 lookups/u, 'all of the part is what the filter chooses');
  await button(page, /^Later/u).click();
  await eventually(async () => assert.notEqual(await part(page).innerText(), chip));
  assert.equal(await page.locator('.chip-text').innerText(), chip, 'the filter stays');
  await button(page, /^Earlier/u).click();
  await eventually(async () => assert.equal(await part(page).innerText(), chip));
  const title = await page.locator('#timeline-summary').textContent();
  assert.match(title ?? '', /^\s*Zoomed in: a part of 2025-11-21 04:40:00\.000 to 2025-11-21 05:39:54\.002\. From /u);
  await button(page, /^Reset Zoom/u).focus();
  await page.keyboard.press('Enter');
  await part(page).waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'slider');
  await settled();
  assert.deepEqual(complaints, []);
});

test('a brush on what is shown closely is as fine as that', async () => {
  const { page, complaints } = await show({
    saved: { zoom: { fromUs: Number(EPOCH_NS / 1000n) + 1.8e9, toUs: Number(EPOCH_NS / 1000n) + 1.8e9 + 200_000 } },
  });
  await said(page, /^05:10:00\.000 to 05:10:00\.200, 10 lookups/u);
  await point(page, 56.5 / 200);
  await page.mouse.down();
  await point(page, 0.4);
  await point(page, 104.5 / 200);
  await page.mouse.up();
  await page.getByText('3 of 610 lookups', { exact: true }).waitFor();
  await page.getByText('05:10:00.056 to 05:10:00.105', { exact: true }).waitFor();
  assert.deepEqual(complaints, []);
});

test('a part of another trace is not shown', async () => {
  const { page, complaints } = await show({ saved: { zoom: { fromUs: 1e15, toUs: 1e15 + 1e6 } } });
  await said(page, /^04:40:00\.000 to 05:40:00\.000, 610 lookups/u);
  await part(page).waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
});

test('while a trace runs, a part that reaches to its end goes on with it, another stays', async () => {
  const { page, complaints } = await gallery.show({ scenario: 'story' });
  const asked = (): Promise<unknown> => page.evaluate(() => (window.gallery?.saved as { zoom?: unknown }).zoom);
  await page.evaluate(() => {
    const fake = window.gallery!.fake!;
    const counts = (value: number): number[] => new Array<number>(100).fill(value);
    const none = counts(0);
    const all = { lookups: counts(4), failed: none, unanswered: none, medianNs: none, p95Ns: none };
    fake.timeline = { startUs: 1_763_700_000_000_000, stepUs: 1_000_000, all, marks: [] };
    fake.update({ state: {} });
  });
  await slider(page).waitFor();
  await slider(page).focus();
  await page.keyboard.press('End');
  await said(page, /^04:41:39\.000/u);
  await page.keyboard.press('+');
  await eventually(async () =>
    assert.deepEqual(await asked(), { fromUs: 1_763_700_049_750_000, toUs: 1_763_700_099_750_000 }),
  );
  await button(page, /^Later/u).click();
  await eventually(async () => assert.deepEqual(await asked(), { lastUs: 50_000_000 }));
  await status(page, 'The timeline shows the last 50 s of 04:40:00.000 to 04:41:40.000');
  assert.equal(await part(page).innerText(), 'The last 50 s');
  assert.deepEqual(complaints, []);
});

for (const theme of ['dark', 'light', 'contrast'] as const) {
  test(`zoomed in ${theme} it can be read by all, wide and narrow`, async () => {
    const { page, complaints, settled } = await show({ theme });
    await point(page, 0.5);
    for (let turn = 0; turn < 6; turn++) await page.mouse.wheel(0, -100);
    await part(page).waitFor();
    await page.mouse.move(5, 5);
    await said(page, /^05:0\d:/u);
    await settled();
    await screenshot(page, `timeline-zoomed-${theme}`);
    assert.deepEqual(await violations(page), []);
    await page.setViewportSize({ width: 500, height: 600 });
    await settled();
    await screenshot(page, `timeline-zoomed-narrow-${theme}`);
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.locator('.app').evaluate((one) => one.scrollWidth - one.clientWidth), 0);
    assert.deepEqual(complaints, []);
  });
}
