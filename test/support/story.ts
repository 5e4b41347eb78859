/**
 * Small DNS stories for engine tests: legs with times, seen at vantages, become real SLL2 captures and go through the
 * whole engine. `leg` says what happened on a stretch; `seen` says which vantages saw the query and the answer.
 */
import assert from 'node:assert/strict';
import { LinkType } from '../../src/core/packet/packetSink.ts';
import { evaluateFindings, type FindingSet } from '../../src/core/findings/evaluateFindings.ts';
import { TraceEngine } from '../../src/core/trace/traceEngine.ts';
import type { Vantage } from '../../src/core/trace/vantage.ts';
import { lookupRow } from '../../src/core/view/rowBuilder.ts';
import type { LookupRow } from '../../src/core/view/rows.ts';
import { CaptureBuilder, dnsQuery, dnsResponse, tcpFramed } from './packetBuilder.ts';

export const POD = '10.244.1.12';
export const VIP = '10.96.0.10';
export const COREDNS = '10.244.0.5';
export const UPSTREAM = '10.224.0.92';

export interface Leg {
  /** Milliseconds since the story began. */
  readonly at: number;
  /** Milliseconds until the answer; absent: none comes. */
  readonly took?: number;
  readonly client: string;
  readonly port: number;
  readonly server: string;
  readonly id: number;
  readonly name: string;
  readonly type?: string;
  readonly rcode?: string;
  /** Addresses in the answer. */
  readonly answers?: readonly string[];
  /** Names that the answer leads to by CNAMEs, one after the other; its addresses are those of the last. */
  readonly cnames?: readonly string[];
  readonly vantage: string;
  /** The query was captured (default) and the answer too. */
  readonly queryLost?: boolean;
  /** The answer is cut: TC=1. */
  readonly truncated?: boolean;
  readonly answerLost?: boolean;
  /** The answer's flags: AA is set. */
  readonly authoritative?: boolean;
  /** TTL of the answers, 30 unless given. */
  readonly ttl?: number;
  readonly proto?: 'udp' | 'tcp';
  /** The query's DO bit, in an OPT record, and its CD bit. */
  readonly dnssecOk?: boolean;
  readonly checkingDisabled?: boolean;
}

interface Event {
  readonly timeNs: bigint;
  readonly write: (builder: CaptureBuilder) => void;
}

export const EPOCH_NS = 1_763_700_000_000_000_000n;

export class Story {
  readonly #vantages = new Map<string, { vantage: Vantage; events: Event[] }>();
  #faults = 1;

  /** Several things are wrong in this story, so it may be told as several. */
  withFaults(count: number): this {
    this.#faults = count;
    return this;
  }

