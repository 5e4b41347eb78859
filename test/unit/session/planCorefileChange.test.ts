import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { ConfigMap, KubeMeta, Pod } from '../../../src/core/topology/kubeTypes.ts';
import type {
  CorefileChangePlan,
  CorefileChangeRequest,
  TrialOffer,
} from '../../../src/session/change/corefileChangeTypes.ts';
import { effectiveCorefile, hashOf } from '../../../src/session/change/coreDnsSetup.ts';
import { lastWriter, managedBy } from '../../../src/session/change/managedCorefile.ts';
import { planCorefileChange } from '../../../src/session/change/planCorefileChange.ts';
import { CorednsReplicas, corednsSpec, kubeadmCorefile } from '../../support/corednsReplicas.ts';
import { InMemoryKube, ManualClock } from '../../support/inMemoryKube.ts';

const changed = kubeadmCorefile.replace('cache 30', 'cache 60');

describe('planning a Corefile change', () => {
  let kube: InMemoryKube;
  let clock: ManualClock;
  beforeEach(() => {
    kube = new InMemoryKube();
    clock = new ManualClock();
    new CorednsReplicas(kube, clock);
  });
  const planFor = (text: string, more: Partial<CorefileChangeRequest> = {}): Promise<CorefileChangePlan> =>
    planCorefileChange(kube, { text, ...more }, { nowNs: clock.nowNs() });

  it('writes nothing, and names cluster, object, difference and what is awaited', async () => {
    const plan = await planFor(changed);
    assert.deepEqual([kube.patches, kube.createdPods], [[], []]);
    assert.equal(kube.dryRunPatches.length, 1);
    assert.equal(plan.question, 'Write Corefile of ConfigMap coredns in namespace kube-system of cluster lab?');
    assert.match(
      plan.detail,
      /^2 pods read it .*The kubelet brings the file within about 90 s, then CoreDNS looks every 30 s/,
    );
    assert.deepEqual(
      plan.diff.flatMap(({ lines }) => lines.filter(({ kind }) => kind !== 'same')),
      [
        { kind: 'removed', text: '    cache 30' },
        { kind: 'added', text: '    cache 60' },
      ],
    );
    assert.deepEqual([plan.blockers, plan.warnings, plan.missing], [[], [], []]);
    assert.deepEqual(plan.watch.metricsPorts, [9153]);
    assert.notEqual(plan.watch.oldHash, plan.watch.newHash);
    assert.equal(plan.deployment, 'coredns');
  });

  it('warns of plugins that go missing', async () => {
    const plan = await planFor(kubeadmCorefile.replace('    reload\n', '').replace('    prometheus :9153\n', ''));
    assert.deepEqual(
      plan.warnings.map(({ code }) => code),
      ['reload-removed', 'metrics-removed'],
    );
  });

  it('gives what admission says of the dry run as a blocker that no force passes', async () => {
    kube.refuse = (verb) => (verb === 'patch' ? { code: 'admission-refused', detail: 'No: policy' } : undefined);
    const plan = await planFor(changed);
    assert.deepEqual(plan.blockers, [
      { problem: { code: 'admission-refused', detail: 'No: policy' }, canForce: false },
    ]);
  });

  it('names every missing permission with its purpose and the Role that gives it', async () => {
    kube.allow = ({ verb, subresource }) => verb !== 'patch' && subresource !== 'log' && verb !== 'create';
    const plan = await planFor(changed);
    assert.deepEqual(
      plan.missing.map(({ text }) => text),
      [
        'patch configmaps in namespace kube-system',
        'get pods/log in namespace kube-system',
        'create pods in namespace kube-system',
        'patch deployments.apps in namespace kube-system',
      ],
    );
    assert.match(
      plan.roleYaml ?? '',
      /name: dnscope-corefile\n[\s\S]*resources: \["configmaps"\]\n {4}verbs: \["patch"\]/,
    );
    assert.deepEqual(
      plan.blockers.map(({ problem, canForce }) => [problem.detail, canForce]),
      [['Missing permission: patch configmaps in namespace kube-system', false]],
    );
    assert.equal(plan.trial.kind, 'impossible');
  });

  it('lints a part as CoreDNS will see it, where it is imported', async () => {
    const custom = {
      metadata: { namespace: 'kube-system', name: 'coredns-custom', resourceVersion: '3' },
      data: { 'a.override': 'errors\n' },
    };
    const main = kubeadmCorefile
      .replace('    reload\n', '    reload\n    import custom/*.override\n')
      .replace('    errors\n', '');
    new CorednsReplicas(kube, clock, main);
    kube.put('configmaps', custom);
    const spec = withCustom(corednsSpec);
    const deployment = kube.peek('deployments', 'kube-system', 'coredns');
    kube.put('deployments', { ...deployment, spec: { ...deployment?.spec, template: { spec } } });
    const place = { namespace: 'kube-system', name: 'coredns-custom', key: 'a.override' };
    const plan = await planFor('errors\nnonsense\n', { place });
    assert.deepEqual(
      plan.diagnostics.map(({ rule, severity, start }) => [rule, severity, start.line]),
      [['CF119', 'error', 2]],
    );
    assert.equal(plan.watch.path, '/etc/coredns/custom/a.override');
    assert.ok(plan.trial.kind === 'possible');
    assert.deepEqual(Object.values(plan.trial.pod.metadata.annotations), ['errors\nnonsense\n']);
    const twice = await planFor('errors\n', { place: { ...place, key: 'b.override' } });
    assert.deepEqual(
      twice.diagnostics.map(({ rule, severity }) => [rule, severity]),
      [['CF807', 'error']],
      'the other override has it already',
    );
    const fresh = await planFor('log\n', { place: { ...place, key: 'b.override' } });
    assert.equal(fresh.base.absent, true);
    assert.notEqual(fresh.watch.oldHash, fresh.watch.newHash);
  });

  it('knows that a mounted ConfigMap is empty only where ConfigMaps may be listed', async () => {
    const place = { namespace: 'kube-system', name: 'coredns', key: 'Corefile' };
    const deployment = kube.peek('deployments', 'kube-system', 'coredns');
    const spec = withCustom(corednsSpec);
    kube.put('deployments', { ...deployment, spec: { ...deployment?.spec, template: { spec } } });
    const text = `${kubeadmCorefile}import custom/must.server\n`;
    const rules = async (): Promise<readonly string[]> =>
      (await planFor(text, { place })).diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(({ rule }) => rule);
    assert.deepEqual(await rules(), ['CF114']);
    kube.refuse = (verb, resource) =>
      verb === 'list' && resource === 'configmaps'
        ? { code: 'forbidden', detail: 'Missing permission: list configmaps in namespace kube-system' }
        : undefined;
    assert.deepEqual(await rules(), []);
  });

  it('expects no reload of a text that the pods mount by subPath', async () => {
    const deployment = kube.peek('deployments', 'kube-system', 'coredns');
    const [container] = corednsSpec.containers ?? [];
    const volumeMounts = [{ name: 'config-volume', mountPath: '/etc/coredns/Corefile', subPath: 'Corefile' }];
    const spec = { ...corednsSpec, containers: [{ ...container, volumeMounts }] };
    kube.put('deployments', { ...deployment, spec: { ...deployment?.spec, template: { spec } } });
    const plan = await planFor(changed);
    assert.equal(plan.reload.kind, 'restart');
    assert.match(plan.detail, /by subPath, which Kubernetes never updates/);
    assert.equal(plan.watch.path, '/etc/coredns/Corefile');
  });

  it('says that there is no Corefile, or that it may not be read', async () => {
    kube.remove('configmaps', 'kube-system', 'coredns');
    await assert.rejects(planFor(changed), /No ConfigMap with a Corefile was found/);
    kube.refuse = (verb, resource) =>
      verb === 'list' && resource === 'configmaps'
        ? { code: 'forbidden', detail: 'Missing permission: list configmaps in namespace kube-system' }
        : undefined;
    await assert.rejects(planFor(changed), /Missing permission: list configmaps/);
  });

  it('offers a throw-away pod that no Service selects and that leaves the ConfigMap alone', async () => {
    const { trial } = await planFor(changed);
    assert.ok(trial.kind === 'possible');
    const { metadata, spec } = trial.pod;
    assert.equal(metadata.labels['k8s-app'], undefined);
    assert.deepEqual(metadata.annotations, { 'dnscope.dev/trial-file-0': changed });
    assert.deepEqual(spec['volumes'], [
      {
        name: 'config-volume',
        downwardAPI: {
          items: [{ path: 'Corefile', fieldRef: { fieldPath: "metadata.annotations['dnscope.dev/trial-file-0']" } }],
        },
      },
    ]);
    assert.deepEqual(
      [spec['restartPolicy'], spec['activeDeadlineSeconds'], spec['serviceAccountName'], spec['hostNetwork']],
      ['Never', 90, 'coredns', undefined],
    );
    assert.match(
      trial.consent,
      /service account coredns, because the kubernetes plugin reads the API with it\. No Service selects it\./,
    );
  });

  it('offers none where it would get traffic, touch a disk, or is too large', async () => {
    const reason = ({ trial }: { readonly trial: TrialOffer }): string =>
      trial.kind === 'possible' ? 'possible' : trial.problem.detail;
    assert.match(reason(await planFor(`${changed}# ${'x'.repeat(260_000)}\n`)), /too large for the annotations/);
    kube.put('services', {
      metadata: { namespace: 'kube-system', name: 'all' },
      spec: { selector: { 'app.kubernetes.io/managed-by': 'dnscope' } },
    });
    assert.match(reason(await planFor(changed)), /Service kube-system\/all would send traffic/);
    kube.remove('services', 'kube-system', 'all');
    const deployment = kube.peek('deployments', 'kube-system', 'coredns');
    const volumes = [...(corednsSpec.volumes ?? []), { name: 'disk', persistentVolumeClaim: { claimName: 'zones' } }];
    kube.put('deployments', {
      ...deployment,
      spec: { ...deployment?.spec, template: { spec: { ...corednsSpec, volumes } } },
    });
    assert.match(reason(await planFor(changed)), /persistent volume/);
    kube.put('deployments', {
      ...deployment,
      spec: { ...deployment?.spec, template: { spec: { ...corednsSpec, hostNetwork: true } } },
    });
    assert.match(reason(await planFor(changed)), /in the network of its node/);
  });
});

