/** Where things are: the repository, what it builds, and the cache that outlives a clone. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export const repositoryRoot = path.resolve(import.meta.dirname, '..');

/** Everything made on the way; never shipped, always safe to delete. */
export const outFolder = path.join(repositoryRoot, 'out');

export const vsixPath = path.join(outFolder, 'dnscope.vsix');

/** Binaries that take minutes to build (Kubernetes, CoreDNS, code-server), kept outside the tree and keyed by version. */
export function cacheFolder(): string {
  const { DNSCOPE_CACHE, XDG_CACHE_HOME } = process.env;
  return DNSCOPE_CACHE ?? path.join(XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'dnscope');
}

export const codeServerVersion = '4.139.1';
export const codeServerFolder = (): string => path.join(cacheFolder(), `code-server-${codeServerVersion}`);

/** The script to run with Node to start code-server; undefined when it is not installed. */
export function codeServerEntry(): string | undefined {
  const entry = path.join(codeServerFolder(), 'node_modules/code-server/out/node/entry.js');
  return existsSync(entry) ? entry : undefined;
}

/** Debian's Chromium, or what `CHROMIUM` names; undefined when there is none. */
export function chromiumPath(): string | undefined {
  const candidates = [
    process.env['CHROMIUM'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  return candidates.find((file) => file !== undefined && existsSync(file));
}

/** The environment for a tool of ours, without options (coverage, inspectors) meant for the process that starts it. */
export function nodeOptionsFree(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...rest } = process.env;
  return rest;
}
