/**
 * What the use cases need from the world. Rooms that can (kube, io, host) implement these; tests hold in-memory twins.
 * Every promise settles; every method that waits takes an AbortSignal; failures are `ProblemError`.
 */
import type { DisposableLike } from '../base/disposable.ts';
import type { Problem } from '../base/problem.ts';
import type {
  ConfigMap,
  Deployment,
  EndpointSlice,
  KubeObject,
  Namespace,
  Node,
  Pod,
  PodDisruptionBudget,
  Service,
} from '../core/topology/kubeTypes.ts';
import type { Topology } from '../core/topology/topology.ts';
import type { CaptureLoss, Vantage, VantageId } from '../core/trace/vantage.ts';

/** The kinds DNScope touches, by their plural resource name. */
export interface KindMap {
  readonly pods: Pod;
  readonly services: Service;
  readonly endpointslices: EndpointSlice;
  readonly configmaps: ConfigMap;
  readonly deployments: Deployment;
  readonly nodes: Node;
  readonly namespaces: Namespace;
  readonly poddisruptionbudgets: PodDisruptionBudget;
}
export type Resource = keyof KindMap;

/** One context of a kubeconfig, without its secrets. */
export interface KubeContext {
  readonly name: string;
  readonly cluster: string;
  readonly server: string;
  readonly user: string;
  /** The context's namespace, `default` when it names none. */
  readonly namespace: string;
  /** The kubeconfig itself says `insecure-skip-tls-verify`: honoured, and told to the user. */
  readonly skipsTlsVerify?: boolean;
}

export interface AccessCheck {
  readonly verb: string;
  /** API group, `''` for core. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface AccessResult extends AccessCheck {
  readonly allowed: boolean;
  readonly reason?: string;
}

export interface WatchHandler<K extends Resource> {
  /** The whole state, at the start and after every reconnect. Replaces what was known. */
  onSnapshot(items: readonly KindMap[K][]): void;
  onChange(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KindMap[K]): void;
  /** `reconnecting` with the reason, then `live` again after the next snapshot. A watch retries with back-off until disposed. */
  onState(state: 'live' | 'reconnecting', problem?: Problem): void;
}

