/** The panel's whole state beside the rows, from the engine's counts and findings; and the verdict, one sentence. */
import type { FindingSet } from '../../core/findings/evaluateFindings.ts';
import { plural } from '../../core/findings/findingRule.ts';
import { roleOf } from '../../core/trace/trace.ts';
import type { TraceEngine } from '../../core/trace/traceEngine.ts';
import { clockText } from '../../core/view/clockText.ts';
import { lossText } from '../../core/view/timeline/timelineMarks.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { TraceSnapshot, UpstreamTraffic, VantageView, Verdict, ViewState } from '../../protocol/webview.ts';
import type { SourceView } from './traceStore.ts';

export interface SnapshotInput {
  readonly engine: TraceEngine;
  readonly findings: FindingSet;
  readonly view: ViewState;
  readonly source: SourceView;
  readonly generation: number;
  readonly seq: number;
}

const MOST_NOTES = 20;

export function snapshotOf(input: SnapshotInput): TraceSnapshot {
  const { engine, findings, source } = input;
  const { totals, vantages } = engine.trace;
  const notes = vantages.flatMap((state) => state.losses.map((loss) => lossText(state.vantage.name, loss)));
  notes.push(...findings.broken.map((id) => `The rule ${id} failed on this trace: its findings are missing`));
  return {
    kind: 'trace/snapshot',
    generation: input.generation,
    seq: input.seq,
    source,
    counts: {
      packets: totals.packets,
      messages: totals.messages,
      undecodable: totals.undecodable,
      lookups: engine.counts.lookups,
      failed: engine.counts.failed,
      pending: engine.counts.pending,
      slow: engine.counts.slow,
      clients: engine.clients,
    },
    view: input.view,
    verdict: verdictOf(engine, findings, source),
    findings: findings.findings,
    vantages: vantages.map((state, index) => vantageView(state, clockText(engine.trace, index), source)),
    loss: {
      packets: vantages.reduce((sum, state) => sum + state.dropped, 0),
      gaps: vantages.reduce((sum, state) => sum + state.gaps, 0),
      notes:
        notes.length > MOST_NOTES
          ? [...notes.slice(0, MOST_NOTES), `and ${String(notes.length - MOST_NOTES)} more`]
          : notes,
    },
    slowNs: engine.slowNs,
    ...(engine.notes.length === 0 ? {} : { notes: engine.notes }),
    upstreams: upstreamTraffic(engine),
  };
}

const MOST_UPSTREAMS = 50;

function upstreamTraffic(engine: TraceEngine): readonly UpstreamTraffic[] {
  const { upstreams, addresses } = engine.trace;
  return [...upstreams.values()]
    .sort((a, b) => b.asked - a.asked)
    .slice(0, MOST_UPSTREAMS)
    .map(({ server, port, asked, answered }) => ({
      address: addresses.textOf(server),
      port,
      queries: asked,
      answered,
      unanswered: asked - answered,
    }));
}

function vantageView(
  state: TraceEngine['trace']['vantages'][number],
  clock: string | undefined,
  source: SourceView,
): VantageView {
  const live = source.kind === 'live' && source.state !== 'ended' && source.state !== 'failed';
  const running = source.state === 'reconnecting' ? 'reconnecting' : 'running';
  return {
    name: visibleText(state.vantage.name),
    role: roleOf(state),
    messages: state.messages,
    dropped: state.dropped,
    state: live && !state.ended ? running : 'ended',
    ...(clock === undefined ? {} : { note: sentence(clock) }),
  };
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function verdictOf(engine: TraceEngine, findings: FindingSet, source: SourceView): Verdict {
  const { lookups, failed } = engine.counts;
  const watched = engine.trace.vantages.some((state) => roleOf(state) === 'coredns');
  const suggestion =
    source.kind === 'live' && !watched && failed > 0
      ? { suggestion: { label: 'Watch CoreDNS too', action: { name: 'watchCoreDns' } as const } }
      : {};
  const top = findings.findings[0];
  if (top !== undefined && top.severity !== 'info') {
    const head = failed > 0 ? `${String(failed)} of ${plural(lookups, 'lookup')} failed: ` : '';
    return { level: top.severity, text: head + top.title, finding: top.id, ...suggestion };
  }
  if (lookups === 0) return { level: 'none', text: emptyText(engine, source) };
  const seen = `${plural(lookups, 'lookup')} from ${plural(engine.clients, 'client')}`;
  const places = watched ? 'CoreDNS watched' : 'CoreDNS not watched';
  if (failed > 0) return { level: 'warning', text: `${String(failed)} of ${seen} failed; ${places}`, ...suggestion };
  const text = `No problem seen in ${seen}; ${places}`;
  return top === undefined ? { level: 'ok', text } : { level: 'info', text: `${text}. ${top.title}`, finding: top.id };
}

function emptyText(engine: TraceEngine, source: SourceView): string {
  if (source.state === 'starting') return 'The trace is starting';
  if (source.state === 'failed') return source.problems[0]?.detail ?? 'The trace could not start';
  const ended = source.kind === 'file' || source.state === 'ended';
  if (!ended) return 'Waiting for the first lookup';
  return engine.trace.totals.packets > 0
    ? `No DNS lookup among ${plural(engine.trace.totals.packets, 'packet')}`
    : 'No packet was seen';
}
