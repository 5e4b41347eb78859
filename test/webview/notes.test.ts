/** Notes beside a trace: written at a time of the timeline, marked there, listed, changed, and compared around. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { notesComment } from '../../src/protocol/traceNotes.ts';
import { CaptureBuilder, dnsQuery, dnsResponse } from '../support/packetBuilder.ts';
import { EPOCH_NS, POD, VIP } from '../support/story.ts';
import { eventually, Gallery, type GalleryPage, screenshot } from './galleryPage.ts';
import { violations } from './violations.ts';

const START_US = Number(EPOCH_NS / 1000n);

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open(
    new Map([
      ['plain', capture(undefined)],
      ['noted', capture(noted())],
    ]),
  );
});
after(() => gallery.close());

function noted(): string {
  return notesComment([
    { kind: 'hypothesis', atUs: START_US + 2e6, text: 'The upstream loses it <img src=x onerror=alert(1)>' },
    { kind: 'action', atUs: START_US + 10e6, text: 'Restarted \u202eSNDeroC\u202c **now** ' + 'x'.repeat(300) },
    { kind: 'observation', atUs: START_US + 15e6, toUs: START_US + 18e6, text: 'Answers again' },
  ])!;
}

/** A lookup every 100 ms for 20 s from 04:40:00 on. */
function capture(comment: string | undefined): Uint8Array {
  const options = comment === undefined ? {} : { sectionComments: [comment] };
  const builder = new CaptureBuilder({ format: 'pcapng', nanos: true, ...options });
  for (let k = 0; k < 200; k++) {
    const timeNs = EPOCH_NS + BigInt(k) * 100_000_000n;
    const spec = { id: k + 1, name: `n${String(k)}.example.com`, type: 'A' };
    builder.udp({ timeNs, src: POD, sport: 40_000 + k, dst: VIP, dport: 53, payload: dnsQuery(spec) });
    const back = { src: VIP, sport: 53, dst: POD, dport: 40_000 + k };
    builder.udp({ timeNs: timeNs + 2_000_000n, ...back, payload: dnsResponse({ ...spec, answers: [] }) });
  }
  return builder.bytes();
}

const slider = (page: Page): Locator => page.locator('[role=slider]');
const notes = (page: Page): Locator => page.locator('.note');
const field = (page: Page): Locator => page.locator('.note-field');

async function show(options: Parameters<Gallery['show']>[0] = {}): Promise<GalleryPage> {
  const shown = await gallery.show({ capture: 'plain', ...options });
  await shown.page.locator('.u-over').waitFor();
  return shown;
}

test('a note is written at the cursor by keys alone, stands on the timeline, and is edited and deleted', async () => {
  const { page, complaints } = await show();
  await slider(page).focus();
  await page.keyboard.press('Home');
  for (let step = 0; step < 5; step++) await page.keyboard.press('PageUp');
  await page.waitForFunction(() =>
    document.querySelector('[role=slider]')?.getAttribute('aria-valuetext')?.startsWith('04:40:10.000'),
  );
  await page.keyboard.press('n');
  await field(page).waitFor();
  await page.waitForFunction(() => document.activeElement?.classList.contains('note-field'));
  await page.keyboard.type('CoreDNS drops it');
  await page.keyboard.press('Control+Enter');
  await notes(page).first().waitFor();
  await eventually(async () =>
    assert.match(await notes(page).innerText(), /^Hypothesis 04:40:10\.000\s+CoreDNS drops it$/u),
  );
  await page.locator('.timeline-mark-hypothesis').first().waitFor();
  assert.equal(
    await page.locator('button.timeline-mark-hypothesis').getAttribute('aria-label'),
    '04:40:10.000 · Hypothesis: CoreDNS drops it',
  );
  await page.getByRole('button', { name: /^Edit: Hypothesis/u }).click();
  await field(page).fill('Restarted CoreDNS');
  await page.getByRole('radio', { name: 'Action' }).check();
  await page.locator('vscode-button').filter({ hasText: 'Save Note' }).click();
  await page.getByText('Compare before and after').waitFor();
  await eventually(async () =>
    assert.match(await notes(page).innerText(), /^Action 04:40:10\.000\s+Restarted CoreDNS/u),
  );
  await page.getByRole('button', { name: /^Delete: Action/u }).click();
  await page.getByRole('heading', { name: 'No note yet' }).waitFor();
  await page.locator('button.timeline-mark-action').waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
});

test('the button notes the time that the filter leaves; Escape lets go of the draft', async () => {
  const { page, complaints } = await show();
  const box = (await page.locator('.u-over').boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.25 + 2, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.4, box.y + 25);
  await page.mouse.move(box.x + box.width * 0.5 - 2, box.y + 30);
  await page.mouse.up();
  await page.getByText('50 of 200 lookups', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Add Note' }).click();
  await field(page).waitFor();
  await eventually(async () =>
    assert.match(await page.locator('.note-kinds').innerText(), /04:40:05\.000 to 04:40:10\.000/u),
  );
  await page.keyboard.press('Escape');
  await field(page).waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
});

test('notes of a saved session come back as text, and an action is compared before and after', async () => {
  const { page, complaints } = await show({ capture: 'noted', saved: { tab: 'notes' } });
  await notes(page).nth(2).waitFor();
  const text = await page.locator('.note-list').innerText();
  assert.ok(
    text.includes('<img src=x onerror=alert(1)>') && text.includes('\\u{202e}SNDeroC') && text.includes('**now**'),
  );
  assert.equal(await page.locator('#app img').count(), 0);
  await eventually(async () => assert.equal(await page.locator('button.timeline-mark').count(), 3));
  await page.getByText('Compare before and after').click();
  await page.locator('.compare-table').waitFor();
  await eventually(async () =>
    assert.deepEqual(await page.locator('.compare-count').allInnerTexts(), ['100 lookups', '100 lookups']),
  );
  assert.deepEqual(complaints, []);
});

for (const [theme, width] of [
  ['dark', 1280],
  ['light', 500],
  ['contrast', 1280],
] as const) {
  test(`notes can be read by all: ${theme}, ${String(width)} pixels wide`, async () => {
    const { page, complaints } = await show({ theme, width, capture: 'noted', saved: { tab: 'notes' } });
    await notes(page).nth(2).waitFor();
    await page.getByRole('button', { name: 'Add Note' }).click();
    await field(page).waitFor();
    await screenshot(page, `notes-${theme}`);
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false);
    assert.deepEqual(complaints, []);
  });
}
