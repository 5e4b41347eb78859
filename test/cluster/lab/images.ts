/**
 * Container images made from files of this machine: a folder becomes one layer, and layer, config and manifest become
 * a docker-archive that `ctr images import` reads. No registry is asked. Whole set about 150 MB; made once per content
 * hash. Why not a Dockerfile: base images come from registries, and a test machine may have none.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { exists, fillFolder } from './builds.ts';
import { cacheDir, corednsBinary, pauseDir } from './places.ts';
import { run } from './shell.ts';

const repository = 'docker.io/dnscope-lab';

/** Names of the lab's images; pods use them with imagePullPolicy IfNotPresent or Never. */
export const labImages = {
  pause: `${repository}/pause:1`,
  busybox: `${repository}/busybox:1`,
  coredns: `${repository}/coredns:1`,
  /** Stands in for the default capture image: sh, tcpdump, dig, dnsperf, getent. */
  netshoot: `${repository}/netshoot:1`,
  /** Looks names up as most programs do: glibc's getaddrinfo, so A and AAAA and the search list. */
  app: `${repository}/app:1`,
} as const;

export type LabImage = keyof typeof labImages;

interface Recipe {
  /** Programs of this machine by path; their shared libraries come along. */
  readonly programs: readonly string[];
  readonly busybox: boolean;
  readonly command: readonly string[];
  /** As the public image has it, where there is one; manifests then give arguments alone. */
  readonly entrypoint?: readonly string[];
}

const recipes: Readonly<Record<LabImage, Recipe>> = {
  pause: { programs: [join(pauseDir, 'pause')], busybox: false, command: ['/bin/pause'] },
  busybox: { programs: [], busybox: true, command: ['/bin/sh'] },
  coredns: { programs: [corednsBinary], busybox: false, entrypoint: ['/bin/coredns'], command: [] },
  netshoot: {
    programs: ['/usr/bin/tcpdump', '/usr/bin/dig', '/usr/bin/dnsperf', '/usr/bin/getent'],
    busybox: true,
    command: ['/bin/sh'],
  },
  app: { programs: ['/usr/bin/getent'], busybox: true, command: ['/bin/sh'] },
};

const passwd = [
  'root:x:0:0:root:/root:/bin/sh',
  'tcpdump:x:100:101::/nonexistent:/bin/false',
  'nobody:x:65534:65534::/:/bin/false',
  '',
];
const group = ['root:x:0:', 'tcpdump:x:101:', 'nogroup:x:65534:', ''];
/** Raise when the way an image is put together changes. */
const recipeVersion = 2;

async function contentHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function sharedLibraries(program: string): Promise<readonly string[]> {
  const text = await run('ldd', [program]).catch(() => '');
  return [...text.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? '');
}

async function installFile(source: string, root: string, target: string): Promise<void> {
  const path = join(root, target);
  await mkdir(dirname(path), { recursive: true });
  await copyFile(await realpath(source), path);
  await chmod(path, 0o755);
}

async function fillRoot(root: string, recipe: Recipe): Promise<void> {
  for (const folder of ['bin', 'etc', 'proc', 'sys', 'dev', 'root'])
    await mkdir(join(root, folder), { recursive: true });
  await mkdir(join(root, 'tmp'));
  await chmod(join(root, 'tmp'), 0o1777);
  await writeFile(join(root, 'etc/passwd'), passwd.join('\n'));
  await writeFile(join(root, 'etc/group'), group.join('\n'));
  await writeFile(join(root, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
  for (const program of recipe.programs) {
    await installFile(program, root, join('bin', basename(program)));
    for (const library of await sharedLibraries(program)) await installFile(library, root, library);
  }
  if (!recipe.busybox) return;
  await installFile('/bin/busybox', root, 'bin/busybox');
  const applets = (await run('/bin/busybox', ['--list'])).trim().split('\n');
  const taken = new Set(await readdir(join(root, 'bin')));
  for (const applet of applets) if (!taken.has(applet)) await symlink('busybox', join(root, 'bin', applet));
}

/** Writes a docker-archive (docker image spec v1.2: manifest.json, one config, one layer). */
async function writeArchive(
  root: string,
  name: string,
  recipe: Recipe,
  scratch: string,
  target: string,
): Promise<void> {
  const layer = join(scratch, 'layer.tar');
  const plain = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  await run('tar', [...plain, '-C', root, '-cf', layer, '.']);
  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: { Entrypoint: recipe.entrypoint ?? [], Cmd: recipe.command, Env: ['PATH=/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${await contentHash(layer)}`] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'dnscope lab' }],
  });
  const configName = `${createHash('sha256').update(config).digest('hex')}.json`;
  await writeFile(join(scratch, configName), config);
  const manifest = [{ Config: configName, RepoTags: [name], Layers: ['layer.tar'] }];
  await writeFile(join(scratch, 'manifest.json'), JSON.stringify(manifest));
  await run('tar', [...plain, '-C', scratch, '-cf', target, 'manifest.json', configName, 'layer.tar']);
}

async function inputsHash(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([recipeVersion, recipes, passwd, group]));
  const files = new Set(['/bin/busybox', ...Object.values(recipes).flatMap((recipe) => recipe.programs)]);
  for (const file of [...files].sort()) {
    const { size, mtimeMs } = await stat(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 12);
}

/** Folder of the image archives that belong to the programs now installed; it may not be there yet. */
async function imagesDir(): Promise<string> {
  return join(cacheDir, `images-${await inputsHash()}`);
}

export const archiveName = (image: LabImage): string => `${image}.tar`;

async function buildImages(part: string): Promise<void> {
  for (const [image, recipe] of Object.entries(recipes) as [LabImage, Recipe][]) {
    const scratch = join(part, `${image}.work`);
    const root = join(scratch, 'root');
    await mkdir(root, { recursive: true });
    await fillRoot(root, recipe);
    await writeArchive(root, labImages[image], recipe, scratch, join(part, archiveName(image)));
    await rm(scratch, { recursive: true });
  }
}

const day = 24 * 60 * 60 * 1000;

/** Removes archives of earlier inputs; another checkout may still be reading those of today. */
async function removeOldArchives(current: string): Promise<void> {
  for (const entry of await readdir(cacheDir)) {
    const path = join(cacheDir, entry);
    if (!entry.startsWith('images-') || path === current) continue;
    if ((await stat(path)).mtimeMs < Date.now() - day) await rm(path, { recursive: true, force: true });
  }
}

/** Makes the archives when they are missing. */
export async function ensureImages(): Promise<string> {
  const folder = await imagesDir();
  if (await exists(folder)) return folder;
  await fillFolder(folder, buildImages);
  await removeOldArchives(folder);
  return folder;
}
