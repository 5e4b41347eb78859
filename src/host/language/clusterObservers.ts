/**
 * What is known of a cluster beyond its objects, for the checks of live Corefiles: builds from CoreDNS's metrics, silent
 * upstreams from running traces. Begins with the first look at a cluster's Corefiles, ends with the cluster's connection.
 */
import { Disposable } from '../../base/disposable.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { ClusterModel } from '../../session/cluster/clusterModel.ts';
import { CoreDnsObserver } from '../../session/cluster/coreDnsObserver.ts';
import { SilentUpstreams } from '../../session/cluster/silentUpstreams.ts';
import type { Clock } from '../../session/ports.ts';
import { sentence } from '../notify.ts';
import type { TraceList } from '../traces/traceList.ts';
import type { Log } from '../log.ts';

export interface ObserversOptions {
  readonly traces: TraceList;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often the counts of running traces are read. */
const EVERY_MS = 2000;

interface Observed {
  readonly coreDns: CoreDnsObserver;
  readonly silent: SilentUpstreams;
}

export class ClusterObservers extends Disposable {
  readonly #options: ObserversOptions;
  readonly #observed = new Map<ClusterModel, Observed>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ObserversOptions) {
    super();
    this.#options = options;
    this._register(options.traces.onDidChange(() => this.#soon()));
    this._register({
      dispose: () => {
        clearTimeout(this.#timer);
        for (const { coreDns } of this.#observed.values()) coreDns.dispose();
      },
    });
  }

  /** Somebody looks at the Corefiles of this cluster. What comes to be known is told by the model. Cheap to call often. */
  look(model: ClusterModel): void {
    if (this.isDisposed || model.isDisposed) return;
    let observed = this.#observed.get(model);
    if (observed === undefined) {
      this.#dropEnded();
      const { clock } = this.#options;
      const { cluster } = model.kube.context;
      const coreDns = new CoreDnsObserver({
        model,
        clock,
        onUnknown: (server, problem) => {
          const name = server === 'nodelocal' ? 'NodeLocal DNS' : 'CoreDNS';
          const text = `What the running ${name} of ${cluster} is built with is not known: ${sentence(problem)}`;
          this.#options.log.info(visibleText(text));
        },
      });
      observed = { coreDns, silent: new SilentUpstreams() };
      this.#observed.set(model, observed);
      this.#soon();
    }
    observed.coreDns.look();
  }

  #soon(): void {
    if (this.isDisposed || this.#observed.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#readTraces();
    }, EVERY_MS);
  }

  #readTraces(): void {
    const { traces, clock } = this.#options;
    let goesOn = false;
    this.#dropEnded();
    for (const [model, { silent }] of this.#observed) {
      const { name } = model.kube.context;
      const unreachableUpstreams = silent.update(clock.nowNs(), traces.upstreamsIn(name), traces.seenWith(name));
      model.observe({ unreachableUpstreams });
      // A trace that sees nothing more tells nothing more: what it saw last grows old all the same.
      goesOn ||= unreachableUpstreams !== undefined;
    }
    if (goesOn) this.#soon();
  }

  #dropEnded(): void {
    for (const [model, { coreDns }] of this.#observed) {
      if (!model.isDisposed) continue;
      coreDns.dispose();
      this.#observed.delete(model);
    }
  }
}
