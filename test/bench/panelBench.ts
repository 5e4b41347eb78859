/**
 * `node test/bench/panelBench.ts` after `npm run build`: what the panel costs in Chromium, with the gallery's 5 million rows. Rendering is in
 * software where there is no GPU, so frames that were missed are told beside the work of a frame.
 */
import { Gallery } from '../webview/galleryPage.ts';

const FRAMES = 240;

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

if (import.meta.main) await benchPanel();
