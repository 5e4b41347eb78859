/**
 * Rule R4: where an answer of CoreDNS came from. With an upstream leg: from the upstream. Without one it is CoreDNS's own (`local`: kubernetes,
 * hosts, file, template …) or out of its cache, if the capture in its pod would have shown an upstream query: it lost nothing, CoreDNS's
 * upstreams can be seen (upstreamBlindness.ts), and no other query went out meanwhile that may have been this one under another name (rewrite).
 * Which of the two: by the Corefile, when only one can answer for the name; else by the TTL, which counts down in a cache and stands still in
 * data; without a Corefile by the cluster's domain and the AA bit, which CoreDNS sets on cached answers up to 1.14 (since 1.15 they keep the
 * upstream's). An answer for a cluster name may be cached, too: it is CoreDNS's own all the same.
 * Worked out on demand and never stored. Cost: the views of one exchange; bytes are read only where the TTL decides.
 */
import { visibleText } from '../../base/visibleText.ts';
import { DISORDER_NS } from '../correlate/upstreamJoin.ts';
import { DnsFlag } from '../dns/header.ts';
import { decodeMessage } from '../dns/message.ts';
import { DnsRcode, DnsType } from '../dns/types.ts';
import type { AnsweredByName } from '../lookups/answeredByNames.ts';
import {
  askingCoreDns,
  corednsTransaction,
  nodeLocalTransaction,
  outcomeOf,
  primaryTransaction,
} from '../lookups/exchangeViews.ts';
import { confidenceOf } from '../findings/findingRule.ts';
import { blamesUpstream, Cause } from '../lookups/verdict.ts';
import { nameAfterRules } from '../topology/changedName.ts';
import { servedBy } from '../topology/servedBy.ts';
import type { TopologyServerBlock } from '../topology/topology.ts';
import { inZone } from '../topology/zone.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import type { VantageState } from '../trace/trace.ts';
import { blindness, captureBlindness } from './upstreamBlindness.ts';
import { decidingExchange } from './decidingExchange.ts';
import { messageBytes } from './messageBytes.ts';
import { isUnderOtherName } from './changedNames.ts';
import type { Confidence } from './rows.ts';

export interface AnsweredBy {
  readonly by: AnsweredByName;
  /** Of `unknown`: how sure it is that nothing can be said. */
  readonly confidence: Confidence;
  /** A clause that gives the reason. */
  readonly why: string;
  /** Transactions that it rests on, besides the lookup's own. */
  readonly evidence: readonly number[];
}

/** Earlier answers looked through for one that tells; their chain is `TransactionChunk.olderSameQuestion`. */
const DEPTH = 32;
/** CoreDNS keeps nothing longer (plugin/cache maxTTL). */
const LONGEST_TTL_NS = 3600e9;
/** A TTL counts whole seconds. */
const COUNTED_NS = 1.5e9;

/** `undefined` when it is no answer yet, or none that a DNS server of the cluster gave. */
export function answeredBy(engine: TraceEngine, exchange: number): AnsweredBy | undefined {
  const { trace } = engine;
  const primary = primaryTransaction(trace, exchange);
  const { end } = outcomeOf(trace, primary);
  if (Number.isNaN(end)) return undefined;
  const asking = askingCoreDns(trace, exchange);
  const children = [...trace.childrenOf(asking)];
  if (children.length > 0) return fromUpstream(engine, asking, children);
  const cached = nodeLocalTransaction(trace, exchange);
  if (asking === exchange && cached !== NONE) return fromNodeLocal(engine, cached);
  const inside = corednsTransaction(trace, asking);
  if (inside === NONE) return unknown('what CoreDNS did was not watched');
  if (Number.isNaN(trace.transactions.of(inside).end[inside & ROW_MASK]!))
    return unknown('CoreDNS gave no answer here');
  const blind = blindness(engine, inside);
  if (blind !== undefined) return unknown(blind);
  return withoutUpstream(engine, exchange, inside);
}

/** Of a lookup: of the exchange that its outcome stands on. */
export function lookupAnsweredBy(engine: TraceEngine, lookup: number): AnsweredBy | undefined {
  return answeredBy(engine, decidingExchange(engine, lookup));
}

const SAID: Readonly<Record<AnsweredByName, string>> = {
  upstream: '',
  cache: 'The answer came from the cache of CoreDNS',
  local: 'CoreDNS gave the answer itself',
  nodelocal: 'NodeLocal DNSCache gave the answer from its cache, and CoreDNS saw no query',
  unknown: 'Whether CoreDNS gave the answer itself, from its cache or from an upstream is not known',
};

