import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { matchedTotals, type MatchedTotals } from '../../../src/core/analysis/matchedTotals.ts';
import { EventBit, type Matches } from '../../../src/core/filter/traceFilter.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { captureOf, knownTraffic } from '../../support/knownTraffic.ts';
import { CaptureBuilder, dnsQuery, dnsResponse, tcpFramed } from '../../support/packetBuilder.ts';
import { rotatingSeed, seededRandom } from '../../support/rotatingSeed.ts';
import { ask, forward, watchedStory } from '../../support/story.ts';

const ALL = EventBit.query | EventBit.response;

function engineOf(...captures: readonly Uint8Array[]): TraceEngine {
  const engine = new TraceEngine();
  captures.forEach((bytes, index) => {
    engine.addVantage({ name: `pod-${String(index)}`, role: 'client', addresses: [] });
    engine.openStream(index).push(bytes);
  });
  engine.finish();
  engine.refresh();
  return engine;
}

function totalsWhere({ trace }: TraceEngine, bitsOf: (transaction: number) => number, isIn = 1): MatchedTotals {
  const matches: Matches = {
    transactions: Uint8Array.from({ length: trace.transactions.length }, (_, id) => bitsOf(id)),
    lookups: new Uint8Array(trace.lookups.length).fill(isIn),
  };
  return matchedTotals(trace, matches);
}

const sorted = (counts: Iterable<readonly [number, number]>): readonly (readonly [number, number])[] =>
  [...counts].sort(([a], [b]) => a - b);

/** All but packets: of several messages in one, some may match. */
function additive({ packets: _, rcodes, qtypes, vantages, lookups, ...counts }: MatchedTotals): object {
  return { ...counts, rcodes: sorted(rcodes), qtypes: sorted(qtypes), vantages, lookups };
}

function added(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): Map<number, number> {
  const sum = new Map(a);
  for (const [code, count] of b) sum.set(code, (sum.get(code) ?? 0) + count);
  return sum;
}

function sumOf(a: MatchedTotals, b: MatchedTotals): MatchedTotals {
  return {
    packets: a.packets + b.packets,
    messages: a.messages + b.messages,
    queries: a.queries + b.queries,
    responses: a.responses + b.responses,
    retransmissions: a.retransmissions + b.retransmissions,
    unsolicited: a.unsolicited + b.unsolicited,
    rcodes: added(a.rcodes, b.rcodes),
    qtypes: added(a.qtypes, b.qtypes),
    vantages: a.vantages.map(({ queries, responses }, index) => ({
      queries: queries + b.vantages[index]!.queries,
      responses: responses + b.vantages[index]!.responses,
    })),
    lookups: {
      count: a.lookups.count + b.lookups.count,
      failed: a.lookups.failed + b.lookups.failed,
      slow: a.lookups.slow + b.lookups.slow,
    },
  };
}

