import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { collectStatistics } from '../../../src/core/analysis/collectStatistics.ts';
import { type NamedRow, type Statistics, statisticsOf } from '../../../src/core/analysis/statistics.ts';
import { mergeStatistics, type StatisticsPartial } from '../../../src/core/analysis/statisticsPartial.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { captureOf, type KnownMessage, type KnownTraffic, knownTraffic } from '../../support/knownTraffic.ts';
import { rotatingSeed, seededRandom } from '../../support/rotatingSeed.ts';

function partialOf(traffic: KnownTraffic): StatisticsPartial {
  const engine = new TraceEngine({ countRecords: true });
  engine.addVantage({ name: 'node', role: 'client', addresses: [] });
  engine.openStream(0).push(captureOf(traffic));
  engine.finish();
  return collectStatistics(engine);
}

function tally<T>(of: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of of) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}

function counts(rows: readonly NamedRow[]): Record<string, number> {
  return Object.fromEntries(rows.map((row) => [row.name, row.count]));
}

function spread(values: readonly number[]): { count: number; min: number; mean: number; max: number } {
  const sum = values.reduce((total, value) => total + value, 0);
  if (values.length === 0) return { count: 0, min: 0, mean: 0, max: 0 };
  return { count: values.length, min: Math.min(...values), mean: sum / values.length, max: Math.max(...values) };
}

/** Wireshark's way: packet by packet, intervals of 5 ms from the first packet on, those within 100 ms. */
function burstBy(messages: readonly KnownMessage[], origin: bigint): Statistics['messages']['burst'] {
  const times = messages.map(({ timeNs }) => Number(timeNs - origin)).sort((a, b) => a - b);
  let best: { count: number; startNs: number } | undefined;
  for (const time of times) {
    const oldest = Math.floor(time / 5e6) - 19;
    const within = times.filter((other) => other <= time && Math.floor(other / 5e6) >= oldest);
    if (within.length > (best?.count ?? 0)) best = { count: within.length, startNs: oldest <= 0 ? 0 : within[0]! };
  }
  return best && { ...best, windowMs: 100, ratePerMs: best.count / 100 };
}

const OPCODES = ['QUERY', '', '', '', 'NOTIFY'];

