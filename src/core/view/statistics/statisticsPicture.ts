/**
 * The statistics of what a filter chooses, as the panel shows them: the engine's table as a tree, the busiest of each kind, and response times
 * by their length. Each count comes with the filter that chooses exactly what was counted, or with the reason why there is none.
 */
import type { Steps } from '../../../base/steps.ts';
import { collectingStatistics } from '../../analysis/collectStatistics.ts';
import { statisticsOf } from '../../analysis/statistics.ts';
import type { Matches } from '../../filter/traceFilter.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import { StatisticsConditions } from './statisticsConditions.ts';
import type { StatisticsPicture } from './statisticsRows.ts';
import { statisticsTops } from './statisticsTops.ts';
import { statisticsTree } from './statisticsTree.ts';
import { TimeBuckets } from './timeBuckets.ts';

/** Busiest of each kind. */
const MOST_TOPS = 50;

/** @param matches what a filter found; without one everything counts */
export function* statisticsPictureOf(
  engine: TraceEngine,
  matches: Matches | undefined,
  within: readonly string[],
): Steps<StatisticsPicture> {
  const conditions = new StatisticsConditions(engine);
  const times = new TimeBuckets();
  const partial = yield* collectingStatistics(engine, matches, {
    repeatedUnlike: (topic, code, first) => conditions.repeatedUnlike(topic, code, first),
    countedByResponse: () => conditions.countedByResponse(),
    dottedLabel: () => conditions.dottedLabel(),
    answered: (tookNs) => times.add(tookNs),
    namespaces: (clients) => conditions.setNamespaces(clients),
  });
  yield;
  const statistics = statisticsOf(partial, MOST_TOPS);
  yield;
  const { origin } = partial;
  const originUs = origin === undefined ? 0 : origin.seconds * 1e6 + origin.nanoseconds / 1e3;
  return {
    within,
    durationNs: statistics.durationNs,
    messages: statistics.messages.count,
    tree: statisticsTree(statistics, partial, conditions, originUs),
    tops: statisticsTops(engine, statistics, partial, conditions),
    times: times.toPlain(),
  };
}
