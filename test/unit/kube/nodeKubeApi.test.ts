/** The adapter against an API server of this test's own on loopback, which answers as kube-apiserver does. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Problem } from '../../../src/base/problem.ts';
import { openKubeConfigSource } from '../../../src/kube/entry.ts';
import { parseExecStatus } from '../../../src/kube/execSocket.ts';
import type { KubeApi } from '../../../src/session/ports.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

const json = (response: ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};
const pod = (name: string, resourceVersion: string): object => ({
  metadata: { name, namespace: 'shop', resourceVersion },
});

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    return (error as { readonly problem: Problem }).problem;
  }
  throw new assert.AssertionError({ message: 'It was not refused' });
}

describe('NodeKubeApi', () => {
  let server: Server;
  let folder = '';
  let kube: KubeApi;
  let handler: Handler = (_request, response) => json(response, {}, 404);

  beforeEach(async () => {
    server = createServer((request, response) => handler(request, response, new URL(request.url ?? '', 'http://x')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    folder = await mkdtemp(path.join(tmpdir(), 'dnscope-kube-'));
    const file = path.join(folder, 'config');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const parts = {
      'current-context': 'test',
      clusters: [{ name: 'test', cluster: { server: address } }],
      users: [{ name: 'somebody', user: { token: 'secret' } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'somebody' } }],
    };
    await writeFile(file, JSON.stringify(parts));
    kube = await openKubeConfigSource([file]).open('test');
  });
  afterEach(async () => {
    kube.dispose();
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('sends credentials, pages lists and encodes every name', async () => {
    const paths: string[] = [];
    handler = (request, response, url) => {
      paths.push(url.pathname);
      assert.equal(request.headers.authorization, 'Bearer secret');
      const next = url.searchParams.get('continue');
      json(response, { metadata: next === null ? { continue: 'more' } : {}, items: [pod(next ?? 'first', '1')] });
    };
    const pods = await kube.list('pods', { namespace: 'a/../b', labelSelector: 'app=x' });
    assert.deepEqual(
      pods.map(({ metadata }) => metadata?.name),
      ['first', 'more'],
    );
    assert.equal(paths[0], '/api/v1/namespaces/a%2F..%2Fb/pods');
  });

  it('turns refusals into problems that name verb, resource and namespace', async () => {
    const answer = async (status: number, message: string): Promise<Problem> => {
      handler = (_request, response) => json(response, { kind: 'Status', message }, status);
      const container = { name: 'x', image: 'y', command: ['sh'] };
      return problemOf(kube.addEphemeralContainer('shop', 'order', container, { dryRun: true }));
    };
    const rbac = await answer(
      403,
      'pods "order" is forbidden: User "u" cannot patch resource "pods/ephemeralcontainers" in API group ""',
    );
    assert.deepEqual(
      [rbac.code, rbac.detail],
      ['forbidden', 'Missing permission: patch pods/ephemeralcontainers in namespace shop'],
    );
    const security = await answer(
      403,
      'pods "order" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
    );
    assert.equal(security.code, 'pod-security-refused');
    assert.match(
      security.detail,
      /^PodSecurity of namespace shop refuses the capture container: violates PodSecurity "restricted:latest"/,
    );
    const webhook = await answer(403, 'admission webhook "policy.example" denied the request: no \u202e debug');
    assert.equal(webhook.code, 'admission-refused');
    assert.match(webhook.detail, /no \\u\{202e\} debug$/);
    assert.equal((await answer(401, 'Unauthorized')).code, 'token-refused');
    assert.equal((await answer(409, 'x')).code, 'conflict');
    assert.equal((await answer(422, 'x')).code, 'request-invalid');
    assert.equal((await answer(503, 'x')).code, 'cluster-busy');
    assert.equal((await answer(500, 'x')).code, 'cluster-error');
  });

  it('creates, deletes and asks pods over HTTP, each in its place', async () => {
    const seen: string[] = [];
    handler = (request, response, url) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push(`${request.method ?? ''} ${url.pathname}${url.search} ${body}`);
        if (request.method === 'GET') response.end('up 1\n');
        else json(response, pod('x', '1'));
      });
    };
    const metadata = { name: 'x', namespace: 'shop', labels: {}, annotations: {} };
    await kube.create('pods', 'shop', { apiVersion: 'v1', kind: 'Pod', metadata, spec: {} }, { dryRun: true });
    await kube.delete('pods', 'shop', 'x', { uid: 'u', gracePeriodSeconds: 1 });
    const target = { namespace: 'shop', pod: 'a/b', port: 9153, path: '/metrics', limitBytes: 5, timeoutMs: 1_000 };
    assert.equal(await kube.podHttpGet(target), 'up 1\n');
    await kube.logs(
      { namespace: 'shop', pod: 'x', container: 'c' },
      { tailLines: 3, sinceSeconds: 9, timestamps: true },
    );
    await kube.list('poddisruptionbudgets', { namespace: 'shop' }).catch(() => undefined);
    assert.deepEqual(seen, [
      'POST /api/v1/namespaces/shop/pods?fieldManager=dnscope&dryRun=All {"apiVersion":"v1","kind":"Pod","metadata":{"name":"x","namespace":"shop","labels":{},"annotations":{}},"spec":{}}',
      'DELETE /api/v1/namespaces/shop/pods/x {"apiVersion":"v1","kind":"DeleteOptions","gracePeriodSeconds":1,"preconditions":{"uid":"u"}}',
      'GET /api/v1/namespaces/shop/pods/a%2Fb%3A9153/proxy/metrics ',
      'GET /api/v1/namespaces/shop/pods/x/log?container=c&tailLines=3&limitBytes=1048576&sinceSeconds=9&timestamps=true ',
      'GET /apis/policy/v1/namespaces/shop/poddisruptionbudgets?limit=500 ',
    ]);
    assert.equal((await problemOf(kube.podHttpGet({ ...target, limitBytes: 4 }))).code, 'answer-too-large');
    handler = (_request, response) => json(response, { kind: 'Status', reason: 'AlreadyExists', message: 'x' }, 409);
    const taken = kube.create('pods', 'shop', { apiVersion: 'v1', kind: 'Pod', metadata, spec: {} }, { dryRun: false });
    assert.equal((await problemOf(taken)).code, 'already-exists');
    handler = (_request, response) =>
      json(response, { message: 'User "u" cannot get resource "pods/proxy" in API group ""' }, 403);
    const refused = await problemOf(kube.podHttpGet(target));
    assert.equal(refused.detail, 'Missing permission: get pods/proxy in namespace shop');
    handler = () => undefined;
    assert.equal((await problemOf(kube.podHttpGet({ ...target, timeoutMs: 20 }))).code, 'cluster-unreachable');
  });

  it('says when nobody or nothing sensible answers, and stops when told', async () => {
    handler = (_request, response) => response.end('<html>');
    assert.equal((await problemOf(kube.serverVersion())).code, 'cluster-unreachable');
    handler = () => undefined;
    const cancel = new AbortController();
    const waiting = problemOf(kube.serverVersion(cancel.signal));
    cancel.abort();
    assert.equal((await waiting).code, 'cancelled');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    assert.match((await problemOf(kube.serverVersion())).detail, /does not answer at http:\S+: connection refused$/);
  });

  it('watches on from the last version, and lists anew when that is gone', async () => {
    const asked: string[] = [];
    let lists = 0;
    handler = (_request, response, url) => {
      if (url.searchParams.get('watch') !== 'true') {
        lists++;
        return json(response, { metadata: { resourceVersion: String(lists * 100) }, items: [pod('a', '1')] });
      }
      const version = url.searchParams.get('resourceVersion') ?? '';
      asked.push(version);
      const line = (event: object): void => void response.write(`${JSON.stringify(event)}\n`);
      if (version === '100') {
        line({ type: 'ADDED', object: pod('b', '101') });
        line({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '150' } } });
        response.end();
      } else if (version === '150') {
        line({ type: 'ERROR', object: { kind: 'Status', code: 410, message: 'too old' } });
        response.end();
      } else line({ type: 'DELETED', object: pod('a', '201') });
    };
    const heard: string[] = [];
    await new Promise<void>((resolve) => {
      kube.watch(
        'pods',
        { namespace: 'shop' },
        {
          onSnapshot: (items) => heard.push(`snapshot ${items.length}`),
          onChange: (type, object) => {
            heard.push(`${type} ${object.metadata?.name ?? ''}`);
            if (type === 'DELETED') resolve();
          },
          onState: (state) => heard.push(state),
        },
      );
    });
    assert.deepEqual(asked, ['100', '150', '200']);
    assert.deepEqual(heard, ['snapshot 1', 'live', 'ADDED b', 'snapshot 1', 'live', 'DELETED a']);
  });

  it('tells why a watch is interrupted, and comes back', async () => {
    let refused = true;
    handler = (_request, response, url) => {
      if (refused) {
        refused = false;
        return json(response, { message: 'down' }, 503);
      }
      if (url.searchParams.get('watch') !== 'true') json(response, { metadata: { resourceVersion: '1' }, items: [] });
    };
    const states: string[] = [];
    await new Promise<void>((resolve) => {
      kube.watch(
        'pods',
        {},
        {
          onSnapshot: () => undefined,
          onChange: () => undefined,
          onState: (state, problem) => {
            states.push(`${state} ${problem?.code ?? ''}`.trim());
            if (state === 'live') resolve();
          },
        },
      );
    });
    assert.deepEqual(states, ['reconnecting cluster-busy', 'live']);
  });

  it('says why an exec was refused', async () => {
    server.on('upgrade', (_request, socket) => {
      const body = JSON.stringify({ message: 'pods "x" is forbidden: User "u" cannot create resource "pods/exec"' });
      socket.end(`HTTP/1.1 403 Forbidden\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    });
    const silent = { onStdout: (): void => undefined, onStderr: (): void => undefined };
    const problem = await problemOf(kube.exec({ namespace: 'shop', pod: 'x', container: 'c' }, ['sh'], silent));
    assert.equal(problem.detail, 'Missing permission: create pods/exec in namespace shop');
  });
});

describe('parseExecStatus', () => {
  it('reads what kubelets send', () => {
    assert.deepEqual(parseExecStatus('{"status":"Success"}'), { kind: 'exit', code: 0 });
    const failure = {
      status: 'Failure',
      message: 'command terminated',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '137' }] },
    };
    assert.deepEqual(parseExecStatus(JSON.stringify(failure)), {
      kind: 'exit',
      code: 137,
      message: 'command terminated',
    });
    assert.deepEqual(parseExecStatus('{"status":"Failure","message":"container not found"}'), {
      kind: 'exit',
      code: -1,
      message: 'container not found',
    });
    for (const text of ['', 'null', '[]', '{', '{"details":{"causes":[null,1]}}'])
      assert.equal(parseExecStatus(text).kind, 'exit');
  });
});