export interface ListScope {
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface ExecIo {
  /** The chunk is the receiver's from here on. */
  onStdout(chunk: Uint8Array): void;
  onStderr(chunk: Uint8Array): void;
}

/** `exit`: the command ended. `lost`: the connection broke; the command may still run. */
export type ExecEnd =
  | { readonly kind: 'exit'; readonly code: number; readonly message?: string }
  | { readonly kind: 'lost'; readonly problem: Problem };

export interface ExecHandle {
  write(data: Uint8Array): void;
  /** Stop and restart reading from the socket: bounds memory when the receiver is slower than the network. */
  pause(): void;
  resume(): void;
  /** Never rejects. */
  readonly ended: Promise<ExecEnd>;
  /** Closes stdin and the connection. */
  close(): void;
}

/** One cluster, pinned: a trace that started in a context stays in it whatever the kubeconfig says later. */
export interface KubeApi extends DisposableLike {
  readonly context: KubeContext;
  get<K extends Resource>(
    resource: K,
    namespace: string | undefined,
    name: string,
    signal?: AbortSignal,
  ): Promise<KindMap[K]>;
  list<K extends Resource>(resource: K, scope: ListScope, signal?: AbortSignal): Promise<readonly KindMap[K][]>;
  watch<K extends Resource>(resource: K, scope: ListScope, handler: WatchHandler<K>): DisposableLike;
  /** SelfSubjectAccessReview for each, in order. */
  canI(checks: readonly AccessCheck[], signal?: AbortSignal): Promise<readonly AccessResult[]>;
  /** Adds one ephemeral container (strategic merge on pods/ephemeralcontainers). With dryRun the server validates and admits only. */
  addEphemeralContainer(
    namespace: string,
    pod: string,
    container: EphemeralContainerSpec,
    options: { readonly dryRun: boolean },
    signal?: AbortSignal,
  ): Promise<Pod>;
  /**
   * Merge patch (RFC 7386). With `metadata.resourceVersion` in the body the server applies it to that version only, and
   * rejects with `conflict` when the object has changed since.
   */
  patch<K extends Resource>(
    resource: K,
    namespace: string | undefined,
    name: string,
    body: object,
    options: { readonly dryRun: boolean },
    signal?: AbortSignal,
  ): Promise<KindMap[K]>;
  /** Creates an object; rejects with `already-exists` when the name is taken. With dryRun the server validates and admits only. */
  create<K extends CreatableResource>(
    resource: K,
    namespace: string,
    body: CreatableMap[K],
    options: { readonly dryRun: boolean },
    signal?: AbortSignal,
  ): Promise<KindMap[K]>;
  /** Deletes an object; `not-found` when it is gone already. `uid` keeps a namesake that came later alive (`conflict`). */
  delete(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    options: { readonly gracePeriodSeconds?: number; readonly uid?: string },
    signal?: AbortSignal,
  ): Promise<void>;
  /** HTTP GET to a pod through the API server (`get pods/proxy`). Rejects with `answer-too-large` above `limitBytes`. */
  podHttpGet(target: PodHttpTarget, signal?: AbortSignal): Promise<string>;
  exec(target: ExecTarget, command: readonly string[], io: ExecIo, signal?: AbortSignal): Promise<ExecHandle>;
  /** Tail of a container's log, as text. `sinceSeconds` counts back from the node's own now; `timestamps` puts its RFC 3339 time and a blank before each line. */
  logs(
    target: ExecTarget,
    options: { readonly tailLines: number; readonly sinceSeconds?: number; readonly timestamps?: boolean },
    signal?: AbortSignal,
  ): Promise<string>;
  serverVersion(signal?: AbortSignal): Promise<string>;
}

export interface PodHttpTarget {
  readonly namespace: string;
  readonly pod: string;
  /** TCP port in the pod, 1..65535. */
  readonly port: number;
  /** Begins with a slash. */
  readonly path: string;
  readonly limitBytes: number;
  readonly timeoutMs: number;
}

/** What DNScope may create, with the shape it is sent in. */
export interface CreatableMap {
  readonly pods: PodSpecToCreate;
}
export type CreatableResource = keyof CreatableMap;

/** A pod as DNScope creates it: what is shown for consent is this very object. */
export interface PodSpecToCreate {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** An ephemeral container as DNScope creates it: what is shown for consent is this very object. */
export interface EphemeralContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy?: 'IfNotPresent' | 'Always' | 'Never';
  readonly command: readonly string[];
  readonly stdin?: boolean;
  readonly securityContext?: {
    readonly runAsUser?: number;
    readonly runAsNonRoot?: boolean;
    readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  };
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}

/** Opens kubeconfigs. */
export interface KubeConfigSource {
  /** Contexts in file order; problems name the file. */
  contexts(): Promise<{
    readonly contexts: readonly KubeContext[];
    readonly current?: string;
    readonly problems: readonly Problem[];
  }>;
  open(context: string): Promise<KubeApi>;
}

/** Where a capture's bytes go: the trace engine, in this thread or behind a worker. Ids are dense and given by the caller. */
export interface TraceSink {
  addVantage(id: VantageId, vantage: Vantage): void;
  /** Bytes of that vantage's pcap stream, in order. The chunk is the sink's from here on. */
  push(id: VantageId, chunk: Uint8Array): void;
  /** The stream starts anew (a reconnect): the next bytes begin with a pcap header. */
  restartStream(id: VantageId): void;
  /** The stream is over; nothing more comes for this vantage. */
  endStream(id: VantageId): void;
  reportLoss(id: VantageId, loss: CaptureLoss): void;
  /** Number of the network namespace that vantage is, as its node's kernel has it. */
  noteNetns(id: VantageId, netns: number): void;
  setTopology(topology: Topology): void;
  /** The CoreDNS pods that exist but are not watched, by `namespace/name`: no claim may rest on their silence. */
  setUnwatched(pods: readonly string[]): void;
  /** Epoch nanoseconds of the watching clock; settles what has waited long enough. */
  tick(nowNs: bigint): void;
  /** Bytes accepted but not yet processed; the capture pauses above a bound. */
  readonly backlogBytes: number;
}

export interface Clock {
  nowNs(): bigint;
  /** Fires once after that many milliseconds unless disposed. */
  after(milliseconds: number, run: () => void): DisposableLike;
}

export type AnyKubeObject = KubeObject;
