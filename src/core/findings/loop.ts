/**
 * A forwarding loop: CoreDNS asks itself. Its own probe (plugin loop: HINFO for a random name of two labels, at start) comes back to it; it passes
 * queries on to its own address, to loopback (where its name comes round again, or nobody answers at the port of CoreDNS itself) or to the cluster's DNS Service; or its upstream asks it back.
 * Needs a watched CoreDNS pod, and one HINFO name that CoreDNS both sent and was asked by others, or three queries that CoreDNS passes on to itself, or
 * three queries of an upstream for names that CoreDNS waits to be told by it. Excluded: sidecars and local resolvers that answer, NodeLocal, which asks CoreDNS by design and is no CoreDNS
 * pod, queries for nobody, and upstreams that ask CoreDNS for names of their own.
 * One ascending pass over the transactions, only when HINFO was asked, such an address was, or an upstream asks.
 */
import { DnsType } from '../dns/types.ts';
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import { roleOf, type Trace } from '../trace/trace.ts';
import { corednsAddresses } from './corednsReplicas.ts';
import { listOf, plural, type FindingContext, type FindingRule } from './findingRule.ts';
import { LookupGroup } from './lookupGroup.ts';

const FEWEST = 3;
const PROBE = /^\d+\.\d+\.$/;

/** What a resolv.conf with a local resolver names. */
const LOOPBACK = ['127.0.0.1', '127.0.0.53', '127.0.0.54', '127.0.0.11', '127.0.1.1', '::1'];
/** CoreDNS itself asks so often for one query. */
const OWN_TRIES = 2;
/** CoreDNS's whole budget for a query. */
const WAIT_NS = 5e9;
/** One query that comes round this often in a second takes ports and memory from all others. */
const STORM = 20;
const MOST_NAMES = 1000;

export const loop: FindingRule = {
  id: 'loop',
  explains: true,
  evaluate(context) {
    const { trace } = context.engine;
    const replicas = corednsAddresses(context.engine);
    const own = ownAddresses(context, replicas);
    const backAskers = upstreamsThatAsk(trace, own);
    const asksItself = [...trace.upstreams.values()].some(({ server }) => own.has(server));
    const asksLoopback = LOOPBACK.some((address) => trace.serverAsked.get(trace.addresses.find(address) ?? -1) > 0);
    const isPossible = trace.qtypes.get(DnsType.HINFO) > 0 || asksItself || asksLoopback || backAskers.size > 0;
    if (replicas.size === 0 || !isPossible) return [];
    const loopback = new Set(LOOPBACK.map((address) => trace.addresses.find(address)));
    const sent = new Set<number>();
    const returned = new Set<number>();
    const proofs: number[] = [];
    const targets = new Set<number>();
    const names = new Map<number, Round>();
    /** Until when CoreDNS waits for an upstream that also asks it, by name. */
    const waitsFor = new Map<string, Wait>();
    /** Who asks CoreDNS, by name and type. */
    const wanted = new Map<string, Wanted>();
    let toItself = 0;
    let askedBack = 0;
    for (let id = context.passFrom(trace.transactions.length); id < trace.transactions.length; id++) {
      const chunk = trace.transactions.of(id);
      const row = id & ROW_MASK;
      const [client, server, name, start] = [
        chunk.client[row]!,
        chunk.server[row]!,
        chunk.name[row]!,
        chunk.start[row]!,
      ];
      const isSent = replicas.has(client);
      const isOwn = own.has(server);
      if (chunk.qtype[row] === DnsType.HINFO && PROBE.test(trace.names.textOf(name))) {
        if (isSent) sent.add(name);
        if (isOwn) returned.add(name);
      }
      if (isSent && backAskers.has(server))
        remember(waitsFor, `${String(server)}:${String(name)}`, {
          since: start,
          until: waitEnd(start, chunk.end[row]!),
        });
      const waits = backAskers.has(client) && isOwn ? waitsFor.get(`${String(client)}:${String(name)}`) : undefined;
      if (waits !== undefined && start >= waits.since && start < waits.until) {
        askedBack++;
        targets.add(client);
      } else {
        const exchange = chunk.exchange[row]!;
        const isInside = asksLoopback && roleOf(trace.vantages[chunk.vantage[row]!]!) === 'coredns';
        const key = `${String(name)}:${String(chunk.qtype[row]!)}`;
        const isLocal = isInside && loopback.has(server) && comesRound(trace, wanted.get(key), id);
        if (isInside && !isSent && !loopback.has(client)) want(wanted, key, start, chunk.serverPort[row]!);
        // A query of CoreDNS's own, or of a debug container in its pod, serves no client.
        const servesClient = isSent && isOwn && trace.exchanges.of(exchange).parent[exchange & ROW_MASK] !== NONE;
        if (!servesClient && !isLocal) continue;
        toItself++;
        targets.add(server);
      }
      if (proofs.length < 5) proofs.push(id);
      countRound(names, name, start);
    }
    const probes = [...sent].filter((name) => returned.has(name)).length;
    if (probes === 0 && toItself < FEWEST && askedBack < FEWEST) return [];
    const group = new LookupGroup();
    for (const lookup of context.troubled())
      if (names.has(context.lookups.of(lookup).name[lookup & ROW_MASK]!)) group.add(context, lookup);
    const failed = group.lookups.filter((lookup) => context.engine.failures.has(lookup)).length;
    const most = Math.max(0, ...[...names.values()].map((round) => round.most));
    const target = listOf([...targets].map((server) => context.labelOf(context.addressOf(server))));
    return [
      {
        severity: 'error',
        confidence: 'strong',
        hop: 'config',
        cause: probes > 0 ? 'probe-came-back' : toItself >= FEWEST ? 'forwards-to-itself' : 'upstream-asks-back',
        title:
          toItself < FEWEST && probes === 0
            ? `CoreDNS and its upstream ${target} ask each other for the same names (${plural(askedBack, 'query', 'queries')})`
            : `CoreDNS forwards queries to itself${target === '' ? '' : `: they go to ${target}`} (${probes > 0 ? 'its loop probe came back' : plural(toItself, 'query', 'queries')})`,
        subject: { target, queries: toItself, askedBack, probes, failedLookups: failed, mostOfOneInASecond: most },
        ruledOut: ['Clients: the queries in question leave CoreDNS itself'],
        explanation: `A query that CoreDNS passes on comes back to CoreDNS, which passes it on again. Its forward names the DNS Service or its own address, or a resolv.conf that does: the one of a node with a local resolver such as systemd-resolved. With plugin loop, CoreDNS stops at start and restarts for ever; without it, one query becomes thousands${most >= STORM ? `: here one name went round ${String(most)} times in a second, which takes source ports and memory from all other queries` : ''}`,
        nextSteps: [
          'Look at forward in the Corefile: it must name servers outside the cluster',
          "If it names /etc/resolv.conf, give the kubelet the real one (resolvConf: /run/systemd/resolve/resolv.conf) or write the upstreams' addresses",
        ],
        action: 'inspect-corefile',
        lookups: group.lookups,
        proofs,
      },
    ];
  },
};

