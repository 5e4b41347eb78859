import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Deployment } from '../../../src/core/topology/kubeTypes.ts';
import { planRestart, restartCoreDns, type RolloutProgress } from '../../../src/session/change/restartCoreDns.ts';
import { corednsDeployment, corednsPod, fillCluster } from '../../support/clusterObjects.ts';
import { CorednsReplicas } from '../../support/corednsReplicas.ts';
import { InMemoryKube, ManualClock, settled } from '../../support/inMemoryKube.ts';

describe('restarting CoreDNS', () => {
  let kube: InMemoryKube;
  let clock: ManualClock;
  beforeEach(() => {
    kube = new InMemoryKube();
    fillCluster(kube);
    clock = new ManualClock();
  });
  const report = (status: Deployment['status'], generation = 2): void =>
    kube.put('deployments', {
      ...corednsDeployment,
      metadata: { ...corednsDeployment.metadata, generation },
      status: { observedGeneration: generation, ...status },
    });

  it('names cluster, namespace and Deployment before anything happens', async () => {
    const plan = await planRestart(kube);
    assert.equal(plan.question, 'Restart Deployment coredns in namespace kube-system of cluster lab?');
    assert.match(plan.detail, /^Its 2 pods are replaced one after another/);
    assert.equal(kube.patches.length, 0);
  });

  it('says which permission is missing', async () => {
    kube.allow = () => false;
    await assert.rejects(planRestart(kube), /Missing permission: patch deployments\.apps in namespace kube-system/);
  });

  it('patches one annotation and follows the rollout to its end', async () => {
    report({}, 2);
    const plan = await planRestart(kube);
    const messages: string[] = [];
    const run = restartCoreDns(kube, plan, clock, ({ message }) => messages.push(message));
    await settled();
    assert.deepEqual(kube.patches, [
      {
        spec: {
          template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2027-01-15T08:00:00.000Z' } } },
        },
      },
    ]);
    report({ replicas: 3, updatedReplicas: 1, availableReplicas: 2 });
    report({ replicas: 3, updatedReplicas: 2, availableReplicas: 2 });
    report({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 });
    assert.deepEqual(await run, { kind: 'done', message: 'CoreDNS restarted: 2 of 2 pods ready' });
    assert.ok(messages.includes('1 of 2 pods are new, 1 ready'));
    assert.equal(kube.openWatches, 0);
    assert.equal(clock.timers, 0);
  });

  it('stops watching when cancelled, and says that the rollout goes on', async () => {
    report({}, 2);
    const cancel = new AbortController();
    const run = restartCoreDns(kube, await planRestart(kube), clock, () => undefined, cancel.signal);
    await settled();
    cancel.abort();
    assert.deepEqual(await run, {
      kind: 'cancelled',
      message: 'No longer watching. The rollout of kube-system/coredns goes on in the cluster.',
    });
  });

  it('gives the reason of a rollout that is stuck, and does not wait for ever', async () => {
    report({}, 2);
    const plan = await planRestart(kube);
    const stuck = restartCoreDns(kube, plan, clock, () => undefined);
    await settled();
    report({
      conditions: [
        { type: 'Progressing', status: 'False', message: 'ReplicaSet "coredns-x" has timed out progressing' },
      ],
    });
    await assert.rejects(stuck, /does not get on: ReplicaSet "coredns-x" has timed out/);
    report({}, 3);
    const slow = restartCoreDns(kube, plan, clock, () => undefined);
    await settled();
    const refused = assert.rejects(slow, /was not complete after 600 s/);
    await clock.advance(600_000);
    await refused;
  });

  it('warns before of what could leave the cluster without DNS', async () => {
    assert.deepEqual((await planRestart(kube)).warnings, []);
    kube.put('deployments', { ...corednsDeployment, spec: { ...corednsDeployment.spec, replicas: 1 } });
    kube.put('pods', { ...corednsPod('coredns-a', '10.244.0.2'), status: { phase: 'Running' } });
    kube.put('poddisruptionbudgets', {
      metadata: { namespace: 'kube-system', name: 'coredns' },
      spec: { selector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
      status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1 },
    });
    kube.put('poddisruptionbudgets', {
      metadata: { namespace: 'kube-system', name: 'other' },
      spec: { selector: { matchLabels: { app: 'other' } } },
      status: { disruptionsAllowed: 0 },
    });
    assert.deepEqual(
      (await planRestart(kube)).warnings.map(({ code }) => code),
      ['single-replica', 'replicas-not-ready', 'disruption-budget'],
    );
    kube.refuse = (_verb, resource) =>
      resource === 'poddisruptionbudgets' ? { code: 'forbidden', detail: 'Missing permission: list it' } : undefined;
    assert.equal((await planRestart(kube)).warnings.at(-1)?.code, 'disruption-budget-unknown');
  });

  it('tells pod by pod what is new, ready, leaving, and why one waits', async () => {
    report({}, 2);
    const seen: RolloutProgress[] = [];
    const run = restartCoreDns(kube, await planRestart(kube), clock, (progress) => seen.push(progress));
    await settled();
    const labels = { 'k8s-app': 'kube-dns' };
    const metadata = { namespace: 'kube-system', name: 'coredns-c', uid: 'c', labels };
    const latest = (): readonly string[] =>
      (seen.at(-1)?.pods ?? []).map(({ pod, isNew, message }) => `${pod} ${isNew ? 'new' : 'old'}: ${message}`);
    kube.put('pods', {
      metadata,
      status: { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/2 nodes are available' }] },
    });
    assert.deepEqual(latest(), [
      'coredns-a old: ready',
      'coredns-b old: ready',
      'coredns-c new: no node takes it: 0/2 nodes are available',
    ]);
    kube.put('pods', {
      metadata,
      status: {
        containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff', message: 'not \u202e found' } } }],
      },
    });
    assert.equal(latest()[2], 'coredns-c new: ImagePullBackOff: not \\u{202e} found');
    const b = corednsPod('coredns-b', '10.244.1.2');
    kube.put('pods', { ...b, metadata: { ...b.metadata, deletionTimestamp: '2027-01-15T08:00:00Z' } });
    assert.equal(latest()[1], 'coredns-b old: leaving');
    kube.remove('pods', 'kube-system', 'coredns-b');
    assert.equal(latest().length, 2);
    const stuck = assert.rejects(run, /does not get on: timed out \(coredns-c: ImagePullBackOff/);
    report({ conditions: [{ type: 'Progressing', status: 'False', message: 'timed out' }] });
    await stuck;
    assert.deepEqual([kube.openWatches, clock.timers], [0, 0]);
  });

  it('puts the error rate of all its pods beside it', async () => {
    const dns = new CorednsReplicas(kube, clock);
    dns.traffic = { responses: 90, errors: 10 };
    const seen: RolloutProgress[] = [];
    const plan = await planRestart(kube);
    assert.deepEqual(plan.metricsPorts, [9153]);
    report({}, 1);
    const run = restartCoreDns(kube, plan, clock, (progress) => seen.push(progress));
    await clock.advance(61_000);
    assert.deepEqual(seen.at(-1)?.errors?.byRcode, { NOERROR: 360, SERVFAIL: 40 });
    report({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 }, 1);
    const { message } = await run;
    assert.equal(message, 'CoreDNS restarted: 2 of 2 pods ready. During the restart 10 % of 400 responses were errors');
  });
});
