/**
 * `node test/bench/panelBench.ts` after `npm run build`: what the panel costs in Chromium, with the gallery's 5 million rows. Rendering is in
 * software where there is no GPU, so frames that were missed are told beside the work of a frame. Rows come from the gallery's host in the
 * page, so what a worker and VS Code's channel add is not in these figures.
 */
import type { Page } from 'playwright-core';
import { Gallery } from '../webview/galleryPage.ts';

const ROWS = 5_000_000;
const FRAMES = 240;
const JUMPS = 60;
const KEYS = 60;
/** A lookup takes four packets; the host tells of new rows ten times a second. */
const ROWS_A_PUSH = 85_000 / 4 / 10;

export async function benchPanel(): Promise<void> {
  const gallery = await Gallery.open();
  try {
    const { page } = await gallery.show({ scenario: 'million' });
    const { work, gaps } = await page.evaluate(dragged, { frames: FRAMES, rows: ROWS });
    tell('frame work while 5,000,000 rows pass by', work, 16.7);
    const late = gaps.filter((gap) => gap > 25).length;
    process.stdout.write(
      `  ${String(late)} of ${String(gaps.length)} frames came later than 25 ms after the one before\n`,
    );
    tell('window request to painted rows', await page.evaluate(jumped, { jumps: JUMPS, rows: ROWS }), 30);
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

/** In the browser: from a turn of the wheel until what it brought has been painted, and the time from frame to frame. */
async function dragged({ frames, rows }: { readonly frames: number; readonly rows: number }): Promise<{
  readonly work: readonly number[];
  readonly gaps: readonly number[];
}> {
  const body = document.querySelector('.grid-body')!;
  const work: number[] = [];
  const gaps: number[] = [];
  let last = Number.NaN;
  for (let frame = 1; frame <= frames; frame++) {
    const before = document.querySelector('.grid-row')?.getAttribute('aria-rowindex');
    const start = performance.now();
    const turn = { deltaY: rows / frames / 2, deltaMode: 1, bubbles: true, cancelable: true };
    body.dispatchEvent(new WheelEvent('wheel', turn));
    await new Promise<void>((resolve) => requestAnimationFrame(() => resolve()));
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve();
      port2.postMessage(undefined);
    });
    if (document.querySelector('.grid-row')?.getAttribute('aria-rowindex') === before)
      throw new Error('The grid stands still');
    work.push(performance.now() - start);
    if (!Number.isNaN(last)) gaps.push(start - last);
    last = start;
  }
  return { work, gaps };
}

/** In the browser: from a jump to a place without rows until its rows have been painted. */
async function jumped({ jumps, rows }: { readonly jumps: number; readonly rows: number }): Promise<readonly number[]> {
  const body = document.querySelector('.grid-body')!;
  const times: number[] = [];
  for (let jump = 1; jump <= jumps; jump++) {
    const target = Math.floor((((jump * 37) % jumps) / jumps) * (rows - 1000)) + 10 * jump;
    const first = Number(document.querySelector('.grid-row')?.getAttribute('aria-rowindex')) - 2;
    const start = performance.now();
    const turn = { deltaY: target - first, deltaMode: 1, bubbles: true, cancelable: true };
    body.dispatchEvent(new WheelEvent('wheel', turn));
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        // The first row may be hidden by half; the one below it is in sight in either case.
        const isThere = document.querySelector(`.grid-row[aria-rowindex="${String(target + 3)}"]:not([aria-busy])`);
        if (isThere !== null) resolve();
        else if (performance.now() - start > 5000) reject(new Error(`Row ${String(target)} did not come`));
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    times.push(performance.now() - start);
  }
  return times;
}

/** From a key in the filter field until what it changed is painted, while rows come as fast as a worker tells of them. */
async function typed(page: Page): Promise<readonly number[]> {
  await page.evaluate((rows) => {
    const fake = window.gallery!.fake!;
    let { count } = fake.lookups;
    const { lookups } = fake;
    setInterval(() => {
      count += rows;
      fake.update({
        lookups: { count, at: (id) => lookups.at(id) },
        state: { counts: { ...fake.state.counts, lookups: count } },
      });
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
