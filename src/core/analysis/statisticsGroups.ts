/**
 * Servers, clients, names and namespaces of clients, and the tallies that a transaction counts in. Keys are counted first; then only the
 * busiest of each kind have a tally.
 */
import { IdCounts } from '../trace/byId.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import { type GroupTally, GroupTallies } from './groupTally.ts';
import type { StatisticsPartial } from './statisticsPartial.ts';

/** What stands for clients whose namespace is not known. */
const NO_NAMESPACE = '';

export class StatisticsGroups {
  /** Tallies that the transaction last given to `eachOf` counts in; overwritten each time. */
  readonly current: GroupTally[] = [];
  readonly #engine: TraceEngine;
  readonly #serverCounts = new IdCounts();
  readonly #clientCounts = new IdCounts();
  readonly #nameCounts = new IdCounts();
  readonly #namespaceCounts = new IdCounts();
  #servers = new GroupTallies([]);
  #clients = new GroupTallies([]);
  #names = new GroupTallies([]);
  #namespaces = new GroupTallies([]);
  /** Namespace id by client id. */
  readonly #namespaceOf: number[] = [];
  readonly #namespaceIds = new Map<string, number>();
  readonly #namespaceTexts: string[] = [];
  #transaction = -1;

  constructor(engine: TraceEngine) {
    this.#engine = engine;
  }

  /** Says of each transaction what it will count for, before any is counted. */
  expect(server: number, client: number, name: number): void {
    this.#serverCounts.add(server);
    this.#clientCounts.add(client);
    this.#nameCounts.add(name);
    this.#namespaceCounts.add(this.#namespaceId(client));
  }

  keepBusiest(): void {
    this.#servers = new GroupTallies(this.#serverCounts);
    this.#clients = new GroupTallies(this.#clientCounts);
    this.#names = new GroupTallies(this.#nameCounts);
    this.#namespaces = new GroupTallies(this.#namespaceCounts);
  }

  eachOf(transaction: number, server: number, client: number, name: number): void {
    if (transaction === this.#transaction) return;
    this.#transaction = transaction;
    this.current.length = 0;
    this.#push(this.#servers.get(server));
    this.#push(this.#clients.get(client));
    this.#push(this.#names.get(name));
    this.#push(this.#namespaces.get(this.#namespaceId(client)));
  }

  partials(): Pick<StatisticsPartial, 'servers' | 'clients' | 'names' | 'namespaces'> {
    const { addresses, names } = this.#engine.trace;
    return {
      servers: this.#servers.partial((id) => addresses.textOf(id)),
      clients: this.#clients.partial((id) => addresses.textOf(id)),
      names: this.#names.partial((id) => names.textOf(id)),
      namespaces: this.#namespaces.partial((id) => this.#namespaceTexts[id] ?? NO_NAMESPACE),
    };
  }

  /** Ids of the addresses that were counted as clients. */
  clientsByNamespace(): ReadonlyMap<string, readonly number[]> {
    const clients = new Map<string, number[]>(this.#namespaceTexts.map((text) => [text, []]));
    for (const [client] of this.#clientCounts)
      clients.get(this.#namespaceTexts[this.#namespaceId(client)] ?? NO_NAMESPACE)?.push(client);
    return clients;
  }

  #push(tally: GroupTally | undefined): void {
    if (tally !== undefined) this.current.push(tally);
  }

  #namespaceId(client: number): number {
    const known = this.#namespaceOf[client];
    if (known !== undefined) return known;
    const owner = this.#engine.topology.ownerOf(this.#engine.trace.addresses.textOf(client));
    const text = owner?.kind === 'pod' ? owner.pod.namespace : NO_NAMESPACE;
    let id = this.#namespaceIds.get(text);
    if (id === undefined) {
      id = this.#namespaceTexts.push(text) - 1;
      this.#namespaceIds.set(text, id);
    }
    this.#namespaceOf[client] = id;
    return id;
  }
}
