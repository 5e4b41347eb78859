/**
 * Pictures of the panel, compared with those in test/webview/pictures. Both are made smaller first, so that the edges of letters count little, and
 * each pixel is compared by how different it looks (luma and chroma apart, weighed as in YIQ); a few may differ, an area may not.
 * Chromium itself reads, shrinks and compares: no library for PNG.
 * `npm run pictures` (`DNSCOPE_PICTURES=update`) writes them anew; what differs is left in out/pictures.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { outFolder } from '../../scripts/paths.ts';

const FOLDER = path.join(import.meta.dirname, 'pictures');
const WIDTH = 400;
/** Of the largest difference that there is, squared. */
const SEEN = 0.02;
/** Share of pixels that may differ. */
const MOST = 0.002;

export const isUpdating = process.env['DNSCOPE_PICTURES'] === 'update';

interface Compared {
  readonly small: string;
  /** Share of pixels that look different; 1 for another size. */
  readonly differing: number;
}

/** @param name of the file, without its ending; the page shows what is to be compared, and nothing moves */
export async function assertPicture(page: Page, name: string): Promise<void> {
  const file = path.join(FOLDER, `${name}.png`);
  const taken = await page.screenshot({ animations: 'disabled', caret: 'hide', scale: 'css' });
  const kept = existsSync(file) ? readFileSync(file) : undefined;
  // Why not in the page itself: its policy forbids images.
  const judge = await page.context().newPage();
  try {
    const { small, differing } = await judge.evaluate(compare, {
      taken: taken.toString('base64'),
      kept: kept?.toString('base64'),
      width: WIDTH,
      seen: SEEN,
    });
    const bytes = Buffer.from(small, 'base64');
    if (isUpdating) {
      await mkdir(FOLDER, { recursive: true });
      // What still passes stays as it is, so that only what changed is changed.
      if (kept === undefined || differing > MOST) await writeFile(file, bytes);
      return;
    }
    if (kept !== undefined && differing <= MOST) return;
    const out = path.join(outFolder, 'pictures');
    await mkdir(out, { recursive: true });
    await writeFile(path.join(out, `${name}.png`), bytes);
    assert.fail(
      kept === undefined
        ? `There is no picture ${name} yet: npm run pictures`
        : `${name} looks different in ${(differing * 100).toFixed(2)} % of it; see out/pictures, and if it should: npm run pictures`,
    );
  } finally {
    await judge.close();
  }
}

/** Runs in the browser. */
async function compare({
  taken,
  kept,
  width,
  seen,
}: {
  readonly taken: string;
  readonly kept: string | undefined;
  readonly width: number;
  readonly seen: number;
}): Promise<Compared> {
  const bitmap = async (base64: string): Promise<ImageBitmap> => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  };
  const drawn = (image: ImageBitmap, wide: number, high: number): CanvasRenderingContext2D => {
    const canvas = document.createElement('canvas');
    canvas.width = wide;
    canvas.height = high;
    const context = canvas.getContext('2d', { willReadFrequently: true })!;
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, wide, high);
    return context;
  };
  const whole = await bitmap(taken);
  const high = Math.round((whole.height * width) / whole.width);
  const now = drawn(whole, width, high);
  const small = now.canvas.toDataURL('image/png').replace(/^.*,/u, '');
  if (kept === undefined) return { small, differing: 1 };
  const before = await bitmap(kept);
  if (before.width !== width || before.height !== high) return { small, differing: 1 };
  const a = now.getImageData(0, 0, width, high).data;
  const b = drawn(before, width, high).getImageData(0, 0, width, high).data;
  let differing = 0;
  for (let at = 0; at < a.length; at += 4) {
    const [red, green, blue] = [a[at]! - b[at]!, a[at + 1]! - b[at + 1]!, a[at + 2]! - b[at + 2]!];
    const y = 0.299 * red + 0.587 * green + 0.114 * blue;
    const i = 0.596 * red - 0.274 * green - 0.322 * blue;
    const q = 0.211 * red - 0.523 * green + 0.312 * blue;
    if (0.5053 * y * y + 0.299 * i * i + 0.1957 * q * q > seen * 35_215) differing++;
  }
  return { small, differing: differing / (a.length / 4) };
}
