/**
 * Cgroups of the two nodes, for cgroup v1 (a tree per controller) and v2 (one tree). The kubelet wants its `cgroupRoot`
 * to be there in every hierarchy before it starts, and v1 cpusets are empty, thus unusable, until they are filled.
 */
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exists } from './builds.ts';
import { cgroupParent, nodes } from './places.ts';

interface Hierarchy {
  readonly root: string;
  readonly unified: boolean;
  readonly cpuset: boolean;
}

async function hierarchies(): Promise<readonly Hierarchy[]> {
  const found: Hierarchy[] = [];
  for (const line of (await readFile('/proc/self/mounts', 'utf8')).split('\n')) {
    const [, root = '', type = '', options = ''] = line.split(' ');
    if (type === 'cgroup') found.push({ root, unified: false, cpuset: options.split(',').includes('cpuset') });
    if (type === 'cgroup2') found.push({ root, unified: true, cpuset: false });
  }
  return found;
}

const copyDown = async (folder: string, file: string): Promise<void> =>
  writeFile(join(folder, file), (await readFile(join(dirname(folder), file), 'utf8')).trim());

/**
 * Hands the controllers of a v2 group to its children. A container's root group holds processes, and v2 refuses
 * controllers to the children of such a group, so they move into a leaf first (as kind and dind do).
 */
async function delegate(folder: string): Promise<void> {
  const controllers = (await readFile(join(folder, 'cgroup.controllers'), 'utf8')).trim().split(' ').filter(Boolean);
  if (controllers.length === 0) return;
  const wanted = controllers.map((name) => `+${name}`).join(' ');
  try {
    await writeFile(join(folder, 'cgroup.subtree_control'), wanted);
  } catch {
    const leaf = join(folder, 'init');
    await mkdir(leaf, { recursive: true });
    for (const pid of (await readFile(join(folder, 'cgroup.procs'), 'utf8')).trim().split('\n')) {
      // A kernel thread refuses to move; it does not count as a process of the group.
      if (pid) await writeFile(join(leaf, 'cgroup.procs'), pid).catch(() => undefined);
    }
    await writeFile(join(folder, 'cgroup.subtree_control'), wanted);
  }
}

export async function ensureCgroups(): Promise<void> {
  const paths = [cgroupParent, ...nodes.map((node) => node.cgroup)];
  for (const hierarchy of await hierarchies()) {
    if (hierarchy.unified) await delegate(hierarchy.root);
    for (const path of paths) {
      const folder = join(hierarchy.root, path);
      await mkdir(folder, { recursive: true });
      if (hierarchy.cpuset) for (const file of ['cpuset.cpus', 'cpuset.mems']) await copyDown(folder, file);
      if (hierarchy.unified) await delegate(folder);
    }
  }
}

async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  await rmdir(folder).catch(() => undefined);
}

/** Removes the lab's groups; they must be empty of processes. */
export async function removeCgroups(): Promise<void> {
  for (const hierarchy of await hierarchies()) await removeTree(join(hierarchy.root, cgroupParent));
}

export async function remainingCgroups(): Promise<readonly string[]> {
  const roots = await hierarchies();
  const checks = roots.map(async ({ root }) => {
    const path = join(root, cgroupParent);
    return (await exists(path)) ? [path] : [];
  });
  return (await Promise.all(checks)).flat();
}
