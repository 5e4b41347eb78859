import type { Steps } from '../base/steps.ts';
import type { OverviewRequest, ReplyMap } from '../protocol/webview.ts';
import { overviewOf } from '../session/trace/overviews.ts';
import type { TraceState } from '../session/trace/traceAnswers.ts';
import { LocalTraceStore } from './localTraceStore.ts';

/** A trace that a panel looks at: it draws the pictures of the whole, too. */
export class PanelTraceStore extends LocalTraceStore {
  protected override overviewOf(query: OverviewRequest, state: TraceState): Steps<ReplyMap[OverviewRequest['kind']]> {
    return overviewOf(query, state);
  }
}
