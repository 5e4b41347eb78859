/**
 * The stretch of the way that a transaction was seen on. What an address is (a resolver, the DNS Service, NodeLocal's) is found out once
 * for each address, so that a pass over all transactions costs a few nanoseconds each.
 */
import { AddressVerdicts } from '../filter/idVerdicts.ts';
import { nodeLocalTransaction } from '../lookups/exchangeViews.ts';
import { isNodeLocalAddress } from '../trace/nodeLocal.ts';
import { NONE, ROW_MASK, type TransactionRows } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import { roleOf } from '../trace/trace.ts';
import type { VantageRole } from '../trace/vantage.ts';
import { Leg } from './legWords.ts';

const Address = { nodeLocal: 1, resolver: 2, dnsService: 4 } as const;

class LegReader {
  readonly #engine: TraceEngine;
  readonly #addresses = new AddressVerdicts();

  constructor(engine: TraceEngine) {
    this.#engine = engine;
  }

  /** Before rows are asked about: whose addresses are whose may have changed. */
  prepare(): void {
    const { topology } = this.#engine;
    this.#addresses.judge(
      this.#engine,
      (address) =>
        (isNodeLocalAddress(address) ? Address.nodeLocal : 0) |
        (topology.isResolver(address) ? Address.resolver : 0) |
        (topology.isDnsService(address) ? Address.dnsService : 0),
    );
  }

  /** @returns a code of {@link Leg} */
  of(chunk: TransactionRows, row: number): number {
    const { trace } = this.#engine;
    const exchange = chunk.exchange[row]!;
    const server = chunk.server[row]!;
    const role = roleOf(trace.vantages[chunk.vantage[row]!]!);
    if (trace.nodeLocal.sources.has(chunk.client[row]!) && !this.#isAskedByCoreDns(exchange))
      return role === 'coredns' || trace.corednsAddresses.has(server) ? Leg.nodeLocalCoreDns : Leg.nodeLocalUpstream;
    const kind = this.#addresses.table[server]!;
    if (exchange === NONE) return this.#fromClient(kind, role, false, false);
    const exchanges = trace.exchanges.of(exchange);
    const at = exchange & ROW_MASK;
    if (exchanges.parent[at] !== NONE || exchanges.background[at] === 1) return Leg.coreDnsUpstream;
    // The capture of a node saw NodeLocal receive it, perhaps at the DNS Service's address.
    const onNode = nodeLocalTransaction(trace, exchange) !== NONE;
    return this.#fromClient(kind, role, onNode, onNode || this.#isTranslated(server, exchanges.first[at]!));
  }

  /** Some view of it has a CoreDNS pod as the client: another may have the address of the node. */
  #isAskedByCoreDns(exchange: number): boolean {
    if (exchange === NONE) return false;
    const { trace } = this.#engine;
    for (const id of trace.transactionsOf(exchange))
      if (trace.corednsAddresses.has(trace.transactions.of(id).client[id & ROW_MASK]!)) return true;
    return false;
  }

  #fromClient(kind: number, role: VantageRole, onNode: boolean, isTranslated: boolean): number {
    if ((kind & Address.nodeLocal) !== 0 || onNode) return Leg.clientNodeLocal;
    if (role === 'coredns' || (kind & Address.resolver) !== 0) return Leg.clientCoreDns;
    return (kind & Address.dnsService) !== 0 || isTranslated ? Leg.clientKubeDns : Leg.clientServer;
  }

  /** Another view of the same exchange has another server: this one's is a Service address. */
  #isTranslated(server: number, first: number): boolean {
    const { transactions } = this.#engine.trace;
    for (let id = first; id !== NONE;) {
      const chunk = transactions.of(id);
      if (chunk.server[id & ROW_MASK] !== server) return true;
      id = chunk.nextInExchange[id & ROW_MASK]!;
    }
    return false;
  }
}

const readers = new WeakMap<TraceEngine, LegReader>();

/** The engine's own, ready to be asked. */
export function legsOf(engine: TraceEngine): LegReader {
  let reader = readers.get(engine);
  if (reader === undefined) {
    reader = new LegReader(engine);
    readers.set(engine, reader);
  }
  reader.prepare();
  return reader;
}
