/**
 * The lab's own processes. Each is started by this module, in its own session, with a mark in its environment and its
 * pid and start time on disk: a pid alone may belong to somebody else by the time it is killed.
 */
import { spawn } from 'node:child_process';
import { mkdir, open, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cgroupParent, logDir, namespacePath, namespaces, processMark, runDir } from './places.ts';
import { systemPath, until } from './shell.ts';

const recordDir = join(runDir, 'processes');

interface ProcessRecord {
  readonly pid: number;
  /** Clock ticks after boot, proc(5) stat field 22; with the pid it names one process for good. */
  readonly startTime: string;
}

async function startTimeOf(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in parentheses and may itself hold blanks and parentheses.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

async function recorded(name: string): Promise<ProcessRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(recordDir, `${name}.json`), 'utf8')) as ProcessRecord;
  } catch {
    return undefined;
  }
}

/** The pid of a running lab process, undefined when it does not run. */
export async function pidOf(name: string): Promise<number | undefined> {
  const record = await recorded(name);
  if (record === undefined) return undefined;
  return (await startTimeOf(record.pid)) === record.startTime ? record.pid : undefined;
}

export async function recordedNames(): Promise<readonly string[]> {
  const entries = await readdir(recordDir).catch(() => []);
  return entries.map((entry) => entry.replace(/\.json$/, '')).sort();
}

export interface ProcessSpec {
  readonly name: string;
  /** Name of the network namespace it runs in. */
  readonly namespace: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts the process unless it runs. Its output goes to `log/NAME.log`, appended over restarts. */
export async function ensureProcess(spec: ProcessSpec): Promise<void> {
  if ((await pidOf(spec.name)) !== undefined) return;
  await mkdir(recordDir, { recursive: true });
  await mkdir(logDir, { recursive: true });
  const log = await open(join(logDir, `${spec.name}.log`), 'a');
  try {
    // nsenter replaces itself by the program, so the pid stays. Why not `ip netns exec`: it mounts a new /sys, and the
    // kubelet then finds no cgroups.
    const child = spawn('nsenter', [`--net=${namespacePath(spec.namespace)}`, '--', spec.program, ...spec.args], {
      detached: true,
      cwd: '/',
      env: { ...systemPath, HOME: '/root', ...spec.env, [processMark]: runDir },
      stdio: ['ignore', log.fd, log.fd],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    const pid = child.pid;
    const startTime = pid === undefined ? undefined : await startTimeOf(pid);
    if (pid === undefined || startTime === undefined)
      throw new Error(`${spec.name} ended at once: see ${logDir}/${spec.name}.log`);
    const record: ProcessRecord = { pid, startTime };
    await writeFile(join(recordDir, `${spec.name}.json`), JSON.stringify(record));
  } finally {
    await log.close();
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended between being seen and being told.
  }
}

/** Ends one lab process: SIGTERM, then SIGKILL after `grace` milliseconds. */
export async function stopProcess(name: string, grace = 3000): Promise<void> {
  const pid = await pidOf(name);
  if (pid !== undefined) {
    signal(pid, 'SIGTERM');
    const gone = async (): Promise<true | undefined> => ((await pidOf(name)) === undefined ? true : undefined);
    await until(`${name} ends`, grace, gone).catch(() => signal(pid, 'SIGKILL'));
    await until(`${name} ends`, 5000, gone);
  }
  await rm(join(recordDir, `${name}.json`), { force: true });
}

async function processIds(): Promise<readonly number[]> {
  return (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
}

/**
 * Every process that belongs to the lab: it carries the mark, sits in a lab cgroup (pods), or lives in a lab network
 * namespace. This process and its ancestors are never among them.
 */
export async function labProcesses(): Promise<readonly number[]> {
  const spaces = new Set<string>();
  for (const name of namespaces) {
    const info = await stat(namespacePath(name)).catch(() => undefined);
    if (info !== undefined) spaces.add(`net:[${info.ino}]`);
  }
  const own = new Set(await ancestors());
  const found: number[] = [];
  for (const pid of await processIds()) {
    if (own.has(pid)) continue;
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    const groups = await readFile(`/proc/${pid}/cgroup`, 'latin1').catch(() => '');
    const space = await readlink(`/proc/${pid}/ns/net`).catch(() => '');
    const marked = environment.split('\0').includes(`${processMark}=${runDir}`);
    const grouped = groups.split('\n').some((line) => (line.split(':')[2] ?? '').startsWith(`/${cgroupParent}/`));
    if ((marked || grouped || spaces.has(space)) && (await startTimeOf(pid)) !== undefined) found.push(pid);
  }
  return found;
}

async function ancestors(): Promise<readonly number[]> {
  const chain: number[] = [];
  for (let pid = process.pid; pid > 1;) {
    chain.push(pid);
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    pid = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
  }
  return [1, ...chain];
}

/** Kills what `labProcesses` finds until nothing is found; throws with the pids that will not end. */
export async function killLabProcesses(): Promise<void> {
  await until('every lab process ends', 15_000, async () => {
    const pids = await labProcesses();
    for (const pid of pids) signal(pid, 'SIGKILL');
    if (pids.length === 0) return true;
    throw new Error(`still running: ${pids.join(' ')}`);
  });
  await rm(recordDir, { recursive: true, force: true });
}

/** Process names by pid, as the kernel shows them. */
export async function processName(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
}
