import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { reasonsAfterTrial, reasonsAgainst } from '../../../src/host/changes/changeWords.ts';
import { applyCorefileChange, type ApplyOptions } from '../../../src/session/change/changeCorefile.ts';
import type { CorefileChangePlan, TrialVerdict } from '../../../src/session/change/corefileChangeTypes.ts';
import { newErrors, type PartError } from '../../../src/session/change/newErrors.ts';
import { planCorefileChange } from '../../../src/session/change/planCorefileChange.ts';
import { CorednsReplicas, corednsSpec, kubeadmCorefile } from '../../support/corednsReplicas.ts';
import { InMemoryKube, ManualClock } from '../../support/inMemoryKube.ts';

const custom = kubeadmCorefile.replace('    loop\n', '    loop\n    fanout . 192.0.2.1 192.0.2.2\n');
const verdict = (kind: TrialVerdict['kind'], message: string = kind): TrialVerdict => ({
  kind,
  message,
  log: [],
  removed: true,
});

describe('a change of a Corefile that lint has errors in already', () => {
  let kube: InMemoryKube;
  let clock: ManualClock;
  let dns: CorednsReplicas;
  beforeEach(() => {
    kube = new InMemoryKube();
    clock = new ManualClock();
    dns = new CorednsReplicas(kube, clock, custom);
    useImage('registry.example/own/coredns:2');
  });
  function useImage(image: string, more: Partial<typeof corednsSpec> = {}): void {
    const deployment = kube.peek('deployments', 'kube-system', 'coredns');
    const base = { ...corednsSpec, ...more };
    const spec = { ...base, containers: (base.containers ?? []).map((container) => ({ ...container, image })) };
    kube.put('deployments', { ...deployment, spec: { ...deployment?.spec, template: { spec } } });
  }
  const planFor = (text: string): Promise<CorefileChangePlan> =>
    planCorefileChange(kube, { text }, { nowNs: clock.nowNs() });
  const blockers = ({ blockers: found }: CorefileChangePlan): readonly string[] =>
    found.map(({ problem, untilTried }) => `${problem.code}${untilTried === true ? '?' : ''} ${problem.detail}`);
  /** The code it fails with, or how it ends. */
  async function end(plan: CorefileChangePlan, more: Partial<ApplyOptions>): Promise<string> {
    let isDone = false;
    const options: ApplyOptions = { clock, measureMs: 0, ...more };
    const work = applyCorefileChange(kube, plan, options, () => undefined).then(
      ({ kind }) => kind,
      (error: unknown) => (error as { readonly problem: { readonly code: string } }).problem.code,
    );
    void work.finally(() => (isDone = true));
    for (let step = 0; step < 2_000 && !isDone; step += 1) await clock.advance(1_000);
    return work;
  }

  it('goes through without force when it brings no error of its own', async () => {
    const plan = await planFor(custom.replace('cache 30', 'cache 60').replace('errors\n', 'errors\n    log\n'));
    assert.deepEqual(blockers(plan), []);
    assert.deepEqual(
      plan.warnings.map(({ code, detail }) => [code, detail.replace(/: Plugin.*/u, '')]),
      [
        [
          'errors-known',
          'The text in the cluster has this already, so it does not stand in the way of the change: line 11',
        ],
      ],
    );
    assert.equal(await end(plan, { trial: verdict('accepted') }), 'applied');
    assert.match(dns.text, /cache 60/);
  });

  it('leaves a plugin that lint does not know to CoreDNS itself', async () => {
    const text = custom.replace('    reload\n', '    reload\n    own_plugin\n');
    const plan = await planFor(text);
    assert.deepEqual(blockers(plan), [
      'plugin-unknown? An image may have a plugin that lint does not know: line 12: CoreDNS 1.15.0 has no plugin own_plugin. Correct the name or remove the line',
    ]);
    assert.deepEqual(reasonsAgainst(plan), []);
    assert.equal(await end(plan, { trial: verdict('refused') }), 'corefile-refused');
    assert.equal(await end(plan, { trial: verdict('unclear') }), 'plugin-unknown');
    assert.equal(await end(plan, { trial: 'skip' }), 'plugin-unknown');
    assert.equal(dns.text, custom);
    assert.equal(await end(plan, { trial: verdict('accepted') }), 'applied');
    assert.equal(dns.text, text);
  });

  it('stops it where CoreDNS cannot be asked', async () => {
    useImage('registry.example/own/coredns:2', { hostNetwork: true });
    const plan = await planFor(`${custom}example.org {\n    own_plugin\n}\n`);
    assert.equal(plan.trial.kind, 'impossible');
    assert.deepEqual(
      reasonsAgainst(plan).map(({ code }) => code),
      ['plugin-unknown'],
    );
    assert.equal(await end(plan, {}), 'plugin-unknown');
    assert.equal(await end(plan, { force: true }), 'applied');
  });

  it('stops a plugin that the image certainly lacks, and a likely slip, before CoreDNS is asked', async () => {
    const slip = await planFor(custom.replace('cache 30', 'cahce 30'));
    assert.match(
      blockers(slip).join(),
      /^corefile-invalid CoreDNS would refuse this Corefile: line 8: .*Did you mean cache\?$/,
    );
    assert.equal(await end(slip, { trial: verdict('accepted') }), 'corefile-invalid');
    dns.edit(kubeadmCorefile);
    useImage('registry.k8s.io/coredns/coredns:v1.12.1');
    assert.match(blockers(await planFor(custom)).join(), /^corefile-invalid .*is built without plugin fanout/);
  });

  it('sees the error that a change brings to another part', async () => {
    kube.put('configmaps', {
      metadata: { namespace: 'kube-system', name: 'coredns-custom', resourceVersion: '3' },
      data: { 'a.override': 'log\n\nlog\nerrors\n' },
    });
    const [container] = corednsSpec.containers ?? [];
    const volumeMounts = [...(container?.volumeMounts ?? []), { name: 'custom', mountPath: '/etc/coredns/custom' }];
    const volumes = [...(corednsSpec.volumes ?? []), { name: 'custom', configMap: { name: 'coredns-custom' } }];
    useImage('registry.example/own/coredns:2', { volumes, containers: [{ ...container, volumeMounts }] });
    const imports = custom.replace('    reload\n', '    reload\n    import custom/*.override\n');
    dns.edit(imports.replace('    errors\n', ''));
    assert.match(
      blockers(await planFor(imports)).join(),
      /^corefile-invalid CoreDNS would refuse this Corefile: line 4 of a\.override in ConfigMap coredns-custom: /,
    );
  });
});