suite('totals of what matches', () => {
  test('are those of the trace where all matches, and add up where some does; with random traffic at two places', (t) => {
    const seed = rotatingSeed();
    t.diagnostic(`DNSCOPE_SEED=${String(seed)}`);
    const random = seededRandom(seed);
    for (let round = 0; round < 6; round++) {
      const captures = [1, 2].map(() => captureOf(knownTraffic(random, { count: 10 + random(200), spanNs: 2e10 })));
      const engine = engineOf(...captures);
      const { trace, counts } = engine;
      const whole = totalsWhere(engine, () => ALL);
      const { packets, messages, queries, responses, retransmissions, unsolicited } = trace.totals;
      assert.deepEqual(
        { ...additive(whole), packets: whole.packets },
        {
          ...{ packets, messages, queries, responses, retransmissions, unsolicited },
          rcodes: sorted(trace.rcodes),
          qtypes: sorted(trace.qtypes),
          vantages: trace.vantages.map((state) => ({ queries: state.queries, responses: state.responses })),
          lookups: { count: counts.lookups, failed: counts.failed, slow: counts.slow },
        },
      );
      const bits = Array.from({ length: trace.transactions.length }, () => random(ALL + 1));
      const one = totalsWhere(engine, (id) => bits[id]!);
      const other = totalsWhere(engine, (id) => ALL - bits[id]!, 0);
      // A response without a query counts by either bit, once.
      const { unsolicited: twice, ...sum } = additive(sumOf(one, other)) as { unsolicited: number };
      const { unsolicited: once, ...all } = additive(whole) as { unsolicited: number };
      assert.deepEqual(sum, all);
      assert.ok(twice >= once);
    }
  });

  test('a filter of queries counts repeats and no response code; one of responses the other way round', () => {
    const story = watchedStory();
    const question = { name: 'www.example.com', port: 41_000, id: 7 };
    ask(story, { ...question, at: 0 });
    ask(story, { ...question, at: 2000, took: 40, rcode: 'SERVFAIL' });
    forward(story, { name: question.name, at: 2005, took: 20, rcode: 'REFUSED' });
    const { engine } = story.run();
    engine.refresh();
    const asked = totalsWhere(engine, () => EventBit.query);
    assert.deepEqual([asked.messages, asked.queries, asked.responses, asked.retransmissions], [5, 5, 0, 2]);
    assert.deepEqual([asked.rcodes.size, sorted(asked.qtypes)], [0, [[1, 5]]]);
    const answered = totalsWhere(engine, () => EventBit.response);
    assert.deepEqual([answered.messages, answered.queries, answered.responses], [3, 0, 3]);
    assert.deepEqual([answered.retransmissions, answered.qtypes.size], [0, 0]);
    assert.deepEqual(sorted(answered.rcodes), [
      [2, 2],
      [5, 1],
    ]);
    assert.deepEqual(
      totalsWhere(engine, () => 0, 0),
      {
        ...{ packets: 0, messages: 0, queries: 0, responses: 0, retransmissions: 0, unsolicited: 0 },
        ...{ rcodes: new Map(), qtypes: new Map(), lookups: { count: 0, failed: 0, slow: 0 } },
        vantages: [
          { queries: 0, responses: 0 },
          { queries: 0, responses: 0 },
        ],
      },
    );
  });

  test('a response seen again counts with its own code, and packets of two captures are two, wherever they stand in them', () => {
    const one = { src: '10.244.1.12', dst: '10.96.0.10', sport: 41_000, dport: 53 };
    const query = { ...one, timeNs: 1_000_000n, payload: dnsQuery({ id: 7, name: 'a.example.com' }) };
    const alone = new CaptureBuilder({ nanos: true }).udp(query).bytes();
    assert.equal(totalsWhere(engineOf(alone, alone), () => ALL).packets, 2);
    const capture = new CaptureBuilder({ nanos: true }).udp(query);
    const back = { src: one.dst, dst: one.src, sport: one.dport, dport: one.sport };
    for (const [index, rcode] of ['NOERROR', 'SERVFAIL'].entries()) {
      const payload = dnsResponse({ id: 7, name: 'a.example.com', rcode });
      capture.udp({ ...back, timeNs: BigInt(2 + index) * 1_000_000n, payload });
    }
    const { rcodes } = totalsWhere(engineOf(capture.bytes()), () => ALL);
    assert.deepEqual(sorted(rcodes), [
      [0, 1],
      [2, 1],
    ]);
  });

  test('a packet with several messages is one packet, whichever of them match', () => {
    const capture = new CaptureBuilder({ nanos: true });
    const flow = { src: '10.244.1.12', dst: '10.96.0.10', sport: 41_000, dport: 53 };
    const back = { src: flow.dst, dst: flow.src, sport: flow.dport, dport: flow.sport };
    const names = ['a.example.com', 'b.example.com', 'c.example.com'];
    const payload = (of: (id: number, name: string) => Uint8Array): Uint8Array =>
      Buffer.concat(names.map((name, id) => tcpFramed(of(id, name))));
    capture.tcp({ ...flow, seq: 1, timeNs: 1_000_000n, payload: payload((id, name) => dnsQuery({ id, name })) });
    capture.tcp({ ...back, seq: 1, timeNs: 2_000_000n, payload: payload((id, name) => dnsResponse({ id, name })) });
    const engine = engineOf(capture.bytes());
    assert.equal(engine.trace.transactions.length, 3);
    const all = totalsWhere(engine, () => ALL);
    assert.deepEqual([all.packets, all.messages], [2, 6]);
    const some = totalsWhere(engine, (id) => (id === 1 ? ALL : id === 2 ? EventBit.response : 0));
    assert.deepEqual([some.packets, some.messages], [2, 3]);
  });
});
