import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Deployment } from '../../../src/core/topology/kubeTypes.ts';
import { planRestart, restartCoreDns } from '../../../src/session/restartCoreDns.ts';
import { corednsDeployment, fillCluster } from '../../support/clusterObjects.ts';
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
});
