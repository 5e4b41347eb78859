import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { readCorefile } from '../../../src/core/corefile/model.ts';
import type {
  CorefileChangeResult,
  TemporaryKind,
  TemporaryMark,
  TemporaryPlan,
  TemporaryState,
} from '../../../src/session/change/corefileChangeTypes.ts';
import { CorefileHistory } from '../../../src/session/change/corefileHistory.ts';
import { planTemporaryChange } from '../../../src/session/change/planTemporaryChange.ts';
import { endTemporary, findTemporary, TemporaryChange } from '../../../src/session/change/temporaryChange.ts';
import { temporaryEdit, withoutTemporaryEdits } from '../../../src/session/change/temporaryEdit.ts';
import { TEMPORARY_ANNOTATION } from '../../../src/session/change/temporaryMark.ts';
import { CorednsReplicas, corednsSpec, kubeadmCorefile } from '../../support/corednsReplicas.ts';
import { InMemoryHistory } from '../../support/inMemoryHistory.ts';
import { InMemoryKube, ManualClock } from '../../support/inMemoryKube.ts';

const kinds: readonly TemporaryKind[] = ['query-log', 'cache-off'];
const edited = (text: string, kind: TemporaryKind): ReturnType<typeof temporaryEdit> =>
  temporaryEdit(text, readCorefile(text), kind);

