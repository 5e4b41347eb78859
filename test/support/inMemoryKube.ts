/**
 * A Kubernetes cluster in memory behind {@link KubeApi}, for tests of the use cases. Objects are put in with `put`; watches
 * hear of every change; ephemeral containers start at once unless the test says otherwise; an exec is answered by the
 * handler that the test gives. Refusals are a function of what is asked.
 */
import { type DisposableLike, toDisposable } from '../../src/base/disposable.ts';
import { ProblemError, type Problem } from '../../src/base/problem.ts';
import type { ContainerStateView, Pod } from '../../src/core/topology/kubeTypes.ts';
import { matchesLabels, podKey } from '../../src/session/cluster/coreDns.ts';
import type {
  AccessCheck,
  AccessResult,
  Clock,
  CreatableMap,
  CreatableResource,
  EphemeralContainerSpec,
  ExecEnd,
  ExecHandle,
  ExecIo,
  ExecTarget,
  KindMap,
  KubeApi,
  KubeContext,
  ListScope,
  PodHttpTarget,
  PodSpecToCreate,
  Resource,
  WatchHandler,
} from '../../src/session/ports.ts';

interface Watcher {
  readonly resource: Resource;
  readonly scope: ListScope;
  readonly handler: WatchHandler<Resource>;
}

/** One exec of the code under test, as its other end sees it. */
export class InMemoryExec {
  readonly target: ExecTarget;
  readonly command: readonly string[];
  readonly io: ExecIo;
  readonly ended: Promise<ExecEnd>;
  /** What came through stdin. */
  input = '';
  paused = false;
  closed = false;
  onInput: (text: string) => void = () => undefined;
  #settle: (end: ExecEnd) => void = () => undefined;

