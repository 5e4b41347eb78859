import { readFile, rm, writeFile } from 'node:fs/promises';
import { exists } from './builds.ts';
import { runDir } from './places.ts';
import { until } from './shell.ts';

const lockPath = `${runDir}.lock`;

async function take(): Promise<true | undefined> {
  try {
    await writeFile(lockPath, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const holder = await readFile(lockPath, 'utf8').catch(() => '');
    // A holder that was killed leaves its file behind.
    if (holder !== '' && !(await exists(`/proc/${holder}`))) await rm(lockPath, { force: true });
    return undefined;
  }
}

/** Lets one process at a time bring the lab up or down; the next one waits up to five minutes. */
export async function alone<T>(work: () => Promise<T>): Promise<T> {
  await until(`the lab is free (${lockPath})`, 300_000, take);
  try {
    return await work();
  } finally {
    await rm(lockPath, { force: true });
  }
}
