import * as l10n from '@vscode/l10n';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type {
  StatisticsCount,
  StatisticsNode,
  StatisticsPicture,
} from '../../../src/core/view/statistics/statisticsRows.ts';
import type { TraceSnapshot } from '../../../src/protocol/webview.ts';
import { Button } from '../../widgets/button.tsx';
import { formatCount, formatDuration, formatPlural } from '../../widgets/format.ts';
import { ProgressRing } from '../../widgets/progressRing.tsx';
import { ShareBar } from '../../widgets/shareBar.tsx';
import { TreeTable, type TreeRow } from '../../widgets/treeTable.tsx';
import type { PanelState } from '../panelState.ts';
import { ResponseTimes } from './responseTimes.tsx';
import { StatisticsTop } from './statisticsTops.tsx';
import { burstText, burstTitle, figureTitle, rateText, valueText } from './statisticsWords.ts';
import type { TraceController } from '../traceController.ts';

export interface StatisticsProps {
  readonly state: PanelState;
  readonly snapshot: TraceSnapshot;
  readonly controller: TraceController;
}

const COLUMNS = [
  { id: 'count', title: l10n.t('Count') },
  { id: 'share', title: l10n.t('Share'), hint: l10n.t('Of what the row stands under') },
  { id: 'mean', title: l10n.t('Average') },
  { id: 'min', title: l10n.t('Least') },
  { id: 'max', title: l10n.t('Most') },
  { id: 'percentiles', title: 'p50 · p95 · p99', hint: l10n.t('Half, 95 and 99 of 100 took this long at most') },
  { id: 'rate', title: l10n.t('Rate'), hint: l10n.t('From the first message to the last') },
  { id: 'burst', title: l10n.t('Burst'), hint: l10n.t('The most within 100 ms, and when it began') },
] as const;

/** Counts, times and the busiest of what the filter chooses; each count shows its rows. */
export function StatisticsView({ state, snapshot, controller }: StatisticsProps) {
  const { statistics: overview } = controller.overviews;
  useEffect(() => {
    const watching = overview.watch();
    return () => watching.dispose();
  }, [overview]);
  const picture = overview.value;
  if (picture === undefined)
    return overview.problem === undefined ? (
      <div class="empty">
        <ProgressRing label={l10n.t('Counting')} />
      </div>
    ) : (
      <Message title={l10n.t('The statistics could not be counted')}>
        <p>{overview.problem.detail}</p>
      </Message>
    );
  if (picture.messages === 0) return <StatisticsEmpty snapshot={snapshot} picture={picture} controller={controller} />;
  const show = ({ filter, rows }: StatisticsCount): void => {
    if (filter !== undefined) controller.showFigure(picture.within, filter, rows);
  };
  const { statisticsOpen } = state.ui;
  const open = new Set(statisticsOpen);
  const isFiltered = picture.within.length > 0;
  return (
    <div class="statistics" tabIndex={0} role="region" aria-label={l10n.t('Statistics')}>
      <div class="statistics-bar">
        <span class="map-summary">
          {l10n.t(
            '{0}{1} in {2}',
            formatPlural(picture.messages, l10n.t('{0} message|{0} messages')),
            isFiltered ? ` ${l10n.t('of the filter')}` : '',
            formatDuration(picture.durationNs),
          )}
        </span>
        {isFiltered && <Button onClick={() => controller.setFilter('')}>{l10n.t('Show all')}</Button>}
      </div>
      <div class="statistics-tree" tabIndex={-1}>
        <TreeTable
          label={l10n.t('Statistics')}
          title={l10n.t('What was counted')}
          columns={COLUMNS}
          rows={rowsOf(picture.tree, open, show)}
          onToggle={(id, expanded) =>
            controller.setShown({
              statisticsOpen: expanded ? [...statisticsOpen, id] : statisticsOpen.filter((one) => one !== id),
            })
          }
          onOpen={(id) => {
            const figure = nodeOf(picture.tree, id)?.figure;
            if (figure !== undefined && figure.count > 0) show(figure);
          }}
        />
      </div>
      <div class="statistics-tops">
        {picture.times.length > 0 && (
          <section class="top" aria-label={l10n.t('Response times')}>
            <h3>{l10n.t('Response times')}</h3>
            <ResponseTimes
              times={picture.times}
              slowNs={snapshot.slowNs}
              onShow={({ count, filter }) => show({ count, filter, rows: 'transactions' })}
            />
          </section>
        )}
        {picture.tops.map((list) => (
          <StatisticsTop key={list.kind} list={list} onShow={show} />
        ))}
      </div>
    </div>
  );
}

