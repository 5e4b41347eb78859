/**
 * The hop strip of a lookup: who stood on its way and what each did, from the exchange that decided the outcome.
 * A hop that no vantage saw is `unwatched`, never good; one that the lookup did not need is `unused`.
 */
import { visibleText } from '../../base/visibleText.ts';
import { rcodeText } from '../dns/types.ts';
import {
  askingCoreDns,
  corednsTransaction,
  nodeLocalTransaction,
  outcomeOf,
  primaryTransaction,
} from '../lookups/exchangeViews.ts';
import { blamesUpstream, Cause } from '../lookups/verdict.ts';
import { durationText, shownName } from '../findings/findingRule.ts';
import { isNodeLocalAddress } from '../trace/nodeLocal.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import { roleOf } from '../trace/trace.ts';
import { answeredBy } from './answeredBy.ts';
import { decidingExchange } from './decidingExchange.ts';
import type { HopMark, HopState } from './rows.ts';

/** @param atFault address id of the CoreDNS pod whose fault a failure behind it is */
export function wayOf(engine: TraceEngine, lookup: number, atFault: number | undefined): readonly HopMark[] {
  const { trace, topology } = engine;
  const chunk = trace.lookups.of(lookup);
  const row = lookup & ROW_MASK;
  const exchange = decidingExchange(engine, lookup);
  const primary = primaryTransaction(trace, exchange);
  const seen = trace.transactions.of(primary);
  const at = primary & ROW_MASK;
  const cause = chunk.cause[row]!;
  const { outcome, end } = outcomeOf(trace, primary);
  const took = Number.isNaN(end) ? undefined : end - seen.start[at]!;
  const waiting = outcome === 'pending';
  const server = trace.addresses.textOf(seen.server[at]!);
  const asking = askingCoreDns(trace, exchange);
  const inside = corednsTransaction(trace, asking);
  const atNode = nodeLocalTransaction(trace, exchange);
  const atCoreDns = inside !== NONE && primary === inside;

  const client: HopMark = {
    hop: 'client',
    state: atCoreDns ? 'unwatched' : waiting ? 'pending' : 'ok',
    label: visibleText(topology.shortName(trace.addresses.textOf(seen.client[at]!))),
    ...(atCoreDns ? { note: 'not watched; seen arriving at CoreDNS' } : {}),
    ...(took === undefined ? {} : { tookNs: took }),
  };
  const marks: HopMark[] = [client];
  // NodeLocal answered from its cache, or asked an upstream of its own.
  const isPassedBy = atNode !== NONE && asking === exchange && outcome !== 'pending' && outcome !== 'unanswered';
  const unasked = isPassedBy && trace.exchanges.of(exchange).firstChild[exchange & ROW_MASK] === NONE;
  const answered = unasked ? answeredBy(engine, exchange) : undefined;
  const from = asking !== exchange ? 'from CoreDNS' : answered?.by === 'unknown' ? '' : 'without CoreDNS';
  if (atNode !== NONE || isNodeLocalAddress(server)) marks.push(nodeLocalMark(engine, atNode, from, server));
  else if (!atCoreDns) marks.push(kubeDnsMark(engine, server, inside, cause));
  if (answered?.by === 'unknown') {
    marks.push({ hop: 'coredns', state: 'unwatched', label: 'CoreDNS', note: answered.why });
    marks.push({ hop: 'upstream', state: 'unwatched', label: 'upstream', note: 'not watched' });
    return marks;
  }
  marks.push(
    isPassedBy
      ? { hop: 'coredns', state: 'unused', label: 'CoreDNS', note: 'not asked by NodeLocal' }
      : corednsMark(engine, inside, cause, server, seen.start[at]!),
  );
  marks.push(unasked ? UNASKED_BY_NODELOCAL : upstreamMark(engine, asking, inside, cause, outcome !== 'pending'));
  const isAtFault =
    blamesUpstream(cause) && inside !== NONE && trace.transactions.of(inside).server[inside & ROW_MASK] === atFault;
  return isAtFault ? marks.map(blamedOnCoreDns) : marks;
}

