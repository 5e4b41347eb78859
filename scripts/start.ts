/**
 * `npm start`: builds, and opens VS Code with the extension and the recorded first story; no cluster needed.
 *
 * In this order: the VS Code on the machine (`code`, or what VSCODE names), one downloaded through @vscode/test-electron,
 * code-server in a browser. It says which and why. Nothing of the user's own VS Code is touched: settings, extensions and
 * windows live in a folder that is removed at the end. Ctrl-C ends what was started.
 *
 *   VSCODE=/path/to/code   use this one        DNSCOPE_START=desktop|download|browser   leave the choice out
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { buildAll } from './build.ts';
import { hasProgram, isRoot } from './machine.ts';
import { packageExtension, packFolder } from './package.ts';
import { cacheFolder, codeServerEntry, nodeOptionsFree, repositoryRoot, vsixPath } from './paths.ts';
import { runProgram } from './runProgram.ts';
import { ensureCodeServer } from './setup.ts';

const sample = path.join(repositoryRoot, 'examples/first-story.pcapng');
const OLDEST = '1.101.0';

/** How to open VS Code, and the reason for it in words. */
type Way =
  | { readonly kind: 'desktop'; readonly program: string; readonly why: string }
  | { readonly kind: 'browser'; readonly entry: string; readonly why: string };

async function chooseWay(): Promise<Way> {
  const only = process.env['DNSCOPE_START'];
  const tried: string[] = [];
  if (only === undefined || only === 'desktop') {
    const local = await localVsCode(tried);
    if (local !== undefined) return local;
  }
  if (only === undefined || only === 'download') {
    const downloaded = await downloadedVsCode(tried);
    if (downloaded !== undefined) return downloaded;
  }
  const entry = codeServerEntry() ?? (await installCodeServer());
  return { kind: 'browser', entry, why: [...tried, 'so code-server serves VS Code to your browser'].join(', ') };
}

async function localVsCode(tried: string[]): Promise<Way | undefined> {
  const named = process.env['VSCODE'];
  const program = named ?? (hasProgram(process.platform === 'win32' ? 'code.cmd' : 'code') ? 'code' : undefined);
  if (program === undefined) {
    tried.push('no VS Code (code) is on PATH');
    return undefined;
  }
  if (!hasDisplay()) {
    tried.push('there is no display for a desktop VS Code');
    return undefined;
  }
  const { exitCode, output } = await runProgram(program, ['--version', ...asRoot()], { capture: true });
  const version = /^\d+\.\d+\.\d+/.exec(output)?.[0];
  if (exitCode !== 0 || version === undefined) {
    tried.push(`${program} --version gives no version`);
    return undefined;
  }
  if (named === undefined && olderThan(version, OLDEST)) {
    tried.push(`VS Code ${version} on this machine is older than ${OLDEST}`);
    return undefined;
  }
  return { kind: 'desktop', program, why: `VS Code ${version} is on this machine` };
}

async function downloadedVsCode(tried: string[]): Promise<Way | undefined> {
  if (!hasDisplay()) return undefined;
  try {
    const cachePath = path.join(cacheFolder(), 'vscode');
    await mkdir(cachePath, { recursive: true });
    const program = await downloadAndUnzipVSCode({ version: 'stable', cachePath, timeout: 15_000 });
    return { kind: 'desktop', program, why: [...tried, 'so one was downloaded'].join(', ') };
  } catch (error) {
    tried.push(`none could be downloaded (${error instanceof Error ? error.message : String(error)})`);
    return undefined;
  }
}

const hasDisplay = (): boolean =>
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);

/** Chromium refuses to run as root inside its sandbox. */
const asRoot = (): readonly string[] => (process.platform === 'linux' && isRoot() ? ['--no-sandbox'] : []);

function olderThan(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number));
  const at = [0, 1, 2].find((index) => a?.[index] !== b?.[index]);
  return at !== undefined && (a?.[at] ?? 0) < (b?.[at] ?? 0);
}

async function installCodeServer(): Promise<string> {
  await ensureCodeServer();
  const entry = codeServerEntry();
  if (entry === undefined) throw new Error('code-server could not be installed: npm run setup says more');
  return entry;
}

