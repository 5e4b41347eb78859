/**
 * What running CoreDNS says of itself: its release and the plugins it uses, from one metrics page of CoreDNS and one of
 * NodeLocal (`get pods/proxy`). Nothing is read before somebody looks at a live Corefile. A page is read again when the pod
 * or the text that it loads is another one (and once more when `reload` had its time), or when it is old and looked at.
 *
 * Plugins add up by image: one that was seen in use is built in, also after the Corefile has left it out.
 */
import { Disposable, type DisposableLike } from '../../base/disposable.ts';
import { type Problem, toProblem } from '../../base/problem.ts';
import type { SubjectFact } from '../../core/corefile/clusterFacts.ts';
import { assembleSets, importsOf } from '../../core/corefile/manifest/assembly.ts';
import { readCorefile } from '../../core/corefile/model.ts';
import type { Pod } from '../../core/topology/kubeTypes.ts';
import { metricsPorts, type PodMetrics, readMetrics } from './coreDnsMetrics.ts';
import type { Clock } from '../ports.ts';
import type { ClusterModel } from './clusterModel.ts';
import { isCoreDnsPod } from './coreDns.ts';
import type { CoreDnsBuild } from './dnsServerFacts.ts';

type Server = SubjectFact['server'];

export interface CoreDnsObserverOptions {
  readonly model: ClusterModel;
  readonly clock: Clock;
  /** Why nothing is known of a server's build; each reason once. */
  readonly onUnknown: (server: Server, problem: Problem) => void;
}

interface Page {
  /** What was there to be read: pod and texts. */
  readonly key: string;
  readonly image: string;
  readonly readAgainNs: bigint;
}

const MINUTE_NS = 60_000_000_000n;
const KEPT_NS = 10n * MINUTE_NS;
/** The kubelet brings a changed text within about a minute, then `reload` looks every 30 to 45 s. */
const RELOADED_MS = 150_000;
/** Pods asked before the page counts as unreadable. */
const MOST_PODS = 2;

export class CoreDnsObserver extends Disposable {
  readonly #options: CoreDnsObserverOptions;
  readonly #pages = new Map<Server, Page>();
  /** Plugins seen in use, by image. */
  readonly #plugins = new Map<string, Set<string>>();
  readonly #later = new Map<Server, DisposableLike>();
  readonly #reading = new Set<Promise<void>>();
  readonly #told = new Set<string>();
  readonly #abort = new AbortController();

  constructor(options: CoreDnsObserverOptions) {
    super();
    this.#options = options;
    this._register({
      dispose: () => {
        this.#abort.abort();
        for (const timer of this.#later.values()) timer.dispose();
      },
    });
  }

  /** Reads in the background what is not known yet; the model tells when there is something new. Cheap to call often. */
  look(): void {
    const { model } = this.#options;
    if (this.isDisposed || model.isDisposed || !model.isReady) return;
    for (const server of ['coredns', 'nodelocal'] as const) this.#lookAt(server);
  }

  /** Settles when nothing is being read. */
  async whenRead(): Promise<void> {
    while (this.#reading.size > 0) await Promise.all(this.#reading);
  }

  #lookAt(server: Server): void {
    const { model, clock } = this.#options;
    const pods = podsOf(model, server);
    if (pods.length === 0) return;
    const key = keyOf(model, server, pods);
    const known = this.#pages.get(server);
    if (known?.key === key && clock.nowNs() < known.readAgainNs) return;
    // What another image said of itself holds no more, whether or not this one can be asked.
    if (known !== undefined && known.image !== imageOf(pods[0], server)) this.#tellModel(server, undefined);
    this.#start(server, key, pods);
    if (known === undefined || known.key === key) return;
    this.#later.get(server)?.dispose();
    this.#later.set(
      server,
      clock.after(RELOADED_MS, () => {
        if (!this.isDisposed && !model.isDisposed && this.#pages.get(server)?.key === key)
          this.#start(server, key, podsOf(model, server));
      }),
    );
  }

  #start(server: Server, key: string, pods: readonly Pod[]): void {
    const image = imageOf(pods[0], server);
    this.#pages.set(server, { key, image, readAgainNs: this.#options.clock.nowNs() + KEPT_NS });
    const reading = this.#read(server, key, pods).finally(() => this.#reading.delete(reading));
    this.#reading.add(reading);
  }

