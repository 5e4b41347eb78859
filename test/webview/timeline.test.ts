/** The timeline over real captures in the real engine: what is pointed at is read out, what is brushed becomes the filter's time. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { lossesComment } from '../../src/protocol/sessionFile.ts';
import { CaptureBuilder, dnsQuery, dnsResponse } from '../support/packetBuilder.ts';
import { ask, EPOCH_NS, POD, Story, VIP } from '../support/story.ts';
import { Gallery, type GalleryPage, screenshot } from './galleryPage.ts';
import { violations } from './violations.ts';

let gallery: Gallery;
before(async () => {
  gallery = await Gallery.open(
    new Map([
      ['steady', steady()],
      ['lossy', lossy()],
    ]),
  );
});
after(() => gallery.close());

/** A lookup every 100 ms for 20 s, as its pod saw it: 4 s to 6 s refused, 10 s to 11 s without an answer. From 04:40:00 on. */
function steady(): Uint8Array {
  const story = new Story().vantage('shop/order-service', 'client', POD);
  story.vantage('kube-system/coredns-1', 'coredns', '10.244.0.5');
  for (let at = 0; at < 20_000; at += 100) {
    const name = `n${String(at)}.example.com`;
    const refused = at >= 4000 && at < 6000;
    if (at >= 10_000 && at < 11_000) ask(story, { at, name });
    else
      ask(story, {
        at,
        took: refused ? 800 : 3,
        name,
        ...(refused ? { rcode: 'REFUSED' } : { answers: ['192.0.2.1'] }),
      });
  }
  return story.captures().get('shop/order-service')!.bytes;
}

/** A lookup a second for a minute; packets dropped twice in its eleventh second, nothing seen from 30 s to 40 s. */
function lossy(): Uint8Array {
  const at = (ms: number): bigint => EPOCH_NS + BigInt(ms) * 1_000_000n;
  const losses = [
    { packets: 3, kind: 'kernel', fromNs: at(10_100), toNs: at(10_200), reason: 'The kernel dropped packets' },
    { packets: 4, kind: 'kernel', fromNs: at(10_700), toNs: at(10_800), reason: 'It dropped <b>more</b> \u202e' },
    { packets: undefined, kind: 'gap', fromNs: at(30_000), toNs: at(40_000), reason: 'The connection broke' },
  ] as const;
  const comment = new TextEncoder().encode(lossesComment(losses));
  const builder = new CaptureBuilder({ format: 'pcapng', nanos: true, interfaceOptions: [[1, comment]] });
  for (let second = 0; second < 60; second++) {
    if (second >= 30 && second < 40) continue;
    const spec = { id: second + 1, name: `n${String(second)}.example.com`, type: 'A' };
    const ends = { src: POD, sport: 40_000 + second, dst: VIP, dport: 53 };
    builder.udp({ timeNs: at(second * 1000), ...ends, payload: dnsQuery(spec) });
    const back = { src: VIP, sport: 53, dst: POD, dport: 40_000 + second };
    builder.udp({ timeNs: at(second * 1000 + 2), ...back, payload: dnsResponse({ ...spec, answers: [] }) });
  }
  return builder.bytes();
}

const input = (page: Page): Locator => page.locator('.combo-input');
const slider = (page: Page): Locator => page.locator('[role=slider]');
const chips = (page: Page): Promise<readonly string[]> => page.locator('.chip-text').allInnerTexts();

async function show(options: Parameters<Gallery['show']>[0] = {}): Promise<GalleryPage> {
  const shown = await gallery.show({ capture: 'steady', ...options });
  await shown.page.locator('.u-over').waitFor();
  await shown.settled();
  return shown;
}

