/** What was counted, as nodes and edges with the filters that choose what is behind their figures; hops that nobody watched stand there hollow. */
import { visibleText } from '../../../base/visibleText.ts';
import { ofLookup } from '../../filter/ofLookup.ts';
import { writtenCondition } from '../../filter/writtenValue.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import type { FlowEdge, MapPass } from './mapPass.ts';
import { Leg } from '../legWords.ts';
import { legIs, MapConditions } from './mapConditions.ts';
import { MapFlow, RECENT_SECONDS, type MapFigures } from './mapFlow.ts';
import { MOST_COREDNS, type MapColumn, type Place } from './mapPlaces.ts';

export interface DnsMap {
  /** All that are counted. */
  readonly lookups: number;
  /** Conditions that choose them; empty where all are counted. With the filter of a figure they choose what the figure counts. */
  readonly within: readonly string[];
  /** What `recent` counts, s: less than usual in a young trace. */
  readonly recentSeconds: number;
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

interface Counted extends MapFigures {
  /** Chooses its lookups; absent where no filter can, and where nothing was counted. */
  readonly filter?: string;
  /** Chooses those of them that are counted as failed. */
  readonly failedFilter?: string;
}

export interface MapNode extends Counted {
  readonly id: string;
  readonly column: MapColumn;
  /** A workload or address, a namespace in the place of its workloads, or anything else that stands on the way. Text to be shown. */
  readonly kind: 'workload' | 'address' | 'namespace' | 'place' | 'rest';
  readonly label: string;
  /** Address, when the label is a name. */
  readonly detail?: string;
  /** Of a workload: node of its namespace. */
  readonly within?: string;
  /** Pods or addresses that it stands for; of clients only. */
  readonly members?: number;
  readonly watched: boolean;
  /** What there is to say of one that was not watched, or in part; no final full stop. */
  readonly note?: string;
}

export interface MapEdge extends Counted {
  readonly from: string;
  readonly to: string;
  /** Otherwise its figures are no more than what arrived behind it, and nothing is known of what did not. */
  readonly watched: boolean;
  /** Answers take longer than the threshold, and what was asked further on does not explain it. */
  readonly slow: boolean;
}

const NOTHING: MapFigures = { lookups: 0, failed: 0, began: 0, excused: 0, nxdomain: 0, queries: 0, recent: 0 };
/** That a name does not exist is an answer, too. */
const FAILS = '(state == unanswered or rcode not in (NOERROR, NXDOMAIN))';

/** @param within conditions that chose what was counted */
export function pictureOf(engine: TraceEngine, pass: MapPass, within: readonly string[]): DnsMap {
  const picture = new Picture(engine, pass);
  const { trace } = engine;
  const first = Math.min(...trace.vantages.map(({ firstTime }) => firstTime).filter((time) => !Number.isNaN(time)));
  const seconds = Number.isFinite(first) ? (trace.now - first) / 1e9 : 0;
  const explained = new Set(
    picture.edges.filter(({ p95Ns = 0, began }) => p95Ns > engine.slowNs || began > 0).map(({ from }) => from),
  );
  const own = <One extends Counted>(one: One): One => (within.length === 0 ? one : narrowing(one));
  return {
    lookups: pass.lookups,
    within,
    recentSeconds: Math.min(RECENT_SECONDS, Math.max(1, seconds)),
    nodes: picture.nodes.map(own),
    edges: picture.edges.map((edge) => ({
      ...own(edge),
      slow: (edge.p95Ns ?? 0) > engine.slowNs && !explained.has(edge.to),
    })),
  };
}

class Picture {
  readonly nodes: MapNode[] = [];
  readonly edges: Omit<MapEdge, 'slow'>[] = [];
  readonly #engine: TraceEngine;
  readonly #pass: MapPass;
  readonly #conditions: MapConditions;
  /** Where what arrives at CoreDNS pods comes from. */
  readonly #entry: Place | undefined;
  readonly #namespaces = new Map<
    string,
    { readonly flow: MapFlow; readonly left: MapFlow; members: number; isWatched: boolean; workloads: number }
  >();

  constructor(engine: TraceEngine, pass: MapPass) {
    this.#engine = engine;
    this.#pass = pass;
    this.#conditions = new MapConditions(engine, pass);
    this.#entry = this.#entryOf();
    this.#clients();
    for (const place of pass.places.places) this.#place(place);
    this.#flows();
    this.#unwatchedClients();
    this.#unseenPods();
    this.#hollow();
  }

