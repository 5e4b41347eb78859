/**
 * What the capture tests share: a namespace with a pod that looks names up, kubeconfigs of weak users, a session as the
 * extension runs it, and the check that no tcpdump was left behind. Works on any cluster; the lab is the default.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openKubeConfigSource } from '../../src/kube/entry.ts';
import { SystemClock } from '../../src/io/systemClock.ts';
import { ClusterModel } from '../../src/session/cluster/clusterModel.ts';
import { planTrace } from '../../src/session/trace/planTrace.ts';
import type { KubeApi } from '../../src/session/ports.ts';
import { TraceSession } from '../../src/session/trace/traceSession.ts';
import {
  DEFAULT_CAPTURE_IMAGE,
  type TracePlan,
  type TraceRequest,
  type TraceStatus,
} from '../../src/session/trace/traceTypes.ts';
import { openPodCapture } from '../../src/sources/podCapture.ts';
import { RecordingSink } from '../support/recordingSink.ts';
import {
  appImage,
  applyObjects,
  deleteNamespace,
  isLab,
  kubectl,
  kubectlJson,
  labKubeconfig,
  podsOf,
  processesInPod,
} from './lab/labClient.ts';
import { labImages } from './lab/images.ts';
import { until } from './lab/shell.ts';

export const clock = new SystemClock();

/** Image for captures; $DNSCOPE_TEST_CAPTURE_IMAGE on clusters of the user's own. */
export const captureImage = (): string =>
  process.env['DNSCOPE_TEST_CAPTURE_IMAGE'] ?? (isLab() ? labImages.netshoot : DEFAULT_CAPTURE_IMAGE);

/** A namespace with one pod named `client` that looks names up five times a second. */
export async function openNamespace(namespace: string): Promise<AsyncDisposable> {
  await deleteNamespace(namespace);
  const loop = 'trap "exit 0" TERM; while :; do getent ahosts kubernetes.default >/dev/null; sleep 0.2 & wait $!; done';
  await applyObjects([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'client', namespace, labels: { app: 'client' } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'client',
            image: appImage(),
            imagePullPolicy: 'IfNotPresent',
            command: ['sh', '-c', loop],
            resources: { limits: { memory: '128Mi' } },
          },
        ],
      },
    },
  ]);
  await kubectl(['-n', namespace, 'wait', '--for=condition=Ready', 'pod/client', '--timeout=100s']);
  return { [Symbol.asyncDispose]: () => deleteNamespace(namespace) };
}

export async function openApi(files: readonly string[] = [labKubeconfig()]): Promise<KubeApi & Disposable> {
  const source = openKubeConfigSource(files);
  const { current, problems } = await source.contexts();
  assert.deepEqual(problems, []);
  const api = await source.open(current ?? '');
  return Object.assign(api, { [Symbol.dispose]: () => api.dispose() });
}

export interface RunningTrace extends AsyncDisposable {
  readonly plan: TracePlan;
  readonly session: TraceSession;
  readonly sink: RecordingSink;
  /** Waits until the status satisfies the check; fails after 60 s with the last status. */
  until(what: string, check: (status: TraceStatus) => boolean): Promise<TraceStatus>;
}

export const traceRequest = (namespace: string, more: Partial<TraceRequest> = {}): TraceRequest => ({
  target: { kind: 'pod', name: 'client' },
  namespace,
  image: captureImage(),
  maxDurationMs: 300_000,
  ...more,
});

/** Plans and builds a session, not yet started; disposal stops it. */
export async function prepareTrace(
  kube: KubeApi,
  request: TraceRequest,
  sink = new RecordingSink(),
): Promise<RunningTrace> {
  const plan = await planTrace(kube, request, { nowNs: clock.nowNs() });
  assert.deepEqual(plan.problems, []);
  const cluster = new ClusterModel({ kube, clock, namespaces: [request.namespace] });
  cluster.start();
  await cluster.whenReady();
  const session = new TraceSession({ kube, plan, sink, clock, openCapture: openPodCapture, cluster });
  return {
    plan,
    session,
    sink,
    until: (what, check) => statusThat(session, what, check),
    [Symbol.asyncDispose]: async () => {
      await session.stop();
      session.dispose();
      cluster.dispose();
    },
  };
}

function statusThat(
  session: TraceSession,
  what: string,
  check: (status: TraceStatus) => boolean,
): Promise<TraceStatus> {
  return new Promise((resolve, reject) => {
    const look = (status: TraceStatus): void => {
      if (!check(status)) return;
      clearTimeout(timer);
      subscription.dispose();
      resolve(status);
    };
    const subscription = session.onDidChange(look);
    const timer = setTimeout(() => {
      subscription.dispose();
      const { state, captures, problems } = session.status;
      reject(new Error(`Never came: ${what}. Last: ${JSON.stringify({ state, captures, problems })}`));
    }, 60_000);
    look(session.status);
  });
}

/** Every capture runs and the client's has brought packets. */
export const flowing = (status: TraceStatus): boolean =>
  status.captures.length > 0 &&
  status.captures.every((capture) => capture.state === 'running') &&
  (status.captures[0]?.bytes ?? 0) > 1000;

/** `namespace/pod` of every pod with a tcpdump in it, of these namespaces and kube-system. */
export async function podsWithTcpdump(namespace: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [place, selector] of [
    [namespace, ''],
    ['kube-system', 'k8s-app in (kube-dns, node-local-dns)'],
  ] as const) {
    for (const pod of await podsOf(place, selector)) {
      const { name } = pod.metadata;
      const processes = await processesInPod(place, name).catch(() => []);
      if (processes.some((process) => process.name === 'tcpdump')) found.push(`${place}/${name}`);
    }
  }
  return found;
}

/** The promise of design.md: within 30 s of whatever happened no tcpdump runs. */
export async function assertNoTcpdump(namespace: string): Promise<void> {
  await until('every tcpdump is gone', 30_000, async () =>
    (await podsWithTcpdump(namespace)).length === 0 ? true : undefined,
  );
}

interface RawConfig {
  readonly clusters: readonly { readonly name: string; readonly cluster: Readonly<Record<string, unknown>> }[];
}

/** A kubeconfig for the cluster under test with other credentials or another address; removed at disposal. */
export async function kubeconfigWith(changes: {
  readonly token: string;
  readonly server?: string;
}): Promise<AsyncDisposable & { readonly path: string }> {
  const config = await kubectlJson<RawConfig>(['config', 'view', '--raw', '--flatten', '--minify']);
  const [cluster] = config.clusters;
  assert.ok(cluster);
  const folder = await mkdtemp(path.join(tmpdir(), 'dnscope-kubeconfig-'));
  const file = path.join(folder, 'config');
  const server = changes.server === undefined ? {} : { server: changes.server };
  await writeFile(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      clusters: [{ name: cluster.name, cluster: { ...cluster.cluster, ...server } }],
      users: [{ name: 'somebody', user: { token: changes.token } }],
      contexts: [{ name: 'test', context: { cluster: cluster.name, user: 'somebody' } }],
    }),
    { mode: 0o600 },
  );
  return { path: file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