/** Presses in the middle of one of the 200 intervals and lets go in that of another. */
async function brush(page: Page, from: number, to: number): Promise<void> {
  const box = await page.locator('.u-over').boundingBox();
  assert.ok(box !== null);
  const x = (interval: number): number => box.x + (box.width * (interval + 0.5)) / 200;
  await page.mouse.move(x(from), box.y + 20);
  await page.mouse.down();
  await page.mouse.move(x((from + to) / 2), box.y + 25);
  await page.mouse.move(x(to), box.y + 30);
  await page.mouse.up();
}

test('what is brushed narrows the rows; one chip says so, in the clock of the rows; Alt+Left undoes it', async () => {
  const { page, complaints, settled } = await show();
  await brush(page, 40, 59);
  await page.getByText('20 of 200 lookups', { exact: true }).waitFor();
  assert.deepEqual(await chips(page), ['04:40:04.000 to 04:40:06.000']);
  assert.equal(await input(page).inputValue(), 'time in {2025-11-21T04:40:04.000Z..2025-11-21T04:40:05.999Z}');
  await settled();
  assert.equal(await page.locator('.cell-time').first().innerText(), '04:40:04.000');
  // A second stretch takes the place of the first; what else is filtered stays.
  await input(page).fill('refused');
  // As many as before, so their number does not tell that the field has been read.
  await page.locator('.chip-text', { hasText: /^refused$/ }).waitFor();
  // What the field proposes lies over the strip for as long as it has the focus.
  await page.locator('.grid-canvas').focus();
  await page.locator('.combo-option').first().waitFor({ state: 'detached' });
  await brush(page, 50, 99);
  await page.getByText('10 of 200 lookups', { exact: true }).waitFor();
  await brush(page, 40, 49);
  await page.getByText('10 of 200 lookups', { exact: true }).waitFor();
  assert.deepEqual(await chips(page), ['refused', '04:40:04.000 to 04:40:05.000']);
  await page.locator('.grid-canvas').focus();
  await page.keyboard.press('Alt+ArrowLeft');
  await page.keyboard.press('Alt+ArrowLeft');
  await page.getByText('20 of 200 lookups', { exact: true }).waitFor();
  assert.deepEqual(await chips(page), ['refused']);
  assert.deepEqual(complaints, []);
});

test('a double click lets go of the time, and so does its chip', async () => {
  const { page, complaints } = await show();
  await brush(page, 149, 100);
  await page.getByText('50 of 200 lookups', { exact: true }).waitFor();
  await page.locator('.u-over').dblclick();
  await page.getByText('200 lookups', { exact: true }).waitFor();
  await brush(page, 149, 100);
  await page.locator('.chip-remove').click();
  await page.getByText('200 lookups', { exact: true }).waitFor();
  assert.deepEqual(complaints, []);
});

