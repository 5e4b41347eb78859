import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { estimateClocks, tellClocks, type ClockEstimate } from '../../../src/core/correlate/clockOffsets.ts';
import { ask, COREDNS, POD, Story, VIP, watchedStory } from '../../support/story.ts';

const pod = 'shop/order-service';
const dns = 'kube-system/coredns-1';

const clocksOf = (story: Story, order?: readonly string[]): ClockEstimate => {
  return estimateClocks(story.run(order).engine.trace);
};

interface Trip {
  readonly at: number;
  readonly there: number;
  readonly inside: number;
  readonly back: number;
}

/** Queries of the pod that CoreDNS sees by a clock that is `ahead` by so many ms. */
function skewed(ahead: number, trips: readonly Trip[]): Story {
  const story = watchedStory();
  trips.forEach(({ at, there, inside, back }, k) => {
    const query = { client: POD, port: 30_000 + k, id: k, name: `n${String(k % 3)}.example.com` };
    story.leg({ ...query, at, took: there + inside + back, server: VIP, vantage: pod });
    story.leg({ ...query, at: at + there + ahead, took: inside, server: COREDNS, vantage: dns });
  });
  return story;
}

const trips = fc.array(
  fc.record({
    at: fc.integer({ min: 100_000, max: 160_000 }),
    there: fc.integer({ min: 1, max: 20 }).map((n) => n / 20),
    inside: fc.integer({ min: 1, max: 50 }),
    back: fc.integer({ min: 1, max: 20 }).map((n) => n / 20),
  }),
  { minLength: 3, maxLength: 20 },
);

test('the offset is right within half of what the way takes, whatever it is, whichever stream comes first', () => {
  fc.assert(
    fc.property(fc.integer({ min: -90_000, max: 90_000 }), trips, fc.boolean(), (ahead, all, podFirst) => {
      const clocks = clocksOf(skewed(ahead, all), podFirst ? [pod, dns] : [dns, pod]);
      assert.deepEqual(clocks[0], { offsetNs: 0, uncertaintyNs: 0, correctionNs: 0, reference: 0 });
      const { offsetNs, correctionNs } = clocks[1]!;
      // Each pair bounds the truth by half of its own way; the median cannot be farther off than the widest.
      const widest = Math.max(...all.map(({ there, back }) => there + back)) / 2;
      assert.ok(Math.abs(offsetNs - ahead * 1e6) <= widest * 1e6 + 1000, `${String(offsetNs)} for ${String(ahead)} ms`);
      assert.ok(correctionNs === 0 || correctionNs === offsetNs);
    }),
    { numRuns: 60 },
  );
});

test('what is in order already is left as it is', () => {
  const even = { inside: 3, there: 0.4, back: 0.4 };
  const inOrder = clocksOf(
    skewed(
      0,
      [1, 2, 3].map((k) => ({ ...even, at: k * 100 })),
    ),
  );
  assert.equal(inOrder[1]!.correctionNs, 0);
  const ahead = clocksOf(
    skewed(
      -0.5,
      [1, 2, 3].map((k) => ({ ...even, at: k * 100 })),
    ),
  );
  assert.equal(Math.round(ahead[1]!.correctionNs / 1000), -500);
});

test('vantages that never saw the same query are linked through a third', () => {
  const story = watchedStory().vantage('shop/cart', 'client', '10.244.2.7');
  for (let k = 0; k < 5; k++) {
    const query = { id: k, name: 'a.example.com', took: 2 };
    story.leg({ ...query, at: k * 100, client: POD, port: 30_000 + k, server: VIP, vantage: pod });
    story.leg({
      ...query,
      at: k * 100 + 3000,
      took: 1.8,
      client: POD,
      port: 30_000 + k,
      server: COREDNS,
      vantage: dns,
    });
    const other = { ...query, client: '10.244.2.7', port: 31_000 + k };
    story.leg({ ...other, at: k * 100 + 50 + 5000, server: VIP, vantage: 'shop/cart' });
    story.leg({ ...other, at: k * 100 + 50 + 3000, took: 1.8, server: COREDNS, vantage: dns });
  }
  const offsets = clocksOf(story).map((clock) => Math.round(clock!.offsetNs / 1e8));
  assert.deepEqual(offsets, [-30, 0, 20]);
});

