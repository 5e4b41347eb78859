import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { WatchedChanges } from '../../../src/host/changes/watchedChanges.ts';
import type { CorefileVersion, WrittenChange } from '../../../src/session/change/corefileChangeTypes.ts';
import { planCorefileChange } from '../../../src/session/change/planCorefileChange.ts';
import { CorednsReplicas, kubeadmCorefile } from '../../support/corednsReplicas.ts';
import { InMemoryKube, ManualClock } from '../../support/inMemoryKube.ts';

describe('changes whose replicas are watched', () => {
  let first: WrittenChange;
  let stopped: string[];
  let watched: WatchedChanges;
  beforeEach(async () => {
    const kube = new InMemoryKube();
    const clock = new ManualClock();
    new CorednsReplicas(kube, clock);
    const plan = await planCorefileChange(kube, { text: `${kubeadmCorefile}# x\n` }, { nowNs: clock.nowNs() });
    first = { plan, previous: plan.base, current: { ...plan.base, text: plan.text, resourceVersion: '8' } };
    stopped = [];
    watched = new WatchedChanges();
    watched.begin(first, () => stopped.push('first'));
  });
  const next = (text: string, previous: CorefileVersion = first.current): WrittenChange => ({
    plan: first.plan,
    previous,
    current: { ...previous, text },
  });

  it('end at the next write for the same replicas, once', () => {
    watched.begin(next('second'), () => stopped.push('second'));
    assert.deepEqual(stopped, ['first']);
    watched.begin(next('third'), () => stopped.push('third'));
    assert.deepEqual(stopped, ['first', 'second']);
  });

  it('end when another ConfigMap of the same replicas is written, not when those of others are', () => {
    const place = { namespace: 'kube-system', name: 'coredns-custom', key: 'x.override' };
    const plan = { ...first.plan, place };
    const others = { ...plan, replicas: plan.replicas.map((one) => ({ ...one, pod: `node-local-${one.pod}` })) };
    watched.begin({ ...next('second'), plan: others }, () => stopped.push('others'));
    const context = { ...plan.context, name: 'another' };
    watched.begin({ ...next('second'), plan: { ...plan, context } }, () => stopped.push('elsewhere'));
    assert.deepEqual(stopped, []);
    watched.begin({ ...next('second'), plan }, () => undefined);
    assert.deepEqual(stopped.toSorted(), ['first', 'others']);
  });

  it('go on when only the annotation was written', () => {
    watched.begin(next(first.current.text), () => stopped.push('prolonged'));
    assert.deepEqual(stopped, []);
  });
});
