import type { Finding } from '../../src/core/findings/finding.ts';
import type { TraceCounts, TraceSourceView, VantageView, Verdict } from '../../src/protocol/webview.ts';
import { FakeHost, type FakeLookups, type FakeState } from './fakeHost.ts';
import { COREDNS_2, type FakeLookup, fakeLookup, type LookupSpec } from './fakeTrace.ts';

export interface Scenario {
  readonly title: string;
  /** `manual`: nothing happens by itself, so that tests decide when rows come. */
  open(options: { readonly manual: boolean }): FakeHost;
}

/** 2026-11-20 12:01:00 UTC, epoch µs. */
const NOON_US = Date.UTC(2026, 10, 20, 12, 1) * 1000;

const NAMES = [
  'payments.shop.svc.cluster.local.',
  'kubernetes.default.svc.cluster.local.',
  'api.example.com.',
  'rabbitmq.shop.svc.cluster.local.',
  'updates.example.org.',
  'inventory.shop.svc.cluster.local.',
  'telemetry.example.net.',
];

function list(lookups: readonly FakeLookup[]): FakeLookups {
  return {
    count: lookups.length,
    at: (number) => {
      const found = lookups[number];
      if (found === undefined) throw new Error(`No lookup ${String(number)}`);
      return found;
    },
  };
}

function counts(lookups: FakeLookups): TraceCounts {
  let failed = 0;
  let pending = 0;
  let slow = 0;
  let messages = 0;
  const clients = new Set<string>();
  for (let number = 0; number < Math.min(lookups.count, 10_000); number++) {
    const { row } = lookups.at(number);
    if (row.outcome === 'error' || row.outcome === 'unanswered') failed++;
    if (row.outcome === 'pending') pending++;
    if (row.slow) slow++;
    messages += row.attempts * 2;
    clients.add(row.client);
  }
  return {
    packets: lookups.count === 0 ? 0 : messages + 41,
    messages,
    undecodable: 0,
    lookups: lookups.count,
    failed,
    pending,
    slow,
    clients: clients.size,
  };
}

const LIVE: TraceSourceView = {
  kind: 'live',
  title: 'order-service in shop (context lab)',
  state: 'running',
  problems: [],
};

const VANTAGES: readonly VantageView[] = [
  { name: 'shop/order-service-6bd57c9f4-x2vqk', role: 'client', messages: 824, dropped: 0, state: 'running' },
  { name: 'kube-system/coredns-57d886c994-r2tsq', role: 'coredns', messages: 1120, dropped: 0, state: 'running' },
  { name: COREDNS_2, role: 'coredns', messages: 961, dropped: 0, state: 'running' },
];

function host(lookups: FakeLookups, change: Partial<FakeState>): FakeHost {
  return new FakeHost(lookups, {
    source: LIVE,
    counts: counts(lookups),
    verdict: {
      level: 'ok',
      text: `No problem seen in ${String(lookups.count)} lookups from 1 pod; CoreDNS watched, upstream watched`,
    },
    findings: [],
    vantages: VANTAGES,
    loss: { packets: 0, gaps: 0, notes: [] },
    slowNs: 5_000_000,
    ...change,
  });
}

function calmSpec(id: number, timeUs: number): LookupSpec {
  const name = NAMES[(id * 5) % NAMES.length] ?? 'api.example.com.';
  const cluster = name.endsWith('cluster.local.');
  return {
    id,
    timeUs,
    name,
    kind: cluster ? 'cluster' : id % 3 === 0 ? 'external' : 'cached',
    ...(cluster ? {} : { searchNames: id % 4 === 1 ? 3 : 0 }),
  };
}

export const UPSTREAM_SILENT: Finding = {
  id: 'upstream-silent',
  severity: 'error',
  confidence: 'exact',
  hop: 'upstream',
  cause: 'upstream-silent',
  title: '3 of 60 lookups failed: upstream 10.224.0.92 gives no answer for myexternalendpoint.com',
  subject: { upstream: '10.224.0.92', name: 'myexternalendpoint.com.' },
  evidence: {
    count: 3,
    samples: [12, 31, 48].map((lookup) => ({
      file: 'kube-system/coredns-57d886c994-r2tsq',
      packet: lookup * 20 + 7,
      timeNs: String(BigInt(NOON_US + lookup * 740_000) * 1000n),
      lookup,
    })),
  },
  ruledOut: [
    'Pod to CoreDNS: each query of the pod was seen in CoreDNS, with the same ID',
    'CoreDNS itself: it asked the upstream within 0.3 ms and answers other names',
    'The network to 10.224.0.92: it answered 19 queries for other names in the same minute',
  ],
  explanation:
    'Upstream 10.224.0.92 gives no answer for myexternalendpoint.com (6 queries, 0 answers, 4.0 s). It answers 19 other queries, so the server is up: look at its zone or forwarding for this name.',
  nextSteps: [
    'Ask the upstream itself: dig @10.224.0.92 myexternalendpoint.com',
    'On 10.224.0.92, look for a zone or a conditional forwarder for myexternalendpoint.com that leads nowhere',
    'Until it is mended, send that name elsewhere with a server block in the Corefile',
  ],
  action: 'inspect-corefile',
  filter: 'finding:upstream-silent',
};