test('no shared query, no statement; a vantage alone neither', () => {
  const story = watchedStory();
  story.leg({ at: 0, took: 1, client: POD, port: 1, id: 1, name: 'a.', server: VIP, vantage: pod });
  story.leg({ at: 0, took: 1, client: POD, port: 2, id: 1, name: 'a.', server: COREDNS, vantage: dns });
  assert.deepEqual(clocksOf(story), [undefined, undefined]);
  const alone = new Story().vantage(pod, 'client', POD);
  alone.leg({ at: 0, took: 1, client: POD, port: 1, id: 1, name: 'a.', server: VIP, vantage: pod });
  assert.deepEqual(clocksOf(alone), [undefined]);
});

test('a coincidence or two of port and ID far apart in time is no clock', () => {
  const far = skewed(40_000, [{ at: 100_000, there: 0.2, inside: 1, back: 0.2 }]);
  assert.deepEqual(clocksOf(far), [undefined, undefined]);
  const near = skewed(900, [{ at: 100_000, there: 0.2, inside: 1, back: 0.2 }]);
  assert.equal(Math.round(clocksOf(near)[1]!.offsetNs / 1e6), 900);
});

test('pairs that contradict each other are no clock', () => {
  const story = watchedStory();
  for (let k = 0; k < 6; k++) {
    const query = { client: POD, port: 30_000 + k, id: k, name: 'a.example.com', took: 1 };
    story.leg({ ...query, at: k * 1000, server: VIP, vantage: pod });
    story.leg({ ...query, at: k * 1000 + k * k * 200, server: COREDNS, vantage: dns });
  }
  assert.deepEqual(clocksOf(story), [undefined, undefined]);
});

test('retransmitted and unanswered queries tell nothing', () => {
  const story = watchedStory();
  ask(story, { at: 0, name: 'a.example.com' });
  assert.deepEqual(clocksOf(story), [undefined, undefined]);
});

/** Offsets of CoreDNS's clock in ms, `none` where nothing is said. */
const offsetOf = (story: Story): number | 'none' => {
  const clock = clocksOf(story)[1];
  return clock === undefined ? 'none' : Math.round(clock.offsetNs / 1e3) / 1e3;
};

test('one or two pairs count up to eleven seconds, three wherever they are', () => {
  const trip = { there: 0.2, inside: 1, back: 0.2 };
  const pairs = (count: number, ahead: number): Story =>
    skewed(
      ahead,
      Array.from({ length: count }, (_, k) => ({ ...trip, at: 100_000 + k * 100 })),
    );
  assert.deepEqual([offsetOf(pairs(2, 11_000)), offsetOf(pairs(2, 11_000.01))], [11_000, 'none']);
  assert.deepEqual([offsetOf(pairs(2, -11_000)), offsetOf(pairs(2, -11_000.01))], [-11_000, 'none']);
  assert.equal(offsetOf(pairs(3, 11_000.01)), 11_000.01);
});

test('half of the pairs may be 50 ms off, or as much as the way takes where that is more', () => {
  const apart = (by: number, way: number): Story => {
    const story = watchedStory();
    [-by, 0, by].forEach((ahead, k) => {
      const query = { client: POD, port: 30_000 + k, id: k, name: 'a.example.com' };
      story.leg({ ...query, at: 1000 + k * 300, took: 1 + way, server: VIP, vantage: pod });
      story.leg({ ...query, at: 1000 + k * 300 + way / 2 + ahead, took: 1, server: COREDNS, vantage: dns });
    });
    return story;
  };
  assert.deepEqual([offsetOf(apart(50, 1)), offsetOf(apart(50.01, 1))], [0, 'none']);
  assert.deepEqual([offsetOf(apart(80, 80)), offsetOf(apart(80.01, 80))], [0, 'none']);
});