  /** Captures named `name`; with role `unknown` the engine has to find out. */
  vantage(name: string, role: Vantage['role'], address: string): this {
    const [namespace, pod] = name.includes('/') ? name.split('/') : [undefined, undefined];
    const names = namespace === undefined || pod === undefined ? {} : { namespace, pod };
    this.#vantages.set(name, {
      vantage: { name, role, addresses: role === 'unknown' ? [] : [address], ...names },
      events: [],
    });
    return this;
  }

  leg(leg: Leg): this {
    const entry = this.#vantages.get(leg.vantage);
    if (entry === undefined) throw new Error(`No vantage ${leg.vantage}`);
    const type = leg.type ?? 'A';
    const own = entry.vantage.addresses[0];
    const timeNs = EPOCH_NS + BigInt(Math.round(leg.at * 1e6));
    const query = dnsQuery({
      id: leg.id,
      name: leg.name,
      type,
      ...(leg.dnssecOk === true ? { ednsSize: 1232, dnssecOk: true } : {}),
      ...(leg.checkingDisabled === true ? { flags: 0x0110 } : {}),
    });
    if (leg.queryLost !== true) {
      const direction = own === leg.client ? 'out' : 'in';
      entry.events.push({
        timeNs,
        write: (builder) =>
          send(builder, leg, {
            timeNs,
            src: leg.client,
            sport: leg.port,
            dst: leg.server,
            dport: 53,
            payload: query,
            direction,
          }),
      });
    }
    if (leg.took === undefined || leg.answerLost === true) return this;
    const backNs = timeNs + BigInt(Math.round(leg.took * 1e6));
    const ttl = leg.ttl ?? 30;
    const names = [leg.name, ...(leg.cnames ?? [])];
    const answers = [
      ...names.slice(1).map((data, at) => ({ type: 'CNAME' as const, name: names[at]!, ttl, data })),
      ...(leg.answers ?? []).map((data) => ({ type: type as 'A', name: names.at(-1)!, ttl, data })),
    ];
    const flags = leg.truncated === true ? { flags: 0x0380 } : leg.authoritative === true ? { flags: 0x0580 } : {};
    const payload = dnsResponse({ id: leg.id, name: leg.name, type, rcode: leg.rcode ?? 'NOERROR', answers, ...flags });
    const direction = own === leg.client ? 'in' : 'out';
    entry.events.push({
      timeNs: backNs,
      write: (builder) =>
        send(builder, leg, {
          timeNs: backNs,
          src: leg.server,
          sport: 53,
          dst: leg.client,
          dport: leg.port,
          payload,
          direction,
        }),
    });
    return this;
  }

  /** An IP packet of any kind, `at` milliseconds since the story began. */
  packet(vantage: string, at: number, packet: Uint8Array, direction: 'in' | 'out' = 'in'): this {
    const entry = this.#vantages.get(vantage);
    if (entry === undefined) throw new Error(`No vantage ${vantage}`);
    const timeNs = EPOCH_NS + BigInt(Math.round(at * 1e6));
    entry.events.push({ timeNs, write: (builder) => builder.ip({ timeNs, direction }, packet) });
    return this;
  }

  /** One capture for each vantage, packets in time order. */
  captures(): ReadonlyMap<string, { readonly vantage: Vantage; readonly bytes: Uint8Array }> {
    return new Map(
      [...this.#vantages].map(([name, { vantage, events }]) => {
        const builder = new CaptureBuilder({ linkType: LinkType.linuxSll2, nanos: true });
        for (const event of [...events].sort((a, b) => Number(a.timeNs - b.timeNs))) event.write(builder);
        return [name, { vantage, bytes: builder.bytes() }];
      }),
    );
  }

  /** Runs the story through an engine; `order` chooses which vantage's stream comes first. */
  run(order: readonly string[] = [...this.#vantages.keys()], prepare?: (engine: TraceEngine) => void): Told {
    const engine = new TraceEngine();
    const captures = this.captures();
    for (const [, { vantage, bytes }] of captures) {
      engine.addVantage(vantage, (offset, length) => bytes.slice(offset, offset + length));
    }
    prepare?.(engine);
    const names = [...captures.keys()];
    for (const name of order) {
      const stream = engine.openStream(names.indexOf(name));
      stream.push(captures.get(name)!.bytes);
      stream.end();
    }
    engine.finish();
    return new Told(engine, this.#faults);
  }
}

type Sent = Parameters<CaptureBuilder['udp']>[0];

/** Over TCP each message has a segment to itself; a response begins its own direction. */
function send(builder: CaptureBuilder, { proto }: Leg, packet: Sent): CaptureBuilder {
  return proto === 'tcp' ? builder.tcp({ ...packet, seq: 1, payload: tcpFramed(packet.payload) }) : builder.udp(packet);
}

/** What an engine made of a story. */
export class Told {
  readonly engine: TraceEngine;
  readonly findings: FindingSet;

  /** @param faults how many the story holds: one fault is one finding of severity error at most, whichever rule tells it */
  constructor(engine: TraceEngine, faults = 1) {
    this.engine = engine;
    this.findings = evaluateFindings(engine);
    assert.deepEqual(this.findings.broken, []);
    const errors = this.told.filter((line) => line.startsWith('error '));
    assert.ok(errors.length <= faults, `${String(faults)} faults are told as ${errors.join('; ')}`);
  }

  get lookups(): readonly LookupRow[] {
    return Array.from({ length: this.engine.trace.lookups.length }, (_, id) => lookupRow(this.engine, id, id, false));
  }

  /** `name qtype outcome` of each lookup. */
  get outcomes(): readonly string[] {
    return this.lookups.map((row) => `${row.name} ${row.qtype} ${row.outcome}`);
  }

  /** `severity id hop cause` of each finding. */
  get told(): readonly string[] {
    return this.findings.findings.map((finding) => `${finding.severity} ${finding.id} ${finding.hop} ${finding.cause}`);
  }
}

/** The pod and CoreDNS, both watched. */
export function watchedStory(): Story {
  return new Story().vantage('shop/order-service', 'client', POD).vantage('kube-system/coredns-1', 'coredns', COREDNS);
}

export interface Ask {
  readonly at: number;
  readonly took?: number;
  readonly port?: number;
  readonly id?: number;
  readonly name: string;
  readonly type?: string;
  readonly rcode?: string;
  readonly answers?: readonly string[];
  readonly cnames?: readonly string[];
  readonly authoritative?: boolean;
  readonly ttl?: number;
  readonly proto?: 'udp' | 'tcp';
  readonly truncated?: boolean;
  readonly dnssecOk?: boolean;
  readonly checkingDisabled?: boolean;
}

let nextId = 1;

/** A lookup of the pod that both vantages see: pod → VIP and, half a millisecond inside, pod → CoreDNS. */
export function ask(story: Story, spec: Ask): void {
  const id = spec.id ?? (nextId = (nextId + 7919) & 0xffff);
  const common = { client: POD, port: spec.port ?? 40_000 + (id % 20_000), id, name: spec.name, ...optional(spec) };
  const took = spec.took === undefined ? {} : { took: spec.took };
  story.leg({ ...common, at: spec.at, ...took, server: VIP, vantage: 'shop/order-service' });
  const inside = spec.took === undefined ? {} : { took: spec.took * 0.8 };
  story.leg({
    ...common,
    at: spec.at + (spec.took ?? 1) * 0.1,
    ...inside,
    server: COREDNS,
    vantage: 'kube-system/coredns-1',
  });
}

/** What CoreDNS asks its upstream. */
export function forward(story: Story, spec: Ask): void {
  const id = spec.id ?? (nextId = (nextId + 7919) & 0xffff);
  const took = spec.took === undefined ? {} : { took: spec.took };
  story.leg({
    at: spec.at,
    ...took,
    client: COREDNS,
    port: spec.port ?? 50_000 + (id % 10_000),
    server: UPSTREAM,
    id,
    name: spec.name,
    ...optional(spec),
    vantage: 'kube-system/coredns-1',
  });
}

type Optional =
  | 'type'
  | 'rcode'
  | 'answers'
  | 'cnames'
  | 'authoritative'
  | 'ttl'
  | 'proto'
  | 'truncated'
  | 'dnssecOk'
  | 'checkingDisabled';

function optional(spec: Ask): Pick<Leg, Optional> {
  return {
    ...(spec.truncated === undefined ? {} : { truncated: spec.truncated }),
    ...(spec.dnssecOk === undefined ? {} : { dnssecOk: spec.dnssecOk }),
    ...(spec.checkingDisabled === undefined ? {} : { checkingDisabled: spec.checkingDisabled }),
    ...(spec.authoritative === undefined ? {} : { authoritative: spec.authoritative }),
    ...(spec.ttl === undefined ? {} : { ttl: spec.ttl }),
    ...(spec.proto === undefined ? {} : { proto: spec.proto }),
    ...(spec.type === undefined ? {} : { type: spec.type }),
    ...(spec.rcode === undefined ? {} : { rcode: spec.rcode }),
    ...(spec.answers === undefined ? {} : { answers: spec.answers }),
    ...(spec.cnames === undefined ? {} : { cnames: spec.cnames }),
  };
}