const verdictOf = (finding: Finding): Verdict => ({
  level: finding.severity,
  text: finding.title,
  finding: finding.id,
});

function story(): FakeHost {
  const lookups = Array.from({ length: 60 }, (_, id) => {
    const timeUs = NOON_US + id * 740_000;
    if (id === 12 || id === 31 || id === 48)
      return fakeLookup({ id, timeUs, name: 'myexternalendpoint.com.', kind: 'silent', searchNames: 3 });
    if (id === 37) return fakeLookup({ id, timeUs, name: 'reports.example.com.', kind: 'slow' });
    if (id === 22) return fakeLookup({ id, timeUs, name: 'redis-old.shop.svc.cluster.local.', kind: 'missing' });
    return fakeLookup(calmSpec(id, timeUs));
  });
  return host(list(lookups), { verdict: verdictOf(UPSTREAM_SILENT), findings: [UPSTREAM_SILENT, SLOW] });
}

const SLOW: Finding = {
  ...UPSTREAM_SILENT,
  id: 'slow',
  severity: 'info',
  confidence: 'strong',
  cause: 'upstream-slow',
  title: '1 of 60 lookups took over 100 ms, nearly all of it at upstream 10.224.0.92',
  evidence: {
    count: 1,
    samples: [{ file: COREDNS_2, packet: 747, timeNs: String(BigInt(NOON_US + 37 * 740_000) * 1000n), lookup: 37 }],
  },
  ruledOut: ['CoreDNS: it passed query and answer on within 1 ms'],
  explanation: 'One name took 182 ms, 181 ms of it at the upstream. One slow answer is no pattern yet.',
  nextSteps: ['Keep the trace running to see whether it happens again'],
  filter: 'finding:slow',
};

function healthy(): FakeHost {
  return host(list(Array.from({ length: 412 }, (_, id) => fakeLookup(calmSpec(id, NOON_US + id * 130_000)))), {});
}

function unwatched(): FakeHost {
  const lookups = list(
    Array.from({ length: 24 }, (_, id) => fakeLookup({ ...calmSpec(id, NOON_US + id * 130_000), unwatched: true })),
  );
  return host(lookups, {
    verdict: {
      level: 'info',
      text: 'No problem seen from the pod in 24 lookups, but CoreDNS is not watched: where a failure happens could not be told',
      suggestion: { label: 'Watch CoreDNS', action: { name: 'watchCoreDns' } },
    },
    vantages: [
      ...VANTAGES.slice(0, 1),
      {
        name: 'kube-system/coredns-57d886c994-r2tsq',
        role: 'coredns',
        messages: 0,
        dropped: 0,
        state: 'failed',
        note: 'Missing permission: patch pods/ephemeralcontainers in namespace kube-system',
      },
    ],
  });
}

function pending({ manual }: { readonly manual: boolean }): FakeHost {
  const startUs = Date.now() * 1000;
  const made: FakeLookup[] = Array.from({ length: 8 }, (_, id) =>
    fakeLookup(calmSpec(id, startUs - (12 - id) * 400_000)),
  );
  for (let id = 8; id < 11; id++)
    made.push(
      fakeLookup({ id, timeUs: startUs - (11 - id) * 700_000, name: 'myexternalendpoint.com.', kind: 'pending' }),
    );
  const fake = host(list(made), { verdict: { level: 'none', text: '11 lookups so far, 3 of them still waiting' } });
  if (!manual) {
    setInterval(() => {
      const id = made.length;
      made.push(
        fakeLookup(
          id % 9 === 0
            ? { id, timeUs: Date.now() * 1000, name: 'myexternalendpoint.com.', kind: 'pending' }
            : calmSpec(id, Date.now() * 1000),
        ),
      );
      const lookups = list([...made]);
      fake.update({ lookups, state: { counts: counts(lookups) } });
    }, 700);
  }
  return fake;
}

function million({ count }: { readonly count: number }): FakeHost {
  const lookups: FakeLookups = {
    count,
    at: (id) => fakeLookup({ ...calmSpec(id, NOON_US + id * 12_000), name: `row-${String(id)}.example.com.` }),
  };
  return host(lookups, {
    source: { kind: 'file', title: 'week.pcapng', state: 'ended', problems: [] },
    verdict: { level: 'ok', text: `No problem seen in ${String(count)} lookups from 1 pod` },
    vantages: [{ name: 'week.pcapng', role: 'unknown', messages: count * 4, dropped: 0, state: 'ended' }],
  });
}

