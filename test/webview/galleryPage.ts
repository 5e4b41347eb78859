/** The gallery in Chromium: what `npm run build` made, served on loopback, with everything it complains about kept. */
import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { chromiumPath, outFolder, repositoryRoot } from '../../scripts/paths.ts';

/** Also brings `window.gallery` to the tests. */
export type { GalleryWindow } from '../../webview/gallery/galleryWindow.ts';

const FILES: Readonly<Record<string, string>> = {
  '/gallery.html': 'text/html; charset=utf-8',
  '/gallery.js': 'text/javascript; charset=utf-8',
  '/gallery.css': 'text/css; charset=utf-8',
};

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
  readonly scenario: string;
  readonly theme?: 'dark' | 'light' | 'contrast';
  readonly width?: number;
  readonly height?: number;
  /** What the panel finds as its saved state. */
  readonly saved?: unknown;
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
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];

  private constructor(server: Server, browser: Browser) {
    this.#server = server;
    this.#browser = browser;
  }

  static async open(): Promise<Gallery> {
    const executablePath = chromiumPath();
    if (executablePath === undefined) throw new Error('Chromium is needed: npm run setup installs it');
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const type = FILES[pathname];
      if (type === undefined) {
        response.writeHead(404).end();
        return;
      }
      readFile(path.join(repositoryRoot, 'dist/webview', pathname)).then(
        (body) => response.writeHead(200, { 'content-type': type }).end(body),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Gallery(server, await chromium.launch({ executablePath, args: BROWSER_ARGS }));
  }

  async show({ scenario, theme = 'dark', width = 1280, height = 720, saved }: GalleryOptions): Promise<GalleryPage> {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The gallery is not served');
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
    if (saved !== undefined) await page.addInitScript((state) => (window.savedState = state), saved);
    await page.goto(
      `http://127.0.0.1:${address.port}/gallery.html?scenario=${scenario}&theme=${theme}&manual=1&bare=1`,
    );
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