/** A sentence for a lookup's details, with the packets it rests on; empty when there is nothing to add. */
export function answeredBySentence(engine: TraceEngine, lookup: number): string {
  const { trace } = engine;
  const exchange = decidingExchange(engine, lookup);
  const asking = askingCoreDns(trace, exchange);
  const answered = answeredBy(engine, exchange);
  const chain =
    asking === exchange
      ? ''
      : ' NodeLocal DNSCache on the node asked CoreDNS for it: there the client is the node, and only this chain tells the pod.';
  if (answered === undefined || answered.by === 'upstream') return chain;
  if (answered.by === 'unknown' && corednsTransaction(trace, asking) === NONE) return chain;
  const rests = answered.evidence.map((id) => packetOf(engine, id)).join(', ');
  const sure = answered.by === 'unknown' ? '' : ` (${answered.confidence})`;
  return `${chain} ${SAID[answered.by]}${sure}: ${answered.why}${rests === '' ? '' : `; see ${rests}`}.`;
}

function packetOf({ trace }: TraceEngine, id: number): string {
  const chunk = trace.transactions.of(id);
  const place = visibleText(trace.vantages[chunk.vantage[id & ROW_MASK]!]!.vantage.name);
  const response = chunk.response[id & ROW_MASK]!;
  const message = response === NONE ? chunk.firstMessage[id & ROW_MASK]! : response;
  return `packet ${String(trace.messages.of(message).packet[message & ROW_MASK]!)} at ${place}`;
}

function unknown(why: string): AnsweredBy {
  return { by: 'unknown', confidence: 'exact', why, evidence: [] };
}

/** A child that answered after the client had its answer renews what is kept (prefetch, a stale answer): the client's came from the cache. */
function fromUpstream(engine: TraceEngine, asking: number, children: readonly number[]): AnsweredBy {
  const { trace } = engine;
  const inside = corednsTransaction(trace, asking);
  const { end, rcode } = outcomeOf(trace, inside === NONE ? primaryTransaction(trace, asking) : inside);
  const answered = children.filter(
    (child) => outcomeOf(trace, primaryTransaction(trace, child)).end <= end + DISORDER_NS,
  );
  const last = answered.at(-1);
  const latest = primaryTransaction(trace, children.at(-1)!);
  if (last === undefined) {
    // Where CoreDNS's own query was not watched, the upstream's shows what that capture may have missed.
    const blind = captureBlindness(engine, inside === NONE ? latest : inside);
    if (blind !== undefined) return unknown(blind);
  }
  const instead = children.find((child) => isUnderOtherName(trace, child, asking));
  if (last === undefined && instead !== undefined && rcode === DnsRcode.NOERROR) {
    const why = 'no upstream answered for the name that it leads to';
    return { by: 'local', confidence: 'strong', why, evidence: [primaryTransaction(trace, instead)] };
  }
  if (last === undefined && (rcode === DnsRcode.NOERROR || rcode === DnsRcode.NXDOMAIN)) {
    const why = 'it came before any upstream answered, which only renewed what was kept';
    return { by: 'cache', confidence: 'strong', why, evidence: [latest] };
  }
  if (last === undefined) {
    const why = 'no upstream answered, so it gave an error of its own';
    return { by: 'local', confidence: 'strong', why, evidence: [latest] };
  }
  const id = primaryTransaction(trace, last);
  const join = trace.exchanges.of(last).parentJoin[last & ROW_MASK]!;
  return { by: 'upstream', confidence: confidenceOf(join), why: 'an upstream answered', evidence: [id] };
}

function fromNodeLocal(engine: TraceEngine, id: number): AnsweredBy {
  const { trace } = engine;
  const state = trace.vantages[trace.transactions.of(id).vantage[id & ROW_MASK]!]!;
  if (!state.lossless) return unknown('the capture on the node lost packets, so a query to CoreDNS may be missing');
  if (!isNodeLocalAsking(engine, state))
    return unknown('no query of NodeLocal DNSCache to CoreDNS was seen, so that side may not have been captured');
  const confidence = state.vantage.role === 'nodelocal' ? 'strong' : 'inferred';
  return { by: 'nodelocal', confidence, why: 'NodeLocal DNSCache asked nobody for it', evidence: [] };
}

/** Whether NodeLocal asked anybody at a vantage, and for how much of the trace that was found out. */
const nodeLocalAsking = new WeakMap<VantageState, { readonly at: string; readonly is: boolean }>();