function rowsOf(
  nodes: readonly StatisticsNode[],
  open: ReadonlySet<string>,
  show: (figure: StatisticsCount) => void,
  level = 1,
): readonly TreeRow[] {
  return nodes.flatMap((node, index) => {
    const isParent = node.children.length > 0;
    const expanded = isParent ? open.has(node.id) : undefined;
    const row: TreeRow = {
      id: node.id,
      title: node.title,
      level,
      expanded,
      place: index + 1,
      of: nodes.length,
      cells: cellsOf(node, show),
    };
    return expanded === true ? [row, ...rowsOf(node.children, open, show, level + 1)] : [row];
  });
}

function cellsOf(
  { figure, share, values, ratePerMs, burst }: StatisticsNode,
  show: (figure: StatisticsCount) => void,
): readonly ComponentChildren[] {
  const value = (of: 'mean' | 'min' | 'max'): string =>
    values === undefined
      ? ''
      : valueText(values.unit, of === 'mean' && values.unit !== 'time' ? round(values.mean) : values[of]);
  return [
    figure === undefined ? '' : <Figure figure={figure} onShow={show} />,
    share === undefined || figure?.count === 0 ? '' : <ShareBar share={share} />,
    value('mean'),
    value('min'),
    value('max'),
    values?.percentiles?.map((one) => formatDuration(one)).join(' · ') ?? '',
    ratePerMs === undefined ? '' : rateText(ratePerMs),
    burst === undefined ? '' : <span title={burstTitle(burst)}>{burstText(burst)}</span>,
  ];
}

/** One decimal. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The row has the focus, so the button is for the pointer. */
function Figure({
  figure,
  onShow,
}: {
  readonly figure: StatisticsCount;
  readonly onShow: (figure: StatisticsCount) => void;
}) {
  const text = formatCount(figure.count);
  if (figure.count === 0) return <span class="muted">0</span>;
  if (figure.filter === undefined)
    return (
      <span title={figureTitle(figure)}>
        {text}
        <span class="unseen">. {figureTitle(figure)}</span>
      </span>
    );
  return (
    <button type="button" class="link-button" tabIndex={-1} title={figureTitle(figure)} onClick={() => onShow(figure)}>
      {text}
    </button>
  );
}

function nodeOf(nodes: readonly StatisticsNode[], id: string): StatisticsNode | undefined {
  for (const node of nodes) {
    const found = node.id === id ? node : nodeOf(node.children, id);
    if (found !== undefined) return found;
  }
  return undefined;
}

function Message({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

function StatisticsEmpty({
  snapshot,
  picture,
  controller,
}: {
  readonly snapshot: TraceSnapshot;
  readonly picture: StatisticsPicture;
  readonly controller: TraceController;
}) {
  if (snapshot.counts.messages > 0 && picture.within.length > 0)
    return (
      <Message title={l10n.t('No message matches the filter')}>
        <p>
          {l10n.t(
            '{0} seen. The statistics count those that match.',
            formatPlural(snapshot.counts.messages, l10n.t('{0} message|{0} messages')),
          )}
        </p>
        <Button onClick={() => controller.setFilter('')}>{l10n.t('Remove the filter')}</Button>
      </Message>
    );
  return (
    <Message title={l10n.t('There is nothing to count yet')}>
      <p>
        {l10n.t(
          'Messages by their codes and types, response times, and the busiest names, clients and servers stand here as soon as there are messages. Each count shows its rows.',
        )}
      </p>
    </Message>
  );
}
