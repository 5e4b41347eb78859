import * as l10n from '@vscode/l10n';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { DnsMap } from '../../../src/core/view/map/mapPicture.ts';
import type { TraceSnapshot } from '../../../src/protocol/webview.ts';
import { Button } from '../../widgets/button.tsx';
import { formatPlural } from '../../widgets/format.ts';
import { HopLegend } from '../../widgets/hopStrip.tsx';
import { ProgressRing } from '../../widgets/progressRing.tsx';
import { MapDrawing } from './mapDrawing.tsx';
import { MapOrder } from './mapOrder.ts';
import { MapTable } from './mapTable.tsx';
import type { MapScale } from './mapWords.ts';
import type { PanelState } from '../panelState.ts';
import type { TraceController } from '../traceController.ts';

/** Places outlive the tab: who comes back finds everything where it was. */
const orders = new WeakMap<TraceController, MapOrder>();

function orderOf(controller: TraceController, generation: number): MapOrder {
  let order = orders.get(controller);
  if (order === undefined) {
    order = new MapOrder();
    orders.set(controller, order);
  }
  return order.of(generation);
}

export interface DnsMapProps {
  readonly state: PanelState;
  readonly snapshot: TraceSnapshot;
  readonly controller: TraceController;
}

/** Who asks whom, how much and how well: the ways of all lookups that the filter chooses, in one picture. */
export function DnsMapView({ state, snapshot, controller }: DnsMapProps) {
  const { map: overview } = controller.overviews;
  useEffect(() => {
    const watching = overview.watch();
    return () => watching.dispose();
  }, [overview]);
  const [, redraw] = useState({});
  const map = overview.value;
  if (map === undefined)
    return overview.problem === undefined ? (
      <div class="empty">
        <ProgressRing label={l10n.t('Drawing the map')} />
      </div>
    ) : (
      <MapMessage title={l10n.t('The map could not be drawn')}>
        <p>{overview.problem.detail}</p>
      </MapMessage>
    );
  if (map.lookups === 0) return <MapEmpty snapshot={snapshot} state={state} controller={controller} />;
  const order = orderOf(controller, snapshot.generation);
  const isLive = snapshot.source.kind === 'live' && snapshot.source.state === 'running';
  const scale: MapScale = { recentSeconds: isLive ? map.recentSeconds : undefined };
  const { mapAsTable, filter } = state.ui;
  const showRows = (figure: string): void => controller.showFigure(map.within, [figure], 'lookups');
  const change = (act: () => void): void => {
    act();
    redraw({});
  };
  return (
    <section class="map" aria-label={l10n.t("Map of the lookups' ways")}>
      <div class="map-bar">
        <span class="map-summary">
          {map.within.length === 0
            ? formatPlural(map.lookups, l10n.t('{0} lookup|{0} lookups'))
            : l10n.t('{0} of the filter', formatPlural(map.lookups, l10n.t('{0} lookup|{0} lookups')))}
        </span>
        {filter !== '' && <Button onClick={() => controller.setFilter('')}>{l10n.t('Show all')}</Button>}
        <span class="map-gap" />
        {hasNamespaces(map) && (
          <Button onClick={() => change(() => order.setFolded(!order.isFolded(map)))}>
            {order.isFolded(map) ? l10n.t('Show workloads') : l10n.t('Group by namespace')}
          </Button>
        )}
        {!mapAsTable && (
          <Button
            title={l10n.t('Nodes keep their places while figures change')}
            onClick={() => change(() => order.sortAgain())}
          >
            {l10n.t('Worst first')}
          </Button>
        )}
        <Button onClick={() => controller.setShown({ mapAsTable: !mapAsTable })}>
          {mapAsTable ? l10n.t('Show as picture') : l10n.t('Show as table')}
        </Button>
      </div>
      {mapAsTable ? (
        <MapTable map={map} isFolded={order.isFolded(map)} onShow={showRows} />
      ) : (
        <MapDrawing map={map} scale={scale} order={order} onShow={showRows} onChange={change} />
      )}
    </section>
  );
}

function hasNamespaces(map: DnsMap): boolean {
  return map.nodes.filter(({ kind }) => kind === 'namespace').length > 1;
}

function MapMessage({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

function MapEmpty({ snapshot, state, controller }: DnsMapProps) {
  if (snapshot.counts.lookups > 0 && state.ui.filter !== '')
    return (
      <MapMessage title={l10n.t('No lookup matches the filter')}>
        <p>
          {l10n.t(
            '{0} seen. The map shows the ways of those that match.',
            formatPlural(snapshot.counts.lookups, l10n.t('{0} lookup|{0} lookups')),
          )}
        </p>
        <Button onClick={() => controller.setFilter('')}>{l10n.t('Remove the filter')}</Button>
      </MapMessage>
    );
  return (
    <MapMessage title={l10n.t('The map has nothing to show yet')}>
      <p>
        {l10n.t(
          'It sums the ways of all lookups: clients on the left, then the DNS Service, CoreDNS and the servers that CoreDNS asks. Each line says how many lookups went along it, how many failed there and how long answers took. Hops that are not watched stay hollow.',
        )}
      </p>
      <HopLegend />
    </MapMessage>
  );
}
