/**
 * What a comparison can be made of: pods and CoreDNS pods seen, names asked for, moments at which something changed. The busiest of each;
 * of anything else a filter can be written. Cost: a pass over the lookups, and four bytes a name.
 */
import type { Steps } from '../../../base/steps.ts';
import { visibleText } from '../../../base/visibleText.ts';
import { writtenCondition } from '../../filter/writtenValue.ts';
import { corednsAddresses } from '../../findings/corednsReplicas.ts';
import { primaryTransaction } from '../../lookups/exchangeViews.ts';
import { ownsUnclaimed, whoAsked, type WhoAsked } from '../../topology/whoAsked.ts';
import { ROW_MASK } from '../../trace/tables.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';

/** Something that can be a side. */
export interface CompareOffer {
  /** Text to be shown. */
  readonly label: string;
  readonly filter: string;
  /** Lookups, or queries to a CoreDNS pod as often as they were seen. */
  readonly count: number;
}

export interface CompareOffers {
  readonly clients: readonly CompareOffer[];
  readonly replicas: readonly CompareOffer[];
  readonly names: readonly CompareOffer[];
  readonly moments: readonly { readonly atUs: number; readonly text: string }[];
}

const STRETCH = 1 << 16;
const MOST = 50;
const MOST_CLIENTS = 10_000;

export function* compareOffers(engine: TraceEngine): Steps<CompareOffers> {
  const { trace, dnsChanges } = engine;
  const clients = new ClientCounts(engine);
  const names = new Uint32Array(trace.names.size);
  for (let lookup = 0; lookup < trace.lookups.length; lookup++) {
    if ((lookup & (STRETCH - 1)) === STRETCH - 1) yield;
    const chunk = trace.lookups.of(lookup);
    const row = lookup & ROW_MASK;
    names[chunk.name[row]!]!++;
    clients.add(chunk.client[row]!, chunk.stepExchange[row]!);
  }
  yield;
  return {
    clients: clients.offers(),
    replicas: replicaOffers(engine),
    names: nameOffers(engine, names),
    moments: dnsChanges.all
      .slice(-MOST)
      .map(({ atNs, text }) => ({ atUs: Number(atNs / 1000n), text: visibleText(text) })),
  };
}

interface Counted {
  readonly label: string;
  readonly filter: string;
  count: number;
}

/** Lookups by who asked: one count a pod, or an address that is no pod's. */
class ClientCounts {
  readonly #engine: TraceEngine;
  readonly #claims: boolean;
  readonly #byFilter = new Map<string, Counted>();
  /** `undefined` for addresses that a capture's own pod may claim: those are counted at each vantage. */
  readonly #byClient = new Map<number, Counted | undefined>();
  readonly #byPlace = new Map<number, Counted>();

  constructor(engine: TraceEngine) {
    this.#engine = engine;
    this.#claims = engine.trace.vantages.some(({ vantage }) => vantage.role === 'client');
  }

  add(client: number, exchange: number): void {
    if (!this.#byClient.has(client)) this.#byClient.set(client, this.#of(client));
    (this.#byClient.get(client) ?? this.#at(client, exchange)).count++;
  }

  offers(): readonly CompareOffer[] {
    return busiest([...this.#byFilter.values()]);
  }

  #of(client: number): Counted | undefined {
    const { trace, topology } = this.#engine;
    const address = trace.addresses.textOf(client);
    if (this.#claims && ownsUnclaimed(topology.ownerOf(address)?.kind)) return undefined;
    return this.#counted(whoAsked(topology, address), address);
  }

  #at(client: number, exchange: number): Counted {
    const { trace, topology } = this.#engine;
    const id = primaryTransaction(trace, exchange);
    const index = trace.transactions.of(id).vantage[id & ROW_MASK]!;
    const place = index * 0x1_0000_0000 + client;
    const known = this.#byPlace.get(place);
    if (known !== undefined) return known;
    const address = trace.addresses.textOf(client);
    const counted = this.#counted(whoAsked(topology, address, trace.vantages[index]!.vantage), address);
    this.#byPlace.set(place, counted);
    return counted;
  }

  #counted({ namespace, pod }: WhoAsked, address: string): Counted {
    const name = visibleText(namespace === '' ? pod : `${namespace}/${pod}`);
    const filter = pod === '' ? writtenCondition('client', [address]) : writtenCondition('pod', [name]);
    const known = this.#byFilter.get(filter) ?? { label: pod === '' ? address : name, filter, count: 0 };
    if (this.#byFilter.size < MOST_CLIENTS) this.#byFilter.set(filter, known);
    return known;
  }
}

function replicaOffers(engine: TraceEngine): readonly CompareOffer[] {
  const { trace, topology } = engine;
  const byPod = new Map<string, { addresses: string[]; count: number }>();
  for (const id of corednsAddresses(engine)) {
    const count = trace.serverAsked.get(id);
    if (count === 0) continue;
    const address = trace.addresses.textOf(id);
    const own = trace.vantages.find(({ vantage }) => vantage.pod !== undefined && vantage.addresses.includes(address));
    const label = visibleText(own?.vantage.name ?? topology.shortName(address));
    const pod = byPod.get(label) ?? { addresses: [], count: 0 };
    pod.addresses.push(address);
    byPod.set(label, { ...pod, count: pod.count + count });
  }
  return busiest(
    [...byPod].map(([label, { addresses, count }]) => ({
      label,
      filter: writtenCondition('server', addresses),
      count,
    })),
  );
}

function nameOffers({ trace }: TraceEngine, counts: Uint32Array): readonly CompareOffer[] {
  const most: number[] = [];
  for (let id = 0; id < counts.length; id++) {
    if (counts[id] === 0 || (most.length === MOST && counts[id]! <= counts[most[MOST - 1]!]!)) continue;
    // Few of many names ever get here, so a short list is sorted seldom.
    most.push(id);
    most.sort((a, b) => counts[b]! - counts[a]! || a - b);
    most.length = Math.min(most.length, MOST);
  }
  return most.map((id) => {
    const name = trace.names.textOf(id);
    return { label: visibleText(name), filter: writtenCondition('name', [name]), count: counts[id]! };
  });
}

function busiest(offers: readonly CompareOffer[]): readonly CompareOffer[] {
  return [...offers].sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1)).slice(0, MOST);
}
