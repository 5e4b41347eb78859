import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from './builds.ts';
import { runDir } from './places.ts';

/** Settings of the whole machine that a kubelet changes when it starts. */
const changedByKubelet = [
  '/proc/sys/vm/overcommit_memory',
  '/proc/sys/vm/panic_on_oom',
  '/proc/sys/kernel/panic',
  '/proc/sys/kernel/panic_on_oops',
  '/proc/sys/kernel/keys/root_maxkeys',
  '/proc/sys/kernel/keys/root_maxbytes',
];
const savedPath = join(runDir, 'kernel-settings.json');

/** Remembers the settings once, before the first kubelet of this run starts. */
export async function saveKernelSettings(): Promise<void> {
  if (await exists(savedPath)) return;
  const pairs = changedByKubelet.map(async (path): Promise<[string, string]> => [path, (await readFile(path, 'utf8')).trim()]);
  await writeFile(savedPath, JSON.stringify(Object.fromEntries(await Promise.all(pairs))));
}

export async function restoreKernelSettings(): Promise<void> {
  if (!(await exists(savedPath))) return;
  const saved = JSON.parse(await readFile(savedPath, 'utf8')) as Readonly<Record<string, string>>;
  for (const [path, value] of Object.entries(saved)) await writeFile(path, value);
  await rm(savedPath);
}
