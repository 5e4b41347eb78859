/** The shipped script in the document that the extension host makes, under its policy. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { chromiumPath, repositoryRoot } from '../../scripts/paths.ts';
import { panelHtml } from '../../src/host/panels/panelHtml.ts';

test('the panel starts, asks for its state and breaks no rule of its document', async () => {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/') {
      const origin = `http://${request.headers.host ?? ''}`;
      const html = panelHtml({
        cspSource: origin,
        nonce: 'c29tZS1ub25jZS1mb3ItdGVzdHM',
        scriptUri: `${origin}/app.js`,
        styleUri: `${origin}/app.css`,
        restore: { trace: '</script><img src=x onerror=alert(1)>' },
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
  assert.ok(address !== null && typeof address !== 'string');
  const executablePath = chromiumPath();
  assert.ok(executablePath !== undefined, 'Chromium is needed: npm run setup installs it');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('404')) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    // What VS Code provides; VS Code also gives the function only once.
    await page.addInitScript(() => {
      const posted: unknown[] = [];
      let state: unknown;
      Object.assign(window, {
        posted,
        acquireVsCodeApi: () => ({
          postMessage: (message: unknown) => posted.push(message),
          getState: () => state,
          setState: (next: unknown) => (state = next),
        }),
      });
    });
    await page.goto(`http://127.0.0.1:${address.port}/`);
    await page.locator('.progress-ring').waitFor();
    const posted = await page.evaluate(() => (window as unknown as { readonly posted: unknown }).posted);
    assert.deepEqual(posted, [{ type: 'request', id: 1, request: { kind: 'panel/ready' } }]);
    assert.equal(await page.locator('img').count(), 0);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    await new Promise((resolve) => server.close(resolve));
  }
});