function remember<T>(known: Map<string, T>, key: string, value: T): void {
  if (known.size >= MOST_NAMES && !known.has(key)) known.clear();
  known.set(key, value);
}

interface Wait {
  readonly since: number;
  readonly until: number;
}

function waitEnd(start: number, end: number): number {
  return Number.isNaN(end) ? start + WAIT_NS : Math.min(end, start + WAIT_NS);
}

/** A name that clients ask CoreDNS for, and how often it then went over loopback. */
interface Wanted {
  since: number;
  /** Where CoreDNS listens. */
  port: number;
  times: number;
  rounds: number;
  /** Until when the latest of these rounds waits. */
  until: number;
}

function want(wanted: Map<string, Wanted>, key: string, start: number, port: number): void {
  const known = wanted.get(key);
  if (known === undefined || start - known.since > WAIT_NS)
    remember(wanted, key, { since: start, port, times: 1, rounds: 0, until: Number.NEGATIVE_INFINITY });
  else {
    known.since = start;
    known.times++;
  }
}

/** A query over loopback that nobody answers where CoreDNS itself listens, or that is sent again and again while it already waits. */
function comesRound(trace: Trace, wanted: Wanted | undefined, id: number): boolean {
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const start = chunk.start[row]!;
  if (wanted === undefined || start < wanted.since || start - wanted.since > WAIT_NS) return false;
  wanted.rounds += 1 + chunk.retransmissions[row]!;
  const isAgain = start < wanted.until && wanted.rounds > OWN_TRIES * wanted.times;
  wanted.until = Math.max(wanted.until, waitEnd(start, chunk.end[row]!));
  return isAgain || (chunk.state[row] === State.unanswered && chunk.serverPort[row] === wanted.port);
}

/** How often one name went round. */
interface Round {
  since: number;
  count: number;
  /** Within a second. */
  most: number;
}

function countRound(names: Map<number, Round>, name: number, time: number): void {
  let round = names.get(name);
  if (round === undefined) {
    if (names.size >= MOST_NAMES) return;
    round = { since: time, count: 0, most: 0 };
    names.set(name, round);
  }
  if (time - round.since > 1e9) {
    round.since = time;
    round.count = 0;
  }
  round.count++;
  round.most = Math.max(round.most, round.count);
}

/** Servers that CoreDNS asks and that ask a CoreDNS pod themselves. */
function upstreamsThatAsk(trace: Trace, own: ReadonlySet<number>): ReadonlySet<number> {
  const asking = new Set<number>();
  for (const { server } of trace.upstreams.values()) {
    if (own.has(server)) continue;
    if (trace.vantages.some((state) => roleOf(state) === 'coredns' && state.asked.get(server) > 0)) asking.add(server);
  }
  return asking;
}

/** CoreDNS pods and the cluster's DNS Service. */
function ownAddresses(context: FindingContext, replicas: ReadonlySet<number>): ReadonlySet<number> {
  const { trace, topology } = context.engine;
  const own = new Set(replicas);
  for (const { isDns, addresses } of topology.topology.services) {
    if (!isDns) continue;
    for (const address of addresses) {
      const id = trace.addresses.find(address);
      if (id !== undefined) own.add(id);
    }
  }
  return own;
}
