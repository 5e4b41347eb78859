import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assembleSets, importsOf } from '../../../../src/core/corefile/manifest/assembly.ts';
import { type MountingSpec, type Workload, workloadsOf } from '../../../../src/core/corefile/manifest/mounts.ts';

type Volume = NonNullable<MountingSpec['volumes']>[number];
type Mount = Readonly<{ name: string; mountPath: string; subPath?: string }>;

const volume = (name: string, items?: Readonly<Record<string, string>>): Volume => ({
  name,
  configMap: {
    name,
    ...(items === undefined ? {} : { items: Object.entries(items).map(([key, path]) => ({ key, path })) }),
  },
});

function workloads(
  volumes: readonly Volume[],
  volumeMounts: readonly Mount[],
  args: readonly string[] = ['-conf', '/etc/coredns/Corefile'],
): readonly Workload[] {
  return workloadsOf({ volumes, containers: [{ args, volumeMounts }] }, 'dns');
}

const DATA: readonly (readonly [string, string])[] = [
  ['main', 'Corefile'],
  ['custom', 'a.server'],
  ['custom', 'b.server'],
  ['custom', 'x.override'],
];
const parts = DATA.map(([name, key]) => ({ configMap: { namespace: 'dns', name }, key, text: `${name}/${key}` }));

/** Texts that a pattern of the main Corefile stands for; `undefined`: not known. */
function found(pattern: string, all: readonly Workload[], from = ''): readonly string[] | undefined {
  const [set] = assembleSets(parts, all);
  assert.ok(set !== undefined);
  return importsOf(set)(pattern, from)?.map(({ text }) => text);
}

const ETC: Mount = { name: 'main', mountPath: '/etc/coredns/' };

describe('where the keys of ConfigMaps stand', () => {
  test('a folder of each ConfigMap', () => {
    const all = workloads(
      [volume('main'), volume('custom')],
      [ETC, { name: 'custom', mountPath: '/etc/coredns/custom' }],
    );
    assert.deepEqual(found('custom/*.server', all), ['custom/a.server', 'custom/b.server']);
    assert.deepEqual(found('../coredns/./custom/?.override', all), ['custom/x.override']);
    assert.deepEqual(found('?.server', all, '/etc/coredns/custom/a.server')?.length, 2);
    assert.deepEqual(found('custom/none', all), []);
    assert.equal(found('/etc/hosts', all), undefined);
  });

  test('chosen keys under names of their own', () => {
    const items = { 'a.server': 'deep/one', 'x.override': 'two' };
    const all = workloads([volume('main'), volume('custom', items)], [ETC, { name: 'custom', mountPath: '/more' }]);
    assert.deepEqual(found('/more/*', all), ['custom/x.override']);
    assert.deepEqual(found('/more/deep/one', all), ['custom/a.server']);
    const below = workloads(
      [volume('main'), volume('custom', items)],
      [ETC, { name: 'custom', mountPath: '/more', subPath: 'deep' }],
    );
    assert.deepEqual(found('/more/*', below), ['custom/a.server']);
  });

  test('a single file leaves open what else lies beside it', () => {
    for (const [own, subPath] of [
      [volume('custom'), 'a.server'],
      [volume('custom', { 'a.server': 'zones' }), 'zones'],
    ] as const) {
      const all = workloads([volume('main'), own], [ETC, { name: 'custom', mountPath: '/more/zone', subPath }]);
      assert.deepEqual(found('/more/zone', all), ['custom/a.server']);
      assert.equal(found('/more/b.server', all), undefined);
      assert.equal(found('/more/*', all), undefined);
    }
    const alone = workloads([volume('main')], [{ ...ETC, mountPath: '/etc/coredns/Corefile', subPath: 'Corefile' }]);
    assert.equal(assembleSets(parts, alone)[0]?.main, '/etc/coredns/Corefile');
    assert.equal(found('other', alone), undefined);
  });

  test('several sources of one volume: its folder is known when all of them are', () => {
    const projected = (...names: readonly (string | undefined)[]): Volume => ({
      name: 'both',
      projected: { sources: names.map((name) => (name === undefined ? {} : { configMap: { name } })) },
    });
    const from = (...names: readonly (string | undefined)[]): readonly string[] | undefined =>
      found('*.server', workloads([projected(...names)], [{ name: 'both', mountPath: '/etc/coredns' }]));
    assert.deepEqual(from('main', 'custom'), ['custom/a.server', 'custom/b.server']);
    assert.equal(from('main', 'custom', undefined), undefined);
    assert.equal(from('main', 'custom', 'not-given'), undefined);
  });

  test('a ConfigMap without keys is empty where it is known, and anything where it is not', () => {
    const mounts: Workload['mounts'] = [
      { configMap: 'main', directory: '/etc/coredns' },
      { configMap: 'none', directory: '/none' },
    ];
    const all: Workload = { namespace: 'dns', corefile: '/etc/coredns/Corefile', mounts };
    assert.equal(found('/none/*', [all]), undefined);
    assert.deepEqual(found('/none/*', [{ ...all, mounts: mounts.map((mount) => ({ ...mount, known: true })) }]), []);
  });

  test('the Corefile that CoreDNS starts with', () => {
    const corefile = (...args: readonly string[]): string | undefined =>
      workloads([volume('main')], [ETC], args)[0]?.corefile;
    assert.equal(corefile(), '/Corefile');
    assert.equal(corefile('--conf=/a', '-conf', '/b'), '/b');
    assert.equal(corefile('-localip', '$(IP)', '-conf', '/c'), '/c');
    assert.equal(corefile('-conf', '$(FILE)'), '');
  });
});