/** A capture may hold the pods' side alone. Addresses of NodeLocal and packets may still come. */
function isNodeLocalAsking({ trace, version }: TraceEngine, state: VantageState): boolean {
  const at = `${String(version)} ${String(state.queries)}`;
  let known = nodeLocalAsking.get(state);
  if (known?.is !== true && known?.at !== at) {
    const is = [...state.asked].some(([address]) => trace.nodeLocal.sources.has(address));
    known = { at, is };
    nodeLocalAsking.set(state, known);
  }
  return known.is;
}

function withoutUpstream(engine: TraceEngine, exchange: number, inside: number): AnsweredBy {
  const { trace } = engine;
  const chunk = trace.transactions.of(inside);
  const row = inside & ROW_MASK;
  const rcode = chunk.rcode[row]!;
  if (rcode !== DnsRcode.NOERROR && rcode !== DnsRcode.NXDOMAIN) return ofError(engine, exchange, rcode);
  const name = trace.names.textOf(chunk.name[row]!).toLowerCase();
  const block = blockOf(engine, name, chunk.serverPort[row]!);
  return block === undefined ? withoutCorefile(engine, inside, name) : byBlock(engine, inside, name, block);
}

function ofError({ trace }: TraceEngine, exchange: number, rcode: number): AnsweredBy {
  const lookup = trace.lookupOf(exchange);
  const chunk = lookup === NONE ? undefined : trace.lookups.of(lookup);
  const proof = chunk?.proof[lookup & ROW_MASK] ?? NONE;
  const isLaid =
    rcode === DnsRcode.SERVFAIL && blamesUpstream(chunk?.cause[lookup & ROW_MASK] ?? Cause.none) && proof !== NONE;
  if (isLaid)
    return { by: 'cache', confidence: 'inferred', why: 'it keeps a SERVFAIL for five seconds', evidence: [proof] };
  return { by: 'local', confidence: 'strong', why: 'it is an error of its own', evidence: [] };
}

function blockOf({ topology }: TraceEngine, name: string, port: number): TopologyServerBlock | undefined {
  const { servers } = topology.topology;
  return servers === undefined || servers.length === 0 ? undefined : servedBy(servers, name, port)?.block;
}

function byBlock(engine: TraceEngine, inside: number, asked: string, block: TopologyServerBlock): AnsweredBy {
  const { kubernetes, own = [], forwards, cache, incomplete, rewrites = [], nameChanges, hasView, filters } = block;
  if (hasView === true)
    return (
      byTtl(engine, inside) ?? unknown('its block of the Corefile has a view, so another block may have served it')
    );
  const mayChange = rewrites.some((zone) => inZone(asked, zone));
  const name = !mayChange ? asked : nameChanges === undefined ? undefined : nameAfterRules(block, asked);
  if (name === undefined)
    return (
      byTtl(engine, inside) ?? unknown('its block of the Corefile may rewrite the name, and another be answered for')
    );
  const holds = (zones: readonly string[]): boolean => zones.some((zone) => inZone(name, zone));
  const owners = [
    ...own.filter(({ zones }) => holds(zones)),
    ...(kubernetes !== undefined && holds(kubernetes.zones) ? [{ name: 'kubernetes', line: kubernetes.line }] : []),
  ];
  const forwarded = forwards.some(({ from, except }) => inZone(name, from) && !holds(except));
  const owner = owners.map((one) => `${one.name} on line ${String(one.line)} of the Corefile`).join(', ');
  // A cluster's own zone lies in the cluster, also where it falls through to a forward.
  if (owners.some((one) => one.name === 'kubernetes') || (owners.length > 0 && !forwarded))
    return {
      by: 'local',
      confidence: incomplete === true ? 'inferred' : 'strong',
      why: `the name is served by ${owner}`,
      evidence: [],
    };
  // What is cached has records, at least the SOA of a zone that lacks the name.
  if (filters === true && answerOf(engine, inside) === undefined)
    return unknown('it has no records, and the acl of its block of the Corefile may have filtered them');
  const counted = byTtl(engine, inside);
  if (owners.length > 0) return counted ?? unknown(`${owner} may hold the name, and so may the cache`);
  if (cache === undefined)
    return (
      counted ?? unknown('its block of the Corefile has no cache, and nothing else that would answer for the name')
    );
  if (counted?.by === 'cache') return counted;
  const confidence = incomplete === true ? 'inferred' : 'strong';
  return {
    by: 'cache',
    confidence,
    why: 'nothing else in its block of the Corefile answers for the name',
    evidence: [],
  };
}

