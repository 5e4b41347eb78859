import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from './builds.ts';
import { remainingCgroups, removeCgroups } from './cgroups.ts';
import { assertRoot } from './install.ts';
import { restoreMachine } from './machineBefore.ts';
import { removeNetwork } from './network.ts';
import { containerdState, hostLink, namespacePath, namespaces, nodes, runDir } from './places.ts';
import { killLabProcesses, labProcesses, processName } from './processes.ts';
import { run, step, systemPath, tryRun, until } from './shell.ts';

/** Mount points below the run folder, deepest first. */
async function labMounts(): Promise<readonly string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  // proc(5): the fifth field is the mount point, blanks written as \040.
  const points = lines.map((line) => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '));
  return points.filter((point) => point.startsWith(`${runDir}/`)).sort((a, b) => b.length - a.length);
}

async function unmountAll(): Promise<void> {
  await until('lab mounts go', 15_000, async () => {
    const points = await labMounts();
    for (const point of points) await tryRun('umount', [point], { env: systemPath });
    return (await labMounts()).length === 0 ? true : undefined;
  });
}

/** Sockets that containerd's shims keep under /run/containerd/s; each bundle names its own. */
async function removeShimSockets(): Promise<void> {
  for (const node of nodes) {
    const bundles = join(containerdState(node), 'io.containerd.runtime.v2.task', 'k8s.io');
    for (const bundle of await readdir(bundles).catch(() => [])) {
      const address = await readFile(join(bundles, bundle, 'address'), 'utf8').catch(() => '');
      if (address.startsWith('unix:///run/containerd/s/')) await rm(address.slice('unix://'.length), { force: true });
    }
  }
}

/** The kubelet links container logs into /var/log/containers whatever its own folder is. */
async function labLogLinks(): Promise<readonly string[]> {
  const folder = '/var/log/containers';
  const links = (await readdir(folder).catch(() => [])).map((entry) => join(folder, entry));
  const targets = await Promise.all(links.map((link) => readlink(link).catch(() => '')));
  return links.filter((_, index) => targets[index]?.startsWith(`${runDir}/`));
}

/** Results that libcni caches outside the run folder; each names the network namespace's path, which lies inside. */
async function labCniResults(): Promise<readonly string[]> {
  const folder = '/var/lib/cni/results';
  const paths = (await readdir(folder).catch(() => [])).map((entry) => join(folder, entry));
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')));
  return paths.filter((_, index) => texts[index]?.includes(`${runDir}/`));
}

async function remains(): Promise<readonly string[]> {
  const pids = await labProcesses();
  const spaces = await Promise.all(namespaces.map(async (name) => ((await exists(namespacePath(name))) ? [name] : [])));
  const link = await tryRun('ip', ['link', 'show', hostLink], { env: systemPath });
  return [
    ...(await Promise.all(pids.map(async (pid) => `process ${pid} ${await processName(pid)}`))),
    ...(await labMounts()).map((point) => `mount ${point}`),
    ...spaces.flat().map((name) => `network namespace ${name}`),
    ...(link.code === 0 ? [`network link ${hostLink}`] : []),
    ...(await remainingCgroups()).map((path) => `cgroup ${path}`),
    ...[...(await labLogLinks()), ...(await labCniResults())].map((path) => `file ${path}`),
    ...((await exists(runDir)) ? [`folder ${runDir}`] : []),
  ];
}

/** Ends what the lab started, whole or half, and gives what could not be removed. */
export async function down(): Promise<readonly string[]> {
  assertRoot();
  await step('processes ended', killLabProcesses);
  await step('mounts, namespaces and cgroups removed', async () => {
    await removeShimSockets();
    await unmountAll();
    await removeNetwork();
    await removeCgroups();
  });
  await step('files removed', async () => {
    for (const path of [...(await labLogLinks()), ...(await labCniResults())]) await rm(path, { force: true });
    await restoreMachine();
    // Invariant: nothing is mounted below the run folder any more, so this cannot reach foreign files.
    if ((await labMounts()).length === 0) await run('rm', ['-rf', '--one-file-system', runDir]);
  });
  return remains();
}
