import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { ContainerStateView, Pod } from '../../../src/core/topology/kubeTypes.ts';
import type { TrialVerdict } from '../../../src/session/change/corefileChangeTypes.ts';
import { planCorefileChange } from '../../../src/session/change/planCorefileChange.ts';
import { tryCorefile } from '../../../src/session/change/tryCorefile.ts';
import { CorednsReplicas, kubeadmCorefile } from '../../support/corednsReplicas.ts';
import { InMemoryKube, ManualClock, settled } from '../../support/inMemoryKube.ts';

const BANNER = '.:53\nCoreDNS-1.12.1\nlinux/amd64, go1.24\n';

describe('CoreDNS’s own verdict', () => {
  let kube: InMemoryKube;
  let clock: ManualClock;
  beforeEach(() => {
    kube = new InMemoryKube();
    clock = new ManualClock();
    new CorednsReplicas(kube, clock);
  });
  const inState = (state: ContainerStateView, more: Pod['status'] = {}): void => {
    kube.onCreatePod = (pod) => ({
      ...pod,
      status: { phase: 'Running', containerStatuses: [{ name: 'coredns', state }], ...more },
    });
  };
  async function verdict(log: string, signal?: AbortSignal): Promise<TrialVerdict> {
    kube.onLogs = () => log;
    const plan = await planCorefileChange(
      kube,
      { text: kubeadmCorefile.replace('30', '60') },
      { nowNs: clock.nowNs() },
    );
    let isDone = false;
    const work = tryCorefile(kube, plan, clock, () => undefined, signal).finally(() => (isDone = true));
    work.catch(() => undefined);
    for (let step = 0; step < 300 && !isDone; step += 1) await clock.advance(500);
    return work;
  }
  const left = async (): Promise<number> => (await kube.list('pods', { namespace: 'kube-system' })).length - 2;

  it('accepts what starts and stays up', async () => {
    inState({ running: {} });
    const { kind, removed } = await verdict(BANNER);
    assert.deepEqual([kind, removed, await left()], ['accepted', true, 0]);
    assert.equal(kube.createdPods.length, 1);
  });

  it('goes by staying up, and by the termination message, where the log may not be read', async () => {
    kube.refuse = (verb) =>
      verb === 'logs' ? { code: 'forbidden', detail: 'Missing permission: get pods/log' } : undefined;
    inState({ running: {} });
    assert.equal((await verdict('')).kind, 'accepted');
    inState({ terminated: { exitCode: 1, message: '/etc/coredns/Corefile:2 - Error during parsing: no\n' } });
    assert.deepEqual([(await verdict('')).kind, (await verdict('')).line], ['refused', 2]);
  });

  it('refuses with CoreDNS’s words and the line', async () => {
    inState({ terminated: { exitCode: 1, reason: 'Error' } });
    const refused = await verdict(
      "maxprocs: x\n/etc/coredns/Corefile:8 - Error during parsing: Unknown directive 'cash'\n",
    );
    assert.equal(refused.kind, 'refused');
    assert.equal(refused.line, 8);
    assert.equal(
      refused.message,
      "CoreDNS refuses the new Corefile: /etc/coredns/Corefile:8 - Error during parsing: Unknown directive 'cash'",
    );
    inState({ terminated: { exitCode: 1 } });
    const loop = await verdict(`${BANNER}[FATAL] plugin/loop: Loop (127.0.0.1:1 -> :53) detected for zone "."\n`);
    assert.match(loop.message, /Loop \(127\.0\.0\.1:1 -> :53\) detected/);
    assert.equal(await left(), 0);
  });

  it('waits after the banner, for what CoreDNS finds out a moment later', async () => {
    inState({ running: {} });
    clock.after(2_500, () => {
      const name = kube.createdPods[0]?.metadata.name ?? '';
      const pod = kube.peek('pods', 'kube-system', name);
      const containerStatuses = [{ name: 'coredns', state: { terminated: { exitCode: 1 } } }];
      kube.put('pods', { ...pod, status: { ...pod?.status, containerStatuses } });
    });
    const late = await verdict(`${BANNER}[FATAL] plugin/loop: Loop (127.0.0.1:1 -> :53) detected for zone "."\n`);
    assert.equal(late.kind, 'refused');
  });

  it('is unclear when the place is to blame, not the text', async () => {
    const cases: readonly (readonly [ContainerStateView, string, RegExp])[] = [
      [{ waiting: { reason: 'ImagePullBackOff', message: 'no such image' } }, '', /ImagePullBackOff: no such image/],
      [{ terminated: { exitCode: 137, reason: 'OOMKilled' } }, BANNER, /ran out of memory/],
      [
        { terminated: { exitCode: 1 } },
        'Listen: listen tcp 169.254.20.10:53: bind: cannot assign requested address\n',
        /cannot assign/,
      ],
      [{ terminated: { exitCode: 1 } }, 'Listen: listen tcp :53: bind: permission denied\n', /bind: permission denied/],
      [{ waiting: { reason: 'ContainerCreating' } }, '', /was not up after 60 s/],
    ];
    for (const [state, log, message] of cases) {
      inState(state);
      const { kind, message: said } = await verdict(log);
      assert.equal(kind, 'unclear', said);
      assert.match(said, message);
      assert.equal(await left(), 0);
    }
    kube.onCreatePod = (pod) => ({
      ...pod,
      status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: '0/2 nodes' }] },
    });
    assert.match((await verdict('')).message, /No node takes the pod: 0\/2 nodes/);
    kube.refuse = (verb) =>
      verb === 'create' ? { code: 'pod-security-refused', detail: 'PodSecurity says no' } : undefined;
    assert.match((await verdict('')).message, /could not be tried: PodSecurity says no/);
  });

  it('deletes the pod when cancelled, and says so when it cannot', async () => {
    inState({ running: {} });
    const cancel = new AbortController();
    kube.onLogs = () => '';
    const plan = await planCorefileChange(
      kube,
      { text: kubeadmCorefile.replace('30', '60') },
      { nowNs: clock.nowNs() },
    );
    const work = tryCorefile(kube, plan, clock, ({ state }) => state === 'watching' && cancel.abort(), cancel.signal);
    work.catch(() => undefined);
    for (let step = 0; step < 20; step += 1) await clock.advance(500);
    await assert.rejects(work, /Cancelled/);
    assert.equal(await left(), 0);
    kube.refuse = (verb) => (verb === 'delete' ? { code: 'cluster-busy', detail: 'busy' } : undefined);
    const stuck = await verdict(BANNER);
    assert.equal(stuck.removed, false);
    assert.match(stuck.message, /could not be deleted; it ends by itself within 90 s, delete it by hand$/);
    assert.equal(await left(), 1);
  });

  it('clears away ended pods of sessions that are gone', async () => {
    inState({ running: {} });
    const labels = { 'app.kubernetes.io/name': 'dnscope-corefile-trial', 'app.kubernetes.io/managed-by': 'dnscope' };
    const old = (name: string, phase: string): Pod => ({
      metadata: { namespace: 'kube-system', name, labels, uid: name },
      status: { phase },
    });
    kube.put('pods', old('trial-ended', 'Failed'));
    kube.put('pods', old('trial-running', 'Running'));
    await verdict(BANNER);
    await settled();
    assert.deepEqual(kube.deleted.slice(0, 1), ['pods/trial-ended']);
    assert.ok(kube.peek('pods', 'kube-system', 'trial-running') !== undefined);
  });
});
