/** A trace from bytes to verdicts: what time, the cluster and what is reported later do to it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Cause } from '../../../src/core/lookups/verdict.ts';
import { emptyTopology, type Topology } from '../../../src/core/topology/topology.ts';
import { Join } from '../../../src/core/trace/tables.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { lookupRow } from '../../../src/core/view/rowBuilder.ts';
import { ask, COREDNS, EPOCH_NS, POD, Story, VIP, watchedStory, type Leg } from '../../support/story.ts';
import { KUBE_DNS, placedPod } from '../../support/storyTopology.ts';

const pod = 'shop/order-service';
const coredns = 'kube-system/coredns-1';
const HOUR_MS = 3_600_000;
const query = { client: POD, port: 40_000, server: VIP, id: 7, name: 'www.example.com', vantage: pod };
const expanded = 'www.example.com.svc.cluster.local';

/** A running trace: what is captured comes as it is told, and the watching clock ticks beside it. */
class Live {
  readonly engine = new TraceEngine();
  readonly #names: readonly string[];

  constructor(...names: readonly string[]) {
    this.#names = names;
    for (const [, { vantage }] of this.#story().captures()) this.engine.addVantage(vantage);
  }

  #story(): Story {
    const story = new Story();
    for (const name of this.#names)
      if (name === pod) story.vantage(pod, 'client', POD);
      else story.vantage(name, 'coredns', COREDNS);
    return story;
  }

  hears(...legs: readonly Leg[]): this {
    const story = this.#story();
    for (const leg of legs) story.leg(leg);
    [...story.captures().values()].forEach(({ bytes }, vantage) => this.engine.openStream(vantage).push(bytes));
    return this;
  }

  /** @param at milliseconds since the story began */
  ticks(at: number): this {
    this.engine.tick(EPOCH_NS + BigInt(Math.round(at * 1e6)));
    this.engine.refresh();
    return this;
  }

  get outcomes(): readonly string[] {
    return Array.from({ length: this.engine.trace.lookups.length }, (_, id) =>
      lookupRow(this.engine, id, id, false),
    ).map(({ name, outcome }) => `${name} ${outcome}`);
  }
}

describe('while packets come', () => {
  test('a query is unanswered after five seconds of the watching clock, an hour apart from that of the packets', () => {
    const live = new Live(pod).hears({ ...query, at: 0 }).ticks(HOUR_MS);
    assert.deepEqual(live.ticks(HOUR_MS + 4999).outcomes, ['www.example.com. pending']);
    assert.deepEqual(live.engine.counts, { lookups: 1, failed: 0, pending: 1, slow: 0 });
    assert.deepEqual(live.ticks(HOUR_MS + 5000).outcomes, ['www.example.com. unanswered']);
    assert.deepEqual(live.engine.counts, { lookups: 1, failed: 1, pending: 0, slow: 0 });
    assert.deepEqual([...live.engine.failures], [0]);
  });

  test('how far the clocks are apart is what the quickest packet shows: neither a slow one nor a silent time changes it', () => {
    const live = new Live(pod).hears({ ...query, at: 0 }).ticks(HOUR_MS + 2000);
    live.hears({ ...query, at: 3000, id: 8, took: 1, name: 'b.example.com' }).ticks(HOUR_MS + 3001);
    live.hears({ ...query, at: 3100, id: 9, took: 1, name: 'c.example.com' }).ticks(HOUR_MS + 4000);
    assert.match(live.ticks(HOUR_MS + 4999).outcomes[0]!, /pending/u);
    assert.match(live.ticks(HOUR_MS + 5001).outcomes[0]!, /unanswered/u);
  });

  test('a missing name may be one step of a walk until a second and the way here have passed', () => {
    const missing = { ...query, at: 0, took: 1, name: expanded, rcode: 'NXDOMAIN' };
    const live = new Live(pod).hears(missing).ticks(1);
    assert.deepEqual(live.ticks(2600).outcomes, [`${expanded}. pending`]);
    assert.deepEqual(live.engine.counts, { lookups: 1, failed: 0, pending: 1, slow: 0 });
    assert.deepEqual(live.ticks(2601).outcomes, [`${expanded}. nxdomain`]);
    assert.deepEqual(live.engine.counts, { lookups: 1, failed: 1, pending: 0, slow: 0 });
    const walked = new Live(pod).hears(missing).ticks(1);
    walked.hears({ ...query, id: 8, at: 900, took: 1, answers: ['192.0.2.1'] });
    assert.deepEqual(walked.ticks(9000).outcomes, ['www.example.com. answered']);
    assert.deepEqual([...walked.engine.failures], []);
  });

  test('what several captures show of a client has its order a second later', () => {
    const leg = { ...query, at: 0, server: COREDNS, vantage: coredns };
    const live = new Live(coredns, 'kube-system/coredns-2').hears({ ...leg, took: 1, answers: ['192.0.2.1'] }).ticks(1);
    assert.deepEqual(live.ticks(999).outcomes, []);
    assert.deepEqual(live.ticks(1000).outcomes, ['www.example.com. answered']);
    assert.equal(live.engine.clients, 1);
  });

  test('before the first packet there is no time', () => {
    const live = new Live(pod).ticks(0).ticks(9000);
    assert.equal(live.engine.trace.tickedNs, EPOCH_NS + 9_000_000_000n);
    live.hears({ ...query, at: 9001 }).ticks(9002);
    assert.deepEqual(live.outcomes, ['www.example.com. pending']);
  });

  test('of a cluster that changes, the time is noted; a file’s topology is of no time', () => {
    const topology: Topology = { ...emptyTopology, pods: [placedPod(coredns, COREDNS, { role: 'coredns' })] };
    const gone = { ...topology, pods: [placedPod('kube-system/coredns-2', '10.244.0.6', { role: 'coredns' })] };
    const live = new Live(pod);
    live.engine.setTopology(topology);
    live.hears({ ...query, at: 0, took: 1 }).ticks(5000);
    live.engine.setTopology(gone);
    const changes = live.engine.dnsChanges.all;
    assert.deepEqual(
      changes.map(({ text }) => text),
      ['CoreDNS pod coredns-2 came', 'CoreDNS pod coredns-1 is gone'],
    );
    // The clock of the packets: the first tick made both equal.
    assert.equal(changes[0]!.atNs, EPOCH_NS + 1_000_000n);
    live.engine.finish();
    live.engine.setTopology(topology);
    assert.equal(live.engine.dnsChanges.all.length, 2, 'it is over');
    const file = watchedStory();
    ask(file, { at: 0, took: 1, name: 'a.example.com' });
    const { engine } = file.run();
    engine.setTopology(topology);
    engine.setTopology(gone);
    assert.deepEqual(engine.dnsChanges.all, []);
  });
});

describe('what is reported later is considered again', () => {
  /** A query that CoreDNS never saw, between some that it did. */
  const lostBefore = (): TraceEngine => {
    const story = watchedStory();
    for (const at of [0, 20_000]) ask(story, { at, took: 1, name: 'a.example.com', answers: ['192.0.2.1'] });
    story.leg({ ...query, at: 10_000 });
    return story.run().engine;
  };
  const claim = (engine: TraceEngine): readonly number[] => {
    engine.refresh();
    const [failure] = engine.failures;
    const { cause, confidence } = engine.trace.lookups.of(failure!);
    return [cause[failure!]!, confidence[failure!]!];
  };

  test('loss, CoreDNS pods that nobody watched, and that a capture listened only later', () => {
    const before = claim(lostBefore());
    const loss = { packets: 3, kind: 'kernel', fromNs: EPOCH_NS, toNs: EPOCH_NS, reason: 'buffer' } as const;
    const afterwards = (report: (engine: TraceEngine) => void): readonly number[] => {
      const engine = lostBefore();
      report(engine);
      return claim(engine);
    };
    assert.deepEqual(before, [Cause.lostBeforeCoreDns, Join.exact]);
    assert.deepEqual(
      afterwards((engine) => engine.reportLoss(1, loss)),
      [Cause.lostBeforeCoreDns, Join.inferred],
    );
    assert.deepEqual(
      afterwards((engine) => engine.setUnwatched(['kube-system/coredns-2'])),
      [Cause.unansweredUnknown, Join.exact],
    );
    const fromNs = EPOCH_NS + 15_000_000_000n;
    assert.deepEqual(
      afterwards((engine) => engine.reportListening(1, { fromNs, toNs: EPOCH_NS + 30_000_000_000n })),
      [Cause.unansweredUnknown, Join.exact],
    );
    for (const report of [
      (engine: TraceEngine): void => engine.reportLoss(9, loss),
      (engine: TraceEngine): void => engine.reportListening(9, { fromNs, toNs: fromNs }),
    ])
      assert.deepEqual(afterwards(report), before, 'of a place that is not there');
  });

  test('when is slow', () => {
    const story = watchedStory();
    [1, 10, 30].forEach((took, k) =>
      ask(story, { at: 100 * k, took, name: `n${String(k)}.example.com`, answers: ['192.0.2.1'] }),
    );
    const { engine } = story.run();
    assert.deepEqual([engine.counts.slow, [...engine.slowOnes]], [2, [1, 2]]);
    engine.setSlowThreshold(20e6);
    engine.refresh();
    assert.deepEqual([engine.counts.slow, [...engine.slowOnes], engine.slowNs], [1, [2], 20e6]);
    assert.equal(engine.counts.lookups, 3);
  });

  test('who looks again learns that something may have changed, and else nothing', () => {
    const engine = lostBefore();
    const [state] = engine.trace.vantages;
    for (const change of [
      (): unknown => engine.addVantage({ name: 'late', role: 'client', addresses: [] }),
      (): unknown => engine.nameAddress('192.0.2.1', 'web'),
      (): unknown => engine.setTopology(emptyTopology),
      (): unknown => engine.noteNetns(0, 4_026_532_001),
      (): unknown => engine.setUnwatched([]),
      (): unknown => engine.refresh(),
    ]) {
      const { version } = engine;
      change();
      assert.ok(engine.version > version, String(change));
    }
    assert.equal(state!.netns, 4_026_532_001);
    const { version } = engine;
    assert.equal(engine.refresh(), 0);
    assert.equal(engine.version, version);
  });
});

describe('at the end', () => {
  const told = (...legs: readonly Leg[]): readonly string[] => {
    const story = new Story().vantage(pod, 'client', POD);
    for (const leg of legs) story.leg(leg);
    return story.withFaults(9).run().outcomes;
  };

  test('a query with two seconds of capture after it went unanswered; a later one might have had its answer', () => {
    const later = (at: number): Leg => ({ ...query, at, id: 8, name: 'b.example.com', took: 0 });
    assert.match(told({ ...query, at: 0 }, later(2000))[0]!, /unanswered/u);
    assert.match(told({ ...query, at: 0 }, later(1999))[0]!, /pending/u);
  });

  test('captures that are known to have listened on prove silence beyond the last packet, as long as all did', () => {
    const outcome = (...untilMs: readonly number[]): string => {
      const story = new Story()
        .vantage(pod, 'client', POD)
        .vantage(coredns, 'coredns', COREDNS)
        .leg({ ...query, at: 0 });
      story.leg({ ...query, at: 0.1, server: COREDNS, vantage: coredns });
      const engine = new TraceEngine();
      const captures = [...story.captures().values()];
      for (const { vantage } of captures) engine.addVantage(vantage);
      captures.forEach(({ bytes }, vantage) => engine.openStream(vantage).push(bytes));
      untilMs.forEach((until, vantage) => {
        engine.reportListening(vantage, { fromNs: EPOCH_NS, toNs: EPOCH_NS + BigInt(until) * 1_000_000n });
      });
      engine.finish();
      return lookupRow(engine, 0, 0, false).outcome;
    };
    assert.equal(outcome(), 'pending');
    assert.equal(outcome(3000, 3000), 'unanswered');
    assert.equal(outcome(3000, 1000), 'pending');
  });

  test('what was judged between the chunks comes out as what is judged at the end', () => {
    const story = new Story().vantage(pod, 'client', POD);
    for (let k = 0; k < 20; k++) {
      const leg = { ...query, id: k, port: 40_000 + k, at: k * 300, name: `n${String(k)}.example.com`, took: 1 };
      story.leg(
        k % 3 === 0 ? { ...leg, answers: ['192.0.2.1'] } : { ...leg, rcode: k % 3 === 1 ? 'NXDOMAIN' : 'SERVFAIL' },
      );
    }
    const { vantage, bytes } = story.captures().get(pod)!;
    const judged = [bytes.length, 500].map((size) => {
      const engine = new TraceEngine();
      const stream = engine.openFile(() => vantage);
      for (let at = 0; at < bytes.length; at += size) {
        stream.push(bytes.slice(at, at + size));
        engine.catchUp();
      }
      stream.end();
      engine.finish();
      return [engine.counts, [...engine.failures].sort((a, b) => a - b)];
    });
    assert.deepEqual(judged[1], judged[0]);
    assert.deepEqual(judged[0]![0], { lookups: 20, failed: 13, pending: 0, slow: 0 });
  });
});

describe('names and places', () => {
  test('a capture file names a bounded number of addresses; those it has may change', () => {
    const engine = new TraceEngine();
    for (let k = 0; k < 20_001; k++)
      engine.nameAddress(`10.${String(k >> 16)}.${String((k >> 8) & 255)}.${String(k & 255)}`, 'x');
    assert.equal(engine.trace.addressNames.size, 20_000);
    engine.nameAddress('10.0.0.1', 'web');
    assert.equal(engine.trace.addressNames.get('10.0.0.1'), 'web');
  });

  test('CoreDNS is where its pods are, but not every pod of a node that it shares the address with', () => {
    const story = new Story().vantage(pod, 'client', POD);
    story
      .leg({ ...query, at: 0, took: 1, server: COREDNS })
      .leg({ ...query, at: 10, id: 8, took: 1, server: '192.168.1.9' });
    const { engine } = story.run(undefined, (of) => {
      of.setTopology({
        ...emptyTopology,
        pods: [
          placedPod(coredns, COREDNS, { role: 'coredns' }),
          { ...placedPod('kube-system/coredns-2', '192.168.1.9', { role: 'coredns' }), hostNetwork: true },
          placedPod(pod, POD),
        ],
      });
    });
    const { addresses, corednsAddresses, resolvers } = engine.trace;
    const known = [COREDNS, '192.168.1.9', POD].map((address) => corednsAddresses.has(addresses.find(address)!));
    assert.deepEqual(known, [true, false, false]);
    assert.equal(resolvers.has(addresses.find(POD)!), false);
  });

  test('answers are kept where something can be said of them: names expected, or Services', () => {
    const expect = new Map([['www.example.com.', ['192.0.2.1']]]);
    assert.equal(new TraceEngine().trace.answers, undefined);
    assert.notEqual(new TraceEngine({ expect }).trace.answers, undefined);
    const engine = new TraceEngine();
    engine.setTopology(emptyTopology);
    assert.equal(engine.trace.answers, undefined);
    engine.setTopology({ ...emptyTopology, services: [KUBE_DNS] });
    assert.notEqual(engine.trace.answers, undefined);
  });
});
