import type { DisposableLike } from '../base/disposable.ts';
import type { Pod } from '../core/topology/kubeTypes.ts';
import type {
  AccessCheck,
  AccessResult,
  CreatableMap,
  CreatableResource,
  EphemeralContainerSpec,
  ExecHandle,
  ExecIo,
  ExecTarget,
  KindMap,
  KubeApi,
  KubeContext,
  ListScope,
  PodHttpTarget,
  Resource,
  WatchHandler,
} from '../session/ports.ts';
import { openExec } from './execSocket.ts';
import type { HttpClient } from './httpClient.ts';
import { serverText, type KubeAction } from './kubeProblems.ts';
import { collectionPath, objectPath } from './resources.ts';
import { listAll, watchForEver } from './watchLoop.ts';

const FIELD_MANAGER = 'dnscope';
const LOG_LIMIT_BYTES = 1024 * 1024;

/** {@link KubeApi} over HTTPS. Pinned to one context: a kubeconfig that changes later does not move it. */
export class NodeKubeApi implements KubeApi {
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  get context(): KubeContext {
    return this.#http.context;
  }

  dispose(): void {
    this.#http.close();
  }

  get<K extends Resource>(
    resource: K,
    namespace: string | undefined,
    name: string,
    signal?: AbortSignal,
  ): Promise<KindMap[K]> {
    const path = objectPath(resource, namespace, name);
    return this.#http.json({ method: 'GET', path, action: action('get', resource, namespace, name), signal });
  }

  async list<K extends Resource>(resource: K, scope: ListScope, signal?: AbortSignal): Promise<readonly KindMap[K][]> {
    return (await listAll(this.#http, resource, scope, signal)).items;
  }

  watch<K extends Resource>(resource: K, scope: ListScope, handler: WatchHandler<K>): DisposableLike {
    return watchForEver(this.#http, resource, scope, handler);
  }

  canI(checks: readonly AccessCheck[], signal?: AbortSignal): Promise<readonly AccessResult[]> {
    return Promise.all(checks.map((check) => this.#canI(check, signal)));
  }

  addEphemeralContainer(
    namespace: string,
    pod: string,
    container: EphemeralContainerSpec,
    options: { readonly dryRun: boolean },
    signal?: AbortSignal,
  ): Promise<Pod> {
    return this.#http.json({
      method: 'PATCH',
      path: objectPath('pods', namespace, pod, 'ephemeralcontainers'),
      query: writeQuery(options),
      body: { spec: { ephemeralContainers: [container] } },
      contentType: 'application/strategic-merge-patch+json',
      action: action('patch', 'pods/ephemeralcontainers', namespace, pod),
      signal,
    });
  }

  patch<K extends Resource>(
    resource: K,
    namespace: string | undefined,
    name: string,
    body: object,
    options: { readonly dryRun: boolean },
    signal?: AbortSignal,
  ): Promise<KindMap[K]> {
    return this.#http.json({
      method: 'PATCH',
      path: objectPath(resource, namespace, name),
      query: writeQuery(options),
      body,
      contentType: 'application/merge-patch+json',
      action: action('patch', resource, namespace, name),
      signal,
    });
  }

  create<K extends CreatableResource>(
    resource: K,
    namespace: string,
    body: CreatableMap[K],
    options: { readonly dryRun: boolean },
    signal?: AbortSignal,
  ): Promise<KindMap[K]> {
    return this.#http.json({
      method: 'POST',
      path: collectionPath(resource, namespace),
      query: writeQuery(options),
      body,
      action: action('create', resource, namespace, body.metadata.name),
      signal,
    });
  }

  async delete(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    options: { readonly gracePeriodSeconds?: number; readonly uid?: string },
    signal?: AbortSignal,
  ): Promise<void> {
    const { gracePeriodSeconds, uid } = options;
    await this.#http.text({
      method: 'DELETE',
      path: objectPath(resource, namespace, name),
      body: {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
        ...(uid === undefined ? {} : { preconditions: { uid } }),
      },
      action: action('delete', resource, namespace, name),
      signal,
    });
  }

  podHttpGet(target: PodHttpTarget, signal?: AbortSignal): Promise<string> {
    const { namespace, pod, port, path, limitBytes, timeoutMs } = target;
    return this.#http.text({
      method: 'GET',
      // The part after `proxy` is the pod's: each of its segments is encoded apart, so that it stays behind `proxy`.
      path: `${objectPath('pods', namespace, `${pod}:${String(port)}`, 'proxy')}${path.split('/').map(encodeURIComponent).join('/')}`,
      action: action('get', 'pods/proxy', namespace, pod),
      limitBytes,
      timeoutMs,
      signal,
    });
  }

  exec(target: ExecTarget, command: readonly string[], io: ExecIo, signal?: AbortSignal): Promise<ExecHandle> {
    return openExec(this.#http, target, command, io, signal);
  }

  logs(
    target: ExecTarget,
    options: { readonly tailLines: number; readonly sinceSeconds?: number; readonly timestamps?: boolean },
    signal?: AbortSignal,
  ): Promise<string> {
    return this.#http.text({
      method: 'GET',
      path: objectPath('pods', target.namespace, target.pod, 'log'),
      query: {
        container: target.container,
        tailLines: String(options.tailLines),
        limitBytes: String(LOG_LIMIT_BYTES),
        ...(options.sinceSeconds === undefined ? {} : { sinceSeconds: String(options.sinceSeconds) }),
        ...(options.timestamps === true ? { timestamps: 'true' } : {}),
      },
      action: action('get', 'pods/log', target.namespace, target.pod),
      signal,
    });
  }

  async serverVersion(signal?: AbortSignal): Promise<string> {
    const body = await this.#http.json<{ readonly gitVersion?: string }>({
      method: 'GET',
      path: '/version',
      action: { verb: 'get', resource: 'version' },
      signal,
    });
    return body.gitVersion ?? '';
  }

  async #canI(check: AccessCheck, signal: AbortSignal | undefined): Promise<AccessResult> {
    const { group, verb, resource, subresource, namespace, name } = check;
    const body = await this.#http.json<{ readonly status?: { readonly allowed?: boolean; readonly reason?: string } }>({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { group, verb, resource, subresource, namespace, name } },
      },
      action: { verb: 'create', resource: 'selfsubjectaccessreviews.authorization.k8s.io' },
      signal,
    });
    const reason = serverText(body.status?.reason);
    return { ...check, allowed: body.status?.allowed === true, ...(reason === '' ? {} : { reason }) };
  }
}

function action(verb: string, resource: string, namespace: string | undefined, name: string): KubeAction {
  return { verb, resource, name, ...(namespace === undefined ? {} : { namespace }) };
}

function writeQuery(options: { readonly dryRun: boolean }): Readonly<Record<string, string>> {
  return { fieldManager: FIELD_MANAGER, ...(options.dryRun ? { dryRun: 'All' } : {}) };
}
