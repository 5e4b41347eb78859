import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openKubeConfigSource } from '../../../src/kube/entry.ts';

const config = (name: string, server: string, more: object = {}, user: object = { token: 'secret' }): string =>
  JSON.stringify({
    'current-context': name,
    clusters: [{ name, cluster: { server, ...more } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: `${name}-ns` } }],
  });

describe('kubeconfig files', () => {
  let folder = '';
  const write = async (name: string, text: string): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, text);
    return file;
  };
  before(async () => (folder = await mkdtemp(path.join(tmpdir(), 'dnscope-kubeconfig-'))));
  after(() => rm(folder, { recursive: true, force: true }));

  it('are merged as kubectl does: the first file wins', async () => {
    const files = [
      await write('a', config('one', 'https://192.0.2.1:6443')),
      await write('b', config('two', 'https://192.0.2.2:6443')),
      await write('c', config('one', 'https://192.0.2.3:6443')),
    ];
    const { contexts, current, problems } = await openKubeConfigSource(files).contexts();
    assert.deepEqual(problems, []);
    assert.equal(current, 'one');
    assert.deepEqual(contexts, [
      { name: 'one', cluster: 'one', server: 'https://192.0.2.1:6443', user: 'one', namespace: 'one-ns' },
      { name: 'two', cluster: 'two', server: 'https://192.0.2.2:6443', user: 'two', namespace: 'two-ns' },
    ]);
  });

  it('are split at the path delimiter in KUBECONFIG, and absent entries passed over', async () => {
    const present = await write('d', config('one', 'https://192.0.2.1:6443'));
    const saved = process.env['KUBECONFIG'];
    process.env['KUBECONFIG'] = [path.join(folder, 'absent'), present].join(path.delimiter);
    try {
      const { contexts, problems } = await openKubeConfigSource().contexts();
      assert.deepEqual([contexts.length, problems], [1, []]);
    } finally {
      if (saved === undefined) delete process.env['KUBECONFIG'];
      else process.env['KUBECONFIG'] = saved;
    }
  });

  it('tell of switched-off checks and never give secrets away', async () => {
    const file = await write(
      'e',
      config('one', 'https://user:pass@192.0.2.1:6443', { 'insecure-skip-tls-verify': true }),
    );
    const { contexts } = await openKubeConfigSource([file]).contexts();
    assert.equal(contexts[0]?.skipsTlsVerify, true);
    assert.doesNotMatch(JSON.stringify(contexts), /secret|pass/);
    const plain = await write('f', config('one', 'http://192.0.2.1:8080'));
    assert.equal((await openKubeConfigSource([plain]).contexts()).contexts[0]?.skipsTlsVerify, true);
    const proxy = await write('g', config('one', 'http://127.0.0.1:8001'));
    assert.equal((await openKubeConfigSource([proxy]).contexts()).contexts[0]?.skipsTlsVerify, undefined);
  });

  it('that are absent, broken or incomplete are named in a problem', async () => {
    const codes = async (file: string): Promise<readonly string[]> =>
      (await openKubeConfigSource([file]).contexts()).problems.map(({ code }) => code);
    assert.deepEqual(await codes(path.join(folder, 'absent')), ['kubeconfig-not-found']);
    assert.deepEqual(await codes(await write('h', '{ not yaml: [')), ['kubeconfig-invalid']);
    assert.deepEqual(await codes(await write('i', config('one', 'ftp://x'))), ['context-incomplete']);
    const source = openKubeConfigSource([await write('j', config('one', 'https://192.0.2.1'))]);
    await assert.rejects(source.open('nobody'), /has no context "nobody"/);
  });

  it('whose login helper fails say which one', async () => {
    const helper = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: '/nonexistent/login-helper' } };
    const file = await write('k', config('one', 'https://127.0.0.1:1', {}, helper));
    const kube = await openKubeConfigSource([file]).open('one');
    await assert.rejects(
      kube.serverVersion(),
      /The login helper \/nonexistent\/login-helper of kubeconfig user one failed: the program is not installed/,
    );
    kube.dispose();
  });
});