/**
 * A one-line extension that opens the sample as soon as commands are there. A file named on VS Code's command line would be
 * opened before a new profile knows our editor, and then stands there as binary text.
 */
async function writeOpener(profile: string): Promise<string> {
  const folder = path.join(profile, 'opener');
  await mkdir(folder, { recursive: true });
  const manifest = {
    name: 'dnscope-start',
    publisher: 'dnscope',
    version: '0.0.1',
    engines: { vscode: `^${OLDEST}` },
    main: './main.cjs',
    activationEvents: ['onStartupFinished'],
    extensionKind: ['workspace'],
  };
  const main = `exports.activate = () => require('vscode').commands.executeCommand('dnscope.openSampleTrace');\n`;
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, 'main.cjs'), main);
  await writeFile(path.join(folder, 'README.md'), 'Opens the sample trace of DNScope.\n');
  await writeFile(path.join(folder, 'LICENSE'), 'MIT\n');
  return folder;
}

async function writeSettings(profile: string): Promise<void> {
  const folder = path.join(profile, 'user', 'User');
  await mkdir(folder, { recursive: true });
  const settings = {
    'security.workspace.trust.enabled': false,
    'telemetry.telemetryLevel': 'off',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'workbench.startupEditor': 'none',
  };
  await writeFile(path.join(folder, 'settings.json'), JSON.stringify(settings));
}

/** The extension runs from this folder, so a rebuild and "Reload Window" show a change. */
async function openDesktop(program: string, profile: string): Promise<void> {
  await buildAll({ production: false });
  await runProgram(program, [
    `--extensionDevelopmentPath=${repositoryRoot}`,
    `--extensionDevelopmentPath=${await writeOpener(profile)}`,
    `--user-data-dir=${path.join(profile, 'user')}`,
    `--extensions-dir=${path.join(profile, 'extensions')}`,
    '--skip-welcome',
    '--skip-release-notes',
    '--new-window',
    '--wait',
    ...asRoot(),
    path.join(repositoryRoot, 'examples'),
  ]);
}

/** code-server takes no development path, so the packaged extension is installed. */
async function openBrowser(entry: string, profile: string): Promise<void> {
  await packageExtension();
  const opener = path.join(profile, 'opener.vsix');
  await packFolder(await writeOpener(profile), opener);
  const folders = ['--user-data-dir', path.join(profile, 'user'), '--extensions-dir', path.join(profile, 'extensions')];
  const config = path.join(profile, 'config.yaml');
  await writeFile(config, 'auth: none\ncert: false\n');
  const common = [entry, '--config', config, ...folders];
  const installs = [vsixPath, opener].flatMap((vsix) => ['--install-extension', vsix]);
  const installed = await runProgram(process.execPath, [...common, ...installs], { capture: true });
  if (installed.exitCode !== 0) throw new Error(`The extension could not be installed\n${installed.output}`);
  const address = `127.0.0.1:${String(await freePort())}`;
  const url = new URL(`http://${address}/`);
  url.searchParams.set('folder', path.join(repositoryRoot, 'examples'));
  console.log(`\n  Open ${url.href}\n\nCtrl-C ends it.`);
  openInBrowser(url.href);
  const quiet = ['--disable-telemetry', '--disable-update-check'];
  await runProgram(process.execPath, [...common, '--auth', 'none', '--bind-addr', address, ...quiet], {
    capture: true,
  });
}

function openInBrowser(url: string): void {
  if (!hasDisplay() || (process.platform === 'linux' && (isRoot() || !hasProgram('xdg-open')))) return;
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  spawn(opener, [url], { stdio: 'ignore', detached: true, env: nodeOptionsFree() })
    .on('error', () => undefined) // the address stands on the terminal
    .unref();
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const profile = await mkdtemp(path.join(tmpdir(), 'dnscope-start-'));
try {
  await writeSettings(profile);
  const way = await chooseWay();
  console.log(`${way.kind === 'desktop' ? `Opening ${way.program}` : 'Serving VS Code to a browser'}: ${way.why}`);
  if (!existsSync(sample))
    console.log('There is no examples/first-story.pcapng in this clone: VS Code opens without it');
  if (way.kind === 'desktop') await openDesktop(way.program, profile);
  else await openBrowser(way.entry, profile);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
