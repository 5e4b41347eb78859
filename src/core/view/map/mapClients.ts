/**
 * The clients of the map: pods by their workload, other addresses by themselves. Each lookup has one client, so groups add up to the whole.
 * Memory: four bytes an address, and at most {@link MOST_WORKLOADS} + {@link MOST_ADDRESSES} + 1 groups; of a scan from a million addresses
 * those that asked most stand alone and the rest together.
 */
import { visibleText } from '../../../base/visibleText.ts';
import { primaryTransaction } from '../../lookups/exchangeViews.ts';
import { whoAsked, ownsUnclaimed, type WhoAsked } from '../../topology/whoAsked.ts';
import { workloadOf } from '../../topology/workloadOf.ts';
import { ROW_MASK, type LookupRows } from '../../trace/tables.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import { writtenCondition } from '../../filter/writtenValue.ts';
import { MapFlow } from './mapFlow.ts';

const MOST_WORKLOADS = 1000;
const MOST_ADDRESSES = 100;

export interface ClientGroup {
  readonly id: string;
  /** Text to be shown. */
  readonly label: string;
  /** As it is compared: visible and in lower case. Absent for what is no pod. */
  readonly namespace?: string;
  readonly detail?: string;
  /** What chooses its lookups; absent where no filter can. */
  readonly filter?: string;
  /** Distinct addresses, or pods that were watched. */
  members: number;
  readonly flow: MapFlow;
  /** What of it was seen arriving at CoreDNS. */
  readonly arrived: MapFlow;
  /** What of it was seen where it left, not only where it arrived. */
  readonly left: MapFlow;
  /** Its place among the groups. */
  readonly index: number;
}

const comparable = (text: string): string => visibleText(text).toLowerCase();
const UNCLAIMED = 'not pod ~ .';

export class MapClients {
  readonly groups: ClientGroup[] = [];
  readonly #engine: TraceEngine;
  /** Address id → 1 + place of its group; negative where a capture's own pod may claim the address. */
  readonly #byAddress: Int32Array;
  readonly #byVantage: (ClientGroup | undefined)[] = [];
  readonly #byWorkload = new Map<string, ClientGroup>();
  readonly #kept: ReadonlySet<number>;
  readonly #claims: boolean;
  #otherAddresses: ClientGroup | undefined;
  #otherPods: ClientGroup | undefined;

  constructor(engine: TraceEngine) {
    this.#engine = engine;
    const { trace } = engine;
    this.#byAddress = new Int32Array(trace.addresses.size);
    this.#claims = trace.vantages.some(({ vantage }) => vantage.role === 'client' && vantage.pod !== undefined);
    this.#kept = mostAsking(engine);
  }

  of(chunk: LookupRows, row: number): ClientGroup {
    const client = chunk.client[row]!;
    const known = this.#byAddress[client]!;
    const place = known === 0 ? this.#place(client) : known;
    if (place > 0) return this.groups[place - 1]!;
    return this.#claimant(chunk.stepExchange[row]!) ?? this.groups[-place - 1]!;
  }

  #place(client: number): number {
    const { trace, topology } = this.#engine;
    const address = trace.addresses.textOf(client);
    const who = whoAsked(topology, address);
    const group = who.pod === '' ? this.#address(client, address, who) : this.#workload(who);
    group.members++;
    const mayBeClaimed = this.#claims && ownsUnclaimed(topology.ownerOf(address)?.kind);
    const place = (group.index + 1) * (mayBeClaimed ? -1 : 1);
    this.#byAddress[client] = place;
    return place;
  }

  /** The pod in whose own capture it was seen. */
  #claimant(exchange: number): ClientGroup | undefined {
    const { trace } = this.#engine;
    const id = primaryTransaction(trace, exchange);
    const index = trace.transactions.of(id).vantage[id & ROW_MASK]!;
    const known = this.#byVantage[index];
    if (known !== undefined) return known;
    const { role, namespace = '', pod } = trace.vantages[index]!.vantage;
    if (role !== 'client' || pod === undefined || pod === '') return undefined;
    const group = this.#workload({ namespace, pod });
    group.members++;
    this.#byVantage[index] = group;
    return group;
  }

  #workload({ namespace, pod }: Pick<WhoAsked, 'namespace' | 'pod'>): ClientGroup {
    const workload = workloadOf(pod);
    const name = namespace === '' ? workload : `${namespace}/${workload}`;
    const key = comparable(name);
    const known = this.#byWorkload.get(key);
    if (known !== undefined) return known;
    if (this.#byWorkload.size >= MOST_WORKLOADS)
      return (this.#otherPods ??= this.#add({ id: 'client:other-pods', label: 'Pods of other workloads' }));
    const own = writtenCondition('workload', [key]);
    const group = this.#add({
      id: `client:${key}`,
      label: visibleText(workload),
      filter: namespace === '' ? `${own} and not ns ~ .` : own,
      ...(namespace === '' ? {} : { namespace: comparable(namespace) }),
    });
    this.#byWorkload.set(key, group);
    return group;
  }

  #address(client: number, address: string, { label }: WhoAsked): ClientGroup {
    if (!this.#kept.has(client)) {
      return (this.#otherAddresses ??= this.#add({
        id: 'client:other-addresses',
        label: 'Other addresses',
        filter: `client not in (${[...this.#kept].map((id) => this.#engine.trace.addresses.textOf(id)).join(', ')}) and ${UNCLAIMED}`,
      }));
    }
    const own = writtenCondition('client', [address]);
    return this.#add({
      id: `client:${address}`,
      label: visibleText(label),
      filter: this.#claims ? `${own} and ${UNCLAIMED}` : own,
      ...(label === address ? {} : { detail: address }),
    });
  }

  #add(group: Pick<ClientGroup, 'id' | 'label' | 'filter' | 'namespace' | 'detail'>): ClientGroup {
    const added: ClientGroup = {
      ...group,
      members: 0,
      flow: new MapFlow(),
      arrived: new MapFlow(),
      left: new MapFlow(),
      index: this.groups.length,
    };
    this.groups.push(added);
    return added;
  }
}

/** Ids of the addresses that asked most among those that no pod has. */
function mostAsking({ trace, topology }: TraceEngine): ReadonlySet<number> {
  const counts = new Float64Array(trace.addresses.size);
  for (const { asked } of trace.vantages) for (const [address, count] of asked) counts[address]! += count;
  const inOrder = Float64Array.from(counts).sort();
  const kept = new Set<number>();
  const isOfPod = (id: number): boolean => topology.ownerOf(trace.addresses.textOf(id))?.kind === 'pod';
  // Pods are passed over, so the threshold is lowered until enough others are found.
  for (let rank = MOST_ADDRESSES; kept.size < MOST_ADDRESSES; rank *= 4) {
    const least = Math.max(1, inOrder[Math.max(0, inOrder.length - rank)] ?? 1);
    for (let id = 0; id < counts.length && kept.size < MOST_ADDRESSES; id++)
      if (counts[id]! >= least && !kept.has(id) && !isOfPod(id)) kept.add(id);
    if (rank >= inOrder.length) break;
  }
  return kept;
}