suite('statistics', () => {
  const seed = rotatingSeed();
  for (let round = 0; round < 8; round++) {
    test(`of a generated capture: every count is what was generated, DNSCOPE_SEED=${String(seed)}, round ${String(round)}`, () => {
      const random = seededRandom(seed + round);
      const spanNs = random(2) === 0 ? 2e9 : 6e10;
      const traffic = knownTraffic(random, { count: 20 + random(400), spanNs });
      const { messages } = traffic;
      const queries = messages.filter(({ kind }) => ['query', 'retransmission', 'copy'].includes(kind));
      const responses = messages.filter((message) => !queries.includes(message));
      const of = (kind: KnownMessage['kind']): readonly KnownMessage[] => messages.filter((m) => m.kind === kind);
      const given = statisticsOf(partialOf(traffic), 100);

      assert.equal(given.messages.count, messages.length);
      assert.equal(given.queries.count, queries.length);
      assert.equal(given.responses.count, responses.length);
      assert.deepEqual(
        counts(given.rcodes),
        tally(responses, ({ rcode }) => rcode),
      );
      assert.deepEqual(
        counts(given.opcodes),
        tally(messages, ({ opcode }) => OPCODES[opcode]!),
      );
      assert.deepEqual(
        counts(given.types),
        tally(messages, ({ type }) => type),
      );
      assert.deepEqual(counts(given.classes), { IN: messages.length });
      const { buckets, ...payload } = given.payload;
      assert.deepEqual(payload, spread(messages.map((message) => message.payload.length)));
      for (const { from, below, count } of buckets) {
        const within = messages.filter((m) => m.payload.length >= from && m.payload.length < (below ?? Infinity));
        assert.equal(count, within.length);
      }
      const lengths = queries.map(({ name }) => (name === '.' ? 0 : name.length));
      assert.deepEqual(given.queryNames.length, spread(lengths));
      const labels = tally(queries, ({ name }) => {
        const depth = name === '.' ? 0 : name.split('.').length;
        return depth >= 4 ? '4 or more' : String(depth);
      });
      assert.deepEqual(counts(given.queryNames.labels), labels);
      const { answers, authorities } = given.records!;
      assert.deepEqual(answers.perResponse, spread(responses.map((m) => m.answers.length)));
      assert.deepEqual(authorities.perResponse, spread(responses.map((m) => m.authorities.length)));
      const ttls = responses.flatMap((m) => m.answers.map((answer) => (answer as { ttl: number }).ttl));
      const asked = { type: 'A', count: ttls.length, ttlSeconds: spread(ttls) };
      assert.deepEqual(answers.types, ttls.length === 0 ? [] : [asked]);

      const took = of('response').map(({ tookNs }) => tookNs);
      const { count, min, mean, max } = given.responseTime;
      assert.deepEqual({ count, min, mean, max }, spread(took));
      for (const bucket of given.responseTime.buckets) {
        const within = took.filter((time) => time >= bucket.from && time < (bucket.below ?? Infinity));
        assert.deepEqual(
          [bucket.count, bucket.min, bucket.max],
          [within.length, Math.min(...within), Math.max(...within)],
        );
      }
      const { service } = given;
      assert.equal(service.unanswered.count, traffic.unanswered);
      assert.equal(service.retransmissions.count, of('retransmission').length);
      assert.equal(service.copies.count, of('copy').length);
      assert.equal(service.unsolicited.count, of('unsolicited').length);
      assert.equal(service.duplicateResponses.count, of('duplicate').length);

      const origin = messages.reduce((least, { timeNs }) => (timeNs < least ? timeNs : least), messages[0]!.timeNs);
      assert.deepEqual(given.messages.burst, burstBy(messages, origin));
      assert.deepEqual(given.responses.burst, burstBy(responses, origin));
      const latest = messages.reduce((most, { timeNs }) => (timeNs > most ? timeNs : most), origin);
      assert.equal(given.durationNs, Number(latest - origin));
      assert.equal(given.messages.ratePerMs, messages.length / (given.durationNs / 1e6));

      for (const [rows, keyOf] of [
        [given.servers.rows, (m: KnownMessage) => m.server],
        [given.clients.rows, (m: KnownMessage) => m.client],
        [given.names.rows, (m: KnownMessage) => (m.name === '.' ? '.' : `${m.name}.`)],
      ] as const) {
        const nonZero = (keyed: readonly { key: string; queries: number }[]): Record<string, number> =>
          Object.fromEntries(keyed.filter((row) => row.queries > 0).map((row) => [row.key, row.queries]));
        assert.deepEqual(nonZero(rows), tally(queries, keyOf));
        for (const row of rows) {
          const mine = of('response').filter((m) => keyOf(m) === row.key);
          assert.equal(row.answered, mine.length);
          assert.deepEqual(
            row.rcodes,
            tally(mine, ({ rcode }) => rcode),
          );
          assert.equal(row.latencyNs.count, mine.length);
        }
      }
    });
  }

  test('parts add up to the same in any order and grouping, also as JSON', () => {
    const part = fc
      .record({ seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }), count: fc.integer({ min: 0, max: 40 }) })
      .map(({ seed, count }) => partialOf(knownTraffic(seededRandom(seed), { count, spanNs: 500_000_000 })));
    fc.assert(
      fc.property(part, part, part, (a, b, c) => {
        const left = mergeStatistics(mergeStatistics(a, b), c);
        assert.deepEqual(mergeStatistics(a, mergeStatistics(b, c)), left);
        assert.deepEqual(mergeStatistics(mergeStatistics(c, a), b), left);
        assert.deepEqual(JSON.parse(JSON.stringify(left)), left);
        const total = [a, b, c].reduce((sum, { latency }) => sum + latency.count, 0);
        assert.equal(left.latency.count, total);
      }),
      { numRuns: 40 },
    );
  });

  test('parts of one traffic taken apart by client give what the whole gives', () => {
    const traffic = knownTraffic(seededRandom(7), { count: 300, spanNs: 3e9 });
    const whole = partialOf(traffic);
    const clients = new Set(traffic.messages.map(({ client }) => client));
    const parts = [...clients].map((client) =>
      partialOf({ ...traffic, messages: traffic.messages.filter((message) => message.client === client) }),
    );
    const sum = statisticsOf(parts.reduce(mergeStatistics), 100);
    const { messages, ...rest } = statisticsOf(whole, 100);
    assert.equal(sum.messages.count, messages.count);
    for (const topic of ['queryNames', 'records', 'responseTime', 'durationNs'] as const) {
      const counted = (key: string, value: unknown): unknown => (key === 'burst' ? undefined : value);
      assert.equal(JSON.stringify(sum[topic], counted), JSON.stringify(rest[topic], counted));
    }
    // Each part begins its intervals with its own first packet: 5 ms decide what still belongs to a burst.
    assert.ok(Math.abs(sum.messages.burst!.count - messages.burst!.count) <= messages.burst!.count * 0.2);
  });

  test('a trace without messages has statistics of nothing', () => {
    const nothing = statisticsOf(collectStatistics(new TraceEngine({ countRecords: true })), 10);
    assert.deepEqual(nothing.messages, { count: 0, share: 0, ratePerMs: 0 });
    assert.deepEqual([nothing.durationNs, nothing.responseTime.count, nothing.servers.rows], [0, 0, []]);
  });
});