  #entryOf(): Place | undefined {
    const { edges, places } = this.#pass;
    const asked = places.places
      .filter(({ column, isRest, flow }) => column === 'service' && !isRest && flow.lookups > 0)
      .sort((a, b) => b.flow.lookups - a.flow.lookups);
    const dns = asked.find(({ servers }) => servers.some((server) => places.dnsService.includes(server)));
    const entry = dns ?? asked[0];
    if (entry !== undefined || !edges.some(({ kind }) => kind === 'arrive')) return entry;
    return places.unaskedService;
  }

  #clients(): void {
    for (const group of this.#pass.clients.groups) {
      if (group.flow.lookups === 0) continue;
      const { namespace, flow, left, members } = group;
      const isWatched = left.lookups > 0;
      this.nodes.push({
        id: group.id,
        column: 'client',
        kind:
          namespace !== undefined ? 'workload' : group.filter === undefined || group.members > 1 ? 'rest' : 'address',
        label: group.label,
        ...(group.detail === undefined ? {} : { detail: group.detail }),
        ...(namespace === undefined ? {} : { within: namespaceId(namespace) }),
        members,
        watched: isWatched,
        ...noteOf(flow, left),
        ...counted(flow, group.filter, 'failed'),
      });
      if (namespace === undefined) continue;
      let whole = this.#namespaces.get(namespace);
      if (whole === undefined) {
        whole = { flow: new MapFlow(), left: new MapFlow(), members: 0, isWatched: false, workloads: 0 };
        this.#namespaces.set(namespace, whole);
      }
      whole.flow.merge(flow);
      whole.left.merge(left);
      whole.members += members;
      whole.workloads++;
      if (isWatched) whole.isWatched = true;
    }
    for (const [namespace, { flow, left, members, isWatched, workloads }] of this.#namespaces)
      this.nodes.push({
        id: namespaceId(namespace),
        column: 'client',
        kind: 'namespace',
        label: namespace,
        detail: `${String(workloads)} ${workloads === 1 ? 'workload' : 'workloads'}`,
        members,
        watched: isWatched,
        ...noteOf(flow, left),
        ...counted(flow, writtenCondition('ns', [namespace]), 'failed'),
      });
  }

  #place(place: Place): void {
    const { id, column, label, detail, flow, isRest } = place;
    const note = this.#noteOf(place);
    this.nodes.push({
      id,
      column,
      kind: isRest ? 'rest' : 'place',
      label,
      ...(detail === undefined ? {} : { detail: visibleText(detail) }),
      watched: note === undefined,
      ...(note === undefined ? {} : { note }),
      ...counted(flow, this.#conditions.ofPlace(place), FAILS),
    });
  }

  #noteOf(place: Place): string | undefined {
    if (place.column === 'service') {
      const isAsked = this.#pass.edges.some(({ kind, to }) => to === place && kind !== 'arrive');
      const arrives = place === this.#entry && this.#pass.edges.some(({ kind }) => kind === 'arrive');
      if (isAsked && (arrives || this.#forwards(place))) return undefined;
      return isAsked
        ? 'what became of the queries behind it was not watched'
        : 'not watched: nobody was seen asking it, its pods were seen receiving';
    }
    return place.isWatched || place.column === 'upstream' ? undefined : 'not watched';
  }

  #forwards(place: Place): boolean {
    return this.#pass.edges.some(({ from }) => from === place);
  }