test('keys move a cursor that is read out, choose a stretch, apply it and let go of it', async () => {
  const { page, complaints } = await show();
  await slider(page).focus();
  const said = (): Promise<string | null> => slider(page).getAttribute('aria-valuetext');
  assert.match((await said()) ?? '', /^04:40:00\.000 to 04:40:20\.000, 200 lookups, 30 failed, 10 without an answer/);
  await page.keyboard.press('Home');
  assert.equal(
    await said(),
    '04:40:00.000 + 100 ms, 1 lookup, 0 failed, 0 without an answer, p50 3.02 ms, p95 3.02 ms',
  );
  await page.keyboard.press('PageUp');
  await page.keyboard.press('PageUp');
  assert.match(
    (await said()) ?? '',
    /^04:40:04\.000 \+ 100 ms, 1 lookup, 1 failed, 0 without an answer, p50 [78]\d\d ms/,
  );
  assert.equal(await page.locator('.timeline-key-failed').innerText(), '1 failed');
  for (let step = 0; step < 9; step++) await page.keyboard.press('Shift+ArrowRight');
  assert.match((await said()) ?? '', /^04:40:04\.000 to 04:40:05\.000, 10 lookups, 10 failed, 0 without/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowLeft');
  assert.match((await said()) ?? '', /^04:40:19\.900 \+ 100 ms/);
  await page.keyboard.press('Shift+PageDown');
  await page.keyboard.press('Enter');
  await page.getByText('21 of 200 lookups', { exact: true }).waitFor();
  assert.equal(await page.locator('.timeline [role=status]').innerText(), 'Showing 04:40:17.900 to 04:40:20.000');
  await page.keyboard.press('Escape');
  await page.getByText('200 lookups', { exact: true }).waitFor();
  assert.equal(await page.locator('.timeline [role=status]').innerText(), 'Showing all times');
  assert.deepEqual(complaints, []);
});

test('closed, it asks for nothing, and stays closed', async () => {
  const { page } = await show();
  await page.locator('.timeline-toggle').click();
  assert.equal(await page.locator('.timeline-chart').count(), 0);
  assert.equal(await page.evaluate(() => (window.gallery?.saved as { timeline?: boolean }).timeline), false);
  const again = await gallery.show({ capture: 'steady', saved: { timeline: false } });
  assert.equal(await again.page.locator('.timeline-toggle').getAttribute('aria-expanded'), 'false');
  assert.equal(await again.page.locator('.u-over').count(), 0);
});

test('the picture in words', async () => {
  const { page } = await show();
  const id = await slider(page).getAttribute('aria-describedby');
  assert.match(
    (await page.locator(`#${id ?? ''}`).textContent()) ?? '',
    /^From 2025-11-21 04:40:00\.000 to 2025-11-21 04:40:20\.000 in steps of 100 ms: 200 lookups\. .*30 failed, 10 of them without an answer, the first at 04:40:04\.000, the last at 04:40:10\.900\. Slowest from/,
  );
});

test('events stand above the columns: near ones as one, told in words, reached by key, one step from their rows', async () => {
  const { page, complaints } = await show({ capture: 'lossy' });
  const marks = page.locator('.timeline-mark');
  const words = await marks.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  assert.equal(words.length, 2);
  assert.match(
    words[0] ?? '',
    /^04:40:10\.100 .*: The kernel dropped packets \(3 packets\); .*It dropped <b>more<\/b> \\u\{202e\} \(4 packets\)$/,
  );
  assert.match(words[1] ?? '', /^04:40:30\.000 .*: The connection broke$/);
  assert.equal(await page.locator('.timeline b').count(), 0);
  const kinds = await page.locator('.timeline-mark path').evaluateAll((all) => all.map((one) => one.getAttribute('d')));
  assert.equal(new Set(kinds).size, 2, 'told apart by shape');
  await slider(page).focus();
  await page.keyboard.press('Tab');
  assert.equal(await page.locator('.timeline-event').innerText(), words[0]);
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator('.timeline-event').innerText(), words[1]);
  await page.keyboard.press('Enter');
  assert.match((await slider(page).getAttribute('aria-valuetext')) ?? '', /^04:40:30\.000 \+ 500 ms, 0 lookups/);
  await screenshot(page, 'timeline-events');
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(complaints, []);
});

/** Counts what is painted from here on. */
async function countPainting(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const { prototype } = CanvasRenderingContext2D;
    const clear = Reflect.get(prototype, 'clearRect');
    const counted = window as unknown as { painted: number };
    counted.painted = 0;
    prototype.clearRect = function (...where) {
      counted.painted++;
      clear.apply(this, where);
    };
  });
  return () => page.evaluate(() => (window as unknown as { painted: number }).painted);
}

