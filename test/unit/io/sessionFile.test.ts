import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  changesComment,
  LONGEST_COMMENT,
  lossesComment,
  MOST_LOSSES,
  parseChangesComment,
  parseLossesComment,
  parseTopologyComment,
  parseUnwatchedComment,
  parseVantageComment,
  topologyComments,
  unwatchedComment,
  vantageComment,
} from '../../../src/protocol/sessionFile.ts';
import type { TopologyPod, TopologyService } from '../../../src/core/topology/topology.ts';
import { VantageState } from '../../../src/core/trace/trace.ts';
import type { CaptureLoss } from '../../../src/core/trace/vantage.ts';

test('a vantage and a topology survive the round', () => {
  const vantage = {
    name: 'shop/order-service',
    role: 'client',
    namespace: 'shop',
    pod: 'order-service',
    addresses: ['10.244.1.12'],
  } as const;
  assert.deepEqual(parseVantageComment(['other', vantageComment(vantage)]), vantage);
  const topology = {
    clusterDomain: 'cluster.local',
    pods: [],
    services: [],
    nodes: [{ name: 'n1', addresses: ['192.0.2.1'] }],
    upstreams: [],
  };
  assert.deepEqual(parseTopologyComment(topologyComments(topology, new Set())), topology);
});

test('a topology of any size fits one comment and keeps the DNS pods', () => {
  const pod = (index: number): TopologyPod => ({
    namespace: 'shop',
    name: `pod-${String(index)}`,
    addresses: [`10.1.${String(index >> 8)}.${String(index & 255)}`],
    role: index === 0 ? 'coredns' : 'workload',
    hostNetwork: false,
    ready: true,
  });
  const pods = Array.from({ length: 20_000 }, (_, index) => pod(index));
  const seen = new Set(pods.flatMap((entry) => entry.addresses));
  const texts = topologyComments(
    { clusterDomain: 'cluster.local', pods, services: [], nodes: [], upstreams: [] },
    seen,
  );
  assert.equal(texts.length, 1);
  assert.ok(texts[0]!.length <= LONGEST_COMMENT);
  assert.equal(parseTopologyComment(texts)!.pods[0]!.role, 'coredns');
});

function asked(index: number, endpoints: number): TopologyService {
  const address = (at: number): string => `10.244.${String(at >> 8)}.${String(at & 255)}`;
  return {
    namespace: 'shop',
    name: `service-${String(index)}`,
    addresses: [],
    isDns: false,
    endpoints: Array.from({ length: endpoints }, (_, at) => address(at)),
    kind: 'headless',
  };
}

test('Services that were asked for are kept beside any topology, whole or not at all', () => {
  const services = [
    asked(0, 2),
    { ...asked(1, 1), unready: ['10.1.1.1'], earlier: [] },
    asked(2, 1001),
    asked(3, 1000),
  ];
  const topology = { clusterDomain: 'cluster.local', pods: [], services, nodes: [], upstreams: [] };
  const texts = topologyComments(topology, new Set(), new Set(services.slice(1)));
  const kept = parseTopologyComment(texts)!.services;
  // The first has endpoints, which says that they are known.
  assert.deepEqual(kept, [services[0], services[1], services[3]]);
  // Who asks for the topology alone, as versions before did, gets it.
  assert.deepEqual(parseTopologyComment(texts.slice(0, 1))!.services, [services[0]]);
});

test('Services without end are kept as far as there is room', () => {
  const services = Array.from({ length: 20_000 }, (_, index) => asked(index, 5));
  const topology = { clusterDomain: 'cluster.local', pods: [], services, nodes: [], upstreams: [] };
  const texts = topologyComments(topology, new Set(), new Set(services));
  assert.ok(texts.every((text) => text.length <= LONGEST_COMMENT));
  assert.ok(texts.length > 5 && texts.length < 20, String(texts.length));
  const kept = parseTopologyComment(texts)!.services;
  assert.ok(kept.length > 3000, String(kept.length));
  assert.deepEqual(kept, services.slice(0, kept.length));
});

