import * as l10n from '@vscode/l10n';
import type { DnsMap, MapEdge } from '../../../src/core/view/map/mapPicture.ts';
import { formatCount, formatDuration } from '../../widgets/format.ts';
import { LinkButton } from '../../widgets/button.tsx';
import { SeverityMark } from '../../widgets/severityMark.tsx';
import { brokenOf, MAP_COLUMNS } from './mapOrder.ts';
import { edgeSentence, nodeName, shareText, edgeState } from './mapWords.ts';

const MOST_ROWS = 500;

/** The same edges as rows: from left to right as the queries go, the worst of each stretch first. */
export function MapTable({
  map,
  isFolded,
  onShow,
}: {
  readonly map: DnsMap;
  readonly isFolded: boolean;
  readonly onShow: (filter: string) => void;
}) {
  const nodes = new Map(map.nodes.map((node) => [node.id, node]));
  const rows = map.edges
    .flatMap((edge) => {
      const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
      if (from === undefined || to === undefined) return [];
      if (from.column === 'client' && (isFolded ? from.within !== undefined : from.kind === 'namespace')) return [];
      return [{ edge, from, to }];
    })
    .sort(
      (a, b) =>
        MAP_COLUMNS.indexOf(a.from.column) - MAP_COLUMNS.indexOf(b.from.column) ||
        brokenOf(b.edge) - brokenOf(a.edge) ||
        b.edge.lookups - a.edge.lookups,
    );
  const shown = rows.slice(0, MOST_ROWS);
  return (
    <div class="map-table-scroller" tabIndex={0} role="region" aria-label={l10n.t('Ways of the lookups as a table')}>
      <table class="map-table">
        <thead>
          <tr>
            <th scope="col">{l10n.t('From')}</th>
            <th scope="col">{l10n.t('To')}</th>
            <th scope="col" class="map-number">
              {l10n.t('Lookups')}
            </th>
            <th scope="col" class="map-number">
              {l10n.t('Failed')}
            </th>
            <th scope="col" class="map-number">
              {l10n.t('Queries')}
            </th>
            <th scope="col" class="map-number" title={l10n.t('95 of 100 answers took this long at most')}>
              p95
            </th>
            <th scope="col">{l10n.t('State')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ edge, from, to }) => (
            <tr key={`${edge.from} ${edge.to}`} title={edgeSentence(edge, nodeName(from), nodeName(to))}>
              <th scope="row">{nodeName(from)}</th>
              <td>{nodeName(to)}</td>
              <td class="map-number">
                <Figure value={edge.lookups} filter={edge.filter} onShow={onShow} />
              </td>
              <td class="map-number">
                <Figure value={edge.failed} filter={edge.failedFilter} onShow={onShow} />
                {edge.failed > 0 && ` (${shareText(edge.failed, edge.lookups)})`}
              </td>
              <td class="map-number">{edge.queries === 0 ? '' : formatCount(edge.queries)}</td>
              <td class="map-number">{edge.p95Ns === undefined ? '' : formatDuration(edge.p95Ns)}</td>
              <td>
                <State edge={edge} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length && (
        <p class="muted">{l10n.t('and {0} more', formatCount(rows.length - shown.length))}</p>
      )}
    </div>
  );
}

function Figure({
  value,
  filter,
  onShow,
}: {
  readonly value: number;
  readonly filter: string | undefined;
  readonly onShow: (filter: string) => void;
}) {
  if (value === 0) return <span class="muted">0</span>;
  if (filter === undefined) return <>{formatCount(value)}</>;
  return (
    <LinkButton title={l10n.t('Show these lookups')} onClick={() => onShow(filter)}>
      {formatCount(value)}
    </LinkButton>
  );
}

function State({ edge }: { readonly edge: MapEdge }) {
  switch (edgeState(edge)) {
    case 'failed':
      return (
        <span class="result result-bad">
          <SeverityMark level="error" label={l10n.t('Error')} /> {l10n.t('fails here')}
        </span>
      );
    case 'slow':
      return (
        <span class="result">
          <SeverityMark level="warning" label={l10n.t('Warning')} /> {l10n.t('slow')}
        </span>
      );
    case 'unwatched':
      return <span class="muted">{l10n.t('not watched')}</span>;
    default:
      return <span class="muted">{edge.failed > 0 ? l10n.t('fails further on') : l10n.t('ok')}</span>;
  }
}