function withCustom(spec: NonNullable<Pod['spec']>): NonNullable<Pod['spec']> {
  const [container] = spec.containers ?? [];
  return {
    ...spec,
    containers: [
      {
        ...container,
        volumeMounts: [...(container?.volumeMounts ?? []), { name: 'custom', mountPath: '/etc/coredns/custom/' }],
      },
    ],
    volumes: [...(spec.volumes ?? []), { name: 'custom', configMap: { name: 'coredns-custom', optional: true } }],
  };
}

describe('who looks after a ConfigMap', () => {
  const map = (meta: Partial<KubeMeta>, text = kubeadmCorefile): ConfigMap => ({
    metadata: { namespace: 'kube-system', name: 'coredns', ...meta },
    data: { Corefile: text },
  });
  const managerOf = (one: ConfigMap, others: readonly ConfigMap[] = []): string | undefined =>
    managedBy(one, [one, ...others])?.manager;

  it('is told from labels, owners, annotations and writers', () => {
    const reconciled = { labels: { 'addonmanager.kubernetes.io/mode': 'Reconcile' } };
    const custom: ConfigMap = { metadata: { namespace: 'kube-system', name: 'coredns-custom' } };
    assert.equal(managerOf(map(reconciled), [custom]), 'AKS');
    assert.deepEqual(managedBy(map(reconciled), [custom])?.writeInstead, {
      namespace: 'kube-system',
      name: 'coredns-custom',
    });
    assert.equal(managerOf(map(reconciled)), 'the add-on manager');
    assert.equal(managerOf(map({ labels: { 'addonmanager.kubernetes.io/mode': 'EnsureExists' } })), undefined);
    assert.equal(
      managerOf(map({ ownerReferences: [{ kind: 'DNS', name: 'default', controller: true }] })),
      'DNS default',
    );
    const k3s = { annotations: { 'objectset.rio.cattle.io/owner-gvk': 'k3s.cattle.io/v1, Kind=Addon' } };
    assert.equal(managerOf(map(k3s)), 'k3s');
    assert.equal(managedBy(map(k3s), [])?.writeInstead, undefined);
    const importing = `${kubeadmCorefile}import /etc/coredns/custom/*.server\n`;
    assert.deepEqual(managedBy(map(k3s, importing), [])?.writeInstead, {
      namespace: 'kube-system',
      name: 'coredns-custom',
    });
    assert.equal(managerOf(map(reconciled, importing)), 'AKS');
    const eks = { 'eks.amazonaws.com/component': 'coredns' };
    assert.equal(managerOf(map({ labels: eks, managedFields: [{ manager: 'eks' }] })), 'EKS add-on');
    assert.equal(managerOf(map({ labels: eks, managedFields: [{ manager: 'kubectl' }] })), undefined);
    assert.equal(managerOf(map({ annotations: { 'argocd.argoproj.io/tracking-id': 'dns:/ConfigMap:x' } })), 'Argo CD');
    assert.equal(managerOf(map({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'infra' } })), 'Flux');
    assert.equal(managerOf(map({ annotations: { 'meta.helm.sh/release-name': 'coredns' } })), 'Helm');
    assert.equal(managerOf(map({})), undefined);
  });

  it('remembers the newest writer, made visible', () => {
    const fields = [
      { manager: 'new\u202e', time: '2026-02-01T00:00:00Z' },
      { manager: 'old', time: '2026-01-01T00:00:00Z' },
      { manager: 'undated' },
    ];
    assert.equal(lastWriter(map({ managedFields: fields })), 'new\\u{202e} at 2026-02-01T00:00:00Z');
    assert.equal(lastWriter(map({})), undefined);
  });
});

describe('what CoreDNS reads', () => {
  it('knows no hash of a text into which NodeLocal puts words of its own', () => {
    const place = { namespace: 'kube-system', name: 'node-local-dns', key: 'Corefile' };
    const hash = (to: string): string | undefined =>
      hashOf(
        effectiveCorefile(
          { live: { parts: [], workloads: [] }, facts: {} },
          place,
          `. {\n  forward . ${to}\n  reload\n}\n`,
        ),
      );
    assert.equal(hash('192.0.2.1')?.length, 128);
    assert.equal(hash('__PILLAR__UPSTREAM__SERVERS__'), undefined);
  });
});
