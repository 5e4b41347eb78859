/**
 * A DNS message as the event that Inspektor Gadget's trace_dns prints with `-o json`: the same keys in the same (alphabetical)
 * order, the same types and words. What a capture cannot know is there and empty: processes, containers, labels.
 * Its latency is ours, from the packets' own times; 0 is "not known", as there.
 */
import { visibleText } from '../../base/visibleText.ts';
import { DnsFlag } from '../dns/header.ts';
import { answerAddresses, decodeMessage } from '../dns/message.ts';
import { DnsType, typeText } from '../dns/types.ts';
import { NONE, Proto, ROW_MASK } from '../trace/tables.ts';
import { messageProcess } from '../trace/messageProcess.ts';
import { ownAddresses, packetType } from '../trace/packetType.ts';
import type { Process } from '../trace/processes.ts';
import type { VantageState } from '../trace/trace.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import type { LookupChoice } from '../view/lookupChoice.ts';
import { messageBytes, type MessageSource } from '../view/messageBytes.ts';
import { Parties, type Party } from './party.ts';
import { readAhead } from '../trace/readAhead.ts';

const RCODES = ['Success', 'FormatError', 'ServerFailure', 'NameError', 'NotImplemented', 'Refused'] as const;
/** The types it has words for; others are numbers. ANY is `ALL` there. */
const TYPES = new Set('A NS CNAME SOA PTR MX TXT AAAA SRV OPT WKS HINFO MINFO AXFR'.split(' '));
const PACKET_TYPES = { HOST: 0, OTHERHOST: 3, OUTGOING: 4 } as const;
const PROTOCOLS = { UDP: 17, TCP: 6 } as const;

const UNKNOWN_PROCESS = {
  comm: '',
  creds: { gid: 0, group: '', uid: 0, user: '' },
  mntns_id: 0,
  parent: { comm: '', pid: 0 },
  pid: 0,
  tid: 0,
} as const;

const RUNTIME = {
  containerId: '',
  containerImageDigest: '',
  containerImageName: '',
  containerName: '',
  containerPid: 0,
  containerStartedAt: '',
  runtimeName: '',
} as const;

/** What is looked up once for all events of an export. */
interface Known {
  readonly engine: TraceEngine;
  readonly source: MessageSource;
  readonly parties: Parties;
  /** By vantage: the ids of its own addresses; none for a vantage that sees many. */
  readonly own: readonly ReadonlySet<number>[];
  readonly places: readonly object[];
}

function knownOf(engine: TraceEngine): Known {
  const { trace } = engine;
  return {
    engine,
    source: { trace, byteSources: engine.byteSources.map(readAhead) },
    parties: new Parties(engine),
    own: trace.vantages.map((state) => ownAddresses(trace, state)),
    places: trace.vantages.map((state) => whereSeen(state)),
  };
}

/** One JSON object and a line end for each DNS message, in the order in which the trace met them. */
export function* gadgetEvents(engine: TraceEngine, lookups: LookupChoice | undefined): Generator<string> {
  const { trace } = engine;
  const known = knownOf(engine);
  for (let message = 0; message < trace.messages.length; message++) {
    const id = trace.messages.of(message).transaction[message & ROW_MASK]!;
    if (lookups !== undefined) {
      const lookup = trace.lookupOf(trace.transactions.of(id).exchange[id & ROW_MASK]!);
      if (lookup === NONE || !lookups.has(lookup)) continue;
    }
    yield `${gadgetEvent(known, message, id)}\n`;
  }
}

