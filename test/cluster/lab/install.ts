import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { builds, exists, fillFolder } from './builds.ts';
import { ensureImages } from './images.ts';
import { installPackages, missingPackages } from './packages.ts';
import { cacheDir } from './places.ts';
import { hasProgram, step } from './shell.ts';

export function assertRoot(): void {
  if (process.getuid?.() !== 0) throw new Error('The lab makes network namespaces and cgroups: run it as root');
}

async function removeHalfBuilt(): Promise<void> {
  const entries = await readdir(cacheDir).catch(() => []);
  for (const entry of entries) {
    const builder = /\.part-(\d+)-/.exec(entry)?.[1];
    if (builder !== undefined && !(await exists(`/proc/${builder}`)))
      await rm(join(cacheDir, entry), { recursive: true, force: true });
  }
}

/** Installs and builds what is missing; what is there is left alone. Safe to kill and to repeat. */
export async function install(): Promise<void> {
  assertRoot();
  await removeHalfBuilt();
  const missing = await missingPackages();
  if (missing.length > 0) await step(`Debian packages: ${missing.join(' ')}`, () => installPackages(missing));
  for (const build of builds) {
    if (await exists(build.folder)) continue;
    if (!(await hasProgram('go')))
      throw new Error(`${build.title} is not in ${cacheDir} and has to be compiled: install Go 1.24 or later`);
    await step(`built ${build.title}`, () => fillFolder(build.folder, build.work));
  }
  await step('container images', ensureImages);
}

/** Says what `install` would have to do; empty when `up` can start at once. */
export async function missingForUp(): Promise<readonly string[]> {
  const folders = await Promise.all(builds.map(async (build) => ((await exists(build.folder)) ? [] : [build.title])));
  return [...(await missingPackages()), ...folders.flat()];
}
