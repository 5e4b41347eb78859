/**
 * Who stands on the way in the map besides clients: NodeLocal, the DNS Service and other servers that clients ask, CoreDNS pods, upstreams.
 * Of each kind a bounded number stands alone and the rest together, so that a lookup counts once at the rest.
 */
import { visibleText } from '../../../base/visibleText.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import { isOnNode, ownAddressOf, roleOf, type Trace } from '../../trace/trace.ts';
import { MapFlow } from './mapFlow.ts';

export const MOST_SERVERS = 16;
export const MOST_COREDNS = 48;
export const MOST_UPSTREAMS = 60;

export type MapColumn = 'client' | 'nodelocal' | 'service' | 'coredns' | 'upstream';

export interface Place {
  readonly index: number;
  readonly id: string;
  readonly column: MapColumn;
  readonly label: string;
  readonly detail?: string;
  /** Server as filters name it; several of the Service's addresses. Absent for the rest. */
  readonly servers: string[];
  readonly isRest: boolean;
  readonly flow: MapFlow;
  isWatched: boolean;
}

export class MapPlaces {
  readonly places: Place[] = [];
  readonly nodeLocal = new Map<number, Place>();
  readonly coredns = new Map<number, Place>();
  readonly upstreams = new Map<number, Place>();
  readonly servers = new Map<number, Place>();
  readonly #engine: TraceEngine;
  readonly #byId = new Map<string, Place>();
  readonly #keptUpstreams: ReadonlySet<number>;
  readonly #keptServers: ReadonlySet<number>;
  readonly #pods: ReadonlySet<number>;
  /** Addresses of the DNS Service as the topology knows it. */
  readonly dnsService: readonly string[];
  /** Something stands between clients and CoreDNS pods; otherwise clients were seen asking the pods themselves. */
  readonly isServiceBetween: boolean;

