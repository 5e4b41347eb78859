import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  appImage,
  applyObjects,
  deleteNamespace,
  isLab,
  kubectl,
  kubectlJson,
  runInPod,
  startScenario,
} from './labClient.ts';
import { nodes } from './places.ts';
import { silentUpstream, silentUpstreamNames } from './scenarios/silentUpstream.ts';

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

const namespace = 'dnscope-lab-test';

async function readyNodes(): Promise<readonly string[]> {
  const { items } = await kubectlJson<NodeList>(['get', 'nodes']);
  const ready = items.filter((node) =>
    node.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
  );
  return ready.map((node) => node.metadata.name).sort();
}

describe('the cluster under test', () => {
  let node = '';

  before(async () => {
    node = (await readyNodes()).at(-1) ?? '';
    await applyObjects([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'client', namespace },
        spec: {
          nodeName: node,
          terminationGracePeriodSeconds: 0,
          containers: [
            { name: 'client', image: appImage(), imagePullPolicy: 'IfNotPresent', command: ['sleep', '3600'] },
          ],
        },
      },
    ]);
    await kubectl(['-n', namespace, 'wait', '--for=condition=Ready', 'pod/client', '--timeout=100s']);
  });

  after(() => deleteNamespace(namespace));

  it('has its nodes ready', async () => {
    const ready = await readyNodes();
    if (isLab())
      assert.deepEqual(
        ready,
        nodes.map(({ name }) => name),
      );
    else assert.ok(ready.length > 0, 'no node is ready');
  });

  it('resolves a Service from a pod on the last node', async () => {
    const { code, stdout } = await runInPod(namespace, 'client', ['getent', 'ahosts', 'kubernetes.default']);
    assert.equal(code, 0);
    const service = await kubectl(['get', 'service', 'kubernetes', '-o', 'jsonpath={.spec.clusterIP}']);
    assert.equal(stdout.split(/\s+/)[0], service);
  });
});

describe('the silent upstream', () => {
  it('answers one name and leaves CoreDNS to fail the other', async () => {
    await using scenario = await startScenario(silentUpstream);
    const { namespace: shop, answered, silent, service } = silentUpstreamNames;
    const ask = (argv: readonly string[]) => runInPod(shop, scenario.facts.pod, argv);

    assert.equal((await ask(['getent', 'ahosts', answered])).code, 0);
    assert.equal((await ask(['getent', 'ahosts', service])).code, 0);
    assert.notEqual((await ask(['getent', 'ahosts', silent])).code, 0);
    const { code, stdout, stderr } = await ask(['nslookup', `${silent}.`]);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /SERVFAIL/);

    const logs = await kubectl(['-n', 'kube-system', 'logs', '-l', 'k8s-app=kube-dns', '--tail=200']);
    assert.ok(
      logs.includes(`->${scenario.facts.upstream}:53: i/o timeout`),
      'CoreDNS reports no timeout of the upstream',
    );
  });
});
