import { join } from 'node:path';
import { kubernetesBinary, type KubernetesProgram } from './builds.ts';
import { pki } from './certificates.ts';
import { componentKubeconfig, tokenFile } from './credentials.ts';
import { apiServerUrl, firstNode, kubeconfigPath, logDir, network, runDir } from './places.ts';
import { ensureProcess, pidOf } from './processes.ts';
import { Hopeless, run, until } from './shell.ts';

const namespace = firstNode.namespace;
const etcdUrl = 'http://127.0.0.1:2379';

const startKubernetes = (program: KubernetesProgram, args: readonly string[]): Promise<void> =>
  ensureProcess({ name: program, namespace, program: kubernetesBinary(program), args });

/** etcd listens on the loopback of the first node's namespace alone; its data needs not outlive the run. */
export const startEtcd = (): Promise<void> =>
  ensureProcess({
    name: 'etcd',
    namespace,
    program: 'etcd',
    args: [
      ...['--data-dir', join(runDir, 'etcd'), '--unsafe-no-fsync'],
      ...['--listen-client-urls', etcdUrl, '--advertise-client-urls', etcdUrl],
      ...['--listen-peer-urls', 'http://127.0.0.1:2380', '--log-level', 'warn'],
    ],
  });

export const startApiServer = (): Promise<void> =>
  startKubernetes('kube-apiserver', [
    `--etcd-servers=${etcdUrl}`,
    `--advertise-address=${firstNode.address}`,
    `--bind-address=${firstNode.address}`,
    `--tls-cert-file=${pki('apiserver.crt')}`,
    `--tls-private-key-file=${pki('apiserver.key')}`,
    `--client-ca-file=${pki('ca.crt')}`,
    `--token-auth-file=${tokenFile}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
    `--service-cluster-ip-range=${network.serviceRange}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pki('service-account.pub')}`,
    `--service-account-signing-key-file=${pki('service-account.key')}`,
    `--kubelet-certificate-authority=${pki('ca.crt')}`,
    `--kubelet-client-certificate=${pki('apiserver-kubelet.crt')}`,
    `--kubelet-client-key=${pki('apiserver-kubelet.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
    '--endpoint-reconciler-type=lease',
    '--profiling=false',
  ]);

export async function startControllers(): Promise<void> {
  await startKubernetes('kube-controller-manager', [
    `--kubeconfig=${componentKubeconfig('controller-manager')}`,
    '--bind-address=127.0.0.1',
    '--leader-elect=false',
    `--root-ca-file=${pki('ca.crt')}`,
    `--service-account-private-key-file=${pki('service-account.key')}`,
    '--use-service-account-credentials=true',
    '--allocate-node-cidrs=false',
    `--flex-volume-plugin-dir=${join(runDir, 'volume-plugins')}`,
    '--profiling=false',
  ]);
  await startKubernetes('kube-scheduler', [
    `--kubeconfig=${componentKubeconfig('scheduler')}`,
    '--bind-address=127.0.0.1',
    '--leader-elect=false',
    '--profiling=false',
  ]);
}

/** kubectl as the lab's admin; its discovery cache goes with the run folder. */
export const labKubectl = (args: readonly string[], input = ''): Promise<string> =>
  run(kubernetesBinary('kubectl'), [`--kubeconfig=${kubeconfigPath}`, ...args], {
    input,
    env: { KUBECACHEDIR: join(runDir, 'kube-cache') },
  });

export const apiServerReady = (): Promise<boolean> =>
  until(`API server at ${apiServerUrl} is ready`, 60_000, async () => {
    if ((await pidOf('kube-apiserver')) === undefined)
      throw new Hopeless(`kube-apiserver ended: see ${logDir}/kube-apiserver.log`);
    await labKubectl(['get', '--raw', '/readyz']);
    return true;
  });
