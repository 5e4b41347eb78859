import * as l10n from '@vscode/l10n';
import { useEffect, useState } from 'preact/hooks';
import { formatCount } from '../widgets/format.ts';
import { Panels } from '../widgets/panels.tsx';
import { ProgressRing } from '../widgets/progressRing.tsx';
import { SplitPane } from '../widgets/splitPane.tsx';
import { CompareView } from './compare/compareView.tsx';
import { DnsMapView } from './map/dnsMapView.tsx';
import { DetailsPane } from './details/detailsPane.tsx';
import { FindingsEmpty } from './emptyState.tsx';
import { FilterBar } from './filter/filterBar.tsx';
import { FindingsList } from './details/findingView.tsx';
import { LookupGrid } from './rows/lookupGrid.tsx';
import { NotesView } from './notes/notesView.tsx';
import { ProblemBanner } from './problemBanner.tsx';
import type { PanelState } from './panelState.ts';
import type { TraceController } from './traceController.ts';
import { TimelineStrip } from './timeline/timelineStrip.tsx';
import { StatisticsView } from './statistics/statisticsView.tsx';
import type { PanelTab } from './uiState.ts';
import { VantageList } from './vantageList.tsx';
import { VerdictLine } from './verdictLine.tsx';
import { ROW_TITLES } from './words.ts';

/** Below this width the details stand under the rows. */
const NARROW_PX = 820;

function usePanelState(controller: TraceController): PanelState {
  const [state, setState] = useState(controller.state);
  useEffect(() => {
    setState(controller.state);
    const listening = controller.onDidChange(setState);
    return () => listening.dispose();
  }, [controller]);
  return state;
}

function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => window.innerWidth < NARROW_PX);
  useEffect(() => {
    const query = window.matchMedia(`(max-width: ${String(NARROW_PX - 1)}px)`);
    const onChange = (): void => setNarrow(query.matches);
    onChange();
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, []);
  return narrow;
}

export function App({ controller }: { readonly controller: TraceController }) {
  const state = usePanelState(controller);
  const narrow = useNarrow();
  const { snapshot, ui, pane, focusRows } = state;
  const copyDiagnostics = (): void => controller.run({ name: 'copyDiagnostics' });
  useEffect(() => {
    if (focusRows !== undefined) document.querySelector<HTMLElement>('.grid-canvas')?.focus({ preventScroll: true });
  }, [focusRows]);
  if (snapshot === undefined) {
    return (
      <main class="app app-loading">
        {state.trouble === undefined ? (
          <ProgressRing label={l10n.t('Opening the trace')} />
        ) : (
          <ProblemBanner level="error" problems={[state.trouble]} onCopyDiagnostics={copyDiagnostics} />
        )}
      </main>
    );
  }
  const { source, findings, vantages } = snapshot;
  const failed = source.state === 'failed';
  const level = failed ? 'error' : source.state === 'reconnecting' ? 'warning' : 'info';
  const problems = failed && snapshot.counts.lookups === 0 ? [] : source.problems;
  const unwatched = vantages.filter((vantage) => vantage.state === 'failed').length;
  return (
    <main
      class={narrow ? 'app app-narrow' : 'app'}
      onKeyDown={(event) => {
        if (event.altKey && event.key === 'ArrowLeft') controller.undoFilter();
        if ((event.ctrlKey || event.metaKey) && event.key === 'f') {
          event.preventDefault();
          controller.focusFilter();
        }
      }}
    >
      <VerdictLine snapshot={snapshot} controller={controller} />
      <ProblemBanner
        level={level}
        problems={problems}
        busy={source.state === 'reconnecting'}
        {...(failed ? { onCopyDiagnostics: copyDiagnostics } : {})}
      />
      {state.trouble !== undefined && (
        <ProblemBanner
          level="error"
          problems={[state.trouble]}
          onDismiss={() => controller.dismissTrouble()}
          onCopyDiagnostics={copyDiagnostics}
        />
      )}
      {source.aftermath !== undefined && source.state === 'ended' && <div class="aftermath">{source.aftermath}</div>}
      <FilterBar state={state} snapshot={snapshot} controller={controller} />
      {snapshot.counts.lookups > 0 && <TimelineStrip state={state} snapshot={snapshot} controller={controller} />}
      <SplitPane
        label={l10n.t('Width of the details')}
        direction={narrow ? 'column' : 'row'}
        share={ui.share}
        onShare={(share) => controller.setShown({ share })}
        first={
          <Panels
            label={l10n.t('Views')}
            active={ui.tab}
            onActive={(id) => controller.setShown({ tab: id as PanelTab })}
            panels={[
              {
                id: 'lookups',
                title: ROW_TITLES[ui.rows],
                content: <LookupGrid state={state} snapshot={snapshot} controller={controller} />,
              },
              {
                id: 'map',
                title: l10n.t('Map'),
                content: <DnsMapView state={state} snapshot={snapshot} controller={controller} />,
              },
              {
                id: 'statistics',
                title: l10n.t('Statistics'),
                content: <StatisticsView state={state} snapshot={snapshot} controller={controller} />,
              },
              {
                id: 'findings',
                title:
                  findings.length > 0 ? l10n.t('Findings ({0})', formatCount(findings.length)) : l10n.t('Findings'),
                content:
                  findings.length > 0 ? (
                    <FindingsList
                      findings={findings}
                      active={pane?.kind === 'finding' ? pane.filter : undefined}
                      controller={controller}
                    />
                  ) : (
                    <FindingsEmpty snapshot={snapshot} />
                  ),
              },
              {
                id: 'compare',
                title: l10n.t('Compare'),
                content: <CompareView state={state} controller={controller} />,
              },
              {
                id: 'notes',
                title:
                  snapshot.notes === undefined
                    ? l10n.t('Notes')
                    : l10n.t('Notes ({0})', formatCount(snapshot.notes.length)),
                content: <NotesView state={state} snapshot={snapshot} controller={controller} />,
              },
              {
                id: 'watched',
                title:
                  unwatched > 0
                    ? l10n.t(
                        'Watched ({0} of {1})',
                        formatCount(vantages.length - unwatched),
                        formatCount(vantages.length),
                      )
                    : l10n.t('Watched ({0})', formatCount(vantages.length)),
                content: <VantageList snapshot={snapshot} />,
              },
            ]}
          />
        }
        second={
          pane === undefined ? undefined : <DetailsPane state={state} snapshot={snapshot} controller={controller} />
        }
      />
    </main>
  );
}
