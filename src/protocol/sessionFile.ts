/**
 * What a saved capture carries beside its packets, as pcapng comments, so that it reopens with its names and roles and
 * still opens in Wireshark: `dnscope:vantage:{…}`, `dnscope:listening:{…}` and `dnscope:losses:[…]` on an interface, `dnscope:format:{…}`,
 * `dnscope:topology:{…}`, `dnscope:services:[…]`, `dnscope:changes:[…]`, `dnscope:unwatched:[…]` and `dnscope:notes:[…]` (traceNotes.ts) on the section (docs/session-format.md). Losses and unwatched pods go along because every claim about silence rests on
 * them: without them a reopened trace would claim more than the live one. A file may come from anywhere: what does not fit the shapes below is ignored, never trusted.
 */
import { asciiJson } from '../base/asciiJson.ts';
import { isRecord } from '../base/isRecord.ts';
import type { DnsChange } from '../core/topology/dnsChanges.ts';
import type {
  Topology,
  TopologyNode,
  TopologyPod,
  TopologyService,
  TopologyUpstream,
} from '../core/topology/topology.ts';
import type { CaptureLoss, ListeningTime, Vantage, VantageRole } from '../core/trace/vantage.ts';

/** Grows when a reader of an older version would misread a file, not when something is added that it may ignore. */
export const SESSION_FORMAT = 1;
const FORMAT_MARK = 'dnscope:format:';
const VANTAGE_MARK = 'dnscope:vantage:';
const TOPOLOGY_MARK = 'dnscope:topology:';
const SERVICES_MARK = 'dnscope:services:';
const LOSSES_MARK = 'dnscope:losses:';
const LISTENING_MARK = 'dnscope:listening:';
const UNWATCHED_MARK = 'dnscope:unwatched:';
const CHANGES_MARK = 'dnscope:changes:';
/** A pcapng option holds at most 65,535 bytes; comments are written in ASCII, so characters are bytes. */
export const LONGEST_COMMENT = 60_000;
export const MOST_LOSSES = 200;
const MOST_UNWATCHED = 1000;
const LONGEST_REASON = 200;
const MOST_CHANGES = 200;
/** Comments with Services: some five thousand with a few endpoints each. */
const MOST_SERVICES_COMMENTS = 12;
/** What is read of a list of texts. */
const MOST_TEXTS = 1000;
/** Above any count of packets, and {@link MOST_LOSSES} of them still add up exactly. */
const MOST_PACKETS = 1e13;

type Json = Readonly<Record<string, unknown>>;

export function formatComment(): string {
  return marked(FORMAT_MARK, { version: SESSION_FORMAT });
}

/** Version of the session format, `undefined` for a capture that is no session. Files of before there was a mark are version 1. */
export function parseFormatComment(comments: readonly string[] | undefined): number | undefined {
  const value = findMarked(comments, FORMAT_MARK);
  const version = isRecord(value) ? value['version'] : undefined;
  if (typeof version === 'number' && Number.isInteger(version) && version > 0) return version;
  return comments?.some((comment) => comment.startsWith(TOPOLOGY_MARK)) === true ? 1 : undefined;
}

/** Written for DNScope to read again, and nothing a person noted. */
export function isOwnComment(comment: string): boolean {
  return comment.startsWith('dnscope:');
}

export function vantageComment(vantage: Vantage): string {
  return marked(VANTAGE_MARK, vantage);
}

/**
 * The topology of the addresses in `seen`, cut to what fits one comment, and then the Services that were asked for, which the answers are compared with,
 * as far as there is room.
 */
export function topologyComments(
  topology: Topology,
  seen: ReadonlySet<string>,
  asked: ReadonlySet<TopologyService> = new Set(),
): readonly string[] {
  const known = (addresses: readonly string[]): boolean => addresses.some((address) => seen.has(address));
  // Without one Service that has endpoints, a reader takes the list for one without EndpointSlices, and says nothing of a DNS Service without any.
  const witness = topology.services.find(({ endpoints }) => endpoints.length > 0);
  let pods = topology.pods.filter((pod) => pod.role !== 'workload' || known(pod.addresses));
  const isMet = (one: TopologyService): boolean => one.isDns || one === witness || known(one.addresses);
  const further = servicesComments([...asked].filter((one) => !isMet(one)));
  const slim = {
    clusterDomain: topology.clusterDomain,
    services: topology.services.filter(isMet),
    nodes: topology.nodes.slice(0, 50),
    upstreams: topology.upstreams,
    ...(topology.leavesServicesOut === true ? { leavesServicesOut: true } : {}),
  };
  for (;;) {
    const text = marked(TOPOLOGY_MARK, { ...slim, pods });
    if (text.length <= LONGEST_COMMENT) return [text, ...further];
    if (pods.length === 0) return [marked(TOPOLOGY_MARK, { ...slim, services: [], nodes: [], pods }), ...further];
    pods = pods.slice(0, Math.floor(pods.length / 2));
  }
}

