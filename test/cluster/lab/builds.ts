import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { corednsDir, kubernetesDir, pauseDir, pauseSourcePath, versions } from './places.ts';
import { run, systemPath } from './shell.ts';

const kubernetesPrograms = [
  'kubectl',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
] as const;

export type KubernetesProgram = (typeof kubernetesPrograms)[number];
export const kubernetesBinary = (program: KubernetesProgram): string => join(kubernetesDir, program);

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Fills `folder` with what `work` leaves in an empty neighbour, then renames it into place.
 * Invariant: a cache folder that is there is whole; a killed build leaves only a `.part` folder, which the next one removes.
 */
export async function fillFolder(folder: string, work: (part: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const part = await mkdtemp(`${folder}.part-${process.pid}-`);
  try {
    await work(part);
    await rm(folder, { recursive: true, force: true });
    await rename(part, folder);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

const go = (args: readonly string[], cwd: string): Promise<string> =>
  run('go', args, { cwd, env: { ...systemPath, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' } });

async function buildKubernetes(part: string): Promise<void> {
  const version = versions.kubernetes;
  const module = join(part, 'module');
  await mkdir(module);
  const download: unknown = JSON.parse(await go(['mod', 'download', '-json', `k8s.io/kubernetes@${version}`], module));
  const goMod = await readFile((download as { readonly GoMod: string }).GoMod, 'utf8');
  // Kubernetes keeps its libraries in ./staging; as a module they are published as v0.MINOR.PATCH.
  const staging = [...goMod.matchAll(/^\s*(k8s\.io\/[a-z0-9-]+) => \.\/staging\//gm)].map((match) => match[1] ?? '');
  if (staging.length < 20)
    throw new Error(
      `go.mod of Kubernetes ${version} names ${staging.length} staging modules, 20 or more were expected`,
    );
  const library = version.replace(/^v1\./, 'v0.');
  await writeFile(
    join(module, 'go.mod'),
    [
      'module dnscope.example/kubernetes',
      'go 1.24.0',
      `require k8s.io/kubernetes ${version}`,
      ...staging.map((name) => `replace ${name} => ${name} ${library}`),
      '',
    ].join('\n'),
  );
  const [major = '1', minor = '0'] = version.slice(1).split('.');
  const variable = 'k8s.io/component-base/version';
  const stamps = [`gitVersion=${version}`, `gitMajor=${major}`, `gitMinor=${minor}`, 'gitTreeState=clean'];
  await go(
    [
      'build',
      '-mod=mod',
      '-trimpath',
      '-o',
      `${part}/`,
      '-ldflags',
      ['-s', '-w', ...stamps.map((stamp) => `-X ${variable}.${stamp}`)].join(' '),
      ...kubernetesPrograms.map((program) => `k8s.io/kubernetes/cmd/${program}`),
    ],
    module,
  );
  await rm(module, { recursive: true });
}

async function buildCoredns(part: string): Promise<void> {
  await run('go', ['install', '-trimpath', '-ldflags', '-s -w', `github.com/coredns/coredns@${versions.coredns}`], {
    cwd: part,
    env: { ...systemPath, CGO_ENABLED: '0', GOBIN: part },
  });
}

async function buildPause(part: string): Promise<void> {
  await go(['build', '-trimpath', '-ldflags', '-s -w', '-o', join(part, 'pause'), pauseSourcePath], part);
}

export interface Build {
  readonly title: string;
  readonly folder: string;
  readonly work: (part: string) => Promise<void>;
}

/** What has to be compiled, smallest first. Rough cost on two cores, cold: 5 s, 2.5 minutes, 4 minutes. */
export const builds: readonly Build[] = [
  { title: 'pause', folder: pauseDir, work: buildPause },
  { title: `CoreDNS ${versions.coredns}`, folder: corednsDir, work: buildCoredns },
  { title: `Kubernetes ${versions.kubernetes}`, folder: kubernetesDir, work: buildKubernetes },
];
