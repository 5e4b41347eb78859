/**
 * A real VS Code for tests: code-server on a loopback port with its own folders, the packaged extension installed, and
 * Chromium at its workbench. Helpers speak the workbench's language (commands, QuickPicks, tree rows, messages); they wait
 * for what they need to appear and never sleep. Everything is removed at the end of the `await using` scope.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { chromiumPath, codeServerEntry, nodeOptionsFree, vsixPath } from '../../scripts/paths.ts';
import { Workbench } from './workbench.ts';

export interface CodeServerOptions {
  /** KUBECONFIG of the extension host; a file that does not exist unless given, so that no test meets a stranger's cluster. */
  readonly kubeconfig?: string;
  /** Folder to open; an empty one unless given. */
  readonly folder?: string;
  /** False: Workspace Trust is on and the folder is not trusted. */
  readonly trusted?: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** More extensions to install, paths of VSIX files. */
  readonly extensions?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly viewport?: { readonly width: number; readonly height: number };
}

const QUIET: Readonly<Record<string, unknown>> = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.simpleDialog.enable': true,
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.colorTheme': 'Dark Modern',
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'window.commandCenter': false,
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

export class CodeServer implements AsyncDisposable {
  readonly root: string;
  readonly folder: string;
  readonly url: string;
  readonly workbench: Workbench;
  readonly #process: ChildProcess;
  readonly #browser: Browser;

  constructor(parts: {
    readonly root: string;
    readonly folder: string;
    readonly url: string;
    readonly workbench: Workbench;
    readonly process: ChildProcess;
    readonly browser: Browser;
  }) {
    this.root = parts.root;
    this.folder = parts.folder;
    this.url = parts.url;
    this.workbench = parts.workbench;
    this.#process = parts.process;
    this.#browser = parts.browser;
  }

