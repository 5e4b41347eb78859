import * as l10n from '@vscode/l10n';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { DnsMap, MapEdge } from '../../../src/core/view/map/mapPicture.ts';
import { formatCount, formatDuration, formatPlural } from '../../widgets/format.ts';
import { CutText } from '../../widgets/cutText.tsx';
import { HopMarkShape, type HopStripState } from '../../widgets/hopStrip.tsx';
import { Icon } from '../../widgets/icon.tsx';
import { layoutMap, type Box, type CardLayout, type EdgeLayout } from './mapLayout.ts';
import { brokenOf, type MapOrder } from './mapOrder.ts';
import {
  amountText,
  COLUMN_TITLES,
  edgeSentence,
  failuresTitle,
  edgeState,
  moreText,
  nodeName,
  nodeSentence,
  nodeState,
  shareText,
  underText,
  withoutPlateText,
  type MapScale,
} from './mapWords.ts';
import { hasFailures, isMapKey, nextStop, stopsOf } from './mapStops.ts';

export interface MapDrawingProps {
  readonly map: DnsMap;
  readonly scale: MapScale;
  readonly order: MapOrder;
  readonly onShow: (filter: string) => void;
  readonly onChange: (act: () => void) => void;
}

const px = ({ x, y, width, height }: Box): Record<string, string> => ({
  left: `${String(x)}px`,
  top: `${String(y)}px`,
  width: `${String(width)}px`,
  height: `${String(height)}px`,
});

