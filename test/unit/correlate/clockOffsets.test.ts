import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { estimateClocks, type ClockEstimate } from '../../../src/core/correlate/clockOffsets.ts';
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