/** The upstream does well for the other CoreDNS pods; what it did not do here tells nothing of it. */
function blamedOnCoreDns(mark: HopMark): HopMark {
  const { hop, state, note = '' } = mark;
  if (hop === 'coredns') return { ...mark, state: 'failed', note: `${note}; other CoreDNS pods do well` };
  if (hop === 'upstream' && state === 'failed')
    return { ...mark, state: 'unwatched', note: `${note} of this CoreDNS pod` };
  return mark;
}

function nodeLocalMark(engine: TraceEngine, atNode: number, from: string, server: string): HopMark {
  if (atNode === NONE)
    return { hop: 'nodelocal', state: 'unwatched', label: server, note: 'NodeLocal DNSCache, not watched' };
  const chunk = engine.trace.transactions.of(atNode);
  const took = chunk.end[atNode & ROW_MASK]! - chunk.start[atNode & ROW_MASK]!;
  if (Number.isNaN(took))
    return {
      hop: 'nodelocal',
      state: 'pending',
      label: server,
      note: from === 'from CoreDNS' ? 'asked CoreDNS' : 'waiting',
    };
  return {
    hop: 'nodelocal',
    state: 'ok',
    label: server,
    note: `${rcodeText(chunk.rcode[atNode & ROW_MASK]!)}${from === '' ? '' : ` ${from}`} after ${durationText(took)}`,
    tookNs: took,
  };
}

function kubeDnsMark(engine: TraceEngine, server: string, inside: number, cause: number): HopMark {
  const { trace, topology } = engine;
  const label = visibleText(topology.isDnsService(server) ? `${topology.shortName(server)} ${server}` : server);
  if (cause === Cause.lostBeforeCoreDns)
    return { hop: 'kube-dns', state: 'failed', label, note: 'the query did not reach any CoreDNS pod' };
  if (cause === Cause.lostOnReturn)
    return { hop: 'kube-dns', state: 'failed', label, note: 'the answer was lost on the way back' };
  if (inside === NONE) return { hop: 'kube-dns', state: 'unwatched', label, note: 'not watched' };
  const actual = trace.addresses.textOf(trace.transactions.of(inside).server[inside & ROW_MASK]!);
  return { hop: 'kube-dns', state: 'ok', label, note: actual === server ? 'passed on' : `translated to ${actual}` };
}

function corednsMark(engine: TraceEngine, inside: number, cause: number, server: string, asked: number): HopMark {
  const { trace, topology } = engine;
  if (inside === NONE) {
    const watched = trace.vantages.some((state) => roleOf(state) === 'coredns');
    // What a capture that began later would have shown is not known: CoreDNS may only have passed the error on.
    const tooEarly = trace.vantages.some((state) => roleOf(state) === 'coredns' && asked < state.listeningSince);
    const failed = cause === Cause.serverError && !tooEarly;
    const label = visibleText(topology.isResolver(server) ? topology.shortName(server) : 'CoreDNS');
    if (failed) return { hop: 'coredns', state: 'failed', label, note: 'answered with an error; not watched inside' };
    if (cause === Cause.lostBeforeCoreDns)
      return { hop: 'coredns', state: 'unused', label, note: 'never saw the query' };
    return {
      hop: 'coredns',
      state: 'unwatched',
      label,
      note: tooEarly ? 'not watched yet' : watched ? 'not seen in a watched CoreDNS pod' : 'not watched',
    };
  }
  const chunk = trace.transactions.of(inside);
  const row = inside & ROW_MASK;
  const label = visibleText(topology.shortName(trace.addresses.textOf(chunk.server[row]!)));
  const took = chunk.end[row]! - chunk.start[row]!;
  const answered = !Number.isNaN(took);
  const failed = cause === Cause.corednsError || cause === Cause.lostInCoreDns;
  const state: HopState = failed ? 'failed' : answered ? 'ok' : 'pending';
  const settled = cause !== Cause.none && !answered && !failed ? 'ok' : state;
  const note = answered
    ? `${rcodeText(chunk.rcode[row]!)} after ${durationText(took)}`
    : failed
      ? 'no answer'
      : 'waiting';
  return { hop: 'coredns', state: settled, label, note, ...(answered ? { tookNs: took } : {}) };
}

