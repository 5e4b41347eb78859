/** Serves the gallery on loopback: `npm run gallery` for a person, `test/webview` for the tests. */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { repositoryRoot } from './paths.ts';

const PAGES: Readonly<Record<string, string>> = {
  '/gallery.html': 'text/html; charset=utf-8',
  '/gallery.js': 'text/javascript; charset=utf-8',
  '/gallery.css': 'text/css; charset=utf-8',
};

/** Where captures lie that the page may ask for by their name. */
const CAPTURE_FOLDERS = ['examples', 'test/fixtures/faults'];

/** @param captures further captures by name, for tests that make their own */
export async function serveGallery(
  port: number,
  captures: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    answer(pathname, captures).then(
      (found) => {
        if (found === undefined) response.writeHead(404).end();
        else response.writeHead(200, { 'content-type': found.type }).end(found.body);
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The gallery is not served');
  return { server, origin: `http://127.0.0.1:${String(address.port)}` };
}

async function answer(
  pathname: string,
  captures: ReadonlyMap<string, Uint8Array>,
): Promise<{ readonly type: string; readonly body: Uint8Array } | undefined> {
  const type = PAGES[pathname];
  if (type !== undefined) return { type, body: await readFile(path.join(repositoryRoot, 'dist/webview', pathname)) };
  const name = /^\/captures\/([a-z0-9-]+)\.pcapng$/u.exec(pathname)?.[1];
  if (name === undefined) return undefined;
  const body = captures.get(name) ?? (await captureNamed(name));
  return body === undefined ? undefined : { type: 'application/octet-stream', body };
}

async function captureNamed(name: string): Promise<Uint8Array | undefined> {
  for (const folder of CAPTURE_FOLDERS) {
    const found = await readFile(path.join(repositoryRoot, folder, `${name}.pcapng`)).catch(() => undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

if (import.meta.main) {
  const { origin } = await serveGallery(8765);
  console.log(`${origin}/gallery.html`);
}
