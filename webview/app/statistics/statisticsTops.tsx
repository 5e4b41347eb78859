import * as l10n from '@vscode/l10n';
import { useState } from 'preact/hooks';
import type { StatisticsCount, TopList, TopRow } from '../../../src/core/view/statistics/statisticsRows.ts';
import { LinkButton } from '../../widgets/button.tsx';
import { type FigureCell, FigureTable } from '../../widgets/figureTable.tsx';
import { formatCount, formatDuration } from '../../widgets/format.ts';
import { SeverityMark } from '../../widgets/severityMark.tsx';
import { ShareBar } from '../../widgets/shareBar.tsx';
import { figureTitle, TOP_TITLES } from './statisticsWords.ts';

const FEW = 10;

const COLUMNS = [
  { id: 'share', title: l10n.t('Share'), hint: l10n.t('Of all queries') },
  { id: 'queries', title: l10n.t('Queries'), hint: l10n.t('Messages as captured, at every place') },
  { id: 'nxdomain', title: 'NXDOMAIN', hint: l10n.t('The name does not exist') },
  { id: 'errors', title: l10n.t('Errors'), hint: l10n.t('SERVFAIL, REFUSED or another error code') },
  { id: 'unanswered', title: l10n.t('No answer'), hint: l10n.t('Without a response so far') },
  { id: 'p95', title: 'p95', hint: l10n.t('95 of 100 answers took this long at most') },
] as const;

/** The busiest of one kind, ten at first. */
export function StatisticsTop({
  list,
  onShow,
}: {
  readonly list: TopList;
  readonly onShow: (figure: StatisticsCount) => void;
}) {
  const [all, setAll] = useState(false);
  const { kind, rows, hasMore } = list;
  const title = TOP_TITLES[kind];
  const shown = all ? rows : rows.slice(0, FEW);
  return (
    <section class="top" aria-label={title}>
      <h3>{title}</h3>
      <FigureTable
        label={title}
        columns={[
          {
            id: 'key',
            title: kind === 'names' ? l10n.t('Name') : kind === 'namespaces' ? l10n.t('Namespace') : l10n.t('Address'),
          },
          ...COLUMNS,
        ]}
        rows={shown.map((row) => ({
          id: row.key,
          head: (
            <>
              {row.label}
              {row.detail !== undefined && <span class="muted"> {row.detail}</span>}
            </>
          ),
          cells: cellsOf(row, onShow),
        }))}
      />
      {(rows.length > FEW || hasMore) && (
        <p class="top-more">
          {rows.length > FEW && (
            <LinkButton onClick={() => setAll(!all)}>
              {all ? l10n.t('Show {0}', FEW) : l10n.t('Show {0}', formatCount(rows.length))}
            </LinkButton>
          )}
          {hasMore && (all || rows.length <= FEW) && (
            <span class="muted"> {l10n.t('The others are asked less often')}</span>
          )}
        </p>
      )}
    </section>
  );
}

function cellsOf(row: TopRow, onShow: (figure: StatisticsCount) => void): readonly FigureCell[] {
  const figure = (one: StatisticsCount, mark?: 'error'): FigureCell => {
    if (one.count === 0) return { content: <span class="muted">0</span> };
    const text = formatCount(one.count);
    const content =
      mark === undefined ? (
        text
      ) : (
        <span class="figure-marked">
          <SeverityMark level={mark} />
          {text}
        </span>
      );
    const title = figureTitle(one);
    return one.filter === undefined ? { content, title } : { content, title, onClick: () => onShow(one) };
  };
  return [
    { content: <ShareBar share={row.share} /> },
    figure(row.queries),
    figure(row.nxdomain),
    figure(row.errors, 'error'),
    figure(row.unanswered, 'error'),
    { content: row.p95Ns === undefined ? '' : formatDuration(row.p95Ns) },
  ];
}
