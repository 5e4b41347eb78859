import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { collectStatistics } from '../../../src/core/analysis/collectStatistics.ts';
import { statisticsOf } from '../../../src/core/analysis/statistics.ts';
import { summarize, type Summary } from '../../../src/core/analysis/summary.ts';
import type { Matches } from '../../../src/core/filter/traceFilter.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import { captureOf, type KnownMessage, knownTraffic } from '../../support/knownTraffic.ts';
import { CaptureBuilder, dnsQuery, tcpFramed } from '../../support/packetBuilder.ts';
import { rotatingSeed, seededRandom } from '../../support/rotatingSeed.ts';
import { POD, Story, VIP } from '../../support/story.ts';

function engineOf(...captures: readonly Uint8Array[]): TraceEngine {
  const engine = new TraceEngine();
  for (const [k, bytes] of captures.entries()) {
    engine.addVantage({ name: `node-${String(k)}`, role: 'client', addresses: [] });
    engine.openStream(k).push(bytes);
  }
  engine.finish();
  return engine;
}

function matchesOf(engine: TraceEngine, filter: string): Matches {
  const view = new LookupView(engine);
  view.set(filter, undefined);
  return view.matches()!;
}

const summaryOf = (engine: TraceEngine, filter: string): Summary =>
  filter === '' ? summarize(engine, []) : summarize(engine, [], { filter, matches: matchesOf(engine, filter) });

function tally<T>(of: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of of) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}

const isQuery = ({ kind }: KnownMessage): boolean => kind === 'query' || kind === 'retransmission' || kind === 'copy';

/** Filters with what they mean for a message. */
const FILTERS: readonly (readonly [string, (message: KnownMessage) => boolean])[] = [
  ['', () => true],
  ['qr==Q', isQuery],
  ['qr==R', (message) => !isQuery(message)],
  ['name == example.com', ({ name }) => name === 'example.com'],
  ['type in (TXT, NS)', ({ type }) => type === 'TXT' || type === 'NS'],
  ['server == 168.63.129.16', ({ server }) => server === '168.63.129.16'],
  ['qr==R and rcode == NXDOMAIN', (message) => !isQuery(message) && message.rcode === 'NXDOMAIN'],
];

