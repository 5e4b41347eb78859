/** The gallery in Chromium: what `npm run build` made, served on loopback, with everything it complains about kept. */
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { serveGallery } from '../../scripts/galleryServer.ts';
import { chromiumPath, outFolder } from '../../scripts/paths.ts';

/** Also brings `window.gallery` to the tests. */
export type { GalleryWindow } from '../../webview/gallery/galleryWindow.ts';

const BROWSER_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface GalleryOptions {
  readonly scenario?: string;
  /** Instead of a scenario: a capture, by its name, in the real engine. */
  readonly capture?: string;
  /** As a trace that runs: that share of the capture has come. */
  readonly live?: number;
  readonly theme?: 'dark' | 'light' | 'contrast' | 'contrast-light';
  readonly width?: number;
  readonly height?: number;
  /** What the clock says throughout; timers run as ever. */
  readonly clock?: Date;
  /** What the panel finds as its saved state. */
  readonly saved?: unknown;
  /** The panel's texts by their English ones. */
  readonly translations?: Readonly<Record<string, string>>;
}

/** One page of the gallery; `complaints` holds errors, warnings and refused styles or scripts. */
export interface GalleryPage {
  readonly page: Page;
  readonly complaints: readonly string[];
  /** The rows on screen, loaded. */
  readonly rows: Locator;
  readonly grid: Locator;
  /** Resolves when what was asked of the host has been painted. */
  readonly settled: () => Promise<void>;
}

export class Gallery {
  readonly #server: Server;
  readonly #origin: string;
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];

  private constructor(server: Server, origin: string, browser: Browser) {
    this.#server = server;
    this.#origin = origin;
    this.#browser = browser;
  }

  /** @param captures by name, besides those of the repository */
  static async open(captures?: ReadonlyMap<string, Uint8Array>): Promise<Gallery> {
    const executablePath = chromiumPath();
    if (executablePath === undefined) throw new Error('Chromium is needed: npm run setup installs it');
    const { server, origin } = await serveGallery(0, captures);
    return new Gallery(server, origin, await chromium.launch({ executablePath, args: BROWSER_ARGS }));
  }

  async show(options: GalleryOptions): Promise<GalleryPage> {
    const { scenario, capture, live, theme = 'dark', width = 1280, height = 720, saved, clock, translations } = options;
    const context = await this.#browser.newContext({
      viewport: { width, height },
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
    });
    this.#contexts.push(context);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    if (clock !== undefined) await page.clock.setFixedTime(clock);
    if (saved !== undefined) await page.addInitScript((state) => (window.savedState = state), saved);
    if (translations !== undefined) await page.addInitScript((texts) => (window.translations = texts), translations);
    const what =
      capture === undefined
        ? `scenario=${scenario ?? 'story'}`
        : `capture=${capture}${live === undefined ? '' : `&live=${String(live)}`}`;
    await page.goto(`${this.#origin}/gallery.html?${what}&theme=${theme}&manual=1&bare=1`);
    await page.locator('.verdict').waitFor();
    const settled = async (): Promise<void> => {
      await page.waitForFunction(() => document.querySelector('.grid-row[aria-busy]') === null);
      await page.evaluate(
        () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
      );
    };
    await settled();
    return { page, complaints, rows: page.locator('.grid-row'), grid: page.locator('.grid-canvas'), settled };
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close();
    await this.#browser.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Writes out/screenshots/NAME.png for a person to look at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = path.join(outFolder, 'screenshots');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

const PATIENCE_MS = 10_000;

/** Asserts again until it holds: what an action brings is drawn a moment later. */
export async function eventually(assertion: () => Promise<void>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