  #flows(): void {
    for (const edge of this.#pass.edges) {
      const { kind, from, to, flow } = edge;
      const source = kind === 'arrive' ? this.#entry : from;
      if (source === undefined) continue;
      const condition = this.#conditions.ofEdge(edge);
      const isGroup = 'members' in source;
      const own = isGroup ? joined(source.filter, condition) : condition;
      this.edges.push({ from: source.id, to: to.id, watched: true, ...counted(flow, own, FAILS) });
    }
    this.#foldEdges();
  }

  /** The same for namespaces in the place of their workloads. */
  #foldEdges(): void {
    const folded = new Map<string, { readonly edge: FlowEdge; readonly namespace: string; readonly flow: MapFlow }>();
    for (const edge of this.#pass.edges) {
      if (edge.from === undefined || !('members' in edge.from)) continue;
      const { namespace } = edge.from;
      if (namespace === undefined) continue;
      const key = `${namespace} ${String(edge.to.index)} ${String(edge.leg)}`;
      let sum = folded.get(key);
      if (sum === undefined) {
        sum = { edge, namespace, flow: new MapFlow() };
        folded.set(key, sum);
      }
      sum.flow.merge(edge.flow);
    }
    for (const { edge, namespace, flow } of folded.values())
      this.edges.push({
        from: namespaceId(namespace),
        to: edge.to.id,
        watched: true,
        ...counted(flow, joined(writtenCondition('ns', [namespace]), this.#conditions.ofEdge(edge)), FAILS),
      });
  }

  /** Clients that were seen at CoreDNS alone: how their queries came there was not watched. */
  #unwatchedClients(): void {
    const entry = this.#entry;
    if (entry === undefined || !this.#pass.places.isServiceBetween) return;
    const leg = legIs(Leg.clientCoreDns);
    const arrivals = (flow: MapFlow, filter: string | undefined): Omit<MapEdge, 'from' | 'to' | 'slow'> => {
      const { lookups, queries, recent } = flow.figures();
      return {
        ...NOTHING,
        lookups,
        queries,
        recent,
        watched: false,
        ...(filter === undefined ? {} : { filter: joined(filter, leg)! }),
      };
    };
    const byNamespace = new Map<string, MapFlow>();
    for (const { id, namespace, arrived, left, filter } of this.#pass.clients.groups) {
      if (arrived.lookups === 0) continue;
      if (left.lookups === 0) this.edges.push({ from: id, to: entry.id, ...arrivals(arrived, filter) });
      if (namespace === undefined || this.#namespaces.get(namespace)?.isWatched !== false) continue;
      const sum = byNamespace.get(namespace) ?? new MapFlow();
      byNamespace.set(namespace, sum);
      sum.merge(arrived);
    }
    for (const [namespace, flow] of byNamespace)
      this.edges.push({
        from: namespaceId(namespace),
        to: entry.id,
        ...arrivals(flow, writtenCondition('ns', [namespace])),
      });
  }

  /** CoreDNS pods that are there and were not watched. */
  #unseenPods(): void {
    for (const name of this.#engine.trace.unwatched.slice(0, MOST_COREDNS)) {
      const label = visibleText(name.slice(name.indexOf('/') + 1));
      if (this.nodes.some((node) => node.column === 'coredns' && node.label === label)) continue;
      this.nodes.push({
        ...NOTHING,
        id: `coredns:${label}`,
        column: 'coredns',
        kind: 'place',
        label,
        watched: false,
        note: 'not watched',
      });
      if (this.#entry !== undefined)
        this.edges.push({ ...NOTHING, from: this.#entry.id, to: `coredns:${label}`, watched: false });
    }
  }

  /** Hops of which nothing was seen, so that nobody takes them for well. */
  #hollow(): void {
    if (this.#pass.lookups === 0) return;
    const has = (column: MapColumn): boolean => this.nodes.some((node) => node.column === column);
    if (!has('coredns')) {
      this.nodes.push({
        ...NOTHING,
        id: 'coredns:unwatched',
        column: 'coredns',
        kind: 'place',
        label: 'CoreDNS',
        watched: false,
        note: 'not watched',
      });
      for (const { id, column } of this.nodes)
        if (column === 'service' || column === 'nodelocal')
          this.edges.push({ ...NOTHING, from: id, to: 'coredns:unwatched', watched: false });
    }
    const pods = this.nodes.filter(({ column }) => column === 'coredns');
    if (pods.some(({ watched }) => watched) || this.edges.some(({ to }) => to.startsWith('upstream:'))) return;
    this.nodes.push({
      ...NOTHING,
      id: 'upstream:unwatched',
      column: 'upstream',
      kind: 'place',
      label: 'Upstreams',
      watched: false,
      note: 'not watched',
    });
    for (const { id } of pods) this.edges.push({ ...NOTHING, from: id, to: 'upstream:unwatched', watched: false });
  }
}

/** Of clients: how much of their traffic was seen where it left. */
function noteOf({ lookups }: MapFlow, left: MapFlow): { readonly note?: string } {
  const elsewhere = lookups - left.lookups;
  if (elsewhere === 0) return {};
  if (left.lookups === 0) return { note: 'not watched; its queries were seen arriving at CoreDNS' };
  return { note: `${String(elsewhere)} of these lookups were seen arriving at CoreDNS alone` };
}

const namespaceId = (namespace: string): string => `namespace:${namespace}`;

function joined(group: string | undefined, condition: string): string | undefined {
  return group === undefined ? undefined : `${group} and ${condition}`;
}

/** Beside other conditions each holds for the lookup, not for the event that those are about. */
function narrowing<One extends Counted>(one: One): One {
  const { filter, failedFilter } = one;
  return {
    ...one,
    ...(filter === undefined ? {} : { filter: ofLookup(filter) }),
    ...(failedFilter === undefined ? {} : { failedFilter: ofLookup(failedFilter) }),
  };
}

function counted(flow: MapFlow, filter: string | undefined, fails: string): Counted {
  const figures = flow.figures();
  if (filter === undefined || figures.lookups === 0) return figures;
  return { ...figures, filter, ...(figures.failed === 0 ? {} : { failedFilter: `${filter} and ${fails}` }) };
}