function withoutCorefile(engine: TraceEngine, inside: number, name: string): AnsweredBy {
  const { trace, topology } = engine;
  const chunk = trace.transactions.of(inside);
  const response = chunk.response[inside & ROW_MASK]!;
  const isAuthoritative =
    response !== NONE && (trace.messages.of(response).flags[response & ROW_MASK]! & DnsFlag.AA) !== 0;
  const { clusterDomain } = topology.topology;
  if (inZone(name, `${clusterDomain.toLowerCase()}.`)) {
    return isAuthoritative
      ? {
          by: 'local',
          confidence: 'strong',
          why: `the name is in the cluster's domain, and the answer authoritative`,
          evidence: [],
        }
      : unknown(`the name is in the cluster's domain, but the answer is not authoritative`);
  }
  const counted = byTtl(engine, inside);
  if (counted !== undefined) return counted;
  if (isAuthoritative && !name.endsWith('.arpa.'))
    return {
      by: 'cache',
      confidence: 'inferred',
      why: 'the name is of another domain, and CoreDNS up to 1.14 marks cached answers as authoritative',
      evidence: [],
    };
  return unknown('the Corefile is not known, and the answer does not tell');
}

/**
 * By how the TTL went on since an earlier answer to the same question here: down with the clock in a cache, not at all in data. With other DO or
 * CD bits it is another entry of the cache (plugin/cache hash), whose TTL began at another time.
 */
function byTtl(engine: TraceEngine, inside: number): AnsweredBy | undefined {
  const { trace } = engine;
  const chunk = trace.transactions.of(inside);
  const row = inside & ROW_MASK;
  const end = chunk.end[row]!;
  const rcode = chunk.rcode[row]!;
  const asks = chunk.asks[row];
  let older = chunk.olderSameQuestion[row]!;
  const now = answerOf(engine, inside);
  if (now === undefined) return undefined;
  for (let depth = 0; older !== NONE && depth < DEPTH; depth++) {
    const other = trace.transactions.of(older);
    const at = older & ROW_MASK;
    const elapsed = end - other.end[at]!;
    const next = other.olderSameQuestion[at]!;
    if (elapsed > LONGEST_TTL_NS) return undefined;
    if (elapsed > COUNTED_NS && other.rcode[at] === rcode && other.asks[at] === asks) {
      const then = answerOf(engine, older);
      if (then !== undefined && then.records === now.records) {
        const seconds = elapsed / 1e9;
        const text = `TTL ${String(now.ttl)} s, and ${String(then.ttl)} s in the same answer ${seconds.toFixed(0)} s before`;
        if (Math.abs(then.ttl - now.ttl - seconds) <= 1)
          return { by: 'cache', confidence: 'strong', why: `its TTL counts down: ${text}`, evidence: [older] };
        if (then.ttl === now.ttl && now.ttl > 0 && !hasChild(engine, older))
          return { by: 'local', confidence: 'inferred', why: `its TTL stands still: ${text}`, evidence: [older] };
      }
    }
    older = next;
  }
  return undefined;
}

function hasChild({ trace }: TraceEngine, transaction: number): boolean {
  const exchange = trace.transactions.of(transaction).exchange[transaction & ROW_MASK]!;
  return exchange !== NONE && trace.exchanges.of(exchange).firstChild[exchange & ROW_MASK] !== NONE;
}

/** Smallest TTL of the answer, or of the SOA of a negative one, and its records in any order. */
function answerOf(
  engine: TraceEngine,
  transaction: number,
): { readonly ttl: number; readonly records: string } | undefined {
  const { trace } = engine;
  const bytes = messageBytes(engine, trace.transactions.of(transaction).response[transaction & ROW_MASK]!);
  if (bytes === undefined) return undefined;
  const { answers, authorities } = decodeMessage(bytes).message;
  const records = answers.length > 0 ? answers : authorities.filter(({ type }) => type === DnsType.SOA);
  const counted = records.filter(({ type }) => type !== DnsType.OPT);
  if (counted.length === 0) return undefined;
  return {
    ttl: Math.min(...counted.map(({ ttl }) => ttl)),
    records: counted
      .map(({ name, type, rdata }) => `${name.toLowerCase()} ${String(type)} ${rdata.text}`)
      .sort()
      .join('\n'),
  };
}
