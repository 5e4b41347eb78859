import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Problem } from '../../src/base/problem.ts';
import { openKubeConfigSource } from '../../src/kube/entry.ts';
import { applyCorefileChange, rollBackCorefile, type ApplyOptions } from '../../src/session/change/changeCorefile.ts';
import type { CorefileChangePlan, CorefileChangeResult } from '../../src/session/change/corefileChangeTypes.ts';
import { planCorefileChange } from '../../src/session/change/planCorefileChange.ts';
import { planTemporaryChange } from '../../src/session/change/planTemporaryChange.ts';
import type { KubeApi } from '../../src/session/ports.ts';
import { planRestart, restartCoreDns, type RolloutProgress } from '../../src/session/change/restartCoreDns.ts';
import { endTemporary, findTemporary, TemporaryChange } from '../../src/session/change/temporaryChange.ts';
import { clock, openApi, openNamespace } from './captureBench.ts';
import { applyObjects, kubectl, labKubeconfig, loadDns, readCorefile, setCorefile } from './lab/labClient.ts';
import { defaultCorefile } from './lab/manifests.ts';

const namespace = 'dnscope-corefile-change';
/** kubeadm's Corefile with the shortest interval that reload takes, so that the tests wait for seconds. */
const quick = defaultCorefile.replace('    reload\n', '    reload 2s 0s\n');
const options: ApplyOptions = { clock, trial: 'skip', measureMs: 0, deadlineMs: 60_000 };
const nothing = (): void => undefined;

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    return (error as { readonly problem: Problem }).problem;
  }
  throw new assert.AssertionError({ message: 'It was not refused' });
}

const planFor = (kube: KubeApi, text: string): Promise<CorefileChangePlan> =>
  planCorefileChange(kube, { text }, { nowNs: clock.nowNs() });

const states = ({ replicas }: CorefileChangeResult): readonly string[] =>
  replicas.filter(({ state }) => state !== 'gone').map(({ state, evidence }) => `${state} by ${evidence}`);

async function trialPods(): Promise<string> {
  const selector = 'app.kubernetes.io/name=dnscope-corefile-trial';
  return (await kubectl(['-n', 'kube-system', 'get', 'pods', '-l', selector, '-o', 'name'])).trim();
}

async function userApi(name: string): Promise<KubeApi & Disposable> {
  const api = await openKubeConfigSource([labKubeconfig()]).open(`dnscope-lab-${name}`);
  return Object.assign(api, { [Symbol.dispose]: () => api.dispose() });
}

