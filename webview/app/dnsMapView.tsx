import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { DnsMap } from '../../src/core/view/mapPicture.ts';
import type { TraceSnapshot } from '../../src/protocol/webview.ts';
import { Button } from '../widgets/button.tsx';
import { formatPlural } from '../widgets/format.ts';
import { HopLegend } from '../widgets/hopStrip.tsx';
import { ProgressRing } from '../widgets/progressRing.tsx';
import { narrowedTo } from './filterTerms.ts';
import { MapDrawing } from './mapDrawing.tsx';
import { MapOrder } from './mapOrder.ts';
import { MapTable } from './mapTable.tsx';
import type { MapScale } from './mapWords.ts';
import type { PanelState } from './panelState.ts';
import type { TraceController } from './traceController.ts';

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
        <ProgressRing label="Drawing the map" />
      </div>
    ) : (
      <MapMessage title="The map could not be drawn">
        <p>{overview.problem.detail}</p>
      </MapMessage>
    );
  if (map.lookups === 0) return <MapEmpty snapshot={snapshot} state={state} controller={controller} />;
  const order = orderOf(controller, snapshot.generation);
  const isLive = snapshot.source.kind === 'live' && snapshot.source.state === 'running';
  const scale: MapScale = { recentSeconds: isLive ? map.recentSeconds : undefined };
  const { mapAsTable, filter } = state.ui;
  const showRows = (figure: string): void => controller.showRows(narrowedTo(map.within, figure));
  const change = (act: () => void): void => {
    act();
    redraw({});
  };
  return (
    <section class="map" aria-label="Map of the lookups' ways">
      <div class="map-bar">
        <span class="map-summary">
          {map.within.length === 0
            ? formatPlural(map.lookups, 'lookup')
            : `${formatPlural(map.lookups, 'lookup')} of the filter`}
        </span>
        {filter !== '' && <Button onClick={() => controller.setFilter('')}>Show all</Button>}
        <span class="map-gap" />
        {hasNamespaces(map) && (
          <Button onClick={() => change(() => order.setFolded(!order.isFolded(map)))}>
            {order.isFolded(map) ? 'Show workloads' : 'Group by namespace'}
          </Button>
        )}
        {!mapAsTable && (
          <Button title="Nodes keep their places while figures change" onClick={() => change(() => order.sortAgain())}>
            Worst first
          </Button>
        )}
        <Button onClick={() => controller.setShown({ mapAsTable: !mapAsTable })}>
          {mapAsTable ? 'Show as picture' : 'Show as table'}
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
      <MapMessage title="No lookup matches the filter">
        <p>{formatPlural(snapshot.counts.lookups, 'lookup')} seen. The map shows the ways of those that match.</p>
        <Button onClick={() => controller.setFilter('')}>Remove the filter</Button>
      </MapMessage>
    );
  return (
    <MapMessage title="The map has nothing to show yet">
      <p>
        It sums the ways of all lookups: clients on the left, then the DNS Service, CoreDNS and the servers that CoreDNS
        asks. Each line says how many lookups went along it, how many failed there and how long answers took. Hops that
        are not watched stay hollow.
      </p>
      <HopLegend />
    </MapMessage>
  );
}
