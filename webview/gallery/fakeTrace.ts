import type {
  HopMark,
  HopState,
  LegBar,
  LookupDetails,
  LookupRow,
  MessageDetails,
  TransactionRow,
} from '../../src/core/view/rows.ts';
import { sampleMessage } from './sampleMessage.ts';

/** A lookup with its legs, as a scenario writes it. */
export interface FakeLookup {
  readonly row: LookupRow;
  readonly transactions: readonly TransactionRow[];
  readonly meaning: string;
}

export interface LookupSpec {
  readonly id: number;
  readonly timeUs: number;
  readonly name: string;
  readonly kind: 'cluster' | 'cached' | 'external' | 'silent' | 'pending' | 'missing' | 'slow' | 'dropped';
  readonly pod?: string;
  readonly namespace?: string;
  readonly searchNames?: number;
  readonly unwatched?: boolean;
}

const UPSTREAM = '10.224.0.92';
const COREDNS = 'kube-system/coredns-57d886c994-r2tsq';
export const COREDNS_2 = 'kube-system/coredns-57d886c994-vsj7g';

const TOOK_NS: Readonly<Record<LookupSpec['kind'], number | undefined>> = {
  cluster: 412_000,
  cached: 236_000,
  external: 14_020_000,
  silent: 4_001_300_000,
  pending: undefined,
  missing: 1_870_000,
  slow: 182_400_000,
  dropped: undefined,
};

const MEANINGS: Readonly<Record<LookupSpec['kind'], string>> = {
  cluster: 'CoreDNS answered from the cluster’s own records. Nothing to do.',
  cached: 'CoreDNS answered from its cache. Nothing to do.',
  external: 'CoreDNS asked the upstream and passed its answer on. Nothing to do.',
  silent: `CoreDNS asked ${UPSTREAM} twice and got no answer, so it told the pod SERVFAIL after 4.0 s. The pod and CoreDNS did their part: the upstream is at fault.`,
  pending: 'The query is on its way and nothing has come back yet. It settles at the resolver’s timeout.',
  missing:
    'Every name on the search list was answered with NXDOMAIN: the name does not exist. Check its spelling and namespace.',
  slow: 'The answer came, but the upstream took 181 ms of the 182 ms. Everything else on the way was quick.',
  dropped:
    'The pod’s query reached no CoreDNS pod, and both ends were watched without loss. Something between them drops it.',
};

function hops(spec: LookupSpec, client: string): readonly HopMark[] {
  const { kind } = spec;
  const took = TOOK_NS[kind];
  const at = (state: HopState, hop: HopMark['hop'], label: string, note?: string, tookNs?: number): HopMark => ({
    hop,
    state: spec.unwatched === true && hop !== 'client' && state !== 'unused' ? 'unwatched' : state,
    label,
    ...(note === undefined ? {} : { note: spec.unwatched === true && hop !== 'client' ? 'not watched' : note }),
    ...(tookNs === undefined || spec.unwatched === true ? {} : { tookNs }),
  });
  const usesUpstream = kind === 'external' || kind === 'silent' || kind === 'pending' || kind === 'slow';
  const upstream: HopMark = !usesUpstream
    ? at('unused', 'upstream', '', kind === 'cached' ? 'not asked: cache' : undefined)
    : kind === 'silent'
      ? at('failed', 'upstream', `${UPSTREAM}:53`, 'no answer, 2 × 2.0 s')
      : kind === 'pending'
        ? at('pending', 'upstream', `${UPSTREAM}:53`)
        : kind === 'slow'
          ? at('slow', 'upstream', `${UPSTREAM}:53`, '181 ms of 182 ms', 181_000_000)
          : at('ok', 'upstream', `${UPSTREAM}:53`, undefined, 13_600_000);
  if (kind === 'dropped') {
    return [
      at('ok', 'client', client),
      at('failed', 'kube-dns', '10.96.0.10', 'never arrived, 2 × 5.0 s'),
      at('unused', 'coredns', COREDNS),
      at('unused', 'upstream', ''),
    ];
  }
  return [
    at('ok', 'client', client, undefined, took),
    at('ok', 'kube-dns', '10.96.0.10', 'translated to 10.244.0.45'),
    at('ok', 'coredns', COREDNS, undefined, took === undefined ? undefined : took - 120_000),
    upstream,
  ];
}

