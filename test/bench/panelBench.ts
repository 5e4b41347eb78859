/**
 * `node test/bench/panelBench.ts` after `npm run build`: what the shipped panel costs in Chromium, with the gallery's 5 million rows, which are
 * made in this process. Rendering is in software where there is no GPU, so frames that were missed are told beside the work of a frame.
 * Between host and panel lies the browser's debugging channel instead of VS Code's; what a worker adds is not in these figures.
 */
import { SCENARIOS } from '../../webview/gallery/scenarios.ts';
import type { PanelToHost } from '../../src/protocol/webview.ts';
import { openPanelPage } from '../support/panelPage.ts';
import { tell } from './percentiles.ts';

const ROWS = 5_000_000;
const FRAMES = 240;
const JUMPS = 60;
/** As the page sets them: a turn of the wheel, and each frame until its rows have been drawn. */
const TURN_MARK = 'turn';
const FRAME_MARK = 'frame';

export async function benchPanel(): Promise<void> {
  const host = SCENARIOS['million']!.open({ manual: true });
  const opening = openPanelPage((message) => host.post(message as PanelToHost));
  // The page asks before it is told to be there.
  host.listen((message) => void opening.then(({ send }) => send(message)));
  const panel = await opening;
  const { page } = panel;
  try {
    await page.locator('.grid-row:not([aria-busy])').first().waitFor();
    const browser = page.context().browser()!;
    await browser.startTracing(page, {
      categories: ['toplevel', 'disabled-by-default-devtools.timeline', 'blink.user_timing'],
    });
    await page.evaluate(dragged, { frames: FRAMES, rows: ROWS, waits: true });
    tell('frame work while 5,000,000 rows pass by', frameWork(await browser.stopTracing()), 16.7);
    const { gaps, known } = await page.evaluate(dragged, { frames: FRAMES, rows: -ROWS, waits: false });
    const late = gaps.filter((gap) => gap > 25).length;
    process.stdout.write(
      `  without waiting for rows: ${String(late)} of ${String(gaps.length)} frames came later than 25 ms after the one before; in ${String(known)} their rows were there in time\n`,
    );
    tell('window request to painted rows', await page.evaluate(jumped, { jumps: JUMPS, rows: ROWS }), 30);
  } finally {
    await panel[Symbol.asyncDispose]();
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
 * Of each turn of the wheel the dearest frame: processor time of the page's main thread, ms. Waiting for rows and for the screen is no work,
 * which is why clocks in the page do not tell.
 */
function frameWork(trace: Buffer): readonly number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TracedEvent[] };
  const marks = traceEvents.filter(({ name }) => name === TURN_MARK || name === FRAME_MARK);
  const work = marks.map(() => 0);
  for (const { name, pid, tid, ts, tdur } of traceEvents) {
    if (name !== 'RunTask' || pid !== marks[0]?.pid || tid !== marks[0].tid) continue;
    const frame = marks.findLastIndex((mark) => mark.ts <= ts);
    if (frame >= 0) work[frame]! += (tdur ?? 0) / 1000;
  }
  const dearest: number[] = [];
  for (const [at, { name }] of marks.entries()) {
    if (name === TURN_MARK) dearest.push(work[at]!);
    else dearest.push(Math.max(work[at]!, dearest.pop() ?? 0));
  }
  return dearest.slice(0, -1);
}

/** In the browser: one turn of the wheel a frame. The time from frame to frame, and how many frames had rows to be seen. */
async function dragged({
  frames,
  rows,
  waits,
}: {
  readonly frames: number;
  readonly rows: number;
  /** The next turn comes when the rows of this one have been drawn, so that drawing them is counted. */
  readonly waits: boolean;
}): Promise<{ readonly gaps: readonly number[]; readonly known: number }> {
  const body = document.querySelector('.grid-body')!;
  const inTask = (): Promise<void> =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve();
      port2.postMessage(undefined);
    });
  const drawn = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));
  const areKnown = (): boolean => document.querySelector('.grid-row[aria-busy]') === null;
  const gaps: number[] = [];
  let known = 0;
  let last = Number.NaN;
  for (let frame = 1; frame <= frames; frame++) {
    const before = document.querySelector('.grid-row')?.getAttribute('aria-rowindex');
    // In a task of its own, so that its work is counted for this frame.
    await inTask();
    const start = performance.now();
    performance.mark('turn');
    const turn = { deltaY: rows / frames / 2, deltaMode: 1, bubbles: true, cancelable: true };
    body.dispatchEvent(new WheelEvent('wheel', turn));
    await drawn();
    while (waits && !areKnown()) {
      await inTask();
      performance.mark('frame');
      await drawn();
    }
    if (document.querySelector('.grid-row')?.getAttribute('aria-rowindex') === before)
      throw new Error('The grid stands still');
    if (!Number.isNaN(last)) gaps.push(start - last);
    last = start;
    if (areKnown()) known++;
  }
  return { gaps, known };
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
