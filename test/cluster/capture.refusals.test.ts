import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Problem } from '../../src/base/problem.ts';
import { planTrace } from '../../src/session/trace/planTrace.ts';
import {
  assertNoTcpdump,
  clock,
  kubeconfigWith,
  openApi,
  openNamespace,
  prepareTrace,
  traceRequest,
} from './captureBench.ts';
import {
  applyObjects,
  enforcePodSecurity,
  kubectl,
  kubectlJson,
  type PodObject,
  unpullableImage,
} from './lab/labClient.ts';

const namespace = 'dnscope-capture-refusals';

/** What a rejected promise says. */
async function problemOf(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    return (error as { readonly problem: Problem }).problem;
  }
  throw new assert.AssertionError({ message: 'It was not refused' });
}

const plan = async (files: readonly string[]): Promise<Awaited<ReturnType<typeof planTrace>>> => {
  using kube = await openApi(files);
  return await planTrace(kube, traceRequest(namespace), { nowNs: clock.nowNs() });
};

async function accountToken(name: string): Promise<string> {
  await applyObjects([{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } }]);
  return (await kubectl(['-n', namespace, 'create', 'token', name])).trim();
}

async function ephemeralContainers(): Promise<number> {
  const pod = await kubectlJson<PodObject>(['-n', namespace, 'get', 'pod', 'client']);
  return pod.spec.ephemeralContainers?.length ?? 0;
}

describe('a trace that is refused', () => {
  let opened: AsyncDisposable;
  before(async () => (opened = await openNamespace(namespace)));
  after(() => opened[Symbol.asyncDispose]());

  it('says that the cluster does not answer', async () => {
    await using config = await kubeconfigWith({ token: 'none', server: 'https://127.0.0.1:1' });
    const problem = await problemOf(plan([config.path]));
    assert.equal(problem.code, 'cluster-unreachable');
    assert.match(problem.detail, /^Cluster \S+ does not answer at https:\/\/127\.0\.0\.1:1: connection refused$/);
    assert.match(problem.recover ?? '', /^Check that the cluster runs/);
    await assertNoTcpdump(namespace);
  });

  it('says that the credentials were refused', async () => {
    await using config = await kubeconfigWith({ token: 'no-such-token' });
    const problem = await problemOf(plan([config.path]));
    assert.equal(problem.code, 'token-refused');
    assert.match(problem.detail, /^Cluster \S+ refused the credentials of user somebody$/);
    assert.match(problem.recover ?? '', /^Log in again/);
    await assertNoTcpdump(namespace);
  });

  it('names each missing permission and the Role that gives it', async () => {
    const token = await accountToken('reader');
    await applyObjects([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'reader', namespace },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'reader', namespace },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace }],
      },
    ]);
    await using config = await kubeconfigWith({ token });
    const refused = await plan([config.path]);
    assert.deepEqual(refused.captures, []);
    const [problem] = refused.problems;
    assert.equal(problem?.code, 'forbidden');
    assert.match(
      problem.detail,
      /^Missing permission: patch pods\/ephemeralcontainers in namespace dnscope-capture-refusals/,
    );
    assert.ok(refused.missing.some(({ text }) => text === `patch pods/ephemeralcontainers in namespace ${namespace}`));
    assert.match(
      refused.roleYaml ?? '',
      /kind: Role\n[\s\S]+resources: \["pods\/ephemeralcontainers"\]\n {4}verbs: \["patch"\]/,
    );
    // CoreDNS's own namespace is closed to this user as well, and the plan says that it would not be watched.
    assert.deepEqual(
      refused.unwatched.map(({ hop, problem: why }) => [hop, why.code]),
      [['coredns', 'forbidden']],
    );
    // The Role that the plan offers is one that the cluster takes and that suffices.
    await kubectl(['apply', '-f', '-'], { input: refused.roleYaml ?? '' });
    await applyObjects([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'tracer', namespace },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'dnscope-trace' },
        subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace }],
      },
    ]);
    using kube = await openApi([config.path]);
    await using trace = await prepareTrace(kube, traceRequest(namespace));
    await trace.session.start();
    await trace.until('packets of the pod alone', (status) => (status.captures[0]?.bytes ?? 0) > 1000);
    assert.deepEqual(
      trace.sink.vantages.map(({ role }) => role),
      ['client'],
    );
    await trace.session.stop();
    await assertNoTcpdump(namespace);
  });

  it('says that PodSecurity refuses, and that CoreDNS can be watched instead', async () => {
    const before = await ephemeralContainers();
    await enforcePodSecurity(namespace, 'restricted');
    try {
      using kube = await openApi();
      const refused = await planTrace(kube, traceRequest(namespace), { nowNs: clock.nowNs() });
      const [problem] = refused.problems;
      assert.equal(problem?.code, 'pod-security-refused');
      assert.match(
        problem.detail,
        /^PodSecurity of namespace \S+ refuses the capture container: violates PodSecurity "restricted:/,
      );
      assert.match(problem.recover ?? '', /CoreDNS can be watched: trace the target coredns instead$/);
    } finally {
      await enforcePodSecurity(namespace, 'privileged');
    }
    assert.equal(await ephemeralContainers(), before, 'a preflight creates nothing');
    await assertNoTcpdump(namespace);
  });

  it('takes the lowest rung: baseline admits rung 1 and refuses NET_RAW', async () => {
    await enforcePodSecurity(namespace, 'baseline');
    try {
      using kube = await openApi();
      const low = await planTrace(kube, traceRequest(namespace), { nowNs: clock.nowNs() });
      assert.deepEqual(low.problems, []);
      const high = await planTrace(kube, traceRequest(namespace, { rung: 2 }), { nowNs: clock.nowNs() });
      assert.equal(high.problems[0]?.code, 'pod-security-refused');
      assert.match(high.problems[0].detail, /NET_RAW/);
    } finally {
      await enforcePodSecurity(namespace, 'privileged');
    }
  });

  it('says that the image cannot be pulled and what may still come', async () => {
    using kube = await openApi();
    await using trace = await prepareTrace(
      kube,
      traceRequest(namespace, { image: unpullableImage, watchCoreDns: false }),
    );
    const problem = await problemOf(trace.session.start());
    assert.equal(problem.code, 'image-pull-failed');
    assert.match(
      problem.detail,
      /^The image registry\.invalid\/dnscope\/nothing:1 cannot be pulled \((ErrImagePull|ImagePullBackOff)/,
    );
    assert.match(problem.recover ?? '', /^Choose an image that this cluster can pull/);
    const { state, aftermath } = trace.session.status;
    assert.equal(state, 'failed');
    assert.match(
      aftermath?.text ?? '',
      /did not start; should it still do so, it ends by itself after at most 35 min\.$/,
    );
    await assertNoTcpdump(namespace);
  });

  it('says which pod or target does not exist', async () => {
    using kube = await openApi();
    const absent = await planTrace(kube, traceRequest(namespace, { target: { kind: 'pod', name: 'nobody' } }), {
      nowNs: clock.nowNs(),
    });
    assert.equal(absent.problems[0]?.code, 'target-not-found');
    assert.match(
      absent.problems[0].detail,
      /^There is no pod\/nobody in namespace dnscope-capture-refusals of cluster /,
    );
  });
});
