/** One pass over lookups and their queries, as each vantage saw them: what passed where, and where failures began. */
import { OutcomeCode } from '../../lookups/outcome.ts';
import { blamesUpstream } from '../../lookups/verdict.ts';
import { NONE, ROW_MASK, State, type TransactionRows } from '../../trace/tables.ts';
import { isOnNode, roleOf } from '../../trace/trace.ts';
import type { FindingSet } from '../../findings/evaluateFindings.ts';
import { isFailure, type TraceEngine } from '../../trace/traceEngine.ts';
import { legsOf } from '../legs.ts';
import { Leg } from '../legWords.ts';
import { MapClients, type ClientGroup } from './mapClients.ts';
import { Failure, MapFlow, RECENT_SECONDS } from './mapFlow.ts';
import { MapPlaces, type Place } from './mapPlaces.ts';

/** As far as a query is followed to its lookup (`Trace.lookupOf`). */
const DEEPEST = 8;
const NXDOMAIN = 3;

/**
 * - `ask`: a client asks a server, as seen where the query left
 * - `own`: a client asks a CoreDNS pod by its own address
 * - `arrive`: what a CoreDNS pod received of clients, whoever they are
 * - `forward`: what CoreDNS or NodeLocal asks further servers
 */
export type EdgeKind = 'ask' | 'own' | 'arrive' | 'forward';

/** What passes from one to another, by what a single query tells. */
export interface FlowEdge {
  readonly kind: EdgeKind;
  readonly leg: number;
  readonly from: ClientGroup | Place | undefined;
  readonly to: Place;
  readonly flow: MapFlow;
}

export class MapPass {
  readonly clients: MapClients;
  readonly places: MapPlaces;
  readonly edges: FlowEdge[] = [];
  lookups = 0;
  readonly #engine: TraceEngine;
  readonly #legs: ReturnType<typeof legsOf>;
  readonly #recentSince: number;
  readonly #known = new Map<number, FlowEdge>();
  readonly #podsAtFault: FindingSet['atFault'];
  #lookup = 0;
  /** Address id of the CoreDNS pod whose fault it is that what it asked for this lookup failed. */
  #podAtFault: number | undefined;
  #isRecent = false;
  #group!: ClientGroup;

  constructor(engine: TraceEngine, { atFault }: FindingSet) {
    this.#engine = engine;
    this.#podsAtFault = atFault;
    this.#legs = legsOf(engine);
    this.#recentSince = engine.trace.now - RECENT_SECONDS * 1e9;
    this.clients = new MapClients(engine);
    this.places = new MapPlaces(engine);
  }

  add(lookup: number): void {
    const { trace } = this.#engine;
    const chunk = trace.lookups.of(lookup);
    const row = lookup & ROW_MASK;
    const outcome = chunk.outcome[row]!;
    this.lookups++;
    this.#lookup = lookup;
    this.#isRecent = chunk.start[row]! >= this.#recentSince;
    const isNxdomain = outcome === OutcomeCode.nxdomain;
    const latency = chunk.latency[row]!;
    this.#group = this.clients.of(chunk, row);
    this.#group.flow.addLookup(isFailure(outcome), isNxdomain, latency, this.#isRecent);
    this.#podAtFault = this.#podsAtFault.get(lookup);
    const failedBehind = this.#podAtFault === undefined && blamesUpstream(chunk.cause[row]!);
    let id = chunk.firstExchange[row]!;
    while (id !== NONE) {
      this.#exchange(id, 0, failedBehind, false);
      id = trace.exchanges.of(id).nextInLookup[id & ROW_MASK]!;
    }
  }

