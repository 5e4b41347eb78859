import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { ConfigMap, Pod } from '../../../src/core/topology/kubeTypes.ts';
import type { CorefileChangePlan } from '../../../src/session/change/corefileChangeTypes.ts';
import { planCorefileChange } from '../../../src/session/change/planCorefileChange.ts';
import { planTemporaryChange } from '../../../src/session/change/planTemporaryChange.ts';
import { readCorefile } from '../../../src/session/cluster/readCorefile.ts';
import { CorednsReplicas, corednsSpec, kubeadmCorefile } from '../../support/corednsReplicas.ts';
import { InMemoryKube, ManualClock } from '../../support/inMemoryKube.ts';

const changed = kubeadmCorefile.replace('cache 30', 'cache 60');
const nodeLocal = 'cluster.local:53 {\n    errors\n    forward . __PILLAR__CLUSTER__DNS__\n}\n';
type Spec = NonNullable<Pod['spec']>;
type Items = readonly { readonly key: string; readonly path: string }[];

describe('which key of which ConfigMap is the main Corefile', () => {
  let kube: InMemoryKube;
  let clock: ManualClock;
  beforeEach(() => {
    kube = new InMemoryKube();
    clock = new ManualClock();
    new CorednsReplicas(kube, clock);
  });

  const put = (name: string, data: NonNullable<ConfigMap['data']>): void =>
    kube.put('configmaps', { metadata: { namespace: 'kube-system', name, resourceVersion: '6' }, data });

  function runs(spec: Spec): void {
    const deployment = kube.peek('deployments', 'kube-system', 'coredns');
    assert.ok(deployment !== undefined);
    kube.put('deployments', { ...deployment, spec: { ...deployment.spec, template: { spec } } });
    for (const name of ['coredns-a', 'coredns-b']) {
      const pod = kube.peek('pods', 'kube-system', name);
      assert.ok(pod !== undefined);
      kube.put('pods', { ...pod, spec });
    }
  }

  const mounting = (name: string, items: Items = [{ key: 'Corefile', path: 'Corefile' }]): Spec => ({
    ...corednsSpec,
    volumes: [{ name: 'config-volume', configMap: { name, items } }],
  });

  const plan = (): Promise<CorefileChangePlan> => planCorefileChange(kube, { text: changed }, { nowNs: clock.nowNs() });

  async function chosen(): Promise<string> {
    const { place, replicas, blockers } = await plan();
    assert.deepEqual(blockers, []);
    const { name, key } = await readCorefile(kube);
    assert.deepEqual([name, key], [place.name, place.key], 'What is shown is what is written');
    const { change } = await planTemporaryChange(
      kube,
      { kind: 'query-log', durationMs: 300_000 },
      { nowNs: clock.nowNs() },
    );
    assert.deepEqual(change.place, place);
    return `${place.name}/${place.key} read by ${String(replicas.length)}`;
  }

  it('is the mounted one, with NodeLocal’s before it and no ConfigMap named coredns (RKE2)', async () => {
    kube.remove('configmaps', 'kube-system', 'coredns');
    put('node-local-dns', { Corefile: nodeLocal });
    put('rke2-coredns-rke2-coredns', { Corefile: kubeadmCorefile });
    runs(mounting('rke2-coredns-rke2-coredns'));
    assert.equal(await chosen(), 'rke2-coredns-rke2-coredns/Corefile read by 2');
  });

  it('is the mounted one beside a stale map named coredns, which nobody is said to read', async () => {
    put('dns-coredns', { Corefile: kubeadmCorefile });
    runs(mounting('dns-coredns'));
    assert.equal(await chosen(), 'dns-coredns/Corefile read by 2');
    const place = { namespace: 'kube-system', name: 'coredns', key: 'Corefile' };
    const stale = await planCorefileChange(kube, { text: changed, place }, { nowNs: clock.nowNs() });
    assert.deepEqual(
      [stale.replicas, stale.warnings.map(({ code }) => code), stale.trial.kind],
      [[], ['no-readers'], 'impossible'],
    );
  });

  it('stands under any key, by its item, as a file of its own or by its own name', async () => {
    put('coredns', { 'coredns.conf': kubeadmCorefile, Corefile: '. {\n    erratic\n}\n' });
    runs(mounting('coredns', [{ key: 'coredns.conf', path: 'Corefile' }]));
    assert.equal(await chosen(), 'coredns/coredns.conf read by 2');
    const [container] = corednsSpec.containers ?? [];
    const volumes: Spec['volumes'] = [{ name: 'config-volume', configMap: { name: 'coredns' } }];
    const at = (path: string, volumeMounts: NonNullable<typeof container>['volumeMounts']): void =>
      runs({
        ...corednsSpec,
        volumes,
        containers: [{ ...container, args: [`-conf=${path}`], volumeMounts: volumeMounts ?? [] }],
      });
    at('/dns/coredns.conf', [{ name: 'config-volume', mountPath: '/dns' }]);
    assert.equal(await chosen(), 'coredns/coredns.conf read by 2');
    at('/etc/coredns/Corefile', [
      { name: 'config-volume', mountPath: '/etc/coredns' },
      { name: 'config-volume', mountPath: '/etc/coredns/Corefile', subPath: 'coredns.conf' },
    ]);
    assert.equal(await chosen(), 'coredns/coredns.conf read by 2');
  });

  it('is none when CoreDNS starts with a file of another volume, whatever ConfigMaps are called', async () => {
    runs({ ...corednsSpec, volumes: [{ name: 'config-volume', hostPath: { path: '/etc/dns' } }] });
    await assert.rejects(plan(), /No ConfigMap with a Corefile/);
    await assert.rejects(readCorefile(kube), /No ConfigMap with a Corefile/);
  });

  it('goes by the name where no pod’s spec may be read, never to NodeLocal’s or the custom one', async () => {
    kube.refuse = (_, resource) =>
      ['pods', 'deployments'].includes(resource) ? { code: 'forbidden', detail: `list ${resource}` } : undefined;
    put('node-local-dns', { Corefile: nodeLocal });
    put('coredns-custom', { Corefile: kubeadmCorefile });
    assert.equal((await plan()).place.name, 'coredns');
    kube.remove('configmaps', 'kube-system', 'coredns');
    await assert.rejects(plan(), /No ConfigMap with a Corefile/);
    put('rke2-coredns-rke2-coredns', { Corefile: kubeadmCorefile });
    assert.equal((await plan()).place.name, 'rke2-coredns-rke2-coredns');
  });
});