  /** Process id of the extension host, found below our own server process alone. */
  async extensionHostPid(): Promise<number> {
    const found = await descendants(this.#process.pid ?? 0, (command) => command.includes('--type=extensionHost'));
    const [pid] = found;
    if (pid === undefined) throw new Error('No extension host runs under this code-server');
    return pid;
  }

  /** Text of the extension's own log of the newest window, empty while there is none. */
  async log(): Promise<string> {
    const files = await readdir(path.join(this.root, 'user', 'logs'), { recursive: true }).catch(() => []);
    const logs = files.filter((file) => path.basename(file) === 'DNScope.log').sort();
    const newest = logs.at(-1);
    return newest === undefined ? '' : readFile(path.join(this.root, 'user', 'logs', newest), 'utf8');
  }

  /** Until an unsaved edit with this text would outlive a reload of the window. */
  async backedUp(text: string): Promise<void> {
    const user = path.join(this.root, 'user');
    for (const until = Date.now() + 60_000; Date.now() < until; await setTimeout(100)) {
      const files = (await readdir(user, { recursive: true })).filter((file) => file.includes('Backups'));
      for (const file of files)
        if ((await readFile(path.join(user, file), 'utf8').catch(() => '')).includes(text)) return;
    }
    throw new Error(`VS Code has not backed up an edit with ${text}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await endTree(this.#process);
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

export async function openCodeServer(options: CodeServerOptions = {}): Promise<CodeServer> {
  const entry = codeServerEntry();
  const executablePath = chromiumPath();
  if (entry === undefined || executablePath === undefined)
    throw new Error('code-server and Chromium are needed: npm run setup installs them');
  const root = await mkdtemp(path.join(tmpdir(), 'dnscope-code-'));
  const folder = options.folder ?? path.join(root, 'work');
  await mkdir(folder, { recursive: true });
  await mkdir(path.dirname(settingsFile(root)), { recursive: true });
  const trust =
    options.trusted === false
      ? { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' }
      : { 'security.workspace.trust.enabled': false };
  await writeFile(settingsFile(root), JSON.stringify({ ...QUIET, ...trust, ...options.settings }, undefined, 2));
  // Settings of machine scope are read on the server's side.
  await mkdir(path.join(root, 'user', 'Machine'), { recursive: true });
  await writeFile(path.join(root, 'user', 'Machine', 'settings.json'), JSON.stringify(ours(options.settings)));
  const env = {
    ...nodeOptionsFree(),
    HOME: path.join(root, 'home'),
    KUBECONFIG: options.kubeconfig ?? path.join(root, 'no-kubeconfig'),
    // No gallery: nothing is asked of the network, and no window waits for its answer.
    EXTENSIONS_GALLERY: '{}',
    XDG_CONFIG_HOME: path.join(root, 'config'),
    XDG_DATA_HOME: path.join(root, 'data'),
    ...options.env,
  };
  const common = [
    entry,
    '--config',
    path.join(root, 'config.yaml'),
    '--user-data-dir',
    path.join(root, 'user'),
    '--extensions-dir',
    path.join(root, 'extensions'),
  ];
  await writeFile(path.join(root, 'config.yaml'), 'auth: none\ncert: false\n');
  for (const vsix of [vsixPath, ...(options.extensions ?? [])]) {
    await promisify(execFile)(process.execPath, [...common, '--install-extension', vsix], { env });
  }
  const server = spawn(
    process.execPath,
    [...common, '--auth', 'none', '--bind-addr', '127.0.0.1:0', '--disable-telemetry', '--disable-update-check'],
    { env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  try {
    const url = await listening(server);
    const browser = await chromium.launch({ executablePath, args: BROWSER_ARGS });
    const viewport = options.viewport ?? { width: 1280, height: 800 };
    const context = await browser.newContext({ viewport, permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    await page.goto(`${url}?folder=${encodeURIComponent(folder)}`);
    const workbench = new Workbench(page);
    await workbench.ready();
    return new CodeServer({ root, folder, url, workbench, process: server, browser });
  } catch (error) {
    await endTree(server);
    await rm(root, { recursive: true, force: true });
    throw error;
  }
}

function ours(settings: CodeServerOptions['settings'] = {}): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name.startsWith('dnscope.')));
}

const settingsFile = (root: string): string => path.join(root, 'user', 'User', 'settings.json');

function listening(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const seen: string[] = [];
    const read = (stream: NodeJS.ReadableStream | null): void => {
      if (stream === null) return;
      createInterface({ input: stream }).on('line', (line) => {
        seen.push(line);
        const url = /listening on (http:\/\/127\.0\.0\.1:\d+)\/?/.exec(line)?.[1];
        if (url !== undefined) resolve(`${url}/`);
      });
    };
    read(server.stdout);
    read(server.stderr);
    server.once('exit', (code) => reject(new Error(`code-server ended with ${String(code)}\n${seen.join('\n')}`)));
  });
}

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

async function processes(): Promise<readonly ProcessEntry[]> {
  const entries = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(async (name): Promise<ProcessEntry | undefined> => {
        try {
          const [stat, command] = await Promise.all([
            readFile(`/proc/${name}/stat`, 'utf8'),
            readFile(`/proc/${name}/cmdline`, 'utf8'),
          ]);
          // The name in parentheses may hold anything; the parent is the second field behind it.
          const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
          return { pid: Number(name), parent, command: command.replaceAll('\0', ' ') };
        } catch {
          return undefined; // ended meanwhile
        }
      }),
  );
  return entries.filter((one) => one !== undefined);
}

/** Processes below `root` whose command line matches, children first seen first. */
async function descendants(root: number, matches: (command: string) => boolean): Promise<readonly number[]> {
  const all = await processes();
  const below = new Set([root]);
  for (let size = 0; size !== below.size;) {
    size = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  below.delete(root);
  return all.filter(({ pid, command }) => below.has(pid) && matches(command)).map(({ pid }) => pid);
}

async function endTree(server: ChildProcess): Promise<void> {
  const { pid } = server;
  if (pid === undefined || server.exitCode !== null) return;
  const below = await descendants(pid, () => true);
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  server.kill('SIGTERM');
  await gone;
  for (const child of below) {
    try {
      process.kill(child, 'SIGKILL');
    } catch {
      // already gone with its parent
    }
  }
}