test('of two pairs the middle counts', () => {
  const story = watchedStory();
  [100, 140].forEach((ahead, k) => {
    const query = { client: POD, port: 30_000 + k, id: k, name: 'a.example.com', took: 1 };
    story.leg({ ...query, at: k * 300, server: VIP, vantage: pod });
    story.leg({ ...query, at: k * 300 + ahead, server: COREDNS, vantage: dns });
  });
  assert.equal(offsetOf(story), 120);
});

test('a clock is corrected only when what it says cannot be: more than half of the way, and a microsecond or two, off', () => {
  const corrected = (ahead: number): boolean =>
    clocksOf(
      skewed(
        ahead,
        [1, 2, 3].map((k) => ({ at: k * 100, there: 0.4, inside: 3, back: 0.4 })),
      ),
    )[1]!.correctionNs !== 0;
  assert.deepEqual([0.402, -0.402, 0.403, -0.403].map(corrected), [false, false, true, true]);
});

test('the same key at one place again after more than 50 ms is another query: which is which cannot be told', () => {
  for (const [again, expected] of [
    [50, 3],
    [50.001, 'none'],
  ] as const) {
    const story = new Story().vantage('node', 'node', '192.168.77.11').vantage(dns, 'coredns', COREDNS);
    const query = { client: POD, port: 30_000, id: 1, name: 'a.example.com', took: 1 };
    story.leg({ ...query, at: 0, server: VIP, vantage: 'node' });
    story.leg({ ...query, at: again, server: COREDNS, vantage: 'node' });
    story.leg({ ...query, at: 3, server: COREDNS, vantage: dns });
    assert.equal(offsetOf(story), expected);
  }
});

test('a query that was sent twice, and one that got no answer, are no pair', () => {
  const query = { client: POD, port: 30_000, id: 1, name: 'a.example.com' };
  const twice = watchedStory();
  twice.leg({ ...query, at: 0, server: VIP, vantage: pod });
  twice.leg({ ...query, at: 1000, took: 1, server: VIP, vantage: pod });
  twice.leg({ ...query, at: 1000, took: 1, server: COREDNS, vantage: dns });
  assert.equal(offsetOf(twice), 'none');
  const unanswered = watchedStory();
  unanswered.leg({ ...query, at: 0, server: VIP, vantage: pod });
  unanswered.leg({ ...query, at: 0, took: 1, server: COREDNS, vantage: dns });
  assert.equal(offsetOf(unanswered), 'none');
});

test('the strongest links are taken, and their doubts add up', () => {
  const [third, fourth] = ['shop/cart', 'shop/stock'];
  const story = watchedStory().vantage(third, 'client', '10.244.2.7').vantage(fourth, 'client', '10.244.2.8');
  let port = 30_000;
  const pairs = (count: number, a: string, b: string, ahead: number): void => {
    for (let k = 0; k < count; k++) {
      port++;
      const query = { client: POD, port, id: port & 0xfff, name: 'a.example.com' };
      story.leg({ ...query, at: k * 300, took: 5, server: VIP, vantage: a });
      story.leg({ ...query, at: k * 300 + 2 + ahead, took: 1, server: COREDNS, vantage: b });
    }
  };
  pairs(5, pod, dns, 3000);
  pairs(4, dns, third, 1000);
  pairs(3, pod, third, 9000);
  pairs(6, pod, fourth, 500);
  const clocks = clocksOf(story, [pod, dns, third, fourth]);
  assert.deepEqual(
    clocks.map((clock) => [clock!.offsetNs / 1e6, clock!.uncertaintyNs / 1e6, clock!.reference]),
    [
      [0, 0, 0],
      [3000, 2, 0],
      [4000, 4, 0],
      [500, 2, 0],
    ],
  );
});

test('a live place is told its clock, and its times stay as they are', () => {
  const { trace } = skewed(900, [{ at: 1000, there: 0.2, inside: 1, back: 0.2 }]).run().engine;
  tellClocks(trace, estimateClocks(trace));
  const { offsetNs, correctionNs } = trace.vantages[1]!.clock!;
  assert.deepEqual([Math.round(offsetNs / 1e6), correctionNs], [900, 0]);
  tellClocks(trace, [undefined, undefined]);
  assert.equal(trace.vantages[1]!.clock, undefined);
});