  constructor(target: ExecTarget, command: readonly string[], io: ExecIo) {
    this.target = target;
    this.command = command;
    this.io = io;
    this.ended = new Promise((resolve) => (this.#settle = resolve));
  }

  out(bytes: Uint8Array): void {
    this.io.onStdout(bytes);
  }

  err(text: string): void {
    this.io.onStderr(new TextEncoder().encode(text));
  }

  exit(code: number, message?: string): void {
    this.#settle({ kind: 'exit', code, ...(message === undefined ? {} : { message }) });
  }

  lose(problem: Problem = { code: 'cluster-unreachable', detail: 'The exec connection was cut' }): void {
    this.#settle({ kind: 'lost', problem });
  }

  get handle(): ExecHandle {
    return {
      write: (data) => {
        const text = new TextDecoder().decode(data);
        this.input += text;
        this.onInput(text);
      },
      pause: () => (this.paused = true),
      resume: () => (this.paused = false),
      ended: this.ended,
      close: () => {
        this.closed = true;
        this.lose();
      },
    };
  }
}

/** Every capture listens and ends when told to; every other exec succeeds at once. */
export function obedientExec(exec: InMemoryExec): void {
  if (exec.command[2]?.includes('tcpdump') !== true) {
    exec.exit(0);
    return;
  }
  exec.onInput = (text) => {
    if (text.includes('end\n')) exec.exit(0);
  };
  queueMicrotask(() => exec.err('tcpdump: listening on any, link-type LINUX_SLL2\n'));
}

export class InMemoryKube implements KubeApi {
  readonly context: KubeContext;
  readonly execs: InMemoryExec[] = [];
  /** Containers created, dry runs apart. */
  readonly created: { readonly namespace: string; readonly pod: string; readonly container: EphemeralContainerSpec }[] =
    [];
  readonly dryRuns: EphemeralContainerSpec[] = [];
  /** Merge patches applied; dry runs apart. */
  readonly patches: object[] = [];
  readonly dryRunPatches: object[] = [];
  readonly createdPods: PodSpecToCreate[] = [];
  readonly dryRunPods: PodSpecToCreate[] = [];
  readonly deleted: string[] = [];
  readonly httpGets: PodHttpTarget[] = [];
  /** What a pod's HTTP server answers; a throw is its refusal. */
  onHttpGet: (target: PodHttpTarget) => string = () => {
    throw new ProblemError({ code: 'cluster-error', detail: 'Nothing listens there' });
  };
  onLogs: (
    target: ExecTarget,
    options: { readonly tailLines: number; readonly sinceSeconds?: number; readonly timestamps?: boolean },
  ) => string = () => '';
  /** State of a pod right after its creation. */
  onCreatePod: (pod: Pod) => Pod = (pod) => pod;
  /** A problem refuses what is asked; the verb is `get`, `list`, `watch`, `patch`, `create`, `delete`, `logs`, `exec`, `canI` or `version`. */
  refuse: (verb: string, resource: string, namespace: string | undefined) => Problem | undefined = () => undefined;
  allow: (check: AccessCheck) => boolean = () => true;
  version = 'v1.34.4';
  /** State that a new ephemeral container takes. */
  containerState: ContainerStateView = { running: { startedAt: '2026-01-01T00:00:00Z' } };
  onExec: (exec: InMemoryExec) => void = obedientExec;
  readonly #objects = new Map<Resource, Map<string, KindMap[Resource]>>();
  readonly #watchers = new Set<Watcher>();
  #version = 1000;
  isDisposed = false;

  constructor(context: Partial<KubeContext> = {}) {
    this.context = {
      name: 'lab',
      cluster: 'lab',
      server: 'https://192.0.2.1:6443',
      user: 'somebody',
      namespace: 'default',
      ...context,
    };
  }

  put<K extends Resource>(resource: K, object: KindMap[K]): void {
    const kind = this.#kind(resource);
    const key = podKey(object.metadata?.namespace, object.metadata?.name);
    const type = kind.has(key) ? 'MODIFIED' : 'ADDED';
    kind.set(key, object);
    for (const watcher of this.#hearing(resource, object)) watcher.handler.onChange(type, object);
  }

  /** What is there now, whatever is refused. */
  peek<K extends Resource>(resource: K, namespace: string | undefined, name: string): KindMap[K] | undefined {
    return this.#kind(resource).get(podKey(namespace, name));
  }

  /** Takes an object away, as somebody else would. */
  remove(resource: Resource, namespace: string | undefined, name: string): void {
    const object = this.#kind(resource).get(podKey(namespace, name));
    if (object === undefined) return;
    this.#kind(resource).delete(podKey(namespace, name));
    for (const watcher of this.#hearing(resource, object)) watcher.handler.onChange('DELETED', object);
  }

  /** Watches open at the moment; none may be left when everything was disposed. */
  get openWatches(): number {
    return this.#watchers.size;
  }

  dispose(): void {
    this.isDisposed = true;
    this.#watchers.clear();
  }

  async get<K extends Resource>(resource: K, namespace: string | undefined, name: string): Promise<KindMap[K]> {
    this.#check('get', resource, namespace);
    const found = this.#kind(resource).get(podKey(namespace, name));
    if (found !== undefined) return found;
    throw new ProblemError({ code: 'not-found', detail: `There is no ${resource} ${name}` });
  }

  async list<K extends Resource>(resource: K, scope: ListScope): Promise<readonly KindMap[K][]> {
    this.#check('list', resource, scope.namespace);
    return this.#matching(resource, scope);
  }

  watch<K extends Resource>(resource: K, scope: ListScope, handler: WatchHandler<K>): DisposableLike {
    const watcher: Watcher = { resource, scope, handler: handler };
    this.#watchers.add(watcher);
    queueMicrotask(() => {
      if (!this.#watchers.has(watcher)) return;
      const problem = this.refuse('watch', resource, scope.namespace);
      if (problem !== undefined) return handler.onState('reconnecting', problem);
      handler.onSnapshot(this.#matching(resource, scope));
      handler.onState('live');
    });
    return toDisposable(() => this.#watchers.delete(watcher));
  }

  async canI(checks: readonly AccessCheck[]): Promise<readonly AccessResult[]> {
    this.#check('canI', 'selfsubjectaccessreviews', undefined);
    return checks.map((check) => ({ ...check, allowed: this.allow(check) }));
  }

  async addEphemeralContainer(
    namespace: string,
    pod: string,
    container: EphemeralContainerSpec,
    options: { readonly dryRun: boolean },
  ): Promise<Pod> {
    this.#check('patch', 'pods/ephemeralcontainers', namespace);
    const found = await this.get('pods', namespace, pod);
    if (options.dryRun) {
      this.dryRuns.push(container);
      return found;
    }
    this.created.push({ namespace, pod, container });
    const next: Pod = {
      ...found,
      spec: { ...found.spec, ephemeralContainers: [...(found.spec?.ephemeralContainers ?? []), container] },
      status: {
        ...found.status,
        ephemeralContainerStatuses: [
          ...(found.status?.ephemeralContainerStatuses ?? []),
          { name: container.name, state: this.containerState },
        ],
      },
    };
    this.put('pods', next);
    return next;
  }

  /** Ends an ephemeral container, as the kubelet reports it. */
  endContainer(namespace: string, pod: string, container: string, reason = 'Completed'): void {
    const found = this.#kind('pods').get(podKey(namespace, pod));
    if (found === undefined) return;
    const statuses = (found.status?.ephemeralContainerStatuses ?? []).map((status) =>
      status.name === container ? { ...status, state: { terminated: { exitCode: 0, reason } } } : status,
    );
    this.put('pods', { ...found, status: { ...found.status, ephemeralContainerStatuses: statuses } });
  }

  async patch<K extends Resource>(
    resource: K,
    namespace: string | undefined,
    name: string,
    body: object,
    options: { readonly dryRun: boolean },
  ): Promise<KindMap[K]> {
    this.#check('patch', resource, namespace);
    const found = await this.get(resource, namespace, name);
    const wanted = (body as KindMap[K]).metadata?.resourceVersion;
    if (wanted !== undefined && wanted !== found.metadata?.resourceVersion)
      throw new ProblemError({
        code: 'conflict',
        detail: `${resource} ${name} was changed by somebody else meanwhile`,
      });
    const merged = mergePatch(found, body) as KindMap[K];
    (options.dryRun ? this.dryRunPatches : this.patches).push(body);
    if (options.dryRun) return merged;
    this.#version += 1;
    const next = { ...merged, metadata: { ...merged.metadata, resourceVersion: String(this.#version) } };
    this.put(resource, next);
    return next;
  }

  async create<K extends CreatableResource>(
    resource: K,
    namespace: string,
    body: CreatableMap[K],
    options: { readonly dryRun: boolean },
  ): Promise<KindMap[K]> {
    this.#check('create', resource, namespace);
    const { name } = body.metadata;
    if (this.#kind(resource).has(podKey(namespace, name)))
      throw new ProblemError({ code: 'already-exists', detail: `There is already ${resource} ${name}` });
    (options.dryRun ? this.dryRunPods : this.createdPods).push(body);
    if (options.dryRun) return body;
    const pod = this.onCreatePod({ ...body, metadata: { ...body.metadata, uid: `uid-${name}` } });
    this.put('pods', pod);
    return pod;
  }

  async delete(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    options: { readonly uid?: string } = {},
  ): Promise<void> {
    this.#check('delete', resource, namespace);
    const found = this.#kind(resource).get(podKey(namespace, name));
    if (found === undefined) throw new ProblemError({ code: 'not-found', detail: `There is no ${resource} ${name}` });
    if (options.uid !== undefined && options.uid !== found.metadata?.uid)
      throw new ProblemError({ code: 'conflict', detail: `${resource} ${name} is another one` });
    this.deleted.push(`${resource}/${name}`);
    this.remove(resource, namespace, name);
  }

  async podHttpGet(target: PodHttpTarget): Promise<string> {
    this.#check('get', 'pods/proxy', target.namespace);
    this.httpGets.push(target);
    return this.onHttpGet(target);
  }

  async exec(target: ExecTarget, command: readonly string[], io: ExecIo, signal?: AbortSignal): Promise<ExecHandle> {
    this.#check('exec', 'pods/exec', target.namespace);
    await this.get('pods', target.namespace, target.pod);
    const exec = new InMemoryExec(target, command, io);
    this.execs.push(exec);
    signal?.addEventListener('abort', () => exec.lose({ code: 'cancelled', detail: 'Cancelled' }), { once: true });
    // The lease of zero: the container ends.
    if (command[4] === '0') this.endContainer(target.namespace, target.pod, target.container);
    this.onExec(exec);
    return exec.handle;
  }

  async logs(
    target: ExecTarget,
    options: { readonly tailLines: number; readonly sinceSeconds?: number; readonly timestamps?: boolean },
  ): Promise<string> {
    this.#check('logs', 'pods/log', target.namespace);
    return this.onLogs(target, options);
  }

  async serverVersion(): Promise<string> {
    this.#check('version', 'version', undefined);
    return this.version;
  }

  #check(verb: string, resource: string, namespace: string | undefined): void {
    const problem = this.refuse(verb, resource, namespace);
    if (problem !== undefined) throw new ProblemError(problem);
  }

  #kind<K extends Resource>(resource: K): Map<string, KindMap[K]> {
    const kind = this.#objects.get(resource) ?? new Map<string, KindMap[Resource]>();
    this.#objects.set(resource, kind);
    return kind as unknown as Map<string, KindMap[K]>;
  }

  #matching<K extends Resource>(resource: K, scope: ListScope): readonly KindMap[K][] {
    return [...this.#kind(resource).values()].filter((object) => inScope(object, scope));
  }

  #hearing(resource: Resource, object: KindMap[Resource]): readonly Watcher[] {
    return [...this.#watchers].filter((watcher) => watcher.resource === resource && inScope(object, watcher.scope));
  }
}

/** RFC 7386; `undefined` counts as absent, as it does in JSON. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

function inScope(object: KindMap[Resource], scope: ListScope): boolean {
  const { name, namespace, labels } = object.metadata ?? {};
  if (scope.namespace !== undefined && scope.namespace !== namespace) return false;
  if (scope.fieldSelector !== undefined && scope.fieldSelector !== `metadata.name=${name ?? ''}`) return false;
  if (scope.labelSelector === undefined) return true;
  return matchesLabels(
    labels,
    Object.fromEntries(scope.labelSelector.split(',').map((part) => part.split('=') as [string, string])),
  );
}

/** Time that passes when the test says so. Starts at an epoch second that is easy to read. */
export class ManualClock implements Clock {
  #nowMs = 1_800_000_000_000;
  readonly #timers = new Set<{ at: number; readonly run: () => void }>();

  nowNs(): bigint {
    return BigInt(this.#nowMs) * 1_000_000n;
  }

  after(milliseconds: number, run: () => void): DisposableLike {
    const timer = { at: this.#nowMs + milliseconds, run };
    this.#timers.add(timer);
    return toDisposable(() => this.#timers.delete(timer));
  }

  /** Lets time pass; what falls due runs in order, and promises settle in between. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#nowMs + milliseconds;
    await settled();
    for (;;) {
      const [next] = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.at);
      next.run();
      await settled();
    }
    this.#nowMs = end;
    await settled();
  }

  /** The machine sleeps: time passes, and timers stand still. */
  sleep(milliseconds: number): void {
    this.#nowMs += milliseconds;
    for (const timer of this.#timers) timer.at += milliseconds;
  }

  get timers(): number {
    return this.#timers.size;
  }
}

/** Lets every promise that can settle do so: a macrotask runs after all microtasks. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