suite('The summary', () => {
  const seed = rotatingSeed();
  for (let round = 0; round < 3; round++) {
    test(`of a generated capture, whole and filtered: every figure is what was generated, DNSCOPE_SEED=${String(seed)}, round ${String(round)}`, () => {
      const random = seededRandom(seed + round);
      const traffic = knownTraffic(random, { count: 20 + random(120), spanNs: 2e9 });
      const engine = engineOf(captureOf(traffic));
      for (const [filter, isMeant] of FILTERS) {
        const meant = traffic.messages.filter(isMeant);
        const queries = meant.filter(isQuery);
        const responses = meant.filter((message) => !isQuery(message));
        const of = (kind: KnownMessage['kind']): number => meant.filter((message) => message.kind === kind).length;
        const given = summaryOf(engine, filter);
        assert.deepEqual(
          [given.packets, given.dnsMessages, given.queries, given.responses, given.undecodable],
          [meant.length, meant.length, queries.length, responses.length, 0],
          filter,
        );
        assert.deepEqual(
          [given.retransmissions, given.unsolicitedResponses],
          [of('retransmission'), of('unsolicited')],
        );
        assert.deepEqual(
          given.rcodes,
          tally(responses, ({ rcode }) => rcode),
        );
        assert.deepEqual(
          given.qtypes,
          tally(queries, ({ type }) => type),
        );
        const [vantage] = given.vantages;
        assert.deepEqual([vantage?.queries, vantage?.responses], [queries.length, responses.length]);
        for (const server of given.servers) {
          const mine = queries.filter((message) => message.server === server.address && message.kind !== 'copy');
          assert.deepEqual([server.port, server.queries], [53, mine.length]);
        }
        const counts = given.servers.map((server) => server.queries);
        assert.deepEqual(
          counts,
          counts.toSorted((a, b) => b - a),
        );
        assert.equal(
          given.servers.reduce((sum, server) => sum + server.answered, 0),
          given.answered,
        );
        // Of a message that is no query and of one without its response, the transaction counts all the same.
        if (filter.startsWith('name') || filter.startsWith('server') || filter === '') {
          const answered = meant.filter(({ kind }) => kind === 'response');
          assert.deepEqual(
            [given.transactions, given.answered, given.unanswered],
            [of('query'), answered.length, of('query') - answered.length],
          );
          assert.equal(vantage?.unanswered, given.unanswered);
          assert.deepEqual(
            [given.latencyNs.count, given.latencyNs.max],
            [answered.length, Math.max(0, ...answered.map(({ tookNs }) => tookNs))],
          );
          for (const server of given.servers) {
            const mine = answered.filter((message) => message.server === server.address);
            assert.deepEqual(
              [server.answered, server.rcodes, server.latencyNs.count],
              [mine.length, tally(mine, ({ rcode }) => rcode), mine.length],
            );
          }
        }
      }
    });
  }

  test('statistics of what a filter finds are those of a capture of that alone', () => {
    const traffic = knownTraffic(seededRandom(rotatingSeed()), { count: 150, spanNs: 2e9 });
    const engine = engineOf(captureOf(traffic));
    const gistOf = (stats: ReturnType<typeof statisticsOf>): unknown =>
      // Bursts begin with the capture's first packet, whether it is counted or not.
      JSON.parse(JSON.stringify(stats, (key, value: unknown) => (key === 'burst' ? undefined : value)));
    for (const [filter, isMeant] of FILTERS.filter(([filter]) => /^(?:name|type|server)/u.test(filter))) {
      const alone = engineOf(captureOf({ ...traffic, messages: traffic.messages.filter(isMeant) }));
      assert.deepEqual(
        gistOf(statisticsOf(collectStatistics(engine, matchesOf(engine, filter)), 50)),
        gistOf(statisticsOf(collectStatistics(alone), 50)),
        filter,
      );
    }
  });

  test('a segment with two messages is one packet; packets of two captures are two, wherever they lie in them', () => {
    const capture = (...names: readonly string[]): Uint8Array =>
      new CaptureBuilder()
        .tcp({
          src: '10.0.0.1',
          sport: 40_000,
          dst: VIP,
          dport: 53,
          seq: 1,
          timeNs: 1n,
          payload: tcpFramed(...names.map((name, id) => dnsQuery({ id, name }))),
        })
        .bytes();
    const engine = engineOf(capture('a.example', 'b.example'), capture('a.example', 'b.example'));
    const figures = (filter: string): readonly number[] => {
      const { packets, dnsMessages } = summaryOf(engine, filter);
      return [packets, dnsMessages];
    };
    assert.deepEqual(
      [figures('qr==Q'), figures('name == b.example')],
      [
        [2, 4],
        [2, 2],
      ],
    );
  });
});

suite('Wasted queries', () => {
  const wasted = (tell: (story: Story) => void, filter = ''): number => {
    const story = new Story().vantage('shop/order', 'client', POD);
    tell(story);
    const { engine } = story.withFaults(9).run();
    return summaryOf(engine, filter).lookups.wastedQueries;
  };
  let id = 0;
  const leg = (story: Story, at: number, name: string, rest: object): Story =>
    story.leg({ at, client: POD, server: VIP, port: 40_000, id: ++id, name, vantage: 'shop/order', ...rest });
  const found = { took: 1, answers: ['192.0.2.1'] };
  const denied = { took: 1, rcode: 'NXDOMAIN' };

  test('one question, one answer: none; a repeat of the query is one', () => {
    assert.equal(
      wasted((story) => leg(story, 0, 'www.example.com', found)),
      0,
    );
    const repeated = (story: Story): void => {
      leg(story, 0, 'www.example.com', {});
      id--;
      leg(story, 1000, 'www.example.com', found);
    };
    assert.equal(wasted(repeated), 1);
  });

  test('search names before the right one, of A and AAAA alike', () => {
    const walk = (story: Story): void => {
      const names = ['api.shop.svc.cluster.local', 'api.svc.cluster.local', 'api.cluster.local', 'api'];
      names.forEach((name, k) => {
        leg(story, k * 2, name, k === 3 ? found : denied);
        leg(story, k * 2 + 0.1, name, { type: 'AAAA', ...(k === 3 ? { took: 1 } : denied) });
      });
    };
    assert.equal(wasted(walk), 6);
    const both = (story: Story): void => {
      walk(story);
      leg(story, 5000, 'www.example.com', found);
    };
    assert.deepEqual([wasted(both), wasted(both, 'name == www.example.com'), wasted(both, 'name:api')], [6, 0, 6]);
  });
});
