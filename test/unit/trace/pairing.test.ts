import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { summarize } from '../../../src/core/analysis/summary.ts';
import { LinkType } from '../../../src/core/packet/packetSink.ts';
import { CaptureBuilder, dnsQuery, dnsResponse, udpPacket } from '../../support/packetBuilder.ts';
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

test('R1: what differs in one part of the key or the question is another transaction, with an answer of its own', () => {
  for (const other of [
    { client: '10.244.1.99' },
    { server: '10.96.0.11' },
    { port: 40_001 },
    { id: 8 },
    { name: 'b.example.com' },
    { type: 'AAAA' },
    { proto: 'tcp' as const },
  ]) {
    const { engine } = podStory()
      .leg({ ...base, at: 0 })
      .leg({ ...base, ...other, at: 1, took: 1 })
      .withFaults(9)
      .run();
    const chunk = engine.trace.transactions.of(0);
    assert.deepEqual(
      [engine.trace.transactions.length, Number.isNaN(chunk.end[0]!), chunk.end[1]! - chunk.start[1]!],
      [2, true, 1e6],
      JSON.stringify(other),
    );
  }
});

test('R1: the same name and type in another class is another question', () => {
  const story = podStory().leg({ ...base, at: 0 });
  const payload = dnsQuery({ id: base.id, name: base.name });
  payload[payload.length - 1] = 3; // CHAOS
  const packet = udpPacket({ src: POD, dst: VIP, sport: base.port, dport: 53, payload });
  const { engine } = story.packet(vantage, 1, packet, 'out').withFaults(2).run();
  assert.deepEqual([engine.trace.transactions.length, engine.trace.totals.retransmissions], [2, 0]);
});

/** An engine that watches live: gives the states of all transactions at `ms` since the story began, with `length` bytes of it here by then. */
function live(story: Story): (ms: number, length?: number) => readonly number[] {
  const { bytes } = story.captures().get(vantage)!;
  const engine = new TraceEngine();
  engine.addVantage({ name: vantage, role: 'client', addresses: [POD] });
  const stream = engine.openStream(0);
  let pushed = 0;
  return (ms, length = bytes.length) => {
    if (pushed < length) {
      stream.push(bytes.slice(pushed, length));
      pushed = length;
      // What came just now tells how far the clocks are apart.
      engine.tick(engine.trace.epochNs(engine.trace.now));
    }
    engine.tick(engine.trace.epochNs(ms * 1e6));
    const { transactions } = engine.trace;
    return Array.from({ length: transactions.length }, (_, id) => transactions.of(id).state[id]!);
  };
}

test('live, a query is unanswered five seconds after it was sent last', () => {
  const at = live(
    podStory()
      .leg({ ...base, at: 0 })
      .leg({ ...base, id: 8, at: 1000 })
      .leg({ ...base, at: 3000 })
      .leg({ ...base, id: 9, at: 3000, took: 1 }),
  );
  assert.deepEqual(at(5999), [0, 0, 1]);
  assert.deepEqual(at(6000), [0, 3, 1]);
  assert.deepEqual(at(7999), [0, 3, 1]);
  assert.deepEqual(at(8000), [3, 3, 1]);
});

test('live, a query that is sent again after it was given up waits anew', () => {
  const story = podStory()
    .leg({ ...base, at: 0 })
    .leg({ ...base, at: 6000 });
  const at = live(story);
  const first = 24 + (story.captures().get(vantage)!.bytes.length - 24) / 2;
  assert.deepEqual([at(4999, first), at(5500, first)], [[0], [3]]);
  assert.deepEqual([at(10_999), at(11_000)], [[0], [3]]);
});
