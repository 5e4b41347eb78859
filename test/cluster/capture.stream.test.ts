import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import {
  assertNoTcpdump,
  captureImage,
  flowing,
  openApi,
  openNamespace,
  podsWithTcpdump,
  prepareTrace,
  traceRequest,
} from './captureBench.ts';
import { kubectlJson, labKubeconfig, type PodObject } from './lab/labClient.ts';

const namespace = 'dnscope-capture-stream';
const main = path.resolve(import.meta.dirname, '../../src/cli/main.ts');

describe('a live capture', () => {
  let opened: AsyncDisposable;
  before(async () => (opened = await openNamespace(namespace)));
  after(() => opened[Symbol.asyncDispose]());

  it('streams the pod and every CoreDNS pod, stops clean and says what stays', async () => {
    using kube = await openApi();
    await using trace = await prepareTrace(kube, traceRequest(namespace));
    const { plan, session, sink } = trace;
    assert.equal(plan.title, `client in ${namespace} (context ${kube.context.name})`);
    assert.deepEqual(
      plan.captures.map(({ vantage, rung }) => [vantage.role, rung]),
      [['client', 1], ...plan.captures.slice(1).map(() => ['coredns', 1])],
    );
    assert.ok(plan.captures.length >= 2, 'CoreDNS is watched as well');
    assert.match(plan.consent.rights, /^Runs without any added capability/);
    assert.ok(plan.consent.objects.every(({ container }) => container.securityContext === undefined));
    await session.start();
    const status = await trace.until('packets everywhere', (now) => flowing(now) && now.unwatched.length === 0);
    assert.equal(status.state, 'running');
    for (const [id] of sink.vantages.entries()) {
      const head = sink.heads[id] ?? new Uint8Array(0);
      // pcap, microseconds, this machine's byte order; link type LINUX_SLL2.
      assert.deepEqual([...head.subarray(0, 4)], [0xd4, 0xc3, 0xb2, 0xa1]);
      assert.equal(head[20]! | (head[21]! << 8), 276);
    }
    assert.equal(sink.topologies.at(-1)?.pods.filter((pod) => pod.role === 'coredns').length, plan.captures.length - 1);
    const aftermath = await session.stop();
    assert.match(
      aftermath.text,
      /^tcpdump and its container ended in .+\. The ended container's entry stays in the pod/,
    );
    assert.equal(aftermath.ended.length, plan.captures.length);
    assert.deepEqual(sink.losses, []);
    assert.equal(session.status.state, 'ended');
    await assertNoTcpdump(namespace);
  });

  it('uses an idling container again', async () => {
    using kube = await openApi();
    const request = traceRequest(namespace, { watchCoreDns: false, endContainers: false });
    let first: string | undefined;
    {
      await using trace = await prepareTrace(kube, request);
      first = trace.plan.captures[0]?.create?.name;
      await trace.session.start();
      await trace.until('packets', flowing);
      const aftermath = await trace.session.stop();
      assert.match(aftermath.text, /its container idles there for reuse and ends in 5 min\./);
    }
    await using trace = await prepareTrace(kube, { ...request, endContainers: true });
    assert.equal(trace.plan.captures[0]?.reuse, first);
    assert.deepEqual(trace.plan.consent.objects, []);
    await trace.session.start();
    await trace.until('packets', flowing);
    await trace.session.stop();
    const pod = await kubectlJson<PodObject>(['-n', namespace, 'get', 'pod', 'client']);
    assert.equal(pod.spec.ephemeralContainers?.filter(({ name }) => name === first).length, 1);
    await assertNoTcpdump(namespace);
  });

  it('leaves no tcpdump 30 s after kill -9 of the program that traces', async () => {
    const argv = [
      '--disable-warning=ExperimentalWarning',
      main,
      'trace',
      'pod/client',
      '-n',
      namespace,
      '--json',
      '--yes',
    ];
    const child = spawn(process.execPath, [...argv, '--image', captureImage()], {
      env: { ...process.env, KUBECONFIG: labKubeconfig() },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(child, 'exit');
    await new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const { captures } = JSON.parse(line) as { readonly captures?: readonly { readonly state: string }[] };
        if (captures !== undefined && captures.length > 1 && captures.every(({ state }) => state === 'running'))
          resolve();
      });
    });
    assert.ok((await podsWithTcpdump(namespace)).includes(`${namespace}/client`));
    child.kill('SIGKILL');
    await ended;
    await assertNoTcpdump(namespace);
  });
});
