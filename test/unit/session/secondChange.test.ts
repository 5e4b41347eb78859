/** Two changes that overlap: what replicas do after the second write is no answer to the first text. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { applyCorefileChange, type ApplyOptions } from '../../../src/session/change/changeCorefile.ts';
import type { CorefileChangeResult } from '../../../src/session/change/corefileChangeTypes.ts';
import { planCorefileChange } from '../../../src/session/change/planCorefileChange.ts';
import { planTemporaryChange } from '../../../src/session/change/planTemporaryChange.ts';
import { TemporaryChange } from '../../../src/session/change/temporaryChange.ts';
import { CorednsReplicas, kubeadmCorefile } from '../../support/corednsReplicas.ts';
import { InMemoryKube, ManualClock } from '../../support/inMemoryKube.ts';

const first = kubeadmCorefile.replace('cache 30', 'cache 60');
const good = first.replace('cache 60', 'cache 61');
const refused = first.replace('cache 60', 'cache 61\n    bogus');

describe('a second change while the first is watched', () => {
  let kube: InMemoryKube;
  let clock: ManualClock;
  let dns: CorednsReplicas;
  let options: ApplyOptions;
  beforeEach(() => {
    kube = new InMemoryKube();
    clock = new ManualClock();
    dns = new CorednsReplicas(kube, clock);
    dns.refuses = (text) =>
      text.includes('bogus') ? "/etc/coredns/Corefile:9 - Error during parsing: Unknown directive 'bogus'" : undefined;
    options = { clock, trial: 'skip', measureMs: 0, force: true };
  });

  async function apply(text: string): Promise<CorefileChangeResult> {
    const plan = await planCorefileChange(kube, { text }, { nowNs: clock.nowNs() });
    return applyCorefileChange(kube, plan, options, () => undefined);
  }

  async function whileTimePasses<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => (isDone = true));
    done.catch(() => undefined);
    for (let step = 0; step < 2_000 && !isDone; step += 1) await clock.advance(1_000);
    return done;
  }

  it('ends the first watching at once, and keeps the first text when the second is refused, whenever it was written', async () => {
    for (const beforeMs of [0, 1_500]) {
      for (const betweenMs of [1_000, 3_500, 5_000, 20_000]) {
        kube = new InMemoryKube();
        dns = new CorednsReplicas(kube, clock);
        dns.refuses = (text) => (text.includes('bogus') ? 'no such plugin' : undefined);
        await clock.advance(beforeMs);
        const watched = apply(first);
        await clock.advance(betweenMs);
        const [one, two] = await whileTimePasses(Promise.all([watched, apply(refused)]));
        assert.deepEqual([one.kind, one.problem?.code, two.kind], ['cancelled', 'superseded', 'rolled-back']);
        assert.equal(dns.text, first);
      }
    }
  });

  it('says of the first text that another was written, not that replicas do not run it', async () => {
    const watched = apply(first);
    await clock.advance(5_000);
    const [one, two] = await whileTimePasses(Promise.all([watched, apply(good)]));
    assert.match(
      one.message,
      /^Written, and Corefile of ConfigMap kube-system\/coredns was written again since.*: this text is no longer watched$/,
    );
    assert.deepEqual([one.kind, two.kind], ['cancelled', 'applied']);
    assert.equal(dns.text, good);
  });

  it('puts nothing back for a refusal that may be of a text which came and went while the machine slept', async () => {
    const watched = apply(first);
    await clock.advance(3_000);
    const metrics = kube.onHttpGet;
    const log = kube.onLogs;
    kube.onLogs = (target, asked) => {
      const time = new Date(Number(clock.nowNs() / 1_000_000n)).toISOString();
      return `${log(target, asked)}\n${time} [ERROR] plugin/reload: Corefile changed but reload failed: of another text`;
    };
    kube.onHttpGet = (target) =>
      metrics(target).replace('coredns_reload_failed_total 0', 'coredns_reload_failed_total 1');
    dns.edit(first);
    const result = await whileTimePasses(watched);
    assert.deepEqual([result.kind, result.problem?.code], ['refused', 'conflict']);
    assert.match(result.message, /so nothing was put back/);
    assert.equal(dns.text, first);
  });

  it('rolls back all the same when only something else in the ConfigMap was written since', async () => {
    const watched = apply(refused);
    await clock.advance(3_000);
    dns.edit(refused);
    const result = await whileTimePasses(watched);
    assert.equal(result.kind, 'rolled-back', result.message);
    assert.equal(dns.text, kubeadmCorefile);
  });

  it('leaves a temporary change to count down when its watching is ended by a change of another key', async () => {
    const plan = await planTemporaryChange(kube, { kind: 'query-log', durationMs: 600_000 }, { nowNs: clock.nowNs() });
    const change = new TemporaryChange(kube, plan, {
      ...options,
      onState: () => undefined,
      onWritten: () => undefined,
    });
    const starting = change.start();
    await clock.advance(3_000);
    change.stopWatching();
    const { state, message } = await whileTimePasses(starting);
    assert.equal(state, 'written');
    assert.match(message, /^Whether the query log is on is not known\. Written; no longer watching\./);
    await clock.advance(800_000);
    assert.equal(change.state.state, 'ended', change.state.message);
    assert.equal(dns.text, kubeadmCorefile);
  });
});