  constructor(engine: TraceEngine) {
    this.#engine = engine;
    const { trace, topology } = engine;
    this.dnsService = topology.topology.services.filter(({ isDns }) => isDns).flatMap(({ addresses }) => addresses);
    this.#keptUpstreams = new Set(
      [...trace.upstreams.values()]
        .sort((a, b) => b.asked - a.asked)
        .slice(0, MOST_UPSTREAMS)
        .map(({ server, port }) => upstreamKey(server, port)),
    );
    const pods = addressesOfCoreDns(trace);
    const asked = askedByClients(trace);
    const servers = [...asked].filter(([address]) => !pods.has(address)).sort((a, b) => b[1] - a[1]);
    this.#keptServers = new Set(servers.slice(0, MOST_SERVERS).map(([address]) => address));
    const isPodAsked = [...asked.keys()].some((address) => pods.has(address));
    this.isServiceBetween = servers.length > 0 || (this.dnsService.length > 0 && !isPodAsked);
    this.#pods = pods;
  }

  /** Own addresses of CoreDNS pods: who asks them asks CoreDNS, wherever it was seen. */
  get pods(): readonly string[] {
    return [...this.#pods].map((address) => this.#text(address));
  }

  /** All that NodeLocal answers at: one place, since it is at the same addresses on every node. */
  atNodeLocal(server: number): Place {
    return known(this.nodeLocal, server, () => {
      const address = this.#text(server);
      const place = this.#named('nodelocal', 'nodelocal', 'NodeLocal DNSCache', address);
      if (!place.servers.includes(address)) place.servers.push(address);
      return place;
    });
  }

  /** Who NodeLocal is when only what it asked was seen. */
  get anyNodeLocal(): Place {
    return this.#named('nodelocal', 'nodelocal', 'NodeLocal DNSCache');
  }

  /** What a client asked: the DNS Service, or a server of its own choice. */
  atServer(server: number): Place {
    if (this.#pods.has(server)) return this.atCoreDns(server);
    return known(this.servers, server, () => {
      const { topology } = this.#engine;
      const address = this.#text(server);
      const owner = topology.ownerOf(address);
      if (!this.#keptServers.has(server)) return this.#named('server:rest', 'service', 'Other servers');
      // Where the cluster's DNS Service is known, an address that is nobody's is a server outside.
      const column = owner === undefined && this.dnsService.length > 0 ? 'upstream' : 'service';
      const name = topology.shortName(address);
      const label = owner?.kind === 'service' ? owner.service.name : name;
      const id = owner?.kind === 'service' ? `service:${name}` : `server:${address}`;
      const place = this.#named(id, column, visibleText(label), label === address ? undefined : address);
      if (!place.servers.includes(address)) place.servers.push(address);
      return place;
    });
  }

  /** The DNS Service, which nobody was seen asking. */
  get unaskedService(): Place {
    const [address = ''] = this.dnsService;
    const { topology } = this.#engine;
    const owner = topology.ownerOf(address);
    const label = owner?.kind === 'service' ? owner.service.name : address;
    return this.#named(`service:${topology.shortName(address)}`, 'service', visibleText(label), address);
  }

  atCoreDns(address: number): Place {
    return known(this.coredns, address, () => {
      if (this.coredns.size >= MOST_COREDNS) return this.#named('coredns:rest', 'coredns', 'Other resolvers');
      const text = this.#text(address);
      const label = this.#nameOf(text);
      const place = this.#named(`coredns:${text}`, 'coredns', visibleText(label), label === text ? undefined : text);
      place.servers.push(text);
      return place;
    });
  }

  atUpstream(server: number, port: number): Place {
    return known(this.upstreams, upstreamKey(server, port), () => {
      if (!this.#keptUpstreams.has(upstreamKey(server, port)))
        return this.#named('upstream:rest', 'upstream', 'Other upstreams');
      const { topology } = this.#engine;
      const address = this.#text(server);
      const owner = topology.ownerOf(address);
      const text = endpoint(address, port);
      const label = owner === undefined ? text : topology.shortName(address);
      const place = this.#named(
        `upstream:${text}`,
        // CoreDNS that asks the DNS Service asks itself; any other Service is a server like those outside.
        owner?.kind === 'service' && owner.service.isDns ? 'service' : 'upstream',
        visibleText(label),
        label === text ? undefined : text,
      );
      place.servers.push(text);
      return place;
    });
  }

  #named(id: string, column: MapColumn, label: string, detail?: string): Place {
    const there = this.#byId.get(id);
    if (there !== undefined) return there;
    const place: Place = {
      index: this.places.length,
      id,
      column,
      label,
      ...(detail === undefined ? {} : { detail }),
      servers: [],
      isRest: id.endsWith(':rest'),
      flow: new MapFlow(),
      isWatched: false,
    };
    this.#byId.set(id, place);
    this.places.push(place);
    return place;
  }

  #nameOf(address: string): string {
    const { topology, trace } = this.#engine;
    const owner = topology.ownerOf(address);
    if (owner?.kind === 'pod') return owner.pod.name;
    const own = trace.vantages.find(({ vantage }) => vantage.addresses.includes(address))?.vantage;
    // What a node asks by itself, or for pods that were not watched.
    if (owner?.kind === 'node' && own?.pod === undefined) return `Node ${owner.name}`;
    return own?.pod ?? own?.name ?? topology.shortName(address);
  }

  #text(address: number): string {
    return this.#engine.trace.addresses.textOf(address);
  }
}

const PORTS = 0x1_0000;
const upstreamKey = (server: number, port: number): number => server * PORTS + port;

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${String(port)}` : `${address}:${String(port)}`;
}

function known(places: Map<number, Place>, key: number, make: () => Place): Place {
  let place = places.get(key);
  if (place === undefined) {
    place = make();
    // Those of the rest are without number.
    if (!place.isRest) places.set(key, place);
  }
  return place;
}

/** Own addresses of CoreDNS pods, as far as they are known. */
function addressesOfCoreDns(trace: Trace): ReadonlySet<number> {
  const pods = new Set<number>();
  for (const state of trace.vantages) {
    const own = roleOf(state) === 'coredns' ? ownAddressOf(state) : undefined;
    if (own !== undefined) pods.add(own);
    for (const [address] of state.served) if (trace.corednsAddresses.has(address)) pods.add(address);
  }
  return pods;
}

/** How often a server was asked where queries leave clients: not in CoreDNS, and not by it. */
function askedByClients(trace: Trace): ReadonlyMap<number, number> {
  const upstreams = new Set([...trace.upstreams.values()].map(({ server }) => server));
  const counts = new Map<number, number>();
  for (const state of trace.vantages) {
    if (roleOf(state) === 'coredns') continue;
    for (const [address, count] of state.served) {
      if (isOnNode(state) && upstreams.has(address)) continue;
      if (!trace.nodeLocal.isServer(address)) counts.set(address, (counts.get(address) ?? 0) + count);
    }
  }
  return counts;
}