export function fakeLookup(spec: LookupSpec): FakeLookup {
  const namespace = spec.namespace ?? 'shop';
  const pod = spec.pod ?? 'order-service-6bd57c9f4-x2vqk';
  const client = `${namespace}/${pod}`;
  const latencyNs = TOOK_NS[spec.kind];
  const failed = spec.kind === 'silent';
  const rcode = failed ? 'SERVFAIL' : spec.kind === 'missing' ? 'NXDOMAIN' : latencyNs === undefined ? '' : 'NOERROR';
  const answered = rcode === 'NOERROR';
  const addresses = answered ? [`203.0.113.${String((spec.id * 7) % 250)}`] : [];
  const base = {
    index: 0,
    timeUs: spec.timeUs,
    client,
    node: 'lab-worker-1',
    namespace,
    pod,
    name: spec.name,
    slow: spec.kind === 'slow' || failed,
    proto: 'UDP',
  } as const;
  const way = hops(spec, client);
  const leg = (number: number, change: Partial<TransactionRow>): TransactionRow => ({
    ...base,
    kind: 'transaction',
    id: spec.id * 10 + number,
    lookup: spec.id,
    src: `p/${client}:${String(40_000 + ((spec.id * 37) % 20_000))}`,
    dst: 's/kube-system/kube-dns:53',
    nameserver: '10.96.0.10',
    qtype: 'A',
    rcode,
    latencyNs,
    numAnswers: answered ? 1 : undefined,
    addresses,
    state: latencyNs !== undefined ? 'answered' : spec.kind === 'dropped' ? 'unanswered' : 'pending',
    leg: 'pod ↔ CoreDNS',
    vantage: client,
    dnsId: ((spec.id * 7919 + number * 257) % 65_536).toString(16).padStart(4, '0'),
    qr: latencyNs === undefined ? 'Q' : 'Q+R',
    retransmissions: spec.kind === 'dropped' ? 1 : 0,
    joined: 'exact',
    ...change,
  });
  const transactions: TransactionRow[] = [
    leg(0, {}),
    leg(1, { qtype: 'AAAA', numAnswers: answered ? 0 : undefined, addresses: [] }),
  ];
  if (spec.unwatched !== true && spec.kind !== 'dropped') {
    transactions.push(
      leg(2, {
        vantage: COREDNS,
        dst: `p/${COREDNS}:53`,
        nameserver: '10.244.0.45',
        latencyNs: latencyNs === undefined ? undefined : latencyNs - 120_000,
      }),
    );
    if (way.at(-1)?.state !== 'unused') {
      const far: Partial<TransactionRow> = {
        leg: 'CoreDNS ↔ upstream',
        vantage: COREDNS,
        src: `p/${COREDNS}:51622`,
        dst: `r/${UPSTREAM}:53`,
        nameserver: UPSTREAM,
      };
      const silent: Partial<TransactionRow> = failed
        ? { state: 'unanswered', rcode: '', latencyNs: undefined, qr: 'Q' }
        : {};
      transactions.push(leg(3, { ...far, ...silent, timeUs: spec.timeUs + 300 }));
      if (failed) transactions.push(leg(4, { ...far, ...silent, timeUs: spec.timeUs + 2_000_400 }));
    }
  }
  const outcome: LookupRow['outcome'] =
    spec.kind === 'pending'
      ? 'pending'
      : spec.kind === 'dropped'
        ? 'unanswered'
        : failed
          ? 'error'
          : spec.kind === 'missing'
            ? 'nxdomain'
            : 'answered';
  const row: LookupRow = {
    ...base,
    kind: 'lookup',
    id: spec.id,
    src: `p/${client}:${String(40_000 + ((spec.id * 37) % 20_000))}`,
    dst: 's/kube-system/kube-dns:53',
    nameserver: '10.96.0.10',
    qtype: 'A+AAAA',
    rcode,
    latencyNs,
    numAnswers: answered ? 1 : undefined,
    addresses,
    outcome,
    way,
    confidence: spec.unwatched === true ? 'inferred' : 'exact',
    transactions: transactions.length,
    attempts: transactions.length + (spec.searchNames ?? 0) * 2,
    wastedQueries: (spec.searchNames ?? 0) * 2,
    searchNames: spec.searchNames ?? 0,
    expanded: false,
    findings: failed ? ['upstream-silent'] : [],
  };
  return { row, transactions, meaning: MEANINGS[spec.kind] };
}

function legBars(lookup: FakeLookup): readonly LegBar[] {
  return lookup.transactions.map((leg) => {
    const startNs = Math.round((leg.timeUs - lookup.row.timeUs) * 1000);
    return {
      transaction: leg.id,
      depth: leg.leg.startsWith('CoreDNS') ? 1 : 0,
      leg: leg.leg,
      vantage: leg.vantage,
      server: leg.nameserver,
      name: leg.name,
      qtype: leg.qtype,
      startNs,
      endNs: leg.latencyNs === undefined ? undefined : startNs + leg.latencyNs,
      state: leg.state,
      rcode: leg.rcode,
      retransmissions: leg.retransmissions,
      confidence: leg.joined,
    };
  });
}

const RCODE_NUMBERS: Readonly<Record<string, 0 | 2 | 3>> = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3 };

export function fakeDetails(lookup: FakeLookup): LookupDetails {
  const messages: MessageDetails[] = [];
  for (const leg of lookup.transactions) {
    const base = {
      id: Number.parseInt(leg.dnsId, 16),
      name: leg.name,
      qtype: leg.qtype === 'AAAA' ? 'AAAA' : 'A',
      vantage: leg.vantage,
    } as const;
    messages.push(sampleMessage({ ...base, timeUs: leg.timeUs, packet: leg.id * 2 + 1 }));
    if (leg.latencyNs === undefined) continue;
    messages.push(
      sampleMessage({
        ...base,
        rcode: RCODE_NUMBERS[leg.rcode] ?? 0,
        addresses: leg.addresses,
        timeUs: leg.timeUs + leg.latencyNs / 1000,
        packet: leg.id * 2 + 2,
      }),
    );
  }
  messages.sort((left, right) => left.timeUs - right.timeUs);
  return {
    lookup: lookup.row,
    meaning: lookup.meaning,
    legs: legBars(lookup),
    messages,
    corefile: { line: 1, label: '.:53', plugin: { name: 'forward', line: 17 } },
    commands: [
      `kubectl exec -n ${lookup.row.namespace} ${lookup.row.pod} -- getent ahosts ${lookup.row.name}`,
      `dig @10.96.0.10 ${lookup.row.name} A +tries=1 +time=5`,
      ...(lookup.row.way.at(-1)?.state === 'failed' ? [`dig @${UPSTREAM} ${lookup.row.name} A +tries=1 +time=5`] : []),
    ],
  };
}
