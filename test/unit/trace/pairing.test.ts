import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { summarize } from '../../../src/core/analysis/summary.ts';
import { LinkType } from '../../../src/core/packet/packetSink.ts';
import { CaptureBuilder, dnsQuery, dnsResponse } from '../../support/packetBuilder.ts';
import { POD, Story, VIP } from '../../support/story.ts';

const vantage = 'shop/order-service';
const base = { client: POD, port: 40_000, server: VIP, id: 7, name: 'a.example.com', vantage };

function podStory(): Story {
  return new Story().vantage(vantage, 'client', POD);
}

test('R1: the same key again before an answer is a retransmission of one transaction', () => {
  const story = podStory()
    .leg({ ...base, at: 0 })
    .leg({ ...base, at: 5000, took: 1 });
  const { engine } = story.run();
  assert.equal(engine.trace.transactions.length, 1);
  assert.deepEqual(
    [engine.trace.totals.queries, engine.trace.totals.responses, engine.trace.totals.retransmissions],
    [2, 1, 1],
  );
});

test('R1: the same key after its answer is a new use of port and ID', () => {
  const { engine } = podStory()
    .leg({ ...base, at: 0, took: 1 })
    .leg({ ...base, at: 50, took: 1 })
    .run();
  assert.equal(engine.trace.transactions.length, 2);
  assert.equal(engine.trace.totals.retransmissions, 0);
});

test('R1: an answer without a query is unsolicited, a second answer is a duplicate', () => {
  const story = podStory()
    .leg({ ...base, at: 0, took: 1, queryLost: true })
    .leg({ ...base, id: 8, at: 10, took: 1 })
    .leg({ ...base, id: 8, at: 10, took: 2, queryLost: true });
  const { engine } = story.run();
  assert.equal(engine.trace.totals.unsolicited, 1);
  assert.equal(engine.trace.totals.duplicates, 1);
  assert.equal(engine.trace.lookups.length, 1);
});

test('R1: an answer after the transaction was given up reopens it as late', () => {
  const engine = new TraceEngine();
  const { bytes } = podStory()
    .leg({ ...base, at: 0, took: 7000 })
    .captures()
    .get(vantage)!;
  engine.addVantage({ name: vantage, role: 'client', addresses: [POD] });
  const stream = engine.openStream(0);
  // The query is the first packet; the response is pushed only after the clock has moved on.
  const half = bytes.length / 2;
  stream.push(bytes.slice(0, half + 20));
  // The first tick learns how far the clocks are apart.
  engine.tick(engine.trace.epochNs(0));
  engine.tick(engine.trace.epochNs(6e9));
  engine.refresh();
  assert.equal(engine.trace.transactions.of(0).state[0], 3);
  assert.equal(engine.counts.failed, 1);
  stream.push(bytes.slice(half + 20));
  engine.refresh();
  assert.equal(engine.trace.transactions.of(0).state[0], 2);
  assert.equal(engine.counts.failed, 0);
});

test('counts equal what was generated, whatever the order, losses and repeats', () => {
  const query = fc.record({
    at: fc.integer({ min: 0, max: 2000 }),
    took: fc.option(fc.integer({ min: 1, max: 900 }), { nil: undefined }),
    rcode: fc.constantFrom('NOERROR', 'NXDOMAIN', 'SERVFAIL'),
    type: fc.constantFrom('A', 'AAAA', 'SRV'),
  });
  fc.assert(
    fc.property(fc.array(query, { maxLength: 40 }), (queries) => {
      const builder: { timeNs: bigint; add: (target: CaptureBuilder) => void }[] = [];
      queries.forEach((spec, index) => {
        const dns = { id: index, name: `n${String(index)}.example.com`, type: spec.type };
        const ip = { src: POD, sport: 30_000 + index, dst: VIP, dport: 53 };
        const sent = BigInt(spec.at) * 1_000_000n;
        builder.push({ timeNs: sent, add: (to) => to.udp({ ...ip, timeNs: sent, payload: dnsQuery(dns) }) });
        if (spec.took === undefined) return;
        const back = sent + BigInt(spec.took) * 1_000_000n;
        const payload = dnsResponse({ ...dns, rcode: spec.rcode });
        const reply = { src: VIP, sport: 53, dst: POD, dport: 30_000 + index };
        builder.push({ timeNs: back, add: (to) => to.udp({ ...reply, timeNs: back, payload }) });
      });
      builder.sort((a, b) => Number(a.timeNs - b.timeNs));
      const capture = new CaptureBuilder({ linkType: LinkType.ethernet, nanos: true });
      for (const entry of builder) entry.add(capture);
      const engine = new TraceEngine();
      engine.addVantage({ name: 'pod', role: 'client', addresses: [POD] });
      const stream = engine.openStream(0);
      stream.push(capture.bytes());
      engine.finish();
      const summary = summarize(engine, []);
      const answered = queries.filter((spec) => spec.took !== undefined);
      assert.equal(summary.queries, queries.length);
      assert.equal(summary.responses, answered.length);
      assert.equal(summary.transactions, queries.length);
      assert.equal(summary.answered, answered.length);
      assert.equal(summary.unanswered, queries.length - answered.length);
      assert.equal(summary.latencyNs.count, answered.length);
      for (const rcode of ['NOERROR', 'NXDOMAIN', 'SERVFAIL']) {
        assert.equal(summary.rcodes[rcode] ?? 0, answered.filter((spec) => spec.rcode === rcode).length);
      }
    }),
  );
});

test('damaged packets never throw and never lose the count', () => {
  const good = podStory()
    .leg({ ...base, at: 0, took: 1 })
    .captures()
    .get(vantage)!.bytes;
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 20 }), (flips) => {
      const bytes = good.slice();
      for (const [at, value] of flips) bytes[at] = value;
      const engine = new TraceEngine();
      engine.addVantage({ name: 'pod', role: 'client', addresses: [POD] });
      const stream = engine.openStream(0);
      stream.push(bytes);
      stream.end();
      engine.finish();
      const { totals } = engine.trace;
      assert.ok(totals.messages + totals.undecodable <= totals.packets + 1);
      assert.equal(totals.queries + totals.responses, totals.messages);
      summarize(engine, []);
    }),
  );
});
