/** The busiest names, clients, servers and namespaces: what they ask or are asked, and what came of it. */
import { visibleText } from '../../../base/visibleText.ts';
import type { GroupPartial } from '../../analysis/groupTally.ts';
import { LatencyHistogram } from '../../analysis/latencyHistogram.ts';
import type { GroupView, Statistics } from '../../analysis/statistics.ts';
import type { StatisticsPartial } from '../../analysis/statisticsPartial.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import {
  type KeyConditions,
  type StatisticsConditions,
  WITH_RESPONSE,
  WITHOUT_RESPONSE,
} from './statisticsConditions.ts';
import type { GroupKind, StatisticsCount, TopList, TopRow } from './statisticsRows.ts';

export function statisticsTops(
  engine: TraceEngine,
  statistics: Statistics,
  partial: StatisticsPartial,
  conditions: StatisticsConditions,
): readonly TopList[] {
  const list = (kind: GroupKind): TopList => listOf(engine, kind, statistics[kind], partial[kind], conditions);
  // Where no pod is known there is one row, which says nothing.
  const isKnown = partial.namespaces.rows.some(({ key }) => key !== '');
  return [list('names'), list('clients'), list('servers'), ...(isKnown ? [list('namespaces')] : [])];
}

function listOf(
  engine: TraceEngine,
  kind: GroupKind,
  view: GroupView,
  partial: GroupPartial,
  conditions: StatisticsConditions,
): TopList {
  const latencies = new Map(partial.rows.map(({ key, latency }) => [key, latency]));
  return {
    kind,
    rows: view.rows.map((row) => {
      const key = conditions.ofKey(kind, row.key);
      const latency = new LatencyHistogram();
      latency.addPartial(latencies.get(row.key)!);
      const { NOERROR: _, NXDOMAIN: nxdomain = 0, ...others } = row.rcodes;
      const errors = Object.values(others).reduce((sum, count) => sum + count, 0);
      // Responses that nobody asked for have a code, too, and are counted apart.
      const answered = (condition: string): readonly string[] =>
        row.unsolicited === 0 ? [condition] : [condition, WITH_RESPONSE];
      return {
        key: row.key,
        ...labelOf(engine, kind, row.key),
        queries: counted(row.queries, 'messages', key, key.queries),
        share: row.share,
        nxdomain: ofTransactions(nxdomain, key, answered('rcode == NXDOMAIN')),
        errors: ofTransactions(errors, key, answered('rcode not in (NOERROR, NXDOMAIN)')),
        unanswered: ofTransactions(row.unanswered, key, [WITHOUT_RESPONSE]),
        ...(latency.count === 0 ? {} : { p95Ns: latency.percentile(0.95) }),
      };
    }),
    hasMore: view.moreRows > 0 || view.otherTransactions > 0,
  };
}

function ofTransactions(count: number, key: KeyConditions, conditions: readonly string[]): StatisticsCount {
  const filter = key.transactions === undefined ? undefined : [...key.transactions, ...conditions];
  return counted(count, 'transactions', key, filter);
}

function counted(
  count: number,
  rows: StatisticsCount['rows'],
  { why }: KeyConditions,
  filter: readonly string[] | undefined,
): StatisticsCount {
  return { count, rows, ...(filter === undefined ? {} : { filter }), ...(why === undefined ? {} : { why }) };
}

function labelOf(engine: TraceEngine, kind: GroupKind, key: string): Pick<TopRow, 'label' | 'detail'> {
  if (kind === 'names') return { label: visibleText(key) };
  if (kind === 'namespaces') return { label: key === '' ? 'not known' : visibleText(key) };
  const label = visibleText(engine.topology.shortName(key));
  return label === key ? { label } : { label, detail: key };
}