  async #read(server: Server, key: string, pods: readonly Pod[]): Promise<void> {
    const { model, clock } = this.#options;
    const ports = portsOf(model, server);
    let problem: Problem | undefined;
    const alike = pods.filter((pod) => imageOf(pod, server) === imageOf(pods[0], server));
    for (const pod of alike.slice(0, MOST_PODS)) {
      const { namespace = '', name = '' } = pod.metadata ?? {};
      const target = { namespace, pod: name };
      const reading = await readMetrics(model.kube, target, ports, () => clock.nowNs(), this.#abort.signal).catch(
        (error: unknown) => ({ problem: toProblem(error, 'no-metrics') }),
      );
      if (this.isDisposed || model.isDisposed) return;
      if ('metrics' in reading) return this.#learn(server, pod, reading.metrics);
      ({ problem } = reading);
      if (problem.code === 'forbidden') break;
    }
    if (problem === undefined || problem.code === 'cancelled') return;
    const page = this.#pages.get(server);
    // What passes is tried again sooner.
    if (page?.key === key && problem.code !== 'forbidden')
      this.#pages.set(server, { ...page, readAgainNs: clock.nowNs() + MINUTE_NS });
    if (this.#told.has(`${server} ${problem.code}`)) return;
    this.#told.add(`${server} ${problem.code}`);
    this.#options.onUnknown(server, problem);
  }

  #learn(server: Server, pod: Pod, { version, plugins = [] }: PodMetrics): void {
    const image = imageOf(pod, server);
    const seen = this.#plugins.get(image) ?? new Set<string>();
    for (const plugin of plugins) seen.add(plugin);
    this.#plugins.set(image, seen);
    // Some platforms put their own build behind it.
    const release = /^v?(\d+\.\d+\.\d+)/u.exec(version ?? '')?.[1];
    const build: CoreDnsBuild = {
      ...(release === undefined ? {} : { version: release }),
      ...(seen.size === 0 ? {} : { enabledPlugins: [...seen].sort() }),
    };
    this.#tellModel(server, build);
  }

  #tellModel(server: Server, build: CoreDnsBuild | undefined): void {
    this.#options.model.observe(server === 'coredns' ? { coreDnsBuild: build } : { nodeLocalBuild: build });
  }
}

/** Pods that can be asked, the newest first: it has what new pods get. */
function podsOf({ discovery }: ClusterModel, server: Server): readonly Pod[] {
  const all = server === 'nodelocal' ? discovery?.nodeLocalPods : discovery?.isCoreDns === true ? discovery.pods : [];
  const ready = (all ?? []).filter(
    ({ metadata, status }) =>
      metadata?.deletionTimestamp === undefined &&
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true,
  );
  const born = ({ metadata }: Pod): number => Date.parse(metadata?.creationTimestamp ?? '') || 0;
  return [...ready].sort((a, b) => born(b) - born(a) || ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1));
}

function imageOf(pod: Pod | undefined, server: Server): string {
  const containers = pod?.spec?.containers ?? [];
  const own = containers.find((one) => server === 'coredns' && isCoreDnsPod({ spec: { containers: [one] } }));
  return (own ?? containers[0])?.image ?? '';
}

/** Another key: another process, or another text for it. */
function keyOf({ corefiles }: ClusterModel, server: Server, [pod]: readonly Pod[]): string {
  const restarts = pod?.status?.containerStatuses?.map(({ restartCount = 0 }) => restartCount) ?? [];
  const texts = corefiles.parts
    .filter((part) => part.server === server)
    .map(({ place, resourceVersion }) => `${place.namespace}/${place.name}@${resourceVersion}`);
  return [pod?.metadata?.uid, ...restarts, ...new Set(texts)].join(' ');
}

/** Where the server's configuration serves metrics, imported parts included. */
function portsOf({ corefiles }: ClusterModel, server: Server): readonly number[] {
  const ports = assembleSets(corefiles.parts, corefiles.workloads).flatMap((set) => {
    const main = set.files.get(set.main);
    if (main?.server !== server) return [];
    return metricsPorts(readCorefile(main.text, { resolveImport: importsOf(set) }));
  });
  return [...new Set(ports)];
}
