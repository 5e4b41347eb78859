/**
 * Pictures of the whole trace: passes over all its rows, so they come in steps between which packets and other requests have their turn.
 * Each shows what the view's filter chooses, beside the whole where that helps; a comparison has filters of its own.
 */
import { assertNever } from '../../base/assertNever.ts';
import type { Steps } from '../../base/steps.ts';
import { comparisonOf } from '../../core/view/compare/compare.ts';
import { dnsMapOf } from '../../core/view/map/dnsMap.ts';
import { statisticsPictureOf } from '../../core/view/statistics/statisticsPicture.ts';
import { timelineOf } from '../../core/view/timeline/timeline.ts';
import type { OverviewRequest, ReplyMap } from '../../protocol/webview.ts';
import type { TraceState } from './traceAnswers.ts';

export function overviewOf(
  query: OverviewRequest,
  { engine, findings, view }: TraceState,
): Steps<ReplyMap[OverviewRequest['kind']]> {
  switch (query.kind) {
    case 'timeline/read':
      return timelineOf(engine, view.choice, query.intervals, query.part);
    case 'map/read':
      return dnsMapOf(engine, findings, view.choice, view.terms);
    case 'compare/read':
      return comparisonOf(engine, findings, query);
    case 'statistics/read':
      return statisticsPictureOf(engine, view.matches(), view.terms);
    default:
      return assertNever(query);
  }
}
