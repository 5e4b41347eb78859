/**
 * `node test/bench/panelBench.ts` after `npm run build`: what the panel costs in Chromium, with the gallery's 5 million rows. Rendering is in
 * software where there is no GPU, so frames that were missed are told beside the work of a frame.
 */
import type { Page } from 'playwright-core';
import { Gallery } from '../webview/galleryPage.ts';

const FRAMES = 240;
const JUMPS = 60;
const KEYS = 60;
/** Messages of a packet capture make a lookup for every four; the host tells of new rows ten times a second. */
const ROWS_A_PUSH = 85_000 / 4 / 10;

export async function benchPanel(): Promise<void> {
  const gallery = await Gallery.open();
  try {
    const { page } = await gallery.show({ scenario: 'million' });
    const { work, gaps } = await page.evaluate(dragged, FRAMES);
    tell('frame work while the scroll bar is dragged over 5,000,000 rows', work, 16.7);
    const late = gaps.filter((gap) => gap > 25).length;
    process.stdout.write(
      `  ${String(late)} of ${String(gaps.length)} frames came later than 25 ms after the one before\n`,
    );
    tell('window request to painted rows', await page.evaluate(jumped, JUMPS), 30);
    tell('input delay while 85,000 packets/s come in', await typed(page), 50);
  } finally {
    await gallery.close();
  }
}

function tell(what: string, values: readonly number[], goal: number): void {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  const p95 = at(0.95);
  process.stdout.write(
    `panel: ${what}: p95 ${p95.toFixed(1)} ms, median ${at(0.5).toFixed(1)} ms (goal ${String(goal)} ms: ${p95 <= goal ? 'met' : 'missed'})\n`,
  );
}

/** In the browser: from the first handler of a frame until its paint has been handed over, and the time from frame to frame. */
async function dragged(
  frames: number,
): Promise<{ readonly work: readonly number[]; readonly gaps: readonly number[] }> {
  const scroller = document.querySelector('.grid-scroller')!;
  const range = scroller.scrollHeight - scroller.clientHeight;
  const work: number[] = [];
  const gaps: number[] = [];
  let began = Number.NaN;
  let last = Number.NaN;
  scroller.addEventListener('scroll', () => (began = performance.now()), { capture: true });
  for (let frame = 1; frame <= frames; frame++) {
    scroller.scrollTop = (frame / frames) * range;
    const start = await new Promise<number>((resolve) => {
      requestAnimationFrame(() => resolve(Number.isNaN(began) ? performance.now() : began));
    });
    began = Number.NaN;
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve();
      port2.postMessage(undefined);
    });
    const now = performance.now();
    work.push(now - start);
    if (!Number.isNaN(last)) gaps.push(start - last);
    last = start;
  }
  return { work, gaps };
}

/** In the browser: from a jump to a place without rows until its rows have been painted. */
async function jumped(jumps: number): Promise<readonly number[]> {
  const scroller = document.querySelector('.grid-scroller')!;
  const range = scroller.scrollHeight - scroller.clientHeight;
  const times: number[] = [];
  for (let jump = 0; jump < jumps; jump++) {
    const before = document.querySelector('.grid-row')?.textContent;
    const start = performance.now();
    scroller.scrollTop = (((jump * 37) % jumps) / jumps) * range;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        const first = document.querySelector('.grid-row');
        const isThere =
          first !== null && first.textContent !== before && document.querySelector('.grid-row[aria-busy]') === null;
        if (isThere || performance.now() - start > 2000) resolve();
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    times.push(performance.now() - start);
  }
  return times;
}

/** From a key in the filter field until what it changed is painted, while pushes come as fast as a worker sends them. */
async function typed(page: Page): Promise<readonly number[]> {
  await page.evaluate((rows) => {
    const fake = window.gallery?.fake;
    if (fake === undefined) return;
    let { count } = fake.lookups;
    const { lookups } = fake;
    setInterval(() => {
      count += rows;
      fake.update({ lookups: { count, at: (id) => lookups.at(id) }, state: { counts: { ...fake.state.counts, lookups: count } } });
    }, 100);
  }, ROWS_A_PUSH);
  await page.locator('.combo-input').focus();
  await page.evaluate(() => {
    const times: number[] = [];
    (window as unknown as { delays: number[] }).delays = times;
    document.querySelector('.combo-input')!.addEventListener('keydown', (event) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => times.push(performance.now() - event.timeStamp);
        port2.postMessage(undefined);
      });
    });
  });
  for (let key = 0; key < KEYS; key++) await page.keyboard.press(key % 8 === 7 ? 'Backspace' : 'n', { delay: 5 });
  return page.evaluate(() => (window as unknown as { delays: readonly number[] }).delays);
}

if (import.meta.main) await benchPanel();
