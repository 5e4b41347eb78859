/**
 * Under which other names CoreDNS asked upstreams for a lookup, and by what they are joined to it (rule R3): worked out again from the rows,
 * by what joined them (correlate/nameChange.ts), and never stored.
 */
import { cnameTargets, nameChangeOf, type NameChangeReason } from '../correlate/nameChange.ts';
import { confidenceOf, shownName } from '../findings/findingRule.ts';
import { askingCoreDns, corednsTransaction, primaryTransaction } from '../lookups/exchangeViews.ts';
import { ROW_MASK, NONE } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import type { Trace } from '../trace/trace.ts';
import { decidingExchange } from './decidingExchange.ts';
import { messageBytes } from './messageBytes.ts';

/** Of a search list that the node added to, names are many. */
const MOST_NAMES = 4;

/** @param child asked for `exchange` */
export function isUnderOtherName(trace: Trace, child: number, exchange: number): boolean {
  return nameIdOf(trace, child) !== nameIdOf(trace, exchange);
}

/** A sentence for each such name of the exchange that its outcome stands on; empty for nearly all lookups. */
export function changedNameSentences(engine: TraceEngine, lookup: number): string {
  const { trace } = engine;
  const asking = askingCoreDns(trace, decidingExchange(engine, lookup));
  const changed = new Map<number, number>();
  let isForwarded = false;
  for (const child of trace.childrenOf(asking)) {
    if (!isUnderOtherName(trace, child, asking)) isForwarded = true;
    else if (!changed.has(nameIdOf(trace, child))) changed.set(nameIdOf(trace, child), child);
  }
  if (changed.size === 0) return '';
  const view = corednsTransaction(trace, asking);
  const inside = view === NONE ? primaryTransaction(trace, asking) : view;
  const chunk = trace.transactions.of(inside);
  const row = inside & ROW_MASK;
  const bytes = messageBytes(engine, chunk.response[row]!);
  const asked = {
    name: trace.names.textOf(chunk.name[row]!).toLowerCase(),
    port: chunk.serverPort[row]!,
    targets: bytes === undefined ? [] : cnameTargets(bytes),
    isForwarded,
  };
  return [...changed]
    .slice(0, MOST_NAMES)
    .map(([id, child]) => {
      const name = trace.names.textOf(id);
      const reason = nameChangeOf(trace.serverBlocks, asked, name.toLowerCase());
      const sure = confidenceOf(trace.exchanges.of(child).parentJoin[child & ROW_MASK]!);
      return ` For this, CoreDNS asked for ${shownName(name)} (${sure}): ${reasonText(reason)}.`;
    })
    .join('');
}

function reasonText(reason: NameChangeReason | undefined): string {
  if (reason === undefined) return 'what led to that name is not held any more';
  const { by, line } = reason;
  if (by === 'cname') return 'a CNAME in its answer leads there';
  if (by === 'rewrite') return `rewrite on line ${String(line)} of the Corefile gives that name`;
  return line === undefined
    ? 'the name without the search domain of a namespace, as autopath asks'
    : `autopath on line ${String(line)} of the Corefile goes through the search list for it`;
}

function nameIdOf({ exchanges, transactions }: Trace, exchange: number): number {
  const first = exchanges.of(exchange).first[exchange & ROW_MASK]!;
  return transactions.of(first).name[first & ROW_MASK]!;
}