  /**
   * @param failedBehind what was asked further on is known to have failed, seen or not
   * @param isExcused asked by the pod at fault
   * @returns whether it failed anywhere, as far as that is not the fault of who asked
   */
  #exchange(exchange: number, depth: number, failedBehind: boolean, isExcused: boolean): boolean {
    const { exchanges, transactions } = this.#engine.trace;
    const first = exchanges.of(exchange).first[exchange & ROW_MASK]!;
    const isExcusedBehind = isExcused || this.#asksPodAtFault(first);
    let failed = failedBehind;
    let child = depth === DEEPEST ? NONE : exchanges.of(exchange).firstChild[exchange & ROW_MASK]!;
    while (child !== NONE) {
      if (this.#exchange(child, depth + 1, false, isExcusedBehind)) failed = true;
      child = exchanges.of(child).nextSibling[child & ROW_MASK]!;
    }
    // Of several views the one nearest to the server tells where it began.
    let nearest = -1;
    let id = first;
    while (id !== NONE) {
      const chunk = transactions.of(id);
      if (fails(chunk, id & ROW_MASK)) nearest = Math.max(nearest, this.#nearness(chunk, id & ROW_MASK));
      id = chunk.nextInExchange[id & ROW_MASK]!;
    }
    id = first;
    while (id !== NONE) {
      const chunk = transactions.of(id);
      const row = id & ROW_MASK;
      const begins = !failed && this.#nearness(chunk, row) === nearest;
      const fault = isExcused ? Failure.excused : begins ? Failure.began : Failure.passedOn;
      const failure = fails(chunk, row) ? fault : Failure.none;
      this.#query(exchange, chunk, row, failure);
      id = transactions.of(id).nextInExchange[row]!;
    }
    return !isExcused && (failed || nearest >= 0);
  }

  /** Some view of these shows a query to that pod. */
  #asksPodAtFault(first: number): boolean {
    const { transactions } = this.#engine.trace;
    let id = this.#podAtFault === undefined ? NONE : first;
    while (id !== NONE) {
      const chunk = transactions.of(id);
      if (chunk.server[id & ROW_MASK] === this.#podAtFault) return true;
      id = chunk.nextInExchange[id & ROW_MASK]!;
    }
    return false;
  }

  /** How near to who was asked a vantage is. */
  #nearness(chunk: TransactionRows, row: number): number {
    switch (roleOf(this.#engine.trace.vantages[chunk.vantage[row]!]!)) {
      case 'client':
        return 0;
      case 'node':
        return 1;
      case 'nodelocal':
        return 2;
      default:
        return 3;
    }
  }

  /** A query as one vantage saw it. */
  #query(exchange: number, chunk: TransactionRows, row: number, failure: Failure): void {
    const { trace } = this.#engine;
    const state = chunk.state[row]!;
    const tookNs = state === State.answered || state === State.late ? chunk.end[row]! - chunk.start[row]! : Number.NaN;
    const count = (flow: MapFlow): void => flow.addQuery(this.#lookup, exchange, failure, tookNs, this.#isRecent);
    const vantage = trace.vantages[chunk.vantage[row]!]!;
    const { places } = this;
    const group = this.#group;
    const server = chunk.server[row]!;
    const leg = this.#legs.of(chunk, row);
    switch (leg) {
      case Leg.clientCoreDns: {
        const pod = places.atCoreDns(server);
        const isInside = roleOf(vantage) === 'coredns';
        if (isInside) pod.isWatched = true;
        else count(group.left);
        count(pod.flow);
        if (isInside) count(group.arrived);
        if (places.isServiceBetween && isInside) count(this.#edge('arrive', leg, undefined, pod).flow);
        else count(this.#edge('own', leg, group, pod).flow);
        return;
      }
      case Leg.clientNodeLocal: {
        const cache = places.atNodeLocal(server);
        if (isOnNode(vantage)) cache.isWatched = true;
        count(group.left);
        count(cache.flow);
        count(this.#edge('ask', leg, group, cache).flow);
        return;
      }
      case Leg.nodeLocalCoreDns: {
        const pod = places.atCoreDns(server);
        if (roleOf(vantage) === 'coredns') pod.isWatched = true;
        count(pod.flow);
        count(this.#edge('forward', leg, places.anyNodeLocal, pod).flow);
        return;
      }
      case Leg.nodeLocalUpstream:
      case Leg.coreDnsUpstream: {
        const isNodeLocal = leg === Leg.nodeLocalUpstream;
        const client = chunk.client[row]!;
        const upstream = places.atUpstream(server, chunk.serverPort[row]!);
        upstream.isWatched = true;
        count(upstream.flow);
        // As it left the node, with the node's address: who asked stands on another view.
        if (!isNodeLocal && !trace.corednsAddresses.has(client) && this.#isCoreDnsOn(exchange)) return;
        const asking = isNodeLocal ? places.anyNodeLocal : places.atCoreDns(client);
        asking.isWatched = true;
        count(this.#edge('forward', leg, asking, upstream).flow);
        return;
      }
      default: {
        const asked = places.atServer(server);
        count(group.left);
        count(asked.flow);
        // The same server whether an answer told that its address is translated or not.
        count(this.#edge('ask', Leg.clientServer, group, asked).flow);
      }
    }
  }

  /** Some view of it has a CoreDNS pod's address as the client. */
  #isCoreDnsOn(exchange: number): boolean {
    const { trace } = this.#engine;
    for (const id of trace.transactionsOf(exchange))
      if (trace.corednsAddresses.has(trace.transactions.of(id).client[id & ROW_MASK]!)) return true;
    return false;
  }

  #edge(kind: EdgeKind, leg: number, from: ClientGroup | Place | undefined, to: Place): FlowEdge {
    const source = from === undefined ? 0 : 1 + from.index * 2 + ('members' in from ? 0 : 1);
    const key = (source * 1024 + to.index) * 8 + leg;
    let edge = this.#known.get(key);
    if (edge === undefined) {
      edge = { kind, leg, from, to, flow: new MapFlow() };
      this.#known.set(key, edge);
      this.edges.push(edge);
    }
    return edge;
  }
}

/** No answer, or one that helps nobody; that a name does not exist is an answer. */
function fails(chunk: TransactionRows, row: number): boolean {
  const state = chunk.state[row]!;
  if (state === State.unanswered || state === State.pending) return state === State.unanswered;
  const rcode = chunk.rcode[row]!;
  return rcode !== 0 && rcode !== NXDOMAIN;
}