function servicesComments(services: readonly TopologyService[]): readonly string[] {
  const lists: string[] = [];
  for (const service of services) {
    const { addresses, endpoints, unready = [], earlier = [] } = service;
    // Half a Service would be compared with answers that hold all of it.
    if ([addresses, endpoints, unready, earlier].some(({ length }) => length > MOST_TEXTS)) continue;
    const text = asciiJson(service);
    const list = lists.at(-1);
    if (list !== undefined && SERVICES_MARK.length + list.length + text.length + 3 <= LONGEST_COMMENT)
      lists[lists.length - 1] = `${list},${text}`;
    else if (lists.length === MOST_SERVICES_COMMENTS) break;
    else if (SERVICES_MARK.length + text.length + 2 <= LONGEST_COMMENT) lists.push(text);
  }
  return lists.map((list) => `${SERVICES_MARK}[${list}]`);
}

/** `undefined` when nothing was lost. Beyond `entries` (2 or more) the rest are summed, so that no loss is left out. */
export function lossesComment(losses: readonly CaptureLoss[], entries = MOST_LOSSES): string | undefined {
  if (losses.length === 0) return undefined;
  const joined = joinGaps(losses);
  for (let most = entries; ; most = Math.floor(most / 2)) {
    const text = marked(LOSSES_MARK, sumRest(joined, most).map(lossJson));
    // Two sums alone always fit.
    if (text.length <= LONGEST_COMMENT || most <= 2) return text;
  }
}

/** `undefined` when it is not known, as in captures of others. */
export function listeningComment(time: ListeningTime | undefined): string | undefined {
  if (time === undefined) return undefined;
  return marked(LISTENING_MARK, { fromNs: String(clampNs(time.fromNs)), toNs: String(clampNs(time.toNs)) });
}

/** `undefined` when every CoreDNS pod was watched. Cut to what fits: one name is enough to forbid a claim. */
export function unwatchedComment(pods: readonly string[]): string | undefined {
  if (pods.length === 0) return undefined;
  let kept = pods.slice(0, MOST_UNWATCHED).map((pod) => pod.slice(0, 512));
  for (;;) {
    const text = marked(UNWATCHED_MARK, kept);
    if (text.length <= LONGEST_COMMENT || kept.length === 1) return text;
    kept = kept.slice(0, Math.ceil(kept.length / 2));
  }
}

/** What became of the cluster's DNS while the trace ran; `undefined` when nothing did. The latest that fit. */
export function changesComment(changes: readonly DnsChange[]): string | undefined {
  if (changes.length === 0) return undefined;
  for (let most = MOST_CHANGES; ; most = Math.floor(most / 2)) {
    const kept = changes.slice(-most).map(({ atNs, text: said }) => ({
      atNs: String(clampNs(atNs)),
      text: said.slice(0, LONGEST_REASON),
    }));
    const comment = marked(CHANGES_MARK, kept);
    if (comment.length <= LONGEST_COMMENT || most <= 1) return comment;
  }
}

export function parseVantageComment(comments: readonly string[] | undefined): Vantage | undefined {
  const value = findMarked(comments, VANTAGE_MARK);
  if (!isRecord(value) || typeof value['name'] !== 'string' || !isRole(value['role'])) return undefined;
  return {
    name: value['name'].slice(0, 512),
    role: value['role'],
    ...optionalText(value, 'namespace'),
    ...optionalText(value, 'pod'),
    ...optionalText(value, 'node'),
    ...(isNetns(value['netns']) ? { netns: value['netns'] } : {}),
    addresses: texts(value['addresses']),
  };
}

