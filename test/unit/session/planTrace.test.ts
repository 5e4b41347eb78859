import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { parse } from 'yaml';
import { ProblemError } from '../../../src/base/problem.ts';
import type { Pod } from '../../../src/core/topology/kubeTypes.ts';
import { captureContainer } from '../../../src/session/trace/captureContainer.ts';
import { planTrace } from '../../../src/session/trace/planTrace.ts';
import type { TracePlan, TraceRequest } from '../../../src/session/trace/traceTypes.ts';
import { fillCluster, nodeLocalPod, podObject } from '../../support/clusterObjects.ts';
import { InMemoryKube } from '../../support/inMemoryKube.ts';

const nowNs = 1_800_000_000_000_000_000n;
const request = (more: Partial<TraceRequest> = {}): TraceRequest => ({
  target: { kind: 'pod', name: 'order-service' },
  namespace: 'shop',
  ...more,
});

describe('planTrace', () => {
  let kube: InMemoryKube;
  const plan = (more: Partial<TraceRequest> = {}): Promise<TracePlan> => planTrace(kube, request(more), { nowNs });
  beforeEach(() => {
    kube = new InMemoryKube();
    fillCluster(kube);
  });

  it('watches the pod and every CoreDNS pod, and creates nothing', async () => {
    const { captures, problems, warnings, unwatched, title } = await plan();
    assert.deepEqual(captures.map(({ vantage }) => `${vantage.role} ${vantage.name}`).sort(), [
      'client shop/order-service',
      'coredns kube-system/coredns-a',
      'coredns kube-system/coredns-b',
    ]);
    assert.deepEqual([problems, warnings, unwatched], [[], [], []]);
    assert.equal(title, 'order-service in shop (context lab)');
    assert.equal(kube.created.length, 0);
    assert.equal(kube.dryRuns.length, 3);
  });

  it('shows the very object that would be created, without any securityContext on rung 1', async () => {
    const { consent, captures } = await plan({ watchCoreDns: false, image: 'registry.example/tools:3' });
    assert.deepEqual(consent.objects, [{ namespace: 'shop', pod: 'order-service', container: captures[0]?.create }]);
    assert.deepEqual(kube.dryRuns, [captures[0]?.create]);
    const container = captures[0]?.create;
    assert.equal(container?.image, 'registry.example/tools:3');
    assert.equal(container.securityContext, undefined);
    assert.match(container.name, /^dnscope-[a-z0-9]+$/);
    assert.deepEqual([container.command[0], container.command[1], container.command[3]], ['sh', '-c', 'dnscope']);
    for (const text of Object.values(consent)) if (typeof text === 'string') assert.ok(text.length > 10);
  });

  it('asks for root where the pod would make it another user, and for nothing more', async () => {
    kube.put('pods', podObject('shop', 'order-service', { spec: { securityContext: { runAsNonRoot: true } } }));
    const { captures } = await plan({ watchCoreDns: false });
    assert.deepEqual(captures[0]?.create?.securityContext, { runAsUser: 0, runAsNonRoot: false });
  });

  it('takes rung 2 on CRI-O, whose containers have no NET_RAW', async () => {
    kube.put('nodes', {
      metadata: { name: 'node-1' },
      status: { nodeInfo: { containerRuntimeVersion: 'cri-o://1.34.0' } },
    });
    const { captures, consent } = await plan({ watchCoreDns: false });
    assert.equal(captures[0]?.rung, 2);
    assert.deepEqual(captures[0].create?.securityContext, { capabilities: { add: ['NET_RAW'] } });
    assert.match(consent.rights, /with the capability NET_RAW/);
  });

  it('uses a running container of an earlier trace, but not one of another image, rung or state', async () => {
    const pod = podObject('shop', 'order-service');
    const container = captureContainer(pod, { image: 'nicolaka/netshoot:v0.13', rung: 1, seconds: 60, nowNs });
    const withContainer = (state: object, image = container.image): Pod => ({
      ...pod,
      spec: { ...pod.spec, ephemeralContainers: [{ ...container, image }] },
      status: { ...pod.status, ephemeralContainerStatuses: [{ name: container.name, state }] },
    });
    kube.put('pods', withContainer({ running: {} }));
    const reused = await plan({ watchCoreDns: false });
    assert.equal(reused.captures[0]?.reuse, container.name);
    assert.equal(reused.captures[0].create, undefined);
    assert.deepEqual(reused.consent.objects, []);
    assert.equal((await plan({ watchCoreDns: false, rung: 2 })).captures[0]?.reuse, undefined);
    kube.put('pods', withContainer({ terminated: { exitCode: 0 } }));
    const ended = await plan({ watchCoreDns: false });
    assert.equal(ended.captures[0]?.reuse, undefined);
    assert.notEqual(ended.captures[0]?.create?.name, container.name, 'a used name cannot be used again');
    kube.put('pods', withContainer({ running: {} }, 'other:1'));
    assert.equal((await plan({ watchCoreDns: false })).captures[0]?.reuse, undefined);
  });

  it('goes on with the pod alone when CoreDNS may not be read, and says so', async () => {
    kube.refuse = (verb, resource, namespace) =>
      namespace === 'kube-system'
        ? { code: 'forbidden', detail: `Missing permission: ${verb} ${resource} in namespace kube-system` }
        : undefined;
    const { captures, unwatched, problems } = await plan();
    assert.deepEqual(
      captures.map(({ vantage }) => vantage.role),
      ['client'],
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      unwatched.map(({ hop, name, problem }) => [hop, name, problem.code]),
      [['coredns', 'CoreDNS', 'forbidden']],
    );
  });

  it('names what is missing by verb and resource, with a Role that gives it', async () => {
    kube.allow = ({ namespace }) => namespace !== 'shop';
    const { problems, missing, roleYaml } = await plan();
    assert.match(
      problems[0]?.detail ?? '',
      /^Missing permission: patch pods\/ephemeralcontainers in namespace shop; create pods\/exec in namespace shop; get pods\/exec in namespace shop$/,
    );
    assert.match(problems[0]?.recover ?? '', /trace the target coredns instead$/);
    assert.equal(missing.length, 3);
    assert.deepEqual(parse(roleYaml ?? ''), {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'dnscope-trace', namespace: 'shop' },
      rules: [
        { apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['patch'] },
        { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] },
      ],
    });
  });

  it('asks for create pods/exec only where the server does', async () => {
    kube.allow = ({ verb, subresource }) => !(verb === 'create' && subresource === 'exec');
    assert.deepEqual((await plan()).problems, []);
    kube.version = 'v1.35.0';
    assert.equal((await plan()).problems[0]?.code, 'forbidden');
  });

  it('says what the dry run says', async () => {
    const detail =
      'PodSecurity of namespace shop refuses the capture container: violates PodSecurity "restricted:latest"';
    kube.refuse = (_verb, resource, namespace) =>
      resource === 'pods/ephemeralcontainers' && namespace === 'shop'
        ? { code: 'pod-security-refused', detail }
        : undefined;
    const { problems, captures } = await plan();
    assert.equal(problems[0]?.detail, detail);
    assert.deepEqual(
      captures.map(({ vantage }) => vantage.role),
      ['coredns', 'coredns'],
    );
  });

  it('watches NodeLocal on the node of the pod, and says that it sees the whole node', async () => {
    kube.put('pods', nodeLocalPod('node-local-dns-1'));
    kube.put('pods', nodeLocalPod('node-local-dns-2', 'node-2'));
    const { captures, unwatched, problems, warnings, consent } = await plan();
    assert.deepEqual(
      captures.map(({ vantage }) => `${vantage.role} ${vantage.name}`),
      [
        'client shop/order-service',
        'nodelocal kube-system/node-local-dns-1',
        'coredns kube-system/coredns-a',
        'coredns kube-system/coredns-b',
      ],
    );
    assert.deepEqual([unwatched, problems, warnings], [[], [], []]);
    const cache = captures[1];
    assert.deepEqual(
      [cache?.vantage.node, cache?.vantage.addresses, cache?.wholeNode],
      ['node-1', ['192.0.2.10'], 'node-1'],
    );
    assert.equal(cache?.create?.securityContext, undefined, 'no more rights than in any other pod');
    assert.match(
      consent.where,
      /kube-system\/node-local-dns-1 \(in the network of node node-1: sees the DNS of every pod there\)/,
    );
    assert.match(consent.where, /, and in CoreDNS and NodeLocal pods that replace these during the trace$/);
    assert.match(consent.rights, /of all others on their nodes where said so/);
    assert.deepEqual(consent.objects[1], {
      namespace: 'kube-system',
      pod: 'node-local-dns-1',
      container: cache?.create,
    });
  });

  it('goes on without NodeLocal where it is refused, does not run or is none of the trace, and says so', async () => {
    const cache = nodeLocalPod('node-local-dns-1');
    const told = async (more: Partial<TraceRequest> = {}): Promise<readonly unknown[]> => {
      const { captures, unwatched, problems, consent } = await plan(more);
      assert.deepEqual(problems, []);
      assert.ok(!captures.some(({ vantage }) => vantage.role === 'nodelocal'));
      assert.ok(!consent.where.includes('every pod'), consent.where);
      return unwatched.map(({ hop, name, problem }) => [hop, name, problem.code]);
    };
    assert.deepEqual(await told(), [], 'no NodeLocal, nothing to say');
    kube.put('pods', { ...cache, status: { ...cache.status, phase: 'Pending' } });
    assert.deepEqual(await told(), [['nodelocal', 'kube-system/node-local-dns-1', 'nodelocal-not-running']]);
    kube.put('pods', cache);
    assert.deepEqual(await told({ watchCoreDns: false }), []);
    assert.deepEqual(await told({ target: { kind: 'coredns' } }), [
      ['nodelocal', 'NodeLocal DNSCache', 'nodelocal-unwatched'],
    ]);
    kube.refuse = (_verb, resource, namespace) =>
      resource === 'pods/ephemeralcontainers' && namespace === 'kube-system'
        ? { code: 'admission-refused', detail: 'The cluster refuses' }
        : undefined;
    assert.deepEqual(await told(), [
      ['nodelocal', 'kube-system/node-local-dns-1', 'admission-refused'],
      ['coredns', 'kube-system/coredns-a', 'admission-refused'],
      ['coredns', 'kube-system/coredns-b', 'admission-refused'],
    ]);
  });

  it('knows a NodeLocal pod that is the target itself', async () => {
    kube.put('pods', nodeLocalPod('node-local-dns-1'));
    const { captures } = await plan({ target: { kind: 'pod', name: 'node-local-dns-1' }, namespace: 'kube-system' });
    assert.deepEqual(
      captures.map(({ vantage }) => vantage.role),
      ['nodelocal', 'coredns', 'coredns'],
    );
  });

  it('warns of little memory and TLS that nobody checks, and tells a shared network', async () => {
    kube = new InMemoryKube({ skipsTlsVerify: true });
    fillCluster(kube);
    const containers = [{ name: 'main', image: 'x', resources: { limits: { memory: '40Mi' } } }];
    kube.put('pods', podObject('shop', 'order-service', { spec: { hostNetwork: true, containers } }));
    const { warnings, captures, consent } = await plan({ watchCoreDns: false });
    assert.deepEqual(warnings.map(({ code }) => code).sort(), ['memory-short', 'tls-not-verified']);
    assert.match(
      consent.where,
      /shop\/order-service \(in the network of node node-1: sees the DNS of every pod there\)/,
    );
    assert.equal(captures[0]?.bufferKib, 8192);
  });

  it('says which targets cannot be traced', async () => {
    const codeOf = async (more: Partial<TraceRequest>): Promise<string | undefined> =>
      (await plan(more)).problems[0]?.code;
    assert.equal(await codeOf({ target: { kind: 'node', name: 'node-1' } }), 'node-target-unavailable');
    assert.equal(await codeOf({ target: { kind: 'pod', name: 'nobody' } }), 'target-not-found');
    assert.equal(await codeOf({ target: { kind: 'deployment', name: 'nobody' } }), 'target-not-found');
    assert.equal(await codeOf({ target: { kind: 'selector', selector: 'app=nobody' } }), 'pod-not-running');
    const pending = podObject('shop', 'order-service');
    kube.put('pods', { ...pending, status: { ...pending.status, phase: 'Pending' } });
    assert.equal(await codeOf({}), 'pod-not-running');
  });

  it('finds pods by Deployment and selector, and CoreDNS as a target of its own', async () => {
    kube.put('deployments', {
      metadata: { namespace: 'shop', name: 'orders' },
      spec: { selector: { matchLabels: { app: 'order-service' } } },
    });
    const names = async (more: Partial<TraceRequest>): Promise<readonly string[]> =>
      (await plan({ watchCoreDns: false, ...more })).captures.map(({ vantage }) => vantage.name);
    assert.deepEqual(await names({ target: { kind: 'deployment', name: 'orders' } }), ['shop/order-service']);
    assert.deepEqual(await names({ target: { kind: 'selector', selector: 'app=order-service' } }), [
      'shop/order-service',
    ]);
    assert.deepEqual(await names({ target: { kind: 'coredns' } }), ['kube-system/coredns-a', 'kube-system/coredns-b']);
  });

  it('rejects when the cluster does not answer', async () => {
    kube.refuse = () => ({ code: 'cluster-unreachable', detail: 'Cluster lab does not answer' });
    await assert.rejects(
      plan(),
      (error) => error instanceof ProblemError && error.problem.code === 'cluster-unreachable',
    );
  });
});