function reconnecting(): FakeHost {
  const fake = story();
  fake.state = {
    ...fake.state,
    source: {
      ...LIVE,
      state: 'reconnecting',
      problems: [
        {
          code: 'connection-lost',
          detail: 'The connection to the API server of context lab broke 12 s ago',
          recover: 'Nothing to do: it is tried again every few seconds',
        },
      ],
    },
    vantages: VANTAGES.map((vantage, index) => ({
      ...vantage,
      state: 'reconnecting',
      dropped: index === 1 ? 1824 : 0,
      note: 'Not seen since 12:01:32',
    })),
    loss: {
      packets: 1824,
      gaps: 1,
      notes: [
        '12:01:32: connection lost, nothing is seen until it is back',
        'kube-system/coredns-57d886c994-r2tsq: the kernel dropped 1,824 packets',
      ],
    },
  };
  return fake;
}

const NOTHING: FakeLookups = list([]);
const BLANK = { vantages: [], verdict: { level: 'none', text: 'Nothing seen yet' } } as const;

function failed(): FakeHost {
  return host(NOTHING, {
    ...BLANK,
    source: {
      ...LIVE,
      state: 'failed',
      problems: [
        {
          code: 'cluster-unreachable',
          detail: 'The API server of context lab at https://192.0.2.10:6443 does not answer',
          recover: 'Check the VPN or the cluster’s state, then try again',
        },
      ],
    },
    verdict: { level: 'error', text: 'The trace did not start: the cluster does not answer' },
  });
}

function hostile(): FakeHost {
  const names = [
    '<img src=x onerror=alert(1)>.example.com.',
    '"><script>document.body.remove()</script>.',
    'evil\\u{202e}moc.elpmaxe.',
    'a\\u{0}b\\u{1b}[31m.example.',
    `${'very-long-label-'.repeat(3)}.${'x'.repeat(63)}.${'y'.repeat(63)}.${'z'.repeat(60)}.`,
    '=cmd|calc.example.',
    'javascript:alert(1).',
    'ünïcödé.例え.テスト.',
  ];
  const lookups = names.map((name, id) =>
    fakeLookup({
      id,
      timeUs: NOON_US + id * 1000,
      name,
      kind: id % 2 === 0 ? 'silent' : 'external',
      pod: id === 1 ? '<b>pod</b>' : `order-${'long-'.repeat(id * 3)}service`,
      namespace: 'shop',
    }),
  );
  const finding: Finding = {
    ...UPSTREAM_SILENT,
    title: `4 of 8 lookups failed: upstream 10.224.0.92 gives no answer for ${names[0] ?? ''}`,
    explanation: names.join(' '),
  };
  return host(list(lookups), { verdict: verdictOf(finding), findings: [finding] });
}

function variety(): FakeHost {
  const kinds: readonly LookupSpec['kind'][] = [
    'cluster',
    'cached',
    'external',
    'slow',
    'missing',
    'silent',
    'dropped',
    'pending',
  ];
  const lookups = kinds.map((kind, id) =>
    fakeLookup({ id, timeUs: Date.now() * 1000 - 3_000_000 + id * 1000, name: `${kind}.example.com.`, kind }),
  );
  const node = { hop: 'nodelocal', state: 'ok', label: '169.254.20.10', tookNs: 300_000 } as const;
  const local = fakeLookup({ id: kinds.length, timeUs: NOON_US, name: 'nodelocal.example.com.', kind: 'external' });
  lookups.push({
    ...local,
    row: { ...local.row, way: [...local.row.way.slice(0, 1), node, ...local.row.way.slice(1)] },
  });
  lookups.push(
    fakeLookup({
      id: kinds.length + 1,
      timeUs: NOON_US,
      name: 'unwatched.example.com.',
      kind: 'external',
      unwatched: true,
    }),
  );
  return host(list(lookups), { verdict: { level: 'warning', text: 'Every variation of the way, one a row' } });
}

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  story: { title: 'Upstream silent for one name', open: story },
  healthy: { title: 'Healthy', open: healthy },
  unwatched: { title: 'CoreDNS not watched', open: unwatched },
  pending: { title: 'Live, lookups waiting', open: pending },
  million: { title: '5 million rows', open: () => million({ count: 5_000_000 }) },
  reconnecting: { title: 'Connecting again, with losses', open: reconnecting },
  starting: {
    title: 'Starting',
    open: () =>
      host(NOTHING, {
        ...BLANK,
        source: { ...LIVE, state: 'starting' },
        verdict: { level: 'none', text: 'Starting the trace of order-service in shop (context lab)' },
      }),
  },
  empty: {
    title: 'Running, no lookup yet',
    open: () =>
      host(NOTHING, {
        verdict: { level: 'none', text: 'Watching order-service in shop (context lab) and 2 CoreDNS pods' },
      }),
  },
  nothing: {
    title: 'Ended with nothing seen',
    open: () =>
      host(NOTHING, {
        source: {
          ...LIVE,
          state: 'ended',
          aftermath: 'The capture container has exited. Its entry stays in the pod’s status until the pod is replaced.',
        },
        verdict: { level: 'info', text: 'No lookup was seen in 2 minutes' },
      }),
  },
  failed: { title: 'Cluster unreachable', open: failed },
  hostile: { title: 'Hostile names', open: hostile },
  hops: { title: 'Every hop strip', open: variety },
};
