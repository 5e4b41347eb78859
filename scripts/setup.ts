/**
 * `npm run setup`: installs what `npm test` needs and the machine lacks, on Debian and Ubuntu as root. Safe to repeat and
 * to kill: every folder it makes appears whole or not at all. Cold it takes about 15 minutes, nearly all of it the lab's
 * builds of Kubernetes and CoreDNS.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hasProgram, isDebianLike, isRoot, labScript, usesOwnCluster } from './machine.ts';
import { chromiumPath, codeServerEntry, codeServerFolder, codeServerVersion } from './paths.ts';
import { runProgram } from './runProgram.ts';

/** Debian packages, each with what shows that it is there. The lab brings its own. */
const debianPackages: readonly { readonly name: string; readonly present: () => boolean }[] = [
  { name: 'chromium', present: () => chromiumPath() !== undefined },
  // What the pictures of test/webview are written in.
  {
    name: 'fonts-dejavu-core',
    present: () => existsSync('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'),
  },
  { name: 'tshark', present: () => hasProgram('tshark') },
];

/** What code-server's native parts are compiled with. */
const codeServerPackages: readonly { readonly name: string; readonly present: () => boolean }[] = [
  { name: 'g++', present: () => hasProgram('g++') },
  { name: 'make', present: () => hasProgram('make') },
  { name: 'python3', present: () => hasProgram('python3') },
  { name: 'pkg-config', present: () => hasProgram('pkg-config') },
  { name: 'libkrb5-dev', present: () => existsSync('/usr/include/krb5.h') },
  { name: 'libsecret-1-dev', present: () => existsSync('/usr/include/libsecret-1') },
  { name: 'libx11-dev', present: () => existsSync('/usr/include/X11/Xlib.h') },
  { name: 'libxkbfile-dev', present: () => existsSync('/usr/include/X11/extensions/XKBfile.h') },
];

async function mustRun(what: string, program: string, argv: readonly string[], env = {}, cwd?: string): Promise<void> {
  console.log(`→ ${what}`);
  const { exitCode, output } = await runProgram(program, argv, { env, ...(cwd === undefined ? {} : { cwd }) });
  if (exitCode !== 0) throw new Error(`${what}: ${program} ${argv.join(' ')} ended with ${exitCode}. ${output}`);
}

const policyFile = '/usr/sbin/policy-rc.d';
const policyMark = '# made by dnscope setup';

/** Debian starts the service of a package it installs (tshark's are none, the lab's etcd is one); this holds it back. */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  const left = existsSync(policyFile) && readFileSync(policyFile, 'utf8').includes(policyMark); // by one that was killed
  const mine = left || !existsSync(policyFile);
  if (mine) writeFileSync(policyFile, `#!/bin/sh\n${policyMark}\nexit 101\n`, { mode: 0o755 });
  try {
    await work();
  } finally {
    if (mine) rmSync(policyFile, { force: true });
  }
}

async function installDebianPackages(names: readonly string[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const patient = ['-o', 'DPkg::Lock::Timeout=600', '-o', 'Acquire::Retries=3'];
  await withoutServices(async () => {
    await mustRun('package lists', 'apt-get', [...patient, '-qq', 'update'], env);
    const install = [...patient, '-qq', 'install', '--yes', '--no-install-recommends', ...names];
    await mustRun(`Debian packages: ${names.join(' ')}`, 'apt-get', install, env);
  });
}

/** Installing over a failed attempt breaks, so it happens in an empty folder that is renamed when it is whole. */
async function installCodeServer(): Promise<void> {
  const folder = codeServerFolder();
  const parent = path.dirname(folder);
  mkdirSync(parent, { recursive: true });
  const stem = `${path.basename(folder)}.part-`;
  for (const name of readdirSync(parent)) {
    const abandoned = name.startsWith(stem) && !existsSync(`/proc/${name.slice(stem.length)}`);
    if (abandoned) rmSync(path.join(parent, name), { recursive: true, force: true });
  }
  const part = path.join(parent, `${stem}${process.pid}`);
  mkdirSync(part);
  try {
    const manifest = { private: true, allowScripts: { 'code-server': true, argon2: true } };
    writeFileSync(path.join(part, 'package.json'), JSON.stringify(manifest));
    // --loglevel: `npm --silent test` hands its silence down, and a failed build has to show why.
    const argv = [
      'install',
      '--loglevel=error',
      '--no-audit',
      '--no-fund',
      '--no-save',
      `code-server@${codeServerVersion}`,
    ];
    await mustRun(`code-server ${codeServerVersion} (about two minutes)`, 'npm', argv, {}, part);
    if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
    renameSync(part, folder);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

/** Puts code-server into the cache if it is not there, for `npm start`. Throws with what the machine lacks for it. */
export async function ensureCodeServer(): Promise<void> {
  if (codeServerEntry() !== undefined) return;
  const missing = codeServerPackages.filter(({ present }) => process.platform === 'linux' && !present());
  const names = missing.map(({ name }) => name);
  if (names.length > 0 && isDebianLike() && isRoot()) await installDebianPackages(names);
  else if (names.length > 0)
    throw new Error(`code-server needs ${names.join(' ')} (Debian's names): install them, then run it again`);
  await installCodeServer();
}

/** Throws with the step that did not work. */
async function setUp(): Promise<void> {
  const needsCodeServer = codeServerEntry() === undefined;
  const wanted = [...debianPackages, ...(needsCodeServer ? codeServerPackages : [])];
  const missing = wanted.filter(({ present }) => !present()).map(({ name }) => name);
  if (missing.length > 0) await installDebianPackages(missing);
  if (needsCodeServer) await installCodeServer();
  if (!usesOwnCluster()) await mustRun('the lab (about ten minutes cold)', process.execPath, [labScript, 'install']);
  console.log('Everything that npm test needs is here.');
}

if (import.meta.main) {
  if (!isDebianLike() || !isRoot()) {
    console.error(
      'Setup installs Debian packages and builds a cluster lab, so it needs Debian or Ubuntu and root (sudo npm run setup).\n' +
        'Elsewhere install Chromium and tshark, and name a cluster (kind, minikube) with KUBECONFIG; npm test runs what it can.',
    );
    process.exitCode = 1;
  } else {
    await setUp().catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    });
  }
}