/** Cards and plates are buttons over an SVG with the curves; arrow keys walk among them, and one of them has the tab stop. */
export function MapDrawing({ map, scale, order, onShow, onChange }: MapDrawingProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [stop, setStop] = useState('');
  const [pointed, setPointed] = useState('');
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const measure = (): void => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const layout = layoutMap(map, order.columns(map), width);
  const stops = stopsOf(layout.cards, layout.edges);
  const current = stops.some(({ id }) => id === stop) ? stop : (stops[0]?.id ?? '');
  // What had the focus may be gone with its node; then the next press begins at the first.
  useEffect(() => {
    if (stop !== '' && current !== stop) setStop('');
  }, [current, stop]);
  const tab = (
    id: string,
  ): { readonly tabIndex: number; readonly 'data-stop': string; readonly onFocus: () => void } => ({
    tabIndex: id === current ? 0 : -1,
    'data-stop': id,
    onFocus: () => setStop(id),
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!isMapKey(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = nextStop(stops, current, event.key);
    event.preventDefault();
    if (next === undefined) return;
    const target = [...(scroller.current?.querySelectorAll<HTMLElement>('[data-stop]') ?? [])].find(
      (one) => one.dataset['stop'] === next.id,
    );
    target?.focus();
  };
  const into = edgesInto(map);
  const names = new Map(map.nodes.map((node) => [node.id, nodeName(node)]));
  return (
    <div ref={scroller} class="map-scroller" onKeyDown={onKeyDown}>
      <div class="map-canvas" style={{ width: `${String(layout.width)}px`, height: `${String(layout.height)}px` }}>
        <svg class="map-lines" width={layout.width} height={layout.height} aria-hidden="true">
          {layout.edges.map((edge) => (
            <Line key={edge.key} edge={edge} isPointed={pointed !== '' && edge.key.split(' → ').includes(pointed)} />
          ))}
        </svg>
        {layout.headings.map((heading, at) => (
          <div key={heading.column} class="map-column" role="group" aria-label={COLUMN_TITLES[heading.column]}>
            <div class="map-heading" style={px(heading)} aria-hidden="true">
              {COLUMN_TITLES[heading.column]}
            </div>
            {layout.cards
              .filter((card) => card.at === at)
              .map((card) => (
                <Card
                  key={card.id}
                  card={card}
                  into={into.get(card.id) ?? []}
                  tab={tab}
                  onShow={onShow}
                  onPoint={setPointed}
                  onMore={() => onChange(() => order.showMore(card.column))}
                  onToggle={() => onChange(() => order.toggle(card.id))}
                />
              ))}
            {layout.edges
              .filter(({ at: from, plate }) => from === at && plate !== undefined)
              .map((edge) => (
                <Plate key={edge.key} layout={edge} scale={scale} names={names} tab={tab} onShow={onShow} />
              ))}
          </div>
        ))}
      </div>
      <p class="map-note muted">
        {l10n.t(
          'The wider a line, the more lookups; p95 is what 95 of 100 answers took at most. Red and ✕: failures began there; where they were only passed on, figures stay plain. Dotted and hollow: not watched.',
        )}
      </p>
      {layout.withoutPlate > 0 && <p class="map-note muted">{withoutPlateText(layout.withoutPlate)}</p>}
    </div>
  );
}

function edgesInto(map: DnsMap): ReadonlyMap<string, readonly MapEdge[]> {
  const into = new Map<string, MapEdge[]>();
  for (const edge of map.edges) {
    const known = into.get(edge.to);
    if (known === undefined) into.set(edge.to, [edge]);
    else known.push(edge);
  }
  return into;
}

type Tab = (id: string) => { readonly tabIndex: number; readonly 'data-stop': string; readonly onFocus: () => void };

function Line({ edge, isPointed }: { readonly edge: EdgeLayout; readonly isPointed: boolean }) {
  const state = edge.began > 0 ? 'failed' : edge.watched ? 'ok' : 'unwatched';
  return (
    <path
      class={`map-line map-line-${state}${isPointed ? ' map-line-pointed' : ''}`}
      d={edge.path}
      stroke-width={edge.thickness}
    />
  );
}

/** What a button is called: the sentence of which the picture shows the figures. Not a label: that would have to repeat what is seen. */
function Words({ text }: { readonly text: string }) {
  return <span class="unseen">{text}</span>;
}

function Mark({ state }: { readonly state: HopStripState }) {
  return (
    <svg class="map-mark" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      <HopMarkShape state={state} x={6} y={6} />
    </svg>
  );
}

interface CardProps {
  readonly card: CardLayout;
  /** Edges that lead to it. */
  readonly into: readonly MapEdge[];
  readonly tab: Tab;
  readonly onShow: (filter: string) => void;
  readonly onPoint: (id: string) => void;
  readonly onMore: () => void;
  readonly onToggle: () => void;
}

function Card({ card, into, tab, onShow, onPoint, onMore, onToggle }: CardProps) {
  const { node, more } = card;
  if (more !== undefined) {
    const { text, failing } = moreText(more);
    const trouble = failing === 0 ? '' : `, ${l10n.t('{0} of them failing', formatCount(failing))}`;
    return (
      <button type="button" class="map-card map-more" style={px(card)} {...tab(card.id)} onClick={onMore}>
        <Words text={l10n.t('{0} {1}{2}. Show them', text, COLUMN_TITLES[card.column], trouble)} />
        <span class="map-card-label" aria-hidden="true">
          {text}
        </span>
        {failing > 0 && (
          <span class="map-card-figures map-bad" aria-hidden="true">
            {l10n.t('{0} failing', formatCount(failing))}
          </span>
        )}
      </button>
    );
  }
  if (node === undefined) return null;
  const state = nodeState(node, into);
  const sentence = nodeSentence(node);
  const broken = brokenOf(node);
  const { filter } = node;
  const under = underText(node);
  const fails = hasFailures(node);
  return (
    <div
      class={`map-card map-card-${state}${node.watched ? '' : ' map-card-hollow'}`}
      style={px(card)}
      onPointerEnter={() => onPoint(card.id)}
      onPointerLeave={() => onPoint('')}
    >
      <button
        type="button"
        class="map-card-main"
        title={sentence}
        aria-disabled={filter === undefined}
        onClick={() => filter !== undefined && onShow(filter)}
        {...tab(card.id)}
      >
        <Words text={filter === undefined ? sentence : l10n.t('{0}. Show these lookups', sentence)} />
        <span class="map-card-label" aria-hidden="true">
          <Mark state={state} />
          <CutText text={node.label} />
        </span>
        {(under !== '' || fails) && <span class="map-card-room" />}
      </button>
      <div class="map-card-foot">
        <span class="map-card-detail" aria-hidden="true">
          {under}
        </span>
        {fails && (
          <button
            type="button"
            class={state === 'failed' || (node.column === 'client' && broken > 0) ? 'map-failed map-bad' : 'map-failed'}
            title={l10n.t('Show those that failed')}
            onClick={() => onShow(node.failedFilter)}
            {...tab(`${card.id} failed`)}
          >
            <Words
              text={formatPlural(
                node.failed,
                l10n.t('{0} failed lookup of {1}. Show them|{0} failed lookups of {1}. Show them'),
                nodeName(node),
              )}
            />
            <span aria-hidden="true">
              {broken > 0
                ? l10n.t('{0} failed', formatCount(node.failed))
                : l10n.t('{0} not found', formatCount(node.failed))}
            </span>
          </button>
        )}
      </div>
      {node.kind === 'namespace' && (
        <button
          type="button"
          class={card.isOpen ? 'map-toggle map-toggle-open' : 'map-toggle'}
          title={card.isOpen ? l10n.t('Fold its workloads') : l10n.t('Show its workloads')}
          aria-label={l10n.t('Workloads of {0}', nodeName(node))}
          aria-expanded={card.isOpen}
          onClick={onToggle}
          {...tab(`${card.id} toggle`)}
        >
          <Icon name="chevron" />
        </button>
      )}
    </div>
  );
}

function Plate({
  layout,
  scale,
  names,
  tab,
  onShow,
}: {
  readonly layout: EdgeLayout;
  readonly scale: MapScale;
  readonly names: ReadonlyMap<string, string>;
  readonly tab: Tab;
  readonly onShow: (filter: string) => void;
}) {
  const { edge, plate, key } = layout;
  if (edge === undefined || plate === undefined) return null;
  const [from, to] = [names.get(edge.from) ?? edge.from, names.get(edge.to) ?? edge.to];
  const sentence = edgeSentence(edge, from, to);
  const { filter, p95Ns, failed, began, slow } = edge;
  const state = edgeState(edge);
  return (
    <div class="map-plate" style={px(plate)}>
      <div class={`map-plate-box map-plate-${state}`}>
        <button
          type="button"
          class="map-plate-main"
          title={sentence}
          aria-disabled={filter === undefined}
          onClick={() => filter !== undefined && onShow(filter)}
          {...tab(key)}
        >
          <Words text={filter === undefined ? sentence : l10n.t('{0}. Show these lookups', sentence)} />
          <span aria-hidden="true">{amountText(edge, scale)}</span>
          {p95Ns !== undefined && (
            <span aria-hidden="true" class={slow ? 'map-p95 map-p95-slow' : 'map-p95'}>
              {slow ? '▲ ' : '· '}p95 {formatDuration(p95Ns)}
            </span>
          )}
          {!edge.watched && (
            <span aria-hidden="true" class="map-p95">
              · {l10n.t('not watched')}
            </span>
          )}
        </button>
        {hasFailures(edge) && (
          <button
            type="button"
            class={began > 0 ? 'map-failed map-bad' : 'map-failed'}
            title={failuresTitle(edge)}
            onClick={() => onShow(edge.failedFilter)}
            {...tab(`${key} failed`)}
          >
            <Words
              text={formatPlural(
                failed,
                l10n.t('{0} lookup failed from {1} to {2}. Show them|{0} lookups failed from {1} to {2}. Show them'),
                from,
                to,
              )}
            />
            <span aria-hidden="true">
              {began > 0 ? '✕ ' : ''}
              {l10n.t('{0} failed', formatCount(failed))} · {shareText(failed, edge.lookups)}
            </span>
          </button>
        )}
      </div>
    </div>
  );
}