export function parseTopologyComment(comments: readonly string[] | undefined): Topology | undefined {
  const value = findMarked(comments, TOPOLOGY_MARK);
  if (!isRecord(value)) return undefined;
  return {
    clusterDomain: text(value['clusterDomain']) ?? 'cluster.local',
    pods: records(value['pods']).map(podOf),
    services: [...records(value['services']), ...askedServices(comments)].map(serviceOf),
    nodes: records(value['nodes']).map((node): TopologyNode => ({
      name: text(node['name']) ?? '',
      addresses: texts(node['addresses']),
    })),
    upstreams: records(value['upstreams']).flatMap(upstreamOf),
    ...(value['leavesServicesOut'] === true ? { leavesServicesOut: true as const } : {}),
  };
}

export function parseLossesComment(comments: readonly string[] | undefined): readonly CaptureLoss[] {
  return records(findMarked(comments, LOSSES_MARK)).slice(0, MOST_LOSSES).flatMap(lossOf);
}

export function parseListeningComment(comments: readonly string[] | undefined): ListeningTime | undefined {
  const value = findMarked(comments, LISTENING_MARK);
  const fromNs = isRecord(value) ? nanoseconds(value['fromNs']) : undefined;
  const toNs = isRecord(value) ? nanoseconds(value['toNs']) : undefined;
  return fromNs === undefined || toNs === undefined || toNs < fromNs ? undefined : { fromNs, toNs };
}

export function parseUnwatchedComment(comments: readonly string[] | undefined): readonly string[] {
  return texts(findMarked(comments, UNWATCHED_MARK));
}

export function parseChangesComment(comments: readonly string[] | undefined): readonly DnsChange[] {
  const found = records(findMarked(comments, CHANGES_MARK)).slice(0, MOST_CHANGES);
  return found.flatMap((value): readonly DnsChange[] => {
    const atNs = nanoseconds(value['atNs']);
    const said = text(value['text'])?.slice(0, LONGEST_REASON);
    return atNs === undefined || said === undefined || said === '' ? [] : [{ atNs, text: said }];
  });
}

function askedServices(comments: readonly string[] | undefined): readonly Json[] {
  const found = comments?.filter((comment) => comment.startsWith(SERVICES_MARK)) ?? [];
  return found.slice(0, MOST_SERVICES_COMMENTS).flatMap((comment) => records(findMarked([comment], SERVICES_MARK)));
}

function lossOf(value: Json): readonly CaptureLoss[] {
  const kind = LOSS_KINDS.find((known) => known === value['kind']);
  const packets = value['packets'];
  const fromNs = nanoseconds(value['fromNs']);
  const toNs = nanoseconds(value['toNs']);
  if (kind === undefined || fromNs === undefined || toNs === undefined || toNs < fromNs) return [];
  if (packets !== undefined && !isPacketCount(packets)) return [];
  return [{ packets, kind, fromNs, toNs, reason: (text(value['reason']) ?? '').slice(0, LONGEST_REASON) }];
}

const LOSS_KINDS: readonly CaptureLoss['kind'][] = ['kernel', 'gap', 'truncated'];

function lossJson(loss: CaptureLoss): Json {
  const fromNs = clampNs(loss.fromNs);
  const toNs = clampNs(loss.toNs);
  return {
    ...(loss.packets === undefined ? {} : { packets: Math.max(0, Math.min(Math.round(loss.packets), MOST_PACKETS)) }),
    kind: loss.kind,
    fromNs: String(fromNs),
    toNs: String(toNs < fromNs ? fromNs : toNs),
    reason: loss.reason.slice(0, LONGEST_REASON),
  };
}

/** A gap is told in parts that adjoin; one entry says the same, and counts the same (VantageState.gaps). */
function joinGaps(losses: readonly CaptureLoss[]): readonly CaptureLoss[] {
  const joined: CaptureLoss[] = [];
  let open = -1;
  for (const loss of losses) {
    const before = joined[open];
    if (loss.kind === 'gap' && before?.kind === 'gap' && loss.packets === undefined && before.toNs === loss.fromNs) {
      joined[open] = { ...before, toNs: loss.toNs };
      continue;
    }
    joined.push(loss);
    if (loss.packets === undefined) open = joined.length - 1;
  }
  return joined;
}

