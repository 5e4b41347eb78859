/**
 * What the lab changes outside its run folder because a program leaves it no choice: settings of the whole machine and a
 * few folders at fixed paths. Remembered before the first start, put back by `down`.
 */
import { readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from './builds.ts';
import { runDir } from './places.ts';

/** Written by every kubelet when it starts. */
const settings = [
  '/proc/sys/vm/overcommit_memory',
  '/proc/sys/vm/panic_on_oom',
  '/proc/sys/kernel/panic',
  '/proc/sys/kernel/panic_on_oops',
  '/proc/sys/kernel/keys/root_maxkeys',
  '/proc/sys/kernel/keys/root_maxbytes',
];

/** Fixed paths of kubelet, containerd and libcni; children before parents, as they are removed. */
const fixedPaths = [
  '/var/lib/kubelet/device-plugins/kubelet.sock',
  '/var/lib/kubelet/device-plugins',
  '/var/lib/kubelet',
  '/var/log/containers',
  '/var/lib/cni/results',
  '/var/lib/cni',
  '/run/containerd/runc/k8s.io',
  '/run/containerd/runc',
  '/run/containerd/s',
  '/run/containerd',
];

interface MachineBefore {
  readonly settings: Readonly<Record<string, string>>;
  readonly absent: readonly string[];
}

const savedPath = join(runDir, 'machine-before.json');

export async function rememberMachine(): Promise<void> {
  if (await exists(savedPath)) return;
  const values = await Promise.all(
    settings.map(async (path) => [path, (await readFile(path, 'utf8')).trim()] as const),
  );
  const absent: string[] = [];
  for (const path of fixedPaths) if (!(await exists(path))) absent.push(path);
  const before: MachineBefore = { settings: Object.fromEntries(values), absent };
  await writeFile(savedPath, JSON.stringify(before));
}

/** Puts settings back and removes folders that were not there; a folder that somebody has filled since is kept. */
export async function restoreMachine(): Promise<void> {
  if (!(await exists(savedPath))) return;
  const before = JSON.parse(await readFile(savedPath, 'utf8')) as MachineBefore;
  for (const [path, value] of Object.entries(before.settings)) await writeFile(path, value);
  for (const path of before.absent) {
    await (path.endsWith('.sock') ? rm(path, { force: true }) : rmdir(path).catch(() => undefined));
  }
}
