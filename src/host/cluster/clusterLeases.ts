/**
 * Open clusters, shared and counted: tree, traces and Corefile views of one context use one set of watches. A lease stays
 * valid whatever the user selects meanwhile, so a trace never drifts to another cluster; the last release closes the
 * connection.
 */
import { type DisposableLike, toDisposable } from '../../base/disposable.ts';
import { ClusterModel } from '../../session/cluster/clusterModel.ts';
import type { Clock, KubeApi, KubeConfigSource } from '../../session/ports.ts';

export interface ClusterLease extends DisposableLike {
  readonly kube: KubeApi;
  /** Started. */
  readonly model: ClusterModel;
}

export interface ClusterLeasesOptions {
  readonly clock: Clock;
}

interface Entry {
  readonly kube: KubeApi;
  readonly model: ClusterModel;
  users: number;
}

export class ClusterLeases implements DisposableLike {
  readonly #options: ClusterLeasesOptions;
  readonly #open = new Map<string, Promise<Entry>>();
  readonly #all = new Set<Entry>();

  constructor(options: ClusterLeasesOptions) {
    this.#options = options;
  }

  /** @throws ProblemError from the kubeconfig: unknown context, unreadable file */
  async acquire(source: KubeConfigSource, context: string): Promise<ClusterLease> {
    let opening = this.#open.get(context);
    if (opening === undefined) {
      opening = this.#connect(source, context);
      this.#open.set(context, opening);
      opening.catch(() => this.#open.delete(context));
    }
    const entry = await opening;
    entry.users++;
    const release = toDisposable(() => {
      entry.users--;
      if (entry.users === 0) this.#close(context, entry);
    });
    return { kube: entry.kube, model: entry.model, dispose: () => release.dispose() };
  }

  /** The kubeconfig changed: new leases connect anew, those in use stay as they are. */
  forget(): void {
    this.#open.clear();
  }

  dispose(): void {
    this.#open.clear();
    for (const entry of [...this.#all]) this.#close(entry.kube.context.name, entry);
  }

  async #connect(source: KubeConfigSource, context: string): Promise<Entry> {
    const kube = await source.open(context);
    const entry: Entry = { kube, model: new ClusterModel({ kube, ...this.#options }), users: 0 };
    this.#all.add(entry);
    entry.model.start();
    return entry;
  }

  #close(context: string, entry: Entry): void {
    if (!this.#all.delete(entry)) return;
    void this.#open.get(context)?.then((current) => {
      if (current === entry) this.#open.delete(context);
    });
    entry.model.dispose();
    entry.kube.dispose();
  }
}