/** At most `most` entries (2 or more): the last two slots hold what was counted and what was not, each summed. */
function sumRest(losses: readonly CaptureLoss[], most: number): readonly CaptureLoss[] {
  if (losses.length <= most) return losses;
  const kept = Math.max(0, most - 2);
  const rest = losses.slice(kept);
  const counted = rest.filter((loss) => loss.packets !== undefined);
  const uncounted = rest.filter((loss) => loss.packets === undefined);
  return [...losses.slice(0, kept), ...summed(counted, 'kernel'), ...summed(uncounted, 'gap')];
}

function summed(losses: readonly CaptureLoss[], kind: CaptureLoss['kind']): readonly CaptureLoss[] {
  const [first, ...others] = losses;
  if (first === undefined) return [];
  return [
    others.reduce(
      (sum, loss): CaptureLoss => ({
        packets: sum.packets === undefined ? undefined : sum.packets + (loss.packets ?? 0),
        kind,
        fromNs: loss.fromNs < sum.fromNs ? loss.fromNs : sum.fromNs,
        toNs: loss.toNs > sum.toNs ? loss.toNs : sum.toNs,
        reason: `${String(losses.length)} further losses, summed when the trace was saved`,
      }),
      first,
    ),
  ];
}

/** The largest 64-bit time; what the nanoseconds of any capture fit in. */
const LATEST_NS = 2n ** 64n - 1n;

function clampNs(time: bigint): bigint {
  return time < 0n ? 0n : time > LATEST_NS ? LATEST_NS : time;
}

function nanoseconds(value: unknown): bigint | undefined {
  if (typeof value !== 'string' || !/^\d{1,20}$/u.test(value)) return undefined;
  const time = BigInt(value);
  return time <= LATEST_NS ? time : undefined;
}

/** An inode number of nsfs, which has 32 bits; 0 is none. */
export function isNetns(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 0xffff_ffff;
}

function isPacketCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_PACKETS;
}

function podOf(value: Json): TopologyPod {
  const role = value['role'];
  return {
    namespace: text(value['namespace']) ?? '',
    name: text(value['name']) ?? '',
    ...optionalText(value, 'node'),
    addresses: texts(value['addresses']),
    role: role === 'coredns' || role === 'nodelocal' ? role : 'workload',
    hostNetwork: value['hostNetwork'] === true,
    ready: value['ready'] === true,
  };
}

function serviceOf(value: Json): TopologyService {
  return {
    namespace: text(value['namespace']) ?? '',
    name: text(value['name']) ?? '',
    addresses: texts(value['addresses']),
    isDns: value['isDns'] === true,
    endpoints: texts(value['endpoints']),
    ...(texts(value['unready']).length === 0 ? {} : { unready: texts(value['unready']) }),
    ...(Array.isArray(value['earlier']) ? { earlier: texts(value['earlier']) } : {}),
    ...(value['kind'] === 'headless' || value['kind'] === 'external-name' ? { kind: value['kind'] } : {}),
  };
}

const TRANSPORTS: readonly TopologyUpstream['transport'][] = ['dns', 'tls', 'https', 'https3', 'quic', 'grpc'];

function upstreamOf(value: Json): readonly TopologyUpstream[] {
  const address = text(value['address']);
  const transport = TRANSPORTS.find((known) => known === value['transport']);
  const port = value['port'];
  if (address === undefined || transport === undefined || typeof port !== 'number' || !Number.isInteger(port))
    return [];
  return [{ address, port, transport, zone: text(value['zone']) ?? '.' }];
}

export function marked(mark: string, value: unknown): string {
  return mark + asciiJson(value);
}

export function findMarked(comments: readonly string[] | undefined, mark: string): unknown {
  const comment = comments?.find((candidate) => candidate.startsWith(mark));
  if (comment === undefined || comment.length > 2 * LONGEST_COMMENT) return undefined;
  try {
    return JSON.parse(comment.slice(mark.length));
  } catch {
    return undefined;
  }
}

function isRole(value: unknown): value is VantageRole {
  return value === 'client' || value === 'coredns' || value === 'nodelocal' || value === 'node' || value === 'unknown';
}

function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord).slice(0, 20_000) : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 512) : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.flatMap((item) => text(item) ?? []).slice(0, MOST_TEXTS) : [];
}

function optionalText<K extends string>(value: Json, key: K): Partial<Record<K, string>> {
  const found = text(value[key]);
  return found === undefined ? {} : ({ [key]: found } as Partial<Record<K, string>>);
}
