/**
 * Why a query of CoreDNS to an upstream could be missing from the trace, so that its absence says nothing (rule R4).
 * Cost: what resolvers asked for nobody (R5) is put in order once, for each vantage and each resolver, and then searched by time.
 * Why not `trace.background` itself: with several streams it is in no order of time.
 */
import { firstIndex } from '../../base/firstIndex.ts';
import { DISORDER_NS } from '../correlate/upstreamJoin.ts';
import { DNS_PORT } from '../dns/ports.ts';
import { nameAfterRules } from '../topology/changedName.ts';
import { servedBy } from '../topology/servedBy.ts';
import { inZone } from '../topology/zone.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';

const MOST_BACKGROUND = 256;

/** Of a query that nothing was asked for: its capture missed nothing, and it was not asked under another name either. */
export function blindness(engine: TraceEngine, inside: number): string | undefined {
  const { trace } = engine;
  const chunk = trace.transactions.of(inside);
  const row = inside & ROW_MASK;
  const state = trace.vantages[chunk.vantage[row]!]!;
  // A file that doesn't say what it is may hold one side alone.
  if (state.vantage.role === 'unknown' && state.asked.get(chunk.server[row]!) === 0)
    return 'no query of CoreDNS to any upstream was seen, so that side may not have been captured';
  return captureBlindness(engine, inside) ?? askedMeanwhile(trace, inside);
}

/** The part that counts as well where some upstream query was seen: an answer, or a further one, may be missing. */
export function captureBlindness(engine: TraceEngine, inside: number): string | undefined {
  const { trace, topology } = engine;
  const chunk = trace.transactions.of(inside);
  const row = inside & ROW_MASK;
  const state = trace.vantages[chunk.vantage[row]!]!;
  if (!state.lossless) return 'the capture in CoreDNS lost packets, so an upstream query or its answer may be missing';
  if (chunk.start[row]! < state.listeningSince) return 'the capture in CoreDNS began later';
  const asked = trace.names.textOf(chunk.name[row]!).toLowerCase();
  const { upstreams, servers } = topology.topology;
  const block = servers === undefined ? undefined : servedBy(servers, asked, chunk.serverPort[row])?.block;
  const name = (block === undefined ? undefined : nameAfterRules(block, asked)) ?? asked;
  const taking = upstreams.filter(({ zone }) => inZone(name, zone.toLowerCase()));
  if (taking.some(({ transport }) => transport !== 'dns')) return 'its upstream is asked over an encrypted transport';
  const untaken = taking.find(({ port }) => port !== DNS_PORT && !isTaken(trace, port));
  if (untaken !== undefined)
    return `its upstream is asked at port ${String(untaken.port)}, of which the trace has no query`;
  if (servers === undefined && [...trace.opaqueFlows.tallies.values()].some(({ why }) => why !== 'resolver'))
    return 'some DNS here is encrypted, and the Corefile is not known';
  return undefined;
}

/** Whether captures hold queries to upstreams at this port: their filter may leave it out, and 443 is never read as DNS. */
function isTaken(trace: Trace, port: number): boolean {
  for (const upstream of trace.upstreams.values()) if (upstream.port === port && upstream.asked > 0) return true;
  return false;
}

/** Exchanges and when they began; streams that are not in step add out of order. */
interface Begun {
  starts: number[];
  exchanges: number[];
  isInOrder: boolean;
}

interface Background {
  /** Of `trace.background`, from its beginning. */
  read: number;
  readonly byVantage: Map<number, Begun>;
  readonly byClient: Map<number, Begun>;
}

const backgrounds = new WeakMap<Trace, Background>();

function backgroundOf(trace: Trace): Background {
  let known = backgrounds.get(trace);
  if (known === undefined) {
    known = { read: 0, byVantage: new Map(), byClient: new Map() };
    backgrounds.set(trace, known);
  }
  for (; known.read < trace.background.length; known.read++) {
    const exchange = trace.background[known.read]!;
    const first = trace.exchanges.of(exchange).first[exchange & ROW_MASK]!;
    const chunk = trace.transactions.of(first);
    const row = first & ROW_MASK;
    const start = chunk.start[row]!;
    const [vantage, client, name] = [chunk.vantage[row]!, chunk.client[row]!, chunk.name[row]!];
    if (name === 0 || isRoot(trace.names.textOf(name))) continue;
    append(known.byVantage, vantage, start, exchange);
    append(known.byClient, client, start, exchange);
  }
  return known;
}

function append(lists: Map<number, Begun>, key: number, start: number, exchange: number): void {
  let list = lists.get(key);
  if (list === undefined) {
    list = { starts: [], exchanges: [], isInOrder: true };
    lists.set(key, list);
  }
  if (start < (list.starts.at(-1) ?? start)) list.isInOrder = false;
  list.starts.push(start);
  list.exchanges.push(exchange);
}

function putInOrder(begun: Begun): void {
  if (begun.isInOrder) return;
  const { starts, exchanges } = begun;
  const order = starts.map((_, index) => index).sort((a, b) => starts[a]! - starts[b]!);
  begun.starts = order.map((index) => starts[index]!);
  begun.exchanges = order.map((index) => exchanges[index]!);
  begun.isInOrder = true;
}

/** A query of this CoreDNS that no client's explains, while this one was answered. */
function askedMeanwhile(trace: Trace, inside: number): string | undefined {
  if (trace.background.length === 0) return undefined;
  const chunk = trace.transactions.of(inside);
  const row = inside & ROW_MASK;
  const [vantage, server, from, to] = [
    chunk.vantage[row]!,
    chunk.server[row]!,
    chunk.start[row]! - DISORDER_NS,
    chunk.end[row]! + DISORDER_NS,
  ];
  const { byVantage, byClient } = backgroundOf(trace);
  // By its address, too: another capture may have shown the exchange first.
  return among(trace, byVantage.get(vantage), from, to) ?? among(trace, byClient.get(server), from, to);
}

function among(trace: Trace, begun: Begun | undefined, from: number, to: number): string | undefined {
  if (begun === undefined) return undefined;
  putInOrder(begun);
  const { starts, exchanges } = begun;
  const first = firstIndex(0, starts.length, (index) => starts[index]! >= from);
  for (let index = first; index < starts.length && starts[index]! <= to; index++) {
    if (index - first >= MOST_BACKGROUND)
      return 'CoreDNS asked so much for itself meanwhile that it was not looked through';
    const exchange = exchanges[index]!;
    // A parent that was found later explains it after all.
    if (trace.exchanges.of(exchange).parent[exchange & ROW_MASK] === NONE)
      return 'CoreDNS asked for other names meanwhile, and a rewritten one would look so';
  }
  return undefined;
}

/** Health probes of upstreams ask for `.`; nobody's name is rewritten to that. */
function isRoot(name: string): boolean {
  return name === '.' || name === '';
}
