import { readFile, rm, writeFile } from 'node:fs/promises';
import { exists } from './builds.ts';
import { hasProgram, run, systemPath } from './shell.ts';

/** Debian packages the lab needs, each with a program that shows it is there. */
const packages: readonly (readonly [packageName: string, program: string])[] = [
  ['etcd-server', 'etcd'],
  ['containerd', 'containerd'],
  ['runc', 'runc'],
  ['containernetworking-plugins', '/usr/lib/cni/bridge'],
  ['tcpdump', 'tcpdump'],
  ['tshark', 'tshark'],
  ['dnsperf', 'dnsperf'],
  ['bind9-dnsutils', 'dig'],
  ['iptables', 'iptables'],
  ['busybox-static', '/bin/busybox'],
  ['conntrack', 'conntrack'],
  ['iproute2', 'ip'],
  ['openssl', 'openssl'],
];

export async function missingPackages(): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const [packageName, program] of packages) {
    const there = program.startsWith('/') ? await exists(program) : await hasProgram(program);
    if (!there) missing.push(packageName);
  }
  return missing;
}

const policyPath = '/usr/sbin/policy-rc.d';
const policyMark = '# made by dnscope setup';

/** Installs packages without letting Debian start their services: the lab owns its own etcd and containerd. */
export async function installPackages(names: readonly string[]): Promise<void> {
  // A guard that a killed run left behind carries the mark and counts as ours.
  const guard = !(await exists(policyPath)) || (await readFile(policyPath, 'utf8')).includes(policyMark);
  if (guard) await writeFile(policyPath, `#!/bin/sh\n${policyMark}\nexit 101\n`, { mode: 0o755 });
  try {
    const env = { ...systemPath, DEBIAN_FRONTEND: 'noninteractive' };
    const patient = ['-o', 'DPkg::Lock::Timeout=600', '-o', 'Acquire::Retries=3'];
    await run('apt-get', [...patient, 'update'], { env });
    await run('apt-get', [...patient, 'install', '-y', '--no-install-recommends', ...names], { env });
  } finally {
    if (guard) await rm(policyPath, { force: true });
  }
}
