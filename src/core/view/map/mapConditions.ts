/** Filters for the figures of the map: the conditions on one query by which it was counted at a place or on an edge. */
import { visibleText } from '../../../base/visibleText.ts';
import { writtenCondition } from '../../filter/writtenValue.ts';
import { roleOf } from '../../trace/trace.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import type { FlowEdge, MapPass } from './mapPass.ts';
import { Leg, LEG_WORDS } from '../legWords.ts';
import type { Place } from './mapPlaces.ts';

export const legIs = (...legs: readonly number[]): string =>
  writtenCondition(
    'leg',
    legs.map((leg) => LEG_WORDS[leg]!),
  );
const ASKS = legIs(Leg.clientKubeDns, Leg.clientServer);

export class MapConditions {
  readonly #engine: TraceEngine;
  readonly #pass: MapPass;

  constructor(engine: TraceEngine, pass: MapPass) {
    this.#engine = engine;
    this.#pass = pass;
  }

  /** What chooses the lookups of a place. */
  ofPlace(place: Place): string | undefined {
    switch (place.column) {
      case 'nodelocal':
        return legIs(Leg.clientNodeLocal);
      case 'coredns': {
        const isAsked = this.#pass.edges.some(({ kind, to }) => to === place && kind === 'ask');
        const also = isAsked ? [Leg.clientKubeDns, Leg.clientServer] : [];
        const legs = legIs(Leg.clientCoreDns, Leg.nodeLocalCoreDns, ...also);
        return `${legs}${this.#serverIs(place)}`;
      }
      default: {
        const isAsked = this.#pass.edges.some(({ kind, to }) => to === place && kind === 'ask');
        const legs = isAsked
          ? legIs(Leg.clientKubeDns, Leg.clientServer)
          : legIs(Leg.coreDnsUpstream, Leg.nodeLocalUpstream);
        return `${legs}${this.#serverIs(place)}`;
      }
    }
  }

  /** The condition that a query went to this place, with what joins it on. */
  #serverIs(place: Place): string {
    return place.isRest ? notIn('server', this.#alike(place)) : ` and ${writtenCondition('server', place.servers)}`;
  }

  /** Servers that stand alone beside a rest. */
  #alike(rest: Place): readonly string[] {
    const { places } = this.#pass;
    const isServers = rest.id.startsWith('server:');
    const all = rest.column === 'coredns' ? places.coredns : isServers ? places.servers : places.upstreams;
    const alone = [...all.values()].flatMap(({ servers }) => servers);
    // CoreDNS pods that are asked like any server stand among their own.
    return [...new Set(isServers ? [...alone, ...places.pods] : alone)];
  }

  /** What a query tells of the edge it passed, whoever its client is. */
  ofEdge({ kind, leg, from, to }: FlowEdge): string {
    const server = this.#serverIs(to);
    switch (kind) {
      case 'ask':
        return leg === Leg.clientNodeLocal ? legIs(leg) : `${ASKS}${server}`;
      case 'arrive':
      case 'own':
        return `${legIs(leg)}${server}${this.#whereSeen(kind)}`;
      case 'forward': {
        const asking = from as Place;
        return `${legIs(leg)}${leg === Leg.coreDnsUpstream ? this.#senderIs(asking) : ''}${server}`;
      }
    }
  }

  #senderIs(asking: Place): string {
    return asking.isRest
      ? notIn('src.addr', this.#alike(asking))
      : ` and ${writtenCondition('src.addr', asking.servers)}`;
  }

  /** Where clients ask both the Service and CoreDNS pods by their own addresses, the place tells one from the other. */
  #whereSeen(kind: 'arrive' | 'own'): string {
    const { edges, places } = this.#pass;
    if (!places.isServiceBetween || !edges.some((edge) => edge.kind === 'own')) return '';
    const names = this.#engine.trace.vantages
      .filter((state) => roleOf(state) === 'coredns')
      .map(({ vantage }) => visibleText(vantage.name).toLowerCase());
    if (names.length === 0) return '';
    const there = writtenCondition('vantage', names);
    return kind === 'arrive' ? ` and ${there}` : ` and not ${there}`;
  }
}

/** Nothing where there is nothing to leave out. */
function notIn(field: string, values: readonly string[]): string {
  return values.length === 0 ? '' : ` and ${field} not in (${values.join(', ')})`;
}
