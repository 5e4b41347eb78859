/** The shipped script in the document that the extension host makes, under its policy, in Chromium. What VS Code would carry goes through the caller. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { chromiumPath, repositoryRoot } from '../../scripts/paths.ts';
import { panelHtml } from '../../src/host/panels/panelHtml.ts';

export interface PanelPage extends AsyncDisposable {
  readonly page: Page;
  /** What its console called an error, and what was thrown. */
  readonly complaints: readonly string[];
  /** As `webview.postMessage`. */
  readonly send: (message: unknown) => Promise<void>;
}

/** @param onMessage what the panel posts, structured-cloned */
export async function openPanelPage(onMessage: (message: unknown) => void, restore: unknown = {}): Promise<PanelPage> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/') {
      const origin = `http://${request.headers.host ?? ''}`;
      const html = panelHtml({
        cspSource: origin,
        nonce: 'c29tZS1ub25jZS1mb3ItdGVzdHM',
        scriptUri: `${origin}/app.js`,
        styleUri: `${origin}/app.css`,
        restore,
        language: 'en',
        translations: {},
      });
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
      return;
    }
    const type = pathname.endsWith('.css') ? 'text/css' : 'text/javascript';
    readFile(path.join(repositoryRoot, 'dist/webview', path.basename(pathname))).then(
      (body) => response.writeHead(200, { 'content-type': type }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const executablePath = chromiumPath();
  if (address === null || typeof address === 'string' || executablePath === undefined)
    throw new Error('Chromium and a port on loopback are needed: npm run setup installs the browser');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('404')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.exposeFunction('toHost', onMessage);
  // What VS Code provides; VS Code also gives the function only once.
  await page.addInitScript(() => {
    const { toHost } = window as unknown as { readonly toHost: (message: unknown) => Promise<void> };
    let state: unknown;
    Object.assign(window, {
      acquireVsCodeApi: () => ({
        postMessage: (message: unknown) => void toHost(message),
        getState: () => state,
        setState: (next: unknown) => (state = next),
      }),
    });
  });
  await page.goto(`http://127.0.0.1:${address.port}/`);
  return {
    page,
    complaints,
    // What comes after the page was closed has nobody to read it.
    send: (message) =>
      page.evaluate((text) => window.postMessage(JSON.parse(text)), JSON.stringify(message)).catch(() => undefined),
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
