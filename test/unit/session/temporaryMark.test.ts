/** Edits of a text in which a temporary change is on. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { applyCorefileChange, rollBackCorefile } from '../../../src/session/change/changeCorefile.ts';
import type { CorefileChangeResult, TemporaryKind } from '../../../src/session/change/corefileChangeTypes.ts';
import { planCorefileChange } from '../../../src/session/change/planCorefileChange.ts';
import { planTemporaryChange } from '../../../src/session/change/planTemporaryChange.ts';
import { findTemporary, TemporaryChange } from '../../../src/session/change/temporaryChange.ts';
import { TEMPORARY_ANNOTATION } from '../../../src/session/change/temporaryMark.ts';
import { CorednsReplicas, kubeadmCorefile } from '../../support/corednsReplicas.ts';
import { InMemoryKube, ManualClock } from '../../support/inMemoryKube.ts';

describe('an edit while a temporary change is on', () => {
  let kube: InMemoryKube;
  let clock: ManualClock;
  let dns: CorednsReplicas;
  beforeEach(() => {
    kube = new InMemoryKube();
    clock = new ManualClock();
    dns = new CorednsReplicas(kube, clock);
  });
  const annotation = (): string | undefined =>
    kube.peek('configmaps', 'kube-system', 'coredns')?.metadata?.annotations?.[TEMPORARY_ANNOTATION];
  async function whileTimePasses<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => (isDone = true));
    done.catch(() => undefined);
    for (let step = 0; step < 400 && !isDone; step += 1) await clock.advance(1_000);
    return done;
  }
  async function switchOn(kind: TemporaryKind): Promise<TemporaryChange> {
    const plan = await planTemporaryChange(kube, { kind, durationMs: 3_600_000 }, { nowNs: clock.nowNs() });
    const change = new TemporaryChange(kube, plan, { clock, trial: 'skip', measureMs: 0, onState: () => undefined });
    assert.equal((await whileTimePasses(change.start())).state, 'on');
    return change;
  }
  async function save(text: string): Promise<CorefileChangeResult> {
    const plan = await planCorefileChange(kube, { text }, { nowNs: clock.nowNs() });
    const options = { clock, trial: 'skip', measureMs: 0 } as const;
    return whileTimePasses(applyCorefileChange(kube, plan, options, () => undefined));
  }

  it('leaves it to be taken back at its time, and keeps the edit', async () => {
    const change = await switchOn('query-log');
    assert.equal((await save(dns.text.replace('cache 30', 'cache 31'))).kind, 'applied');
    const [mark] = await findTemporary(kube, clock.nowNs());
    assert.deepEqual([mark?.edited, mark?.deadline], [false, change.state.deadline]);
    await clock.advance(3_700_000);
    assert.equal(change.state.state, 'ended', change.state.message);
    assert.equal(dns.text, kubeadmCorefile.replace('cache 30', 'cache 31'));
    assert.equal(annotation(), undefined);
  });

  it('ends it when the edit takes its lines out, and leaves others on', async () => {
    await switchOn('query-log');
    await switchOn('cache-off');
    await save(dns.text.replace(/^ *log .*\n/mu, ''));
    const marks = await findTemporary(kube, clock.nowNs());
    assert.deepEqual(
      marks.map(({ kind, edited }) => [kind, edited]),
      [['cache-off', false]],
    );
    await save(kubeadmCorefile);
    assert.equal(annotation(), undefined);
    const again = await planTemporaryChange(kube, { kind: 'query-log', durationMs: 300_000 }, { nowNs: clock.nowNs() });
    assert.equal(again.on, undefined);
    assert.equal(again.steps.length, 1);
  });

  it('is rolled back with its annotation', async () => {
    await switchOn('query-log');
    const [text, before] = [dns.text, annotation()];
    const saved = await save(kubeadmCorefile);
    assert.equal(annotation(), undefined);
    await whileTimePasses(rollBackCorefile(kube, saved, { clock, measureMs: 0 }, () => undefined));
    assert.deepEqual([dns.text, annotation()], [text, before]);
  });

  it('made elsewhere is not gone over, and one that took the lines out leaves nothing on', async () => {
    const change = await switchOn('query-log');
    dns.edit(dns.text.replace('cache 30', 'cache 99'));
    assert.equal((await findTemporary(kube, clock.nowNs()))[0]?.edited, true);
    const failed = await whileTimePasses(change.stop());
    assert.equal(failed.state, 'failed');
    // The proposal, saved as it was offered.
    await save(failed.proposal ?? '');
    assert.equal(annotation(), undefined);
    await switchOn('cache-off');
    dns.edit(kubeadmCorefile);
    assert.notEqual(annotation(), undefined);
    await clock.advance(7_200_000);
    assert.deepEqual(await findTemporary(kube, clock.nowNs()), []);
  });

  it('touches no annotation where nothing is on', async () => {
    await save(kubeadmCorefile.replace('cache 30', 'cache 31'));
    assert.ok(kube.patches.every((patch) => !JSON.stringify(patch).includes('annotations')));
  });
});