const UNASKED_BY_NODELOCAL: HopMark = {
  hop: 'upstream',
  state: 'unused',
  label: 'upstream',
  note: 'not asked: from the cache of NodeLocal',
};

const UNASKED: HopMark = {
  hop: 'upstream',
  state: 'unused',
  label: 'upstream',
  note: 'not asked: CoreDNS answered by itself',
};

function answeredWithout(engine: TraceEngine, exchange: number): Partial<HopMark> {
  const answered = answeredBy(engine, exchange);
  switch (answered?.by) {
    case 'cache':
      return { note: `not asked: from the cache of CoreDNS; ${answered.why}` };
    case 'local':
      return { note: `not asked: ${answered.why}` };
    case 'unknown':
      return { state: 'unwatched', note: answered.why };
    default:
      return {};
  }
}

function upstreamMark(engine: TraceEngine, exchange: number, inside: number, cause: number, settled: boolean): HopMark {
  const { trace } = engine;
  const children = [...trace.childrenOf(exchange)].map((child) => primaryTransaction(trace, child));
  const last = children.at(-1);
  if (last === undefined) {
    if (inside === NONE) {
      const unreached = cause === Cause.lostBeforeCoreDns;
      return {
        hop: 'upstream',
        state: unreached ? 'unused' : 'unwatched',
        label: 'upstream',
        note: unreached ? 'not reached' : 'not watched',
      };
    }
    if (blamesUpstream(cause)) {
      const culprit = trace.addresses.textOf(
        trace.lookups.of(trace.lookupOf(exchange)).culprit[trace.lookupOf(exchange) & ROW_MASK]!,
      );
      return {
        hop: 'upstream',
        state: 'failed',
        label: culprit,
        note: `${cause === Cause.upstreamSilent ? 'no answer' : 'an error'} to an earlier query; this one was served from the cache`,
      };
    }
    return { ...UNASKED, ...answeredWithout(engine, exchange) };
  }
  const chunk = trace.transactions.of(last);
  const row = last & ROW_MASK;
  const label = `${trace.addresses.textOf(chunk.server[row]!)}:${String(chunk.serverPort[row]!)}`;
  const took = chunk.end[row]! - chunk.start[row]!;
  const asked = trace.exchanges.of(exchange).first[exchange & ROW_MASK]!;
  const name = chunk.name[row]!;
  const isOther = name !== trace.transactions.of(asked).name[asked & ROW_MASK];
  const instead = isOther ? ` for ${shownName(trace.names.textOf(name))}` : '';
  if (!Number.isNaN(took)) {
    const rcode = `${rcodeText(chunk.rcode[row]!)}${instead}`;
    const bad = cause === Cause.upstreamError;
    const state: HopState = bad ? 'failed' : took > engine.slowNs ? 'slow' : 'ok';
    return { hop: 'upstream', state, label, note: `${rcode} after ${durationText(took)}`, tookNs: took };
  }
  if (!settled && cause === Cause.none) return { hop: 'upstream', state: 'pending', label, note: 'waiting' };
  const attempts = children.filter((id) => Number.isNaN(trace.transactions.of(id).end[id & ROW_MASK]!)).length;
  return {
    hop: 'upstream',
    state: 'failed',
    label,
    note: `no answer to ${String(attempts)} ${attempts === 1 ? 'query' : 'queries'}${instead}`,
  };
}