describe('changing the Corefile of a running cluster', () => {
  before(() => setCorefile(quick));
  after(() => setCorefile(defaultCorefile));
  beforeEach(async () => {
    // A test that failed half way leaves its text; the next one starts from the known one.
    if ((await readCorefile()) !== quick) await setCorefile(quick);
  });

  it('applies a change, sees both replicas load it, and rolls it back', async () => {
    using kube = await openApi();
    const changed = quick.replace('cache 30', 'cache 45');
    const plan = await planFor(kube, changed);
    assert.deepEqual([plan.blockers, plan.missing], [[], []]);
    const messages: string[] = [];
    const applied = await applyCorefileChange(kube, plan, { ...options, measureMs: 1_000 }, ({ message }) =>
      messages.push(message),
    );
    assert.equal(applied.kind, 'applied', applied.message);
    assert.deepEqual(states(applied), ['running by hash', 'running by hash']);
    assert.equal(await readCorefile(), changed);
    assert.ok(messages.some((message) => message.includes('Waiting for the kubelet')));
    assert.match(applied.health?.message ?? '', /^Before: .* After: .*2 of 2 replicas ready$/);
    const back = await rollBackCorefile(kube, applied, options, nothing);
    assert.equal(back.kind, 'applied', back.message);
    assert.deepEqual(states(back), ['running by hash', 'running by hash']);
    assert.equal(await readCorefile(), quick);
  });

  it('asks CoreDNS itself, leaves no pod behind, and writes nothing that it refuses', async () => {
    using kube = await openApi();
    // Lint sees nothing wrong here; that the file is not there only CoreDNS itself can tell.
    const refusedByCoreDns = quick.replace('    loop\n', '    loop\n    tls /nowhere/cert.pem /nowhere/key.pem\n');
    const plan = await planFor(kube, refusedByCoreDns);
    const problem = await problemOf(applyCorefileChange(kube, plan, { ...options, trial: 'run' }, nothing));
    assert.equal(problem.code, 'corefile-refused');
    assert.match(problem.detail, /^CoreDNS refuses the new Corefile: .*\/nowhere\/cert\.pem/);
    assert.equal(await readCorefile(), quick);
    assert.equal(await trialPods(), '');
    // A plugin that lint does not know: an image of one's own might have it, so CoreDNS is asked without force. This one lacks it.
    const foreign = await planFor(kube, quick.replace('    loop\n', '    loop\n    fanout . 192.0.2.1\n'));
    const unknown = await problemOf(applyCorefileChange(kube, foreign, { ...options, trial: 'run' }, nothing));
    assert.deepEqual([unknown.code, await readCorefile()], ['corefile-refused', quick]);
    assert.match(unknown.detail, /Unknown directive 'fanout'/);
    const good = await planFor(kube, quick.replace('cache 30', 'cache 46'));
    const phases = new Set<string>();
    const applied = await applyCorefileChange(kube, good, { ...options, trial: 'run' }, ({ phase }) =>
      phases.add(phase),
    );
    assert.equal(applied.kind, 'applied', applied.message);
    assert.ok(phases.has('trying'));
    assert.equal(await trialPods(), '');
  });

  it('deletes the throw-away pod when it is cancelled', async () => {
    using kube = await openApi();
    const plan = await planFor(kube, quick.replace('cache 30', 'cache 47'));
    const cancel = new AbortController();
    const trying = applyCorefileChange(
      kube,
      plan,
      { ...options, trial: 'run', onTrial: ({ state }) => state === 'starting' && cancel.abort() },
      nothing,
      cancel.signal,
    );
    assert.equal((await problemOf(trying)).code, 'cancelled');
    assert.equal(await trialPods(), '');
    assert.equal(await readCorefile(), quick);
  });

  it('refuses what lint refuses; forced, it is rolled back when the replicas refuse it', async () => {
    using kube = await openApi();
    const bad = quick.replace('    loop\n', '    loop\n    nonsense\n');
    const plan = await planFor(kube, bad);
    const problem = await problemOf(applyCorefileChange(kube, plan, options, nothing));
    assert.equal(problem.code, 'plugin-unknown', 'no lint, but CoreDNS itself was to decide, and it was not asked');
    assert.equal(await readCorefile(), quick);
    const forced = await applyCorefileChange(kube, plan, { ...options, force: true }, nothing);
    assert.equal(forced.kind, 'rolled-back', forced.message);
    assert.match(forced.message, /Unknown directive 'nonsense'/);
    assert.equal(
      forced.replicas.find(({ state }) => state === 'refused')?.line,
      bad.split('\n').indexOf('    nonsense') + 1,
    );
    assert.equal(await readCorefile(), quick);
  });

  it('tells the second of two writers who was quicker', async () => {
    using kube = await openApi();
    const mine = await planFor(kube, quick.replace('cache 30', 'cache 48'));
    await kubectl([
      '-n',
      'kube-system',
      'patch',
      'configmap',
      'coredns',
      '--type=merge',
      '-p',
      JSON.stringify({ data: { Corefile: quick.replace('cache 30', 'cache 49') } }),
    ]);
    const problem = await problemOf(applyCorefileChange(kube, mine, options, nothing));
    assert.equal(problem.code, 'conflict');
    assert.match(problem.detail, /changed by somebody else meanwhile \(last written by kubectl-patch at \d{4}-/);
    assert.match(await readCorefile(), /cache 49/);
  });

  it('switches the query log on and back, also when the session that did so is gone', async () => {
    using kube = await openApi();
    const plan = await planTemporaryChange(kube, { kind: 'query-log', durationMs: 60_000 }, { nowNs: clock.nowNs() });
    assert.deepEqual(plan.cannot, []);
    const log = new TemporaryChange(kube, plan, { ...options, onState: nothing });
    assert.equal((await log.start()).state, 'on', log.state.message);
    assert.match(await readCorefile(), /^ {4}log # dnscope\.dev\/temporary query-log$/m);
    assert.equal((await log.stop()).state, 'ended', log.state.message);
    assert.equal(await readCorefile(), quick);
    assert.deepEqual(await findTemporary(kube, clock.nowNs()), []);

    const cachePlan = await planTemporaryChange(
      kube,
      { kind: 'cache-off', durationMs: 60_000 },
      { nowNs: clock.nowNs() },
    );
    const cache = new TemporaryChange(kube, cachePlan, { ...options, onState: nothing });
    await cache.start();
    cache.dispose();
    using next = await openApi();
    const [mark, ...more] = await findTemporary(next, clock.nowNs() + 61_000_000_000n);
    assert.ok(mark?.overdue === true && more.length === 0);
    await endTemporary(next, mark, options, nothing);
    assert.equal(await readCorefile(), quick);
  });

  it('restarts CoreDNS under load pod by pod and says how many answers were errors', async () => {
    await using opened = await openNamespace(namespace);
    assert.ok(opened);
    using kube = await openApi();
    const plan = await planRestart(kube);
    assert.deepEqual(plan.warnings, []);
    const load = loadDns({
      namespace,
      pod: 'client',
      queries: ['kubernetes.default.svc.cluster.local A'],
      seconds: 25,
      rate: 200,
    });
    const seen: RolloutProgress[] = [];
    const result = await restartCoreDns(kube, plan, clock, (progress) => seen.push(progress));
    assert.equal(result.kind, 'done');
    assert.match(
      result.message,
      /2 of 2 pods ready\. During the restart (\d|less than 0\.1)\S* % of \d+ responses were errors$/,
    );
    assert.ok((result.errors?.responses ?? 0) > 0, result.message);
    assert.ok(seen.some(({ pods }) => pods.some(({ isNew, ready }) => isNew && !ready)));
    assert.equal(seen.at(-1)?.pods.filter(({ isNew, ready }) => isNew && ready).length, 2);
    assert.ok((await load).completed > 1_000);
  });

  it('names the permission that is missing', async () => {
    using stranger = await userApi('stranger');
    assert.equal((await problemOf(planFor(stranger, quick))).code, 'token-refused');
    using viewer = await userApi('viewer');
    const unread = await problemOf(planFor(viewer, quick));
    assert.deepEqual(
      [unread.code, unread.detail],
      ['forbidden', 'Missing permission: list configmaps in namespace kube-system'],
    );
    const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
    const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'viewer' }];
    const metadata = { name: 'dnscope-test-viewer', namespace: 'kube-system' };
    await applyObjects([
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata, roleRef: role, subjects },
    ]);
    try {
      const plan = await planFor(viewer, quick.replace('cache 30', 'cache 50'));
      const [blocker] = plan.blockers;
      assert.equal(blocker?.problem.detail, 'Missing permission: patch configmaps in namespace kube-system');
      assert.equal(plan.trial.kind, 'impossible');
      assert.ok(plan.missing.some(({ text }) => text === 'get pods/proxy in namespace kube-system'));
      assert.match(plan.roleYaml ?? '', /name: dnscope-corefile\n/);
      const problem = await problemOf(applyCorefileChange(viewer, plan, { ...options, force: true }, nothing));
      assert.equal(problem.code, 'forbidden');
    } finally {
      await kubectl(['-n', 'kube-system', 'delete', 'rolebinding', metadata.name]);
    }
    assert.equal(await readCorefile(), quick);
  });
});
