/**
 * `node test/bench/panelBench.ts` after `npm run build`: what the panel costs in Chromium, with the gallery's 5 million rows. Rendering is in
 * software where there is no GPU, so frames that were missed are told beside the work of a frame. Rows come from the gallery's host in the
 * page, so what a worker and VS Code's channel add is not in these figures.
 */
import { Gallery } from '../webview/galleryPage.ts';
import { tell } from './percentiles.ts';

const ROWS = 5_000_000;
const FRAMES = 240;
const JUMPS = 60;
/** As the page sets it. */
const FRAME_MARK = 'frame';

export async function benchPanel(): Promise<void> {
  const gallery = await Gallery.open();
  try {
    const { page } = await gallery.show({ scenario: 'million' });
    const browser = page.context().browser()!;
    await browser.startTracing(page, {
      categories: ['toplevel', 'disabled-by-default-devtools.timeline', 'blink.user_timing'],
    });
    const gaps = await page.evaluate(dragged, { frames: FRAMES, rows: ROWS });
    tell('frame work while 5,000,000 rows pass by', frameWork(await browser.stopTracing()), 16.7);
    const late = gaps.filter((gap) => gap > 25).length;
    process.stdout.write(
      `  ${String(late)} of ${String(gaps.length)} frames came later than 25 ms after the one before\n`,
    );
    tell('window request to painted rows', await page.evaluate(jumped, { jumps: JUMPS, rows: ROWS }), 30);
  } finally {
    await gallery.close();
  }
}

/** An event of Chromium's trace; µs. */
interface TracedEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  /** Processor time of the thread. */
  readonly tdur?: number;
}

/**
 * From a turn of the wheel to the next: processor time of the page's main thread, ms, with what the gallery's host takes to make the rows.
 * Waiting for the screen's next frame is no work, which is why clocks in the page do not tell.
 */
function frameWork(trace: Buffer): readonly number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TracedEvent[] };
  const marks = traceEvents.filter(({ name }) => name === FRAME_MARK);
  const work = marks.map(() => 0);
  for (const { name, pid, tid, ts, tdur } of traceEvents) {
    if (name !== 'RunTask' || pid !== marks[0]?.pid || tid !== marks[0].tid) continue;
    const frame = marks.findLastIndex((mark) => mark.ts <= ts);
    if (frame >= 0) work[frame]! += (tdur ?? 0) / 1000;
  }
  return work.slice(0, -1);
}

/** In the browser: one turn of the wheel a frame; the time from frame to frame. */
async function dragged({
  frames,
  rows,
}: {
  readonly frames: number;
  readonly rows: number;
}): Promise<readonly number[]> {
  const body = document.querySelector('.grid-body')!;
  const gaps: number[] = [];
  let last = Number.NaN;
  for (let frame = 1; frame <= frames; frame++) {
    const before = document.querySelector('.grid-row')?.getAttribute('aria-rowindex');
    // In a task of its own, so that its work is counted for this frame.
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve();
      port2.postMessage(undefined);
    });
    const start = performance.now();
    performance.mark('frame');
    const turn = { deltaY: rows / frames / 2, deltaMode: 1, bubbles: true, cancelable: true };
    body.dispatchEvent(new WheelEvent('wheel', turn));
    await new Promise<void>((resolve) => requestAnimationFrame(() => resolve()));
    if (document.querySelector('.grid-row')?.getAttribute('aria-rowindex') === before)
      throw new Error('The grid stands still');
    if (!Number.isNaN(last)) gaps.push(start - last);
    last = start;
  }
  return gaps;
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

if (import.meta.main) await benchPanel();