describe('the edits of a temporary change', () => {
  it('put log into every block that has none', () => {
    const text =
      '.:53 { # all\r\n\terrors\r\n}\r\nexample.org {\n  log\n  whoami\n}\nexample.net {\n  log example.net\n  whoami\n}\n';
    const { text: after, steps, cannot } = edited(text, 'query-log');
    assert.equal(after, text.replace('\terrors', '\tlog # dnscope.dev/temporary query-log\r\n\terrors'));
    assert.deepEqual(steps, [{ block: '.:53', line: 1, text: 'log is put into block .:53' }]);
    assert.deepEqual(
      cannot.map(({ detail }) => detail),
      ['Block example.net logs some of its queries already; that stays as it is'],
    );
    assert.ok(readCorefile(after).blocks.every(({ plugins }) => plugins.has('log')));
  });

  it('comment out every cache, with its options, in blocks and in snippets', () => {
    const text =
      '(common) {\n  cache 30\n}\n. {\n  import common\n  whoami\n}\norg {\n  cache {\n    success 10\n  } # end\n  whoami\n}\n';
    const { text: after, steps, cannot } = edited(text, 'cache-off');
    const mark = '# dnscope.dev/temporary cache-off: ';
    assert.equal(
      after,
      text
        .replace('cache 30', `${mark}cache 30`)
        .replace('cache {', `${mark}cache {`)
        .replace('success', `${mark}success`)
        .replace('} # end', `${mark}} # end`),
    );
    assert.deepEqual(
      steps.map(({ block, line }) => [block, line]),
      [
        ['.', 2],
        ['org', 9],
      ],
    );
    assert.deepEqual(cannot, []);
    assert.ok(readCorefile(after).blocks.every(({ plugins }) => !plugins.has('cache')));
  });

  it('say what they cannot do', () => {
    const codes = (text: string, kind: TemporaryKind): readonly string[] =>
      edited(text, kind).cannot.map(({ code }) => code);
    assert.deepEqual(codes('. { cache 30\n whoami\n}\n', 'cache-off'), ['cache-shares-line']);
    assert.deepEqual(codes('. {\n  import /etc/x/*.override\n  whoami\n}\n', 'cache-off'), ['import-unknown']);
    assert.deepEqual(codes('. {\n  whoami\n}\n', 'cache-off'), ['no-cache']);
    assert.deepEqual(codes('. { whoami\n}\n', 'query-log'), ['no-place-for-log']);
    const imported = '. {\n  import x\n}\n';
    const model = readCorefile(imported, { resolveImport: () => [{ path: '/x', text: 'cache 5\n' }] });
    assert.deepEqual(
      temporaryEdit(imported, model, 'cache-off').cannot.map(({ detail }) => detail),
      ['The cache of block . stands in /x; switch it off there'],
    );
  });

  it('leave no trace once taken back, whatever the text and the order', () => {
    const piece = fc.constantFrom(
      '. {',
      'org {',
      '}',
      'cache 30',
      'cache {',
      'log',
      'whoami',
      '# c',
      '\n',
      '\n',
      ' ',
      '\t',
      '\r\n',
      '(s) {',
      'import s',
      '"',
      'a#b',
    );
    const order = fc.constantFrom<readonly TemporaryKind[]>(kinds, kinds.toReversed());
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), order, order, (pieces, on, off) => {
        const text = pieces.join('');
        let now = text;
        for (const kind of on) now = edited(now, kind).text;
        for (const kind of off) now = withoutTemporaryEdits(now, kind);
        assert.equal(now, text);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a temporary change', () => {
  let kube: InMemoryKube;
  let clock: ManualClock;
  let dns: CorednsReplicas;
  let states: TemporaryState[];
  beforeEach(() => {
    kube = new InMemoryKube();
    clock = new ManualClock();
    dns = new CorednsReplicas(kube, clock);
    states = [];
  });
  const plan = (kind: TemporaryKind, minutes = 10): Promise<TemporaryPlan> =>
    planTemporaryChange(kube, { kind, durationMs: minutes * 60_000 }, { nowNs: clock.nowNs() });
  const changeOf = (from: TemporaryPlan): TemporaryChange =>
    new TemporaryChange(kube, from, { clock, trial: 'skip', onState: (state) => states.push(state) });
  async function whileTimePasses<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => (isDone = true));
    done.catch(() => undefined);
    for (let step = 0; step < 400 && !isDone; step += 1) await clock.advance(1_000);
    return done;
  }
  const annotation = (): string | undefined =>
    kube.peek('configmaps', 'kube-system', 'coredns')?.metadata?.annotations?.[TEMPORARY_ANNOTATION];

  it('says before it begins what it does, until when, and that nothing in the cluster ends it', async () => {
    const { consent, steps, deadline, change } = await plan('query-log');
    assert.match(consent, /^The query log is switched on for 10 min in Corefile of ConfigMap kube-system\/coredns\./);
    assert.match(consent, /Nothing in the cluster does so by itself: should this program be gone, the next DNScope/);
    assert.equal(steps.length, 1);
    assert.equal(deadline, '2027-01-15T08:10:00.000Z');
    assert.deepEqual(change.blockers, []);
    assert.deepEqual(kube.patches, []);
    await assert.rejects(plan('query-log', 0.5), /between one minute and 24 hours/);
  });

  it('is on, and back on time', async () => {
    const change = changeOf(await plan('query-log'));
    const on = await whileTimePasses(change.start());
    assert.equal(on.state, 'on', on.message);
    assert.match(dns.text, /^ {4}log # dnscope\.dev\/temporary query-log$/m);
    assert.equal((await findTemporary(kube, clock.nowNs())).length, 1);
    await clock.advance(15 * 60_000);
    assert.equal(change.state.state, 'ended', change.state.message);
    assert.equal(dns.text, kubeadmCorefile);
    assert.equal(annotation(), undefined);
    assert.deepEqual(
      states.map(({ state }) => state),
      ['starting', 'on', 'reverting', 'ended'],
    );
  });

  it('is back when stopped, during its start as well, without waiting when there is no time', async () => {
    const first = changeOf(await plan('cache-off'));
    await whileTimePasses(first.start());
    assert.match(dns.text, /# dnscope\.dev\/temporary cache-off: cache 30/);
    const before = clock.nowNs();
    assert.equal((await first.stop(true)).state, 'ended');
    assert.equal(clock.nowNs(), before);
    assert.equal(dns.text, kubeadmCorefile);
    const second = changeOf(await plan('query-log'));
    const starting = second.start();
    await clock.advance(2_000);
    assert.match(dns.text, /temporary query-log/);
    const ended = await whileTimePasses(second.stop());
    // No replica had met the edited text.
    assert.equal(ended.message, 'The query log is as it was before. 2 of 2 replicas run the new Corefile');
    await starting;
    assert.equal(dns.text, kubeadmCorefile);
    second.dispose();
    await clock.advance(20 * 60_000);
    assert.equal(second.state.state, 'ended');
  });

  it('tells of one end only when it is stopped during its start, before the write or after it', async () => {
    for (const seconds of [0, 2]) {
      states = [];
      const change = changeOf(await plan('query-log'));
      const starting = change.start();
      if (seconds > 0) await clock.advance(seconds * 1_000);
      await whileTimePasses(change.stop());
      await starting;
      assert.deepEqual(
        states.map(({ state }) => state),
        ['starting', 'reverting', 'ended'],
      );
      assert.equal(dns.text, kubeadmCorefile);
    }
  });

  it('is ended by a later session when the first one is gone', async () => {
    const change = changeOf(await plan('query-log'));
    await whileTimePasses(change.start());
    change.dispose();
    const overdue = async (): Promise<readonly TemporaryMark[]> =>
      (await findTemporary(kube, clock.nowNs())).filter((mark) => mark.overdue);
    assert.deepEqual(await overdue(), []);
    await clock.advance(3_600_000);
    assert.notEqual(dns.text, kubeadmCorefile);
    const [mark, ...more] = await overdue();
    assert.ok(mark !== undefined && more.length === 0);
    const end = (): Promise<CorefileChangeResult> => endTemporary(kube, mark, { clock, measureMs: 0 }, () => undefined);
    assert.equal((await whileTimePasses(end())).kind, 'applied');
    assert.equal(dns.text, kubeadmCorefile);
    assert.deepEqual(await findTemporary(kube, clock.nowNs()), []);
    // Another window was quicker.
    await assert.rejects(end(), /was switched back already/);
    assert.equal((await change.stop()).message, 'The query log is as it was before');
  });

  it('never goes over somebody’s later edit, and offers the text without its lines', async () => {
    const change = changeOf(await plan('query-log'));
    await whileTimePasses(change.start());
    dns.edit(dns.text.replace('cache 30', 'cache 99'));
    const failed = await whileTimePasses(change.stop());
    assert.equal(failed.state, 'failed');
    assert.equal(failed.problem?.code, 'conflict');
    assert.equal(failed.proposal, kubeadmCorefile.replace('cache 30', 'cache 99'));
    assert.match(dns.text, /cache 99[\s\S]*$/);
    assert.match(dns.text, /temporary query-log/);
    await clock.advance(3_600_000);
    const [mark] = await findTemporary(kube, clock.nowNs());
    assert.ok(mark?.overdue === true && mark.edited);
    assert.equal(mark.proposal, failed.proposal);
    const work = endTemporary(kube, mark, { clock, trial: 'skip', measureMs: 0 }, () => undefined);
    await assert.rejects(work, /was edited since/);
  });

  it('keeps two at once apart, ended in any order', async () => {
    const log = changeOf(await plan('query-log'));
    await whileTimePasses(log.start());
    const cache = changeOf(await plan('cache-off'));
    await whileTimePasses(cache.start());
    assert.equal((await findTemporary(kube, clock.nowNs())).filter(({ edited: changed }) => !changed).length, 2);
    assert.equal((await log.stop(true)).state, 'ended');
    assert.match(dns.text, /cache-off: cache 30/);
    assert.doesNotMatch(dns.text, /query-log/);
    assert.equal((await cache.stop(true)).state, 'ended');
    assert.equal(dns.text, kubeadmCorefile);
    assert.equal(annotation(), undefined);
  });

  it('gets a new deadline when asked for again', async () => {
    await whileTimePasses(changeOf(await plan('query-log')).start());
    const again = await plan('query-log', 60);
    assert.deepEqual([again.steps, again.change.blockers], [[], []]);
    assert.equal(again.on?.overdue, false);
    const { state, message } = await changeOf(again).start();
    assert.deepEqual([state, message], ['on', 'The query log stays on']);
    const marks = await findTemporary(kube, clock.nowNs());
    assert.deepEqual(
      marks.map(({ deadline }) => deadline),
      [again.deadline],
    );
  });

  it('follows a deadline that another window has moved', async () => {
    const first = changeOf(await plan('query-log', 5));
    await whileTimePasses(first.start());
    const again = await plan('query-log', 60);
    const second = changeOf(again);
    await second.start();
    second.dispose();
    await clock.advance(10 * 60_000);
    assert.deepEqual([first.state.state, first.state.deadline], ['on', again.deadline]);
    assert.match(dns.text, /temporary query-log/);
    await clock.advance(60 * 60_000);
    assert.equal(first.state.state, 'ended');
    assert.equal(dns.text, kubeadmCorefile);
  });

  it('ends soon after a machine that slept over the deadline wakes, at once when it is looked at', async () => {
    for (const isLookedAt of [true, false]) {
      const change = changeOf(await plan('query-log'));
      await whileTimePasses(change.start());
      clock.sleep(3_600_000);
      if (isLookedAt) change.check();
      await clock.advance(isLookedAt ? 0 : 30_000);
      assert.equal(change.state.state, 'reverting');
      assert.equal(dns.text, kubeadmCorefile);
      await clock.advance(5 * 60_000);
      assert.equal(change.state.state, 'ended');
    }
  });

  it('does not say that it is on while a replica is not known to run it', async () => {
    dns.deaf.add('coredns-b');
    const change = changeOf(await plan('query-log'));
    const { state, message, needsRestart } = await whileTimePasses(change.start());
    assert.equal(state, 'written');
    assert.match(message, /^Whether the query log is on is not known\. Written\. 1 of 2 replicas were seen to run it/);
    assert.equal(needsRestart, undefined);
    const ended = await whileTimePasses(change.stop());
    assert.equal(ended.state, 'ended');
    assert.equal(dns.text, kubeadmCorefile);
  });

  it('needs a restart where nothing reloads, on the way there and back', async () => {
    const main = kubeadmCorefile.replace('    reload\n', '');
    dns.edit(main);
    const change = changeOf(await plan('cache-off'));
    const written = await change.start();
    assert.deepEqual([written.state, written.needsRestart], ['written', true]);
    assert.match(written.message, /^The cache is not off yet\. Written\. The running Corefile has no reload plugin/);
    change.restarted();
    assert.deepEqual([change.state.state, change.state.needsRestart], ['on', undefined]);
    const ended = await whileTimePasses(change.stop());
    assert.deepEqual([ended.state, ended.needsRestart], ['ended', true]);
    assert.match(ended.message, /^The text is as it was before\. Written\. The running Corefile has no reload plugin/);
    assert.equal(dns.text, main);
  });

  it('does not begin where there is nothing to switch, and fails when it is refused', async () => {
    dns.edit(kubeadmCorefile.replace('    cache 30\n', ''));
    const nothing = await plan('cache-off');
    assert.equal(nothing.change.blockers[0]?.problem.code, 'nothing-to-switch');
    dns.edit(kubeadmCorefile);
    await clock.advance(60_000);
    dns.refuses = (text) => (text.includes('temporary') ? 'no' : undefined);
    const refused = await whileTimePasses(changeOf(await plan('query-log')).start());
    assert.equal(refused.state, 'failed');
    assert.equal(dns.text, kubeadmCorefile);
    assert.equal(annotation(), undefined);
  });

  it('writes a key of its own where the platform reconciles the main Corefile, and takes it away', async () => {
    const main = kubeadmCorefile.replace('    reload\n', '    reload\n    import custom/*.override\n');
    const labels = { 'addonmanager.kubernetes.io/mode': 'Reconcile' };
    dns = new CorednsReplicas(kube, clock, main, { metadata: { labels } });
    kube.put('configmaps', {
      metadata: { namespace: 'kube-system', name: 'coredns-custom', resourceVersion: '3' },
      data: { 'own.server': 'example.org {\n  whoami\n}\n' },
    });
    const [container] = corednsSpec.containers ?? [];
    const spec = {
      ...corednsSpec,
      containers: [
        {
          ...container,
          volumeMounts: [...(container?.volumeMounts ?? []), { name: 'custom', mountPath: '/etc/coredns/custom' }],
        },
      ],
      volumes: [...(corednsSpec.volumes ?? []), { name: 'custom', configMap: { name: 'coredns-custom' } }],
    };
    const deployment = kube.peek('deployments', 'kube-system', 'coredns');
    kube.put('deployments', { ...deployment, spec: { ...deployment?.spec, template: { spec } } });
    const custom = (): Readonly<Record<string, string>> =>
      kube.peek('configmaps', 'kube-system', 'coredns-custom')?.data ?? {};
    const temporary = await plan('query-log');
    assert.deepEqual(temporary.change.place, {
      namespace: 'kube-system',
      name: 'coredns-custom',
      key: 'dnscope-query-log.override',
    });
    const history = new CorefileHistory(new InMemoryHistory());
    const change = new TemporaryChange(kube, temporary, { clock, trial: 'skip', history, onState: () => undefined });
    await whileTimePasses(change.start());
    assert.equal(custom()['dnscope-query-log.override'], 'log # dnscope.dev/temporary query-log\n');
    assert.equal(dns.text, main);
    assert.equal((await whileTimePasses(change.stop())).state, 'ended', change.state.message);
    assert.deepEqual(Object.keys(custom()), ['own.server']);
    const places = await history.places(kube.context.server);
    assert.deepEqual(
      places.map(({ name, key }) => [name, key]),
      [['coredns-custom', 'dnscope-query-log.override']],
    );
    assert.deepEqual(
      (await history.of(kube.context.server, temporary.change.place)).map(({ cause, absent }) => [cause, absent]),
      [
        ['seen', true],
        ['temporary', undefined],
        ['temporary-end', true],
      ],
    );
  });

  it('reads an annotation that somebody damaged as none', async () => {
    const map = kube.peek('configmaps', 'kube-system', 'coredns');
    for (const text of [
      '{',
      '{}',
      '[null, 1, {"kind":"x"}]',
      '[{"kind":"query-log","key":"K","since":"?","deadline":"?","hash":""}]',
    ]) {
      kube.put('configmaps', { ...map, metadata: { ...map?.metadata, annotations: { [TEMPORARY_ANNOTATION]: text } } });
      assert.deepEqual(await findTemporary(kube, clock.nowNs()), []);
    }
  });
});