function gadgetEvent(known: Known, message: number, id: number): string {
  const { source, parties } = known;
  const { trace } = known.engine;
  const messages = trace.messages.of(message);
  const at = message & ROW_MASK;
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const flags = messages.flags[at]!;
  const isResponse = (flags & DnsFlag.QR) !== 0;
  const vantage = chunk.vantage[row]!;
  const client = parties.at(chunk.client[row]!, chunk.clientPort[row]!, vantage);
  const server = parties.at(chunk.server[row]!, chunk.serverPort[row]!);
  const protocol = chunk.proto[row] === Proto.tcp ? 'TCP' : 'UDP';
  const hasAnswers = isResponse && chunk.answers[row] !== 0;
  const bytes = hasAnswers ? messageBytes(source, message) : undefined;
  const latency = isResponse && chunk.response[row] === message ? latencyOf(chunk.start[row]!, messages.time[at]!) : 0;
  const rcode = flags & 15;
  const type = packetType(known.own[vantage]!, isResponse ? chunk.server[row]! : chunk.client[row]!);
  const process = trace.processes.of(messageProcess(trace, vantage, message));
  const timeNs = trace.epochNs(messages.time[at]!);
  const event = {
    addresses: bytes === undefined ? '' : answerAddresses(decodeMessage(bytes).message).join(','),
    cwd: '',
    dst: endpoint(isResponse ? client : server, protocol),
    exepath: visibleText(process?.path ?? ''),
    id: chunk.dnsId[row]!.toString(16).padStart(4, '0'),
    k8s: known.places[vantage]!,
    latency_ns: goDuration(latency),
    latency_ns_raw: latency,
    name: trace.names.textOf(chunk.name[row]!),
    nameserver: { addr: server.address, version: versionOf(server.address) },
    netns_id: trace.vantages[vantage]!.netns ?? 0,
    num_answers: isResponse ? chunk.answers[row]! : 0,
    pkt_type: type,
    pkt_type_raw: PACKET_TYPES[type],
    proc: process === undefined ? UNKNOWN_PROCESS : processOf(process),
    qr: isResponse ? 'R' : 'Q',
    qr_raw: isResponse,
    qtype: gadgetType(chunk.qtype[row]!),
    qtype_raw: chunk.qtype[row]!,
    ra: (flags & DnsFlag.RA) !== 0,
    rcode: isResponse ? (RCODES[rcode] ?? String(rcode)) : '',
    rcode_raw: isResponse ? rcode : 0,
    rd: (flags & DnsFlag.RD) !== 0,
    runtime: RUNTIME,
    src: endpoint(isResponse ? server : client, protocol),
    tc: (flags & DnsFlag.TC) !== 0,
    timestamp: timestamp(timeNs),
  };
  // Above 2^53: as digits, which no double would carry.
  return `${JSON.stringify(event).slice(0, -1)},"timestamp_raw":${String(timeNs)}}`;
}

function latencyOf(start: number, end: number): number {
  return Math.max(0, end - start);
}

function endpoint(party: Party, protocol: 'UDP' | 'TCP'): object {
  const kind = party.kind === 'pod' ? 'pod' : party.kind === 'service' ? 'svc' : 'raw';
  return {
    addr: party.address,
    k8s: {
      kind,
      labels: '',
      name: kind === 'raw' ? '' : (party.name ?? ''),
      namespace: party.namespace ?? '',
      podSelector: '',
    },
    port: party.port,
    proto: protocol,
    proto_raw: PROTOCOLS[protocol],
    version: versionOf(party.address),
  };
}

function processOf({ pid, tid, command, uid, user }: Process): object {
  const { creds } = UNKNOWN_PROCESS;
  return {
    ...UNKNOWN_PROCESS,
    comm: visibleText(command ?? ''),
    creds: { ...creds, uid: uid ?? 0, user: visibleText(user ?? '') },
    pid,
    tid: tid ?? 0,
  };
}

function whereSeen({ vantage: { namespace, pod, node } }: VantageState): object {
  return {
    containerName: '',
    hostnetwork: false,
    namespace: visibleText(namespace ?? ''),
    node: visibleText(node ?? ''),
    owner: { kind: '', name: '' },
    podLabels: '',
    podName: visibleText(pod ?? ''),
  };
}

function gadgetType(type: number): string {
  if (type === DnsType.ANY) return 'ALL';
  const text = typeText(type);
  return TYPES.has(text) ? text : String(type);
}

function versionOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

/** RFC 3339 with nine digits. */
function timestamp(timeNs: bigint): string {
  const seconds = timeNs / 1_000_000_000n;
  const rest = String(timeNs % 1_000_000_000n).padStart(9, '0');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${rest}Z`;
}

/** As Go writes a duration: `1.234567ms`, `1m5.5s`, `0s`. */
export function goDuration(nanoseconds: number): string {
  const trimmed = (value: string): string => (value.includes('.') ? value.replace(/\.?0+$/u, '') : value);
  const whole = Math.round(nanoseconds);
  if (whole === 0) return '0s';
  if (whole < 1e3) return `${String(whole)}ns`;
  if (whole < 1e6) return `${trimmed((whole / 1e3).toFixed(3))}µs`;
  if (whole < 1e9) return `${trimmed((whole / 1e6).toFixed(6))}ms`;
  const minutes = Math.floor(whole / 60e9);
  const seconds = trimmed(((whole - minutes * 60e9) / 1e9).toFixed(9));
  if (minutes === 0) return `${seconds}s`;
  const hours = Math.floor(minutes / 60);
  return `${hours === 0 ? '' : `${String(hours)}h`}${String(minutes % 60)}m${seconds}s`;
}
