import { Disposable, type DisposableLike, toDisposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import type { Problem } from '../../base/problem.ts';
import type { ClusterFacts, SubjectFact } from '../../core/corefile/clusterFacts.ts';
import type { Pod } from '../../core/topology/kubeTypes.ts';
import { emptyTopology, type Topology } from '../../core/topology/topology.ts';
import { clusterFactsOf, type ObservedFacts } from './clusterFacts.ts';
import { buildDnsView, buildTopology } from './clusterViews.ts';
import type { ClusterDnsView } from './clusterModelTypes.ts';
import { type CorefileTopology, corefileTopology } from './corefileTopology.ts';
import { corefileText, DNS_NAMESPACES, discoverCoreDns, podKey, type CoreDnsDiscovery } from './coreDns.ts';
import { type LiveCorefiles, liveCorefiles } from './liveCorefiles.ts';
import type { Clock, KindMap, KubeApi, Resource } from '../ports.ts';

export interface ClusterModelOptions {
  readonly kube: KubeApi;
  readonly clock: Clock;
  /** Namespaces to watch one by one where the user may not list a kind in all of them. CoreDNS's own are always among them. */
  readonly namespaces?: readonly string[];
}

const WATCHED: readonly Resource[] = [
  'pods',
  'services',
  'endpointslices',
  'nodes',
  'configmaps',
  'namespaces',
  'deployments',
];
/** ConfigMaps and Deployments matter in CoreDNS's namespaces only; watching all of them would read strangers' data. */
const DNS_ONLY: ReadonlySet<Resource> = new Set(['configmaps', 'deployments']);
const CLUSTER_WIDE: ReadonlySet<Resource> = new Set(['nodes', 'namespaces']);
const COALESCE_MS = 50;

const COST: Readonly<Record<Resource, string>> = {
  pods: 'pods are shown by address only',
  services: 'Services are shown by address only',
  endpointslices: 'CoreDNS pods are found by label instead of by Service',
  nodes: 'nodes are shown by address only',
  configmaps: 'the Corefile and its upstreams are not known',
  deployments: 'CoreDNS cannot be restarted from here',
  namespaces: 'only namespaces with visible pods are listed',
  poddisruptionbudgets: 'how many CoreDNS pods may be missing is not known',
};

interface Cell {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly objects: Map<string, KindMap[Resource]>;
  state: 'loading' | 'live' | 'reconnecting' | 'refused';
  problem: Problem | undefined;
  watch: DisposableLike | undefined;
}

/**
 * What is known of one cluster's DNS, kept by watches (never by polling). A kind that may not be listed degrades alone:
 * it is watched namespace by namespace where that is allowed, else told in `problems` with what it costs.
 */
export class ClusterModel extends Disposable {
  readonly #options: ClusterModelOptions;
  readonly #cells: Cell[] = [];
  readonly #changed = this._register(new Emitter<void>());
  #pending: DisposableLike | undefined;
  #topology: Topology | undefined;
  #discovery: { readonly value: CoreDnsDiscovery | undefined } | undefined;
  #view: ClusterDnsView | undefined;
  #corefiles: LiveCorefiles | undefined;
  #facts: ClusterFacts | undefined;
  #observed: ObservedFacts = {};
  #started = false;
  readonly #readyWaiters: (() => void)[] = [];

  /** Something changed; at most once in 50 ms. Read `topology` and `view` afresh. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(options: ClusterModelOptions) {
    super();
    this.#options = options;
    this._register(toDisposable(() => this.#release()));
  }

  /** Opens the watches. Calling it again does nothing. */
  start(): void {
    if (this.#started || this.isDisposed) return;
    this.#started = true;
    for (const resource of WATCHED) {
      if (DNS_ONLY.has(resource)) for (const namespace of DNS_NAMESPACES.slice(0, 1)) this.#open(resource, namespace);
      else this.#open(resource, undefined);
    }
  }

  /** Settles when every watch has told its state once, or at disposal. */
  whenReady(): Promise<void> {
    if (this.isReady || this.isDisposed) return Promise.resolve();
    return new Promise((resolve) => this.#readyWaiters.push(resolve));
  }

  get isReady(): boolean {
    return this.#started && this.#cells.every((cell) => cell.state !== 'loading');
  }

  get kube(): KubeApi {
    return this.#options.kube;
  }

  get topology(): Topology {
    if (!this.#started) return emptyTopology;
    this.#topology ??= buildTopology(this.#objects(), this.discovery, this.#corefile());
    return this.#topology;
  }

  get discovery(): CoreDnsDiscovery | undefined {
    this.#discovery ??= { value: discoverCoreDns(this.#objects()) };
    return this.#discovery.value;
  }

  get view(): ClusterDnsView {
    this.#view ??= buildDnsView({
      context: this.#options.kube.context,
      state: this.#state(),
      objects: this.#objects(),
      discovery: this.discovery,
      upstreams: this.topology.upstreams,
      namespaces: this.#all('namespaces'),
      problems: this.problems,
    });
    return this.#view;
  }

  /** Every key of the ConfigMaps that CoreDNS and NodeLocal read. */
  get corefiles(): LiveCorefiles {
    this.#corefiles ??= liveCorefiles(this.#all('configmaps'), this.discovery);
    return this.#corefiles;
  }

  /** The cluster as Corefile rules see it, for a text of `subject`. Cheap to ask again. */
  clusterFacts(subject?: SubjectFact): ClusterFacts {
    if (this.#facts === undefined) {
      const sees = (resource: Resource): boolean =>
        this.#cells.some((cell) => cell.resource === resource && cell.namespace === undefined && cell.state === 'live');
      this.#facts = clusterFactsOf({
        objects: this.#objects(),
        discovery: this.discovery,
        sees: { pods: sees('pods'), services: sees('services'), endpoints: sees('endpointslices') },
        observed: this.#observed,
      });
    }
    return subject === undefined ? this.#facts : { ...this.#facts, subject };
  }

  /** What no object tells, from those who read it elsewhere. Each member given takes the place of what it was before. */
  observe(observed: ObservedFacts): void {
    const merged = { ...this.#observed, ...observed };
    if (JSON.stringify(merged) === JSON.stringify(this.#observed)) return;
    this.#observed = merged;
    this.#facts = undefined;
    this.#tellSoon();
  }

  get problems(): readonly Problem[] {
    const problems = new Map<string, Problem>();
    for (const cell of this.#cells) {
      if (cell.problem !== undefined) problems.set(`${cell.problem.code} ${cell.problem.detail}`, cell.problem);
    }
    return [...problems.values()];
  }

  pod(namespace: string, name: string): Pod | undefined {
    const key = podKey(namespace, name);
    for (const cell of this.#cells) {
      if (cell.resource !== 'pods') continue;
      const found = cell.objects.get(key);
      if (found !== undefined) return found as Pod;
    }
    return undefined;
  }

  /** True when absence of a pod from the model means that it does not exist. */
  knowsPodsOf(namespace: string): boolean {
    return this.#cells.some(
      (cell) =>
        cell.resource === 'pods' &&
        cell.state === 'live' &&
        (cell.namespace === undefined || cell.namespace === namespace),
    );
  }

  #open(resource: Resource, namespace: string | undefined): void {
    const cell: Cell = {
      resource,
      namespace,
      objects: new Map(),
      state: 'loading',
      problem: undefined,
      watch: undefined,
    };
    this.#cells.push(cell);
    const scope = namespace === undefined ? {} : { namespace };
    cell.watch = this.#options.kube.watch(resource, scope, {
      onSnapshot: (items) => {
        cell.objects.clear();
        for (const item of items) cell.objects.set(podKey(item.metadata?.namespace, item.metadata?.name), item);
        this.#touch(cell, 'live', undefined);
      },
      onChange: (type, object) => {
        const key = podKey(object.metadata?.namespace, object.metadata?.name);
        if (type === 'DELETED') cell.objects.delete(key);
        else cell.objects.set(key, object);
        this.#touch(cell, cell.state, cell.problem);
      },
      onState: (state, problem) => {
        if (problem?.code === 'forbidden' && cell.state !== 'refused') this.#degrade(cell, problem);
        else if (cell.state !== 'refused')
          this.#touch(cell, state === 'live' ? 'live' : 'reconnecting', state === 'live' ? undefined : problem);
      },
    });
    if (cell.state === 'refused') cell.watch.dispose();
  }

  #degrade(cell: Cell, problem: Problem): void {
    cell.state = 'refused';
    cell.watch?.dispose();
    if (cell.namespace === undefined && !CLUSTER_WIDE.has(cell.resource)) {
      const namespaces = new Set([
        ...(this.#options.namespaces ?? []),
        DNS_NAMESPACES[0] ?? 'kube-system',
        this.#options.kube.context.namespace,
      ]);
      for (const namespace of namespaces) this.#open(cell.resource, namespace);
      this.#touch(cell, 'refused', undefined);
      return;
    }
    this.#touch(cell, 'refused', {
      ...problem,
      detail: `${problem.detail}: ${COST[cell.resource]}`,
      resource: cell.resource,
    });
  }

  #touch(cell: Cell, state: Cell['state'], problem: Problem | undefined): void {
    cell.state = state;
    cell.problem = problem;
    this.#topology = undefined;
    this.#discovery = undefined;
    this.#view = undefined;
    this.#facts = undefined;
    this.#corefiles = undefined;
    if (this.isDisposed) return;
    this.#followNamespace();
    if (this.isReady) for (const waiter of this.#readyWaiters.splice(0)) waiter();
    this.#tellSoon();
  }

  #tellSoon(): void {
    if (this.#pending !== undefined || this.isDisposed) return;
    this.#pending = this.#options.clock.after(COALESCE_MS, () => {
      this.#pending = undefined;
      this.#changed.fire();
    });
  }

  /** CoreDNS found outside kube-system: its ConfigMaps and Deployment are watched there too. */
  #followNamespace(): void {
    const namespace = this.#cells.some((cell) => cell.state === 'loading') ? undefined : this.discovery?.namespace;
    if (
      namespace === undefined ||
      this.#cells.some((cell) => DNS_ONLY.has(cell.resource) && cell.namespace === namespace)
    )
      return;
    for (const resource of DNS_ONLY) this.#open(resource, namespace);
  }

  #all<K extends Resource>(resource: K): readonly KindMap[K][] {
    const seen = new Map<string, KindMap[K]>();
    for (const cell of this.#cells) {
      if (cell.resource === resource) for (const [key, object] of cell.objects) seen.set(key, object as KindMap[K]);
    }
    return [...seen.values()];
  }

  #objects(): Parameters<typeof discoverCoreDns>[0] & { readonly nodes: readonly KindMap['nodes'][] } {
    return {
      pods: this.#all('pods'),
      services: this.#all('services'),
      endpointSlices: this.#all('endpointslices'),
      deployments: this.#all('deployments'),
      configMaps: this.#all('configmaps'),
      nodes: this.#all('nodes'),
    };
  }

  #corefile(): CorefileTopology {
    return corefileTopology(corefileText(this.discovery?.main));
  }

  #state(): ClusterDnsView['state'] {
    if (!this.isReady) return 'loading';
    if (this.#cells.length > 0 && this.#cells.every((cell) => cell.state === 'reconnecting')) return 'unreachable';
    return this.#cells.some((cell) => cell.problem !== undefined) ? 'degraded' : 'live';
  }

  #release(): void {
    this.#pending?.dispose();
    for (const cell of this.#cells) cell.watch?.dispose();
    for (const waiter of this.#readyWaiters.splice(0)) waiter();
  }
}