test('its colours are those of the theme, also after it changed; hidden, it paints nothing', async () => {
  const { page, complaints, settled } = await show();
  const bluish = (): Promise<string> =>
    page.locator('.time-chart canvas').evaluate((canvas: HTMLCanvasElement) => {
      const [red, green, blue] = canvas.getContext('2d')!.getImageData(80, 40, 1, 1).data;
      return [red, green, blue].join();
    });
  assert.equal(await bluish(), '55,148,255');
  await page.evaluate(() => {
    document.documentElement.style.setProperty('--vscode-charts-blue', '#0063d3');
    document.body.className = 'vscode-light';
  });
  await settled();
  assert.equal(await bluish(), '0,99,211');
  const painted = await countPainting(page);
  await page.evaluate(() => (document.getElementById('app')!.style.display = 'none'));
  await page.evaluate(() => window.gallery?.controller.setFilter('refused'));
  await page.waitForFunction(() => window.gallery?.controller.overviews.timeline.value?.chosen !== undefined);
  await page.evaluate(() => document.documentElement.style.setProperty('--vscode-charts-blue', '#3794ff'));
  await settled();
  assert.equal(await painted(), 0);
  await page.evaluate(() => (document.getElementById('app')!.style.display = ''));
  await page.waitForFunction(() => (window as unknown as { painted: number }).painted > 0);
  assert.deepEqual(complaints, []);
});

test('while a trace runs its columns stay where they are, and the picture waits for who points at it', async () => {
  const { page, complaints, settled } = await gallery.show({ scenario: 'story' });
  assert.equal(await page.locator('.timeline').count(), 0, 'nothing where there is nothing to show');
  const grow = (seconds: number): Promise<void> =>
    page.evaluate((intervals) => {
      const fake = window.gallery!.fake!;
      const counts = (value: number): number[] => new Array<number>(intervals).fill(value);
      const all = {
        lookups: counts(4),
        failed: counts(0),
        unanswered: counts(0),
        medianNs: counts(2e6),
        p95Ns: counts(3e6),
      };
      fake.timeline = { startUs: 1_763_700_000_000_000, stepUs: 1_000_000, all, marks: [] };
      fake.update({ state: {} });
    }, seconds);
  const last = (): Promise<string | null> => slider(page).getAttribute('aria-valuemax');
  await grow(20);
  await page.locator('.u-over').waitFor();
  assert.equal(await last(), '19');
  // Twenty of the 240 intervals that there is room for.
  const box = (await page.locator('.u-over').boundingBox())!;
  const at = (interval: number): number => box.x + (box.width * (interval + 0.5)) / 240;
  await page.mouse.move(at(10), box.y + 20);
  const time = page.locator('.timeline-time');
  assert.match(await time.innerText(), /^04:40:10\.000 \+ 1 s$/);
  await grow(40);
  await page.waitForFunction(() => window.gallery?.controller.overviews.timeline.value?.all.lookups.length === 40);
  await settled();
  assert.equal(await last(), '19', 'held while pointed at');
  await page.mouse.move(5, 5);
  await page.locator('[role=slider][aria-valuemax="39"]').waitFor();
  await page.mouse.move(at(10), box.y + 22);
  assert.match(await time.innerText(), /^04:40:10\.000 \+ 1 s$/);
  assert.deepEqual(complaints, []);
});

for (const theme of ['dark', 'light', 'contrast'] as const) {
  test(`in ${theme} it can be read by all, wide and narrow, with and without a filter`, async () => {
    const { page, complaints, settled } = await show({ theme });
    await screenshot(page, `timeline-${theme}`);
    assert.deepEqual(await violations(page), []);
    await brush(page, 90, 119);
    await page.getByText('30 of 200 lookups', { exact: true }).waitFor();
    await settled();
    await screenshot(page, `timeline-filtered-${theme}`);
    assert.deepEqual(await violations(page), []);
    await page.setViewportSize({ width: 500, height: 600 });
    await slider(page).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+PageUp');
    await settled();
    await screenshot(page, `timeline-narrow-${theme}`);
    assert.deepEqual(await violations(page), []);
    const width = await page.locator('.app').evaluate((one) => one.scrollWidth - one.clientWidth);
    assert.equal(width, 0);
    assert.deepEqual(complaints, []);
  });
}