test('whatever a file says, reading it never throws and gives the declared shapes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
      const vantage = parseVantageComment([`dnscope:vantage:${body}`]);
      assert.ok(vantage === undefined || (typeof vantage.name === 'string' && Array.isArray(vantage.addresses)));
      const topology = parseTopologyComment([`dnscope:topology:${body}`]);
      assert.ok(topology === undefined || topology.pods.every((entry) => typeof entry.name === 'string'));
      const further = parseTopologyComment([`dnscope:topology:{}`, `dnscope:services:${body}`]);
      assert.ok(further!.services.every(({ name, endpoints }) => typeof name === 'string' && Array.isArray(endpoints)));
    }),
  );
});

const LATEST_NS = 2n ** 64n - 1n;

const anyLoss = fc
  .record({
    packets: fc.option(fc.nat(), { nil: undefined }),
    kind: fc.constantFrom('kernel', 'gap', 'truncated'),
    fromNs: fc.bigInt(0n, 10n),
    lasts: fc.oneof(fc.bigInt(0n, 10n), fc.bigInt(0n, LATEST_NS - 10n)),
    reason: fc.string({ unit: 'binary', maxLength: 300 }),
  })
  .map(({ lasts, ...loss }): CaptureLoss => ({ ...loss, toNs: loss.fromNs + lasts }));

function stateOf(losses: readonly CaptureLoss[]): VantageState {
  const state = new VantageState({ name: 'shop/order-service', role: 'client', addresses: [] });
  state.losses.push(...losses);
  return state;
}

test('losses survive the round: drops, gaps and whether there were any', () => {
  fc.assert(
    fc.property(fc.array(anyLoss, { maxLength: 40 }), (losses) => {
      const text = lossesComment(losses);
      assert.equal(text === undefined, losses.length === 0);
      const before = stateOf(losses);
      const after = stateOf(parseLossesComment(['other', ...(text === undefined ? [] : [text])]));
      assert.ok((text?.length ?? 0) <= LONGEST_COMMENT);
      assert.deepEqual([after.dropped, after.lossless], [before.dropped, before.lossless]);
      assert.ok(after.gaps <= before.gaps && after.gaps > 0 === before.gaps > 0);
    }),
  );
});

test('changes of the DNS survive the round; of too many the latest', () => {
  const change = fc.record({
    atNs: fc.bigInt(0n, LATEST_NS),
    text: fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), (made) => {
      const changes = made.map(({ atNs, text }) => ({ atNs, text }));
      const text = changesComment(changes);
      assert.equal(text === undefined, changes.length === 0);
      assert.ok((text?.length ?? 0) <= LONGEST_COMMENT);
      const read = parseChangesComment(text === undefined ? [] : [text]);
      assert.ok(read.length >= Math.min(changes.length, 25));
      assert.deepEqual(read, read.length === 0 ? [] : changes.slice(-read.length));
    }),
  );
});

test('a loss keeps its times to the nanosecond, and the parts of one gap become one', () => {
  const kernel = {
    packets: 7,
    kind: 'kernel',
    fromNs: 5n,
    toNs: 1_763_700_000_123_456_789n,
    reason: 'Späte ↯',
  } as const;
  const gap = { packets: undefined, kind: 'gap', fromNs: 10n, toNs: 20n, reason: 'connection lost' } as const;
  const more = { ...gap, fromNs: 20n, toNs: 30n, reason: 'The capture was interrupted' };
  const other = { ...gap, fromNs: 31n, toNs: 32n };
  const text = lossesComment([gap, kernel, more, other])!;
  assert.match(text, /^[ -~]+$/);
  assert.deepEqual(parseLossesComment([text]), [{ ...gap, toNs: 30n }, kernel, other]);
});