describe('errors that are new', () => {
  const place = { namespace: 'kube-system', name: 'coredns', key: 'Corefile' };
  const at = (line: number, lines: number, message = 'no'): PartError => ({
    place,
    linesBelow: lines - line,
    diagnostic: {
      rule: 'CF119',
      severity: 'error',
      message,
      start: { line, column: 1, offset: 0 },
      end: { line, column: 2, offset: 1 },
      fixes: [],
      docs: '',
      mentions: [],
    },
  });
  const lines = (before: readonly PartError[], after: readonly PartError[]): readonly number[] =>
    newErrors(before, after).map(({ diagnostic }) => diagnostic.start.line);

  it('are those whose words the text did not have, wherever they stood', () => {
    assert.deepEqual(lines([at(3, 10)], [at(7, 12)]), []);
    assert.deepEqual(lines([at(3, 10)], [at(3, 10, 'other')]), [3]);
    assert.deepEqual(lines([], [at(3, 10)]), [3]);
  });

  it('are, of several equal ones, those that came in between', () => {
    assert.deepEqual(lines([at(8, 10)], [at(3, 11), at(9, 11)]), [3]);
    assert.deepEqual(lines([at(3, 10)], [at(3, 11), at(9, 11)]), [9]);
    assert.deepEqual(lines([at(3, 10), at(8, 10)], [at(3, 12), at(5, 12), at(10, 12)]), [5]);
    assert.deepEqual(lines([at(3, 10), at(8, 10)], [at(3, 9)]), []);
    assert.deepEqual(lines([at(3, 10)], [at(3, 10), at(3, 10)]), [3]);
  });
});

describe('what speaks against a change', () => {
  const problem = (detail: string): CorefileChangePlan['blockers'][number]['problem'] => ({ code: 'x', detail });
  const open = { problem: problem('unknown'), canForce: true, untilTried: true as const };
  const wrong = { problem: problem('wrong'), canForce: true };

  it('is asked again after the trial only when that gave a reason', () => {
    const blockers = [wrong, open];
    assert.deepEqual(reasonsAfterTrial({ blockers }, verdict('accepted')), []);
    assert.deepEqual(reasonsAfterTrial({ blockers }, verdict('refused', 'CoreDNS: no')), [
      'CoreDNS: no',
      'wrong',
      'unknown',
    ]);
    assert.deepEqual(reasonsAfterTrial({ blockers }, verdict('unclear', 'no image')), ['no image', 'wrong', 'unknown']);
    assert.deepEqual(reasonsAfterTrial({ blockers: [wrong] }, verdict('unclear')), []);
  });
});
