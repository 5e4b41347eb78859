import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from './builds.ts';
import { network, nodes, pkiDir } from './places.ts';
import { run } from './shell.ts';

export const pki = (file: string): string => join(pkiDir, file);

interface Certificate {
  readonly name: string;
  readonly subject: string;
  readonly usage: 'serverAuth' | 'clientAuth';
  /** As openssl writes subjectAltName; empty for a client. */
  readonly alternativeNames: readonly string[];
}

const certificates: readonly Certificate[] = [
  {
    name: 'apiserver',
    subject: '/CN=kube-apiserver',
    usage: 'serverAuth',
    alternativeNames: [
      ...[
        'localhost',
        'kubernetes',
        'kubernetes.default',
        'kubernetes.default.svc',
        'kubernetes.default.svc.cluster.local',
      ].map((name) => `DNS:${name}`),
      ...['127.0.0.1', network.apiService, ...nodes.map((node) => node.address)].map((address) => `IP:${address}`),
    ],
  },
  {
    name: 'apiserver-kubelet',
    subject: '/O=system:masters/CN=kube-apiserver-kubelet-client',
    usage: 'clientAuth',
    alternativeNames: [],
  },
  ...nodes.map((node): Certificate => ({
    name: `kubelet-${node.name}`,
    subject: `/O=system:nodes/CN=system:node:${node.name}`,
    usage: 'serverAuth',
    alternativeNames: [`DNS:${node.name}`, `IP:${node.address}`],
  })),
];

const openssl = (args: readonly string[]): Promise<string> => run('openssl', args);
const days = '3650';

async function makeKey(path: string): Promise<void> {
  await openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', path]);
}

async function makeCertificate(folder: string, certificate: Certificate): Promise<void> {
  const path = (suffix: string): string => join(folder, `${certificate.name}.${suffix}`);
  await makeKey(path('key'));
  await openssl(['req', '-new', '-key', path('key'), '-subj', certificate.subject, '-out', path('csr')]);
  const names = certificate.alternativeNames.join(',');
  await writeFile(
    path('ext'),
    [`extendedKeyUsage=${certificate.usage}`, ...(names ? [`subjectAltName=${names}`] : []), ''].join('\n'),
  );
  const ca = [
    '-CA',
    join(folder, 'ca.crt'),
    '-CAkey',
    join(folder, 'ca.key'),
    '-set_serial',
    `0x${Date.now().toString(16)}`,
  ];
  await openssl([
    'x509',
    '-req',
    '-in',
    path('csr'),
    ...ca,
    '-days',
    days,
    '-extfile',
    path('ext'),
    '-out',
    path('crt'),
  ]);
}

/** Makes the cluster's own authority and every key once per run; the kubeconfig trusts this authority alone. */
export async function ensureCertificates(): Promise<void> {
  if (await exists(pkiDir)) return;
  const part = `${pkiDir}.part`;
  await mkdir(part, { recursive: true, mode: 0o700 });
  const ca = join(part, 'ca');
  await makeKey(`${ca}.key`);
  await openssl([
    'req',
    '-x509',
    '-new',
    '-key',
    `${ca}.key`,
    '-subj',
    '/CN=dnscope-lab',
    '-days',
    days,
    '-out',
    `${ca}.crt`,
  ]);
  for (const certificate of certificates) await makeCertificate(part, certificate);
  const account = join(part, 'service-account');
  await makeKey(`${account}.key`);
  await openssl(['pkey', '-in', `${account}.key`, '-pubout', '-out', `${account}.pub`]);
  await rename(part, pkiDir);
}