test('any number of losses fits: the rest are summed, and no packet of them is left out', () => {
  const losses = Array.from({ length: 5001 }, (_, index): CaptureLoss => ({
    packets: index % 2 === 0 ? 3 : undefined,
    kind: index % 2 === 0 ? 'kernel' : 'gap',
    fromNs: BigInt(index * 10),
    toNs: BigInt(index * 10 + 1),
    reason: 'reason',
  }));
  const read = parseLossesComment([lossesComment(losses)!]);
  assert.equal(read.length, MOST_LOSSES);
  assert.equal(stateOf(read).dropped, 2501 * 3);
  assert.deepEqual(
    read.slice(-2).map(({ packets, kind, toNs }) => [packets, kind, toNs]),
    [
      [2501 * 3 - 99 * 3, 'kernel', 50_001n],
      [undefined, 'gap', 49_991n],
    ],
  );
  const long = lossesComment(losses.map((loss) => ({ ...loss, reason: '\u2028'.repeat(500) })))!;
  assert.ok(long.length <= LONGEST_COMMENT);
  assert.equal(stateOf(parseLossesComment([long])).dropped, 2501 * 3);
});

test('unwatched pods survive the round; too many are cut, never to none', () => {
  assert.equal(unwatchedComment([]), undefined);
  assert.deepEqual(parseUnwatchedComment([unwatchedComment(['kube-system/coredns-2'])!]), ['kube-system/coredns-2']);
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 600 }), { minLength: 1, maxLength: 50 }), (pods) => {
      const text = unwatchedComment(Array.from({ length: 40 }, () => pods).flat())!;
      assert.ok(text.length <= LONGEST_COMMENT);
      assert.ok(parseUnwatchedComment([text]).length > 0);
    }),
    { numRuns: 30 },
  );
});

test('a loss that cannot be is passed over, its neighbours are read', () => {
  const good = { kind: 'gap', fromNs: '1', toNs: '1', reason: '' };
  const wrong = [
    { ...good, fromNs: '2' },
    { ...good, toNs: 1 },
    { ...good, toNs: String(2n ** 64n) },
    { ...good, kind: 'other' },
    { ...good, packets: -1 },
    { ...good, packets: 1e300 },
    { ...good, packets: null },
    null,
    [good],
  ];
  const read = parseLossesComment([`dnscope:losses:${JSON.stringify([...wrong, good])}`]);
  assert.deepEqual(read, [{ packets: undefined, kind: 'gap', fromNs: 1n, toNs: 1n, reason: '' }]);
});

test('hostile losses and unwatched pods never throw, and what is kept is within bounds', () => {
  const time = fc.oneof(
    fc.bigInt(-10n, 2n ** 70n).map(String),
    fc.constantFrom('', '1e3', '0x10', ' 7', '9'.repeat(50_000)),
    fc.anything(),
  );
  const entry = fc.record(
    {
      packets: fc.oneof(fc.double(), fc.integer(), fc.constantFrom(1e300, -1, 1.5), fc.anything()),
      kind: fc.oneof(fc.constantFrom('kernel', 'gap', 'truncated', '__proto__'), fc.string()),
      fromNs: time,
      toNs: time,
      reason: fc.oneof(fc.string({ maxLength: 1000 }), fc.anything()),
    },
    { requiredKeys: [] },
  );
  const shaped = fc.array(fc.oneof(entry, fc.jsonValue()), { maxLength: 300 }).map(safeJson);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), shaped), (body) => {
      const losses = parseLossesComment([`dnscope:losses:${body}`]);
      assert.ok(losses.length <= MOST_LOSSES);
      for (const { packets, kind, fromNs, toNs, reason } of losses) {
        assert.ok(packets === undefined || (Number.isInteger(packets) && packets >= 0 && packets <= 1e13));
        assert.ok(['kernel', 'gap', 'truncated'].includes(kind));
        assert.ok(fromNs >= 0n && fromNs <= toNs && toNs <= LATEST_NS);
        assert.ok(reason.length <= 200);
      }
      for (const { atNs, text } of parseChangesComment([`dnscope:changes:${body}`]))
        assert.ok(atNs >= 0n && atNs <= LATEST_NS && text.length <= 200);
      const pods = parseUnwatchedComment([`dnscope:unwatched:${body}`]);
      assert.ok(pods.length <= 1000 && pods.every((pod) => pod.length <= 512));
    }),
  );
});

/** What JSON can say of anything; the rest is left out. */
function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item));
  } catch {
    return '[]';
  }
}
