import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { applyCorefileChange, rollBackCorefile } from '../../../src/session/change/changeCorefile.ts';
import type { CorefileChangeResult, OwedRestart } from '../../../src/session/change/corefileChangeTypes.ts';
import { planCorefileChange } from '../../../src/session/change/planCorefileChange.ts';
import { CorednsReplicas, kubeadmCorefile } from '../../support/corednsReplicas.ts';
import { InMemoryKube, ManualClock } from '../../support/inMemoryKube.ts';

const deafCorefile = kubeadmCorefile.replace('    reload\n', '');

describe('what replicas loaded decides how the next text comes to them', () => {
  let kube: InMemoryKube;
  let clock: ManualClock;
  let dns: CorednsReplicas;
  beforeEach(() => {
    kube = new InMemoryKube();
    clock = new ManualClock();
  });

  const run = (text: string): void => {
    dns = new CorednsReplicas(kube, clock, text);
  };
  const deafen = (...pods: readonly string[]): void => pods.forEach((pod) => dns.deaf.add(pod));

  async function whileTimePasses<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => (isDone = true));
    done.catch(() => undefined);
    for (let step = 0; step < 2_000 && !isDone; step += 1) await clock.advance(1_000);
    return done;
  }

  async function apply(text: string, owed: readonly OwedRestart[] = []): Promise<CorefileChangeResult> {
    const plan = await planCorefileChange(kube, { text, owed }, { nowNs: clock.nowNs() });
    return whileTimePasses(applyCorefileChange(kube, plan, { clock, trial: 'skip', measureMs: 0 }, () => undefined));
  }

  const back = (change: CorefileChangeResult): Promise<CorefileChangeResult> =>
    whileTimePasses(rollBackCorefile(kube, change, { clock, measureMs: 0 }, () => undefined));

  function restart(): void {
    dns.add('coredns-c', '10.244.0.3');
    dns.add('coredns-d', '10.244.1.3');
    dns.remove('coredns-a');
    dns.remove('coredns-b');
  }

  it('says at once that taking back a text that took reload away needs a restart', async () => {
    run(kubeadmCorefile);
    const change = await apply(deafCorefile);
    assert.equal(change.kind, 'applied');
    deafen('coredns-a', 'coredns-b');
    const began = clock.nowNs();
    const result = await back(change);
    assert.equal(result.kind, 'restart-needed', result.message);
    assert.match(result.message, /has no reload plugin: a replica that had loaded it .* \(restart CoreDNS\)$/);
    assert.ok(clock.nowNs() - began < 10_000_000_000n);
    assert.equal(dns.text, kubeadmCorefile);
  });

  it('has nothing to replace when no pod ever loaded the text that is taken back', async () => {
    run(deafCorefile);
    deafen('coredns-a', 'coredns-b');
    const change = await apply(kubeadmCorefile);
    assert.equal(change.kind, 'restart-needed');
    const result = await back(change);
    assert.deepEqual([result.kind, dns.text], ['applied', deafCorefile]);
    assert.match(result.message, /had never loaded the text/);
  });

  it('sees the pods that came with a restart load the previous text', async () => {
    run(deafCorefile);
    deafen('coredns-a', 'coredns-b');
    const change = await apply(kubeadmCorefile);
    restart();
    const result = await back(change);
    assert.equal(result.kind, 'applied', result.message);
    assert.deepEqual(
      result.replicas.map(({ pod, state, evidence }) => [pod, state, evidence]),
      [
        ['coredns-c', 'running', 'hash'],
        ['coredns-d', 'running', 'hash'],
      ],
    );
  });

  it('tells the next change that the restart of the last one is owed, until the pods are new ones', async () => {
    run(deafCorefile);
    deafen('coredns-a', 'coredns-b');
    const { plan } = await apply(kubeadmCorefile);
    const owed = [{ place: plan.place, pods: plan.replicas.flatMap(({ uid }) => uid ?? []) }];
    const next = kubeadmCorefile.replace('cache 30', 'cache 5');
    const second = await apply(next, owed);
    assert.equal(second.kind, 'restart-needed');
    assert.match(second.message, /have not loaded the previous change yet, for want of a restart/);
    assert.match(second.plan.detail, /only when you roll back\.$/);
    // Nothing was ever loaded, yet the text that comes back is not what they run.
    assert.equal((await back(second)).kind, 'restart-needed');
    restart();
    assert.equal((await apply(next, owed)).kind, 'applied');
  });
});
