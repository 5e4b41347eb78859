import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ProblemError, type Problem } from '../../../src/base/problem.ts';
import {
  applyCorefileChange,
  rollBackCorefile,
  type ApplyOptions,
} from '../../../src/session/change/changeCorefile.ts';
import { CorefileHistory } from '../../../src/session/change/corefileHistory.ts';
import type {
  ChangeProgress,
  CorefileChangePlan,
  CorefileChangeResult,
  WrittenChange,
} from '../../../src/session/change/corefileChangeTypes.ts';
import { planCorefileChange } from '../../../src/session/change/planCorefileChange.ts';
import { CorednsReplicas, kubeadmCorefile } from '../../support/corednsReplicas.ts';
import { InMemoryHistory } from '../../support/inMemoryHistory.ts';
import { InMemoryKube, ManualClock, settled } from '../../support/inMemoryKube.ts';

const changed = kubeadmCorefile.replace('cache 30', 'cache 60');
const forbidden = (what: string): Problem => ({ code: 'forbidden', detail: `Missing permission: ${what}` });

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    return (error as { readonly problem: Problem }).problem;
  }
  throw new assert.AssertionError({ message: 'It was not refused' });
}

describe('applying a Corefile change', () => {
  let kube: InMemoryKube;
  let clock: ManualClock;
  let dns: CorednsReplicas;
  let told: ChangeProgress[];
  let options: ApplyOptions;
  beforeEach(() => {
    kube = new InMemoryKube();
    clock = new ManualClock();
    dns = new CorednsReplicas(kube, clock);
    told = [];
    options = { clock, trial: 'skip', measureMs: 0 };
  });

  const planFor = (
    text: string,
    more: { readonly base?: CorefileChangePlan['base'] } = {},
  ): Promise<CorefileChangePlan> => planCorefileChange(kube, { text, ...more }, { nowNs: clock.nowNs() });

  /** Runs it while time passes. */
  async function apply(plan: CorefileChangePlan, more: Partial<ApplyOptions> = {}): Promise<CorefileChangeResult> {
    return whileTimePasses(applyCorefileChange(kube, plan, { ...options, ...more }, (progress) => told.push(progress)));
  }

  async function whileTimePasses<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => (isDone = true));
    done.catch(() => undefined);
    for (let step = 0; step < 2_000 && !isDone; step += 1) await clock.advance(1_000);
    return done;
  }

  it('writes over the version that was read and sees each replica load it', async () => {
    const result = await apply(await planFor(changed));
    assert.equal(result.kind, 'applied');
    assert.equal(result.message, '2 of 2 replicas run the new Corefile');
    assert.deepEqual(
      result.replicas.map(({ pod, state, evidence }) => [pod, state, evidence]),
      [
        ['coredns-a', 'running', 'hash'],
        ['coredns-b', 'running', 'hash'],
      ],
    );
    assert.equal(dns.text, changed);
    assert.deepEqual(kube.patches, [{ metadata: { resourceVersion: '7' }, data: { Corefile: changed } }]);
    assert.ok(
      told.some(({ message }) => message.startsWith('0 of 2 replicas run the new Corefile; coredns-a: Waiting')),
    );
    assert.equal(kube.openWatches, 0);
  });

  it('puts the previous text back in one call, over exactly what it wrote', async () => {
    const result = await apply(await planFor(changed));
    const back = await whileTimePasses(rollBackCorefile(kube, result, options, () => undefined));
    assert.equal(back.kind, 'applied');
    assert.equal(dns.text, kubeadmCorefile);
    dns.edit('.:53 {\n    whoami\n}\n');
    const late = await problemOf(whileTimePasses(rollBackCorefile(kube, result, options, () => undefined)));
    assert.equal(late.code, 'conflict');
  });

  it('may be rolled back from its write on, while replicas still wait for the text', async () => {
    const watching = new AbortController();
    const writes: WrittenChange[] = [];
    const plan = await planFor(changed);
    const withWrites = { ...options, onWritten: (one: WrittenChange) => writes.push(one) };
    const work = applyCorefileChange(kube, plan, withWrites, () => undefined, watching.signal);
    await clock.advance(2_000);
    const [written] = writes;
    assert.ok(written !== undefined);
    assert.equal(dns.text, changed);
    assert.deepEqual([written.previous.text, written.current.text], [kubeadmCorefile, changed]);
    watching.abort();
    assert.equal((await whileTimePasses(work)).kind, 'cancelled');
    const began = clock.nowNs();
    const back = await whileTimePasses(rollBackCorefile(kube, written, options, () => undefined));
    assert.equal(back.kind, 'applied', back.message);
    assert.equal(dns.text, kubeadmCorefile);
    assert.equal(writes.length, 1);
    // They ran the old text all the time, and are looked at for as long as the other one may be on its way.
    assert.deepEqual(
      back.replicas.map(({ message }) => message),
      ['Runs it, as it did before', 'Runs it, as it did before'],
    );
    assert.ok(clock.nowNs() - began >= 80_000_000_000n);
  });

  it('writes nothing that lint refuses, and says where', async () => {
    const plan = await planFor(kubeadmCorefile.replace('loop', 'lopp'));
    const problem = await problemOf(apply(plan));
    assert.equal(problem.code, 'corefile-invalid');
    assert.match(problem.detail, /^CoreDNS would refuse this Corefile: line 9: /);
    assert.deepEqual(kube.patches, []);
  });

  it('rolls back by itself what a replica refuses, forced or not, and names the line', async () => {
    const bad = kubeadmCorefile.replace('loop', 'nonsense');
    dns.refuses = (text) =>
      text === bad ? "/etc/coredns/Corefile:9 - Error during parsing: Unknown directive 'nonsense'" : undefined;
    const store = new InMemoryHistory();
    const result = await apply(await planFor(bad), { force: true, history: new CorefileHistory(store) });
    assert.equal(result.kind, 'rolled-back');
    assert.match(result.message, /^The previous text was put back\. Refused the new Corefile: .*Unknown directive/);
    assert.equal(result.replicas.find(({ state }) => state === 'refused')?.line, 9);
    assert.equal(dns.text, kubeadmCorefile);
    assert.deepEqual(
      store.all.map(({ cause, text }) => [cause, text === bad]),
      [
        ['seen', false],
        ['edit', true],
        ['automatic-rollback', false],
      ],
    );
  });

  it('waits after a rollback for the replica that had taken the text', async () => {
    dns.refuses = (text, pod) => (text === changed && pod === 'coredns-b' ? 'plugin/forward: no' : undefined);
    const result = await apply(await planFor(changed));
    assert.equal(result.kind, 'rolled-back');
    assert.match(result.message, /^The previous text was put back, and every replica runs it\./);
  });

  it('does not roll back over somebody else, and says that the refused text is gone', async () => {
    dns.refuses = (text) => (text === changed ? 'plugin/forward: no' : undefined);
    const plan = await planFor(changed);
    // Somebody mends it between the refusal and our rollback.
    const run = applyCorefileChange(kube, plan, options, ({ phase }) => {
      if (phase === 'rolling-back') dns.edit('.:53 {\n    reload\n    whoami\n}\n');
    });
    const result = await whileTimePasses(run);
    assert.equal(result.kind, 'refused');
    assert.equal(result.problem?.code, 'conflict');
    assert.match(dns.text, /whoami/);
  });

  it('tells a conflict with who wrote and when, and keeps their text', async () => {
    const plan = await planFor(changed);
    dns.edit(kubeadmCorefile.replace('cache 30', 'cache 99'));
    const problem = await problemOf(apply(plan));
    assert.equal(problem.code, 'conflict');
    assert.match(problem.detail, /\(last written by kubectl-edit at 2027-01-15T08:00:07Z\)$/);
    assert.match(dns.text, /cache 99/);
    const stale = await planFor(changed, { base: plan.base });
    assert.deepEqual(
      stale.blockers.map(({ problem: { code }, canForce }) => [code, canForce]),
      [['conflict', false]],
    );
  });

  it('writes all the same when something else in the ConfigMap changed', async () => {
    const plan = await planFor(changed);
    dns.edit(kubeadmCorefile);
    const result = await apply(plan);
    assert.equal(result.kind, 'applied');
    assert.equal(dns.text, changed);
  });

  it('has nothing to wait for when only blanks and comments differ', async () => {
    const result = await apply(await planFor(kubeadmCorefile.replace('cache 30', 'cache 30 # half a minute')));
    assert.equal(result.kind, 'applied');
    assert.match(result.message, /Only blanks or comments differ/);
    assert.equal((await apply(await planFor(dns.text))).kind, 'unchanged');
  });

  it('says that a restart is needed when nothing reloads', async () => {
    dns = new CorednsReplicas(kube, clock, kubeadmCorefile.replace('    reload\n', ''));
    const plan = await planFor(changed);
    assert.equal(plan.reload.kind, 'restart');
    assert.match(plan.detail, /the previous one is put back only when you roll back\.$/);
    assert.doesNotMatch(plan.detail, /A replica that refuses it goes on/);
    const result = await apply(plan);
    assert.equal(result.kind, 'restart-needed');
    assert.match(result.message, /takes effect only when the pods are replaced \(restart CoreDNS\)$/);
  });

  it('restarts instead of waiting when told to, and counts only pods that run the new text', async () => {
    dns = new CorednsReplicas(kube, clock, kubeadmCorefile.replace('    reload\n', ''));
    const plan = await planFor(changed);
    const run = applyCorefileChange(kube, plan, { ...options, restart: true }, (progress) => told.push(progress));
    await clock.advance(3_000);
    for (const [old, next, ip] of [
      ['coredns-a', 'coredns-c', '10.244.0.3'],
      ['coredns-b', 'coredns-d', '10.244.1.3'],
    ] as const) {
      dns.add(next, ip);
      dns.remove(old);
    }
    const deployment = kube.peek('deployments', 'kube-system', 'coredns');
    kube.put('deployments', { ...deployment });
    const result = await whileTimePasses(run);
    assert.equal(result.kind, 'applied', result.message);
    assert.deepEqual(
      result.replicas.map(({ pod, state }) => [pod, state]),
      [
        ['coredns-a', 'gone'],
        ['coredns-b', 'gone'],
        ['coredns-c', 'running'],
        ['coredns-d', 'running'],
      ],
    );
    assert.ok(told.some(({ phase }) => phase === 'restarting'));
  });

  it('goes by the log where metrics may not be read, and by metrics where the log may not', async () => {
    kube.refuse = (_verb, resource) => (resource === 'pods/proxy' ? forbidden('get pods/proxy') : undefined);
    const byLog = await apply(await planFor(changed));
    assert.deepEqual([byLog.kind, byLog.replicas.map(({ evidence }) => evidence)], ['applied', ['hash', 'hash']]);
    kube.refuse = (verb) => (verb === 'logs' ? forbidden('get pods/log') : undefined);
    const byMetrics = await apply(await planFor(kubeadmCorefile));
    assert.deepEqual(
      [byMetrics.kind, byMetrics.replicas.map(({ state }) => state)],
      ['applied', ['running', 'running']],
    );
    dns.refuses = () => 'no';
    const refused = await apply(await planFor(changed));
    assert.equal(refused.kind, 'rolled-back');
    assert.equal(refused.replicas.find(({ state }) => state === 'refused')?.evidence, 'metrics');
  });

  it('says at once that it cannot know when neither may be read', async () => {
    kube.refuse = (verb, resource) =>
      resource === 'pods/proxy' ? forbidden('get pods/proxy') : verb === 'logs' ? forbidden('get pods/log') : undefined;
    const result = await apply(await planFor(changed));
    assert.equal(result.kind, 'unconfirmed');
    assert.deepEqual(
      result.replicas.map(({ state }) => state),
      ['unknown', 'unknown'],
    );
    assert.match(result.message, /none was seen to refuse it\. Missing permission: get pods\/proxy$/);
  });

  it('gives up waiting in time for a replica that never looks', async () => {
    dns.deaf.add('coredns-b');
    const result = await apply(await planFor(changed));
    assert.equal(result.kind, 'unconfirmed');
    assert.match(result.message, /^Written\. 1 of 2 replicas were seen to run it/);
    assert.equal(dns.text, changed);
  });

  it('does not take an old refusal, repeated, for an answer to the new text', async () => {
    dns = new CorednsReplicas(kube, clock);
    const old = kube.onLogs;
    const lines: string[] = [];
    kube.onLogs = (target, asked) => {
      const time = new Date(Number(clock.nowNs() / 1_000_000n)).toISOString();
      lines.push(`${time} [WARNING] plugin/reload: Corefile parse failed: Corefile:3 - Error during parsing: old`);
      return dns.text === changed && old(target, asked).split('\n').length > 2 ? old(target, asked) : lines.join('\n');
    };
    const result = await apply(await planFor(changed));
    assert.equal(result.kind, 'applied', result.message);
  });

  it('does not take the refusal of an earlier change for one of this', async () => {
    dns.refuses = (text) => (text === changed ? 'plugin/forward: no' : undefined);
    assert.equal((await apply(await planFor(changed))).kind, 'rolled-back');
    // The replicas load the old text again and say so; the refusal stays in their logs.
    await clock.advance(60_000);
    const result = await apply(await planFor(kubeadmCorefile.replace('cache 30', 'cache 31')));
    assert.equal(result.kind, 'applied', result.message);
  });

  it('takes any new hash from a CoreDNS that still shows MD5', async () => {
    const metrics = kube.onHttpGet;
    const log = kube.onLogs;
    const short = (text: string): string =>
      text.replaceAll(/[0-9a-f]{96}(?=[0-9a-f]{32}\b)/gu, '').replaceAll('SHA512', 'MD5');
    kube.onHttpGet = (target) => short(metrics(target));
    kube.onLogs = (target, asked) => short(log(target, asked));
    const result = await apply(await planFor(changed));
    assert.equal(result.kind, 'applied', result.message);
    assert.ok(result.replicas.every(({ evidence }) => evidence !== 'hash'));
  });

  it('stops watching when cancelled after the write, and writes nothing when cancelled before', async () => {
    const early = new AbortController();
    early.abort();
    const plan = await planFor(changed);
    assert.equal(
      (
        await problemOf(
          applyCorefileChange(kube, plan, { ...options, measureMs: 5_000 }, () => undefined, early.signal),
        )
      ).code,
      'cancelled',
    );
    assert.deepEqual(kube.patches, []);
    const late = new AbortController();
    const run = applyCorefileChange(
      kube,
      plan,
      options,
      ({ phase }) => phase === 'awaiting' && late.abort(),
      late.signal,
    );
    const result = await whileTimePasses(run);
    assert.equal(result.kind, 'cancelled');
    assert.equal(dns.text, changed);
  });

  it('compares errors before and after, and counts a lost replica', async () => {
    dns.traffic = { responses: 100, errors: 0 };
    const plan = await planFor(changed);
    const run = applyCorefileChange(kube, plan, { ...options, measureMs: 60_000 }, ({ phase }) => {
      if (phase === 'comparing') dns.traffic = { responses: 100, errors: 50 };
    });
    const { health } = await whileTimePasses(run);
    assert.equal(
      health?.message,
      'Before: 0 % of 200 responses were errors. After: 33 % of 600 responses were errors. 2 of 2 replicas ready',
    );
    assert.equal(health.worse, true);
    dns.traffic = { responses: 100, errors: 0 };
    const again = applyCorefileChange(
      kube,
      await planFor(kubeadmCorefile),
      { ...options, measureMs: 60_000 },
      ({ phase }) => {
        if (phase === 'comparing') dns.remove('coredns-b');
      },
    );
    const lost = (await whileTimePasses(again)).health;
    assert.deepEqual(
      lost?.pods.map(({ pod, state }) => [pod, state]),
      [
        ['coredns-a', 'same'],
        ['coredns-b', 'lost'],
      ],
    );
    assert.equal(lost.worse, true);
  });

  it('keeps apart a pod that falls over on the new text', async () => {
    dns.deaf.add('coredns-a');
    dns.deaf.add('coredns-b');
    const plan = await planFor(changed);
    const run = applyCorefileChange(kube, plan, options, () => undefined);
    await clock.advance(3_000);
    const pod = kube.peek('pods', 'kube-system', 'coredns-b');
    kube.put('pods', {
      ...pod,
      status: {
        ...pod?.status,
        containerStatuses: [
          {
            name: 'coredns',
            restartCount: 9,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 1, message: '/etc/coredns/Corefile:4 - Error during parsing: no' } },
          },
        ],
      },
    });
    const result = await whileTimePasses(run);
    assert.equal(result.kind, 'rolled-back');
    assert.equal(result.replicas.find(({ state }) => state === 'refused')?.line, 4);
  });

  it('takes a write whose answer was lost for what the cluster says of it', async () => {
    const plan = await planFor(changed);
    const patch = kube.patch.bind(kube);
    kube.patch = async (...args) => {
      const answer = await patch(...args);
      if (args[4].dryRun) return answer;
      kube.patch = patch;
      throw Object.assign(new Error('cut'), {
        problem: { code: 'cluster-unreachable', detail: 'The connection was cut' },
      });
    };
    assert.equal((await apply(plan)).kind, 'applied');
    await settled();
  });

  it('says what was written when a cancel meets the write on its way, and offers the way back', async () => {
    const cancel = new AbortController();
    const patch = kube.patch.bind(kube);
    kube.patch = async (...args) => {
      const answer = await patch(...args);
      if (args[4].dryRun) return answer;
      cancel.abort();
      const given = (args as readonly unknown[])[5];
      if (given instanceof AbortSignal && given.aborted)
        throw new ProblemError({ code: 'cancelled', detail: 'Cancelled' });
      return answer;
    };
    const writes: WrittenChange[] = [];
    const withWrites = { ...options, onWritten: (one: WrittenChange) => writes.push(one) };
    const result = await whileTimePasses(
      applyCorefileChange(kube, await planFor(changed), withWrites, () => undefined, cancel.signal),
    );
    assert.equal(dns.text, changed);
    assert.deepEqual([result.kind, writes.length], ['cancelled', 1]);
    assert.match(result.message, /^Written; no longer watching/);
    const late = applyCorefileChange(kube, await planFor(kubeadmCorefile), options, () => undefined, cancel.signal);
    assert.equal((await problemOf(late)).code, 'cancelled');
    assert.equal(dns.text, changed);
  });
});
