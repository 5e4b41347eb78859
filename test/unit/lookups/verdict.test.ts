/** R9: each cause with what is seen and what is not, who is to blame, and how sure that is. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OUTCOME_NAMES } from '../../../src/core/lookups/outcome.ts';
import { Cause } from '../../../src/core/lookups/verdict.ts';
import { LookupFlag } from '../../../src/core/lookups/verdictRow.ts';
import { NONE } from '../../../src/core/trace/tables.ts';
import type { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { ask, COREDNS, forward, POD, Story, UPSTREAM, VIP, watchedStory } from '../../support/story.ts';

const pod = 'shop/order-service';
const dns = 'kube-system/coredns-1';
const CAUSES = Object.fromEntries(Object.entries(Cause).map(([name, value]) => [value, name]));
const SURE = ['none', 'exact', 'strong', 'inferred'];

/** `outcome cause confidence culprit` of a lookup. */
function verdictOf(engine: TraceEngine, lookup = 0): string {
  const { trace } = engine;
  const chunk = trace.lookups.of(lookup);
  const culprit = chunk.culprit[lookup]!;
  return [
    OUTCOME_NAMES[chunk.outcome[lookup]!],
    CAUSES[chunk.cause[lookup]!],
    SURE[chunk.confidence[lookup]!],
    culprit === NONE ? '-' : trace.addresses.textOf(culprit),
  ].join(' ');
}

/** Both places see traffic from before to after what matters, so that silence can be told. */
function framed(story: Story): Story {
  ask(story, { at: -1000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  return framedAfter(story);
}
function framedAfter(story: Story): Story {
  ask(story, { at: 60_000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  return story;
}
const told = (story: Story, prepare?: (engine: TraceEngine) => void): string =>
  verdictOf(framed(story).run([pod, dns], prepare).engine, 1);
const lossy = (name: string) => (engine: TraceEngine) => {
  const vantage = engine.trace.vantages.findIndex((state) => state.vantage.name === name);
  engine.reportLoss(vantage, { packets: 1, kind: 'kernel', fromNs: 0n, toNs: 1n, reason: 'a buffer ran over' });
};
const query = { client: POD, port: 40_000, id: 7, name: 'a.example.com' };

describe('answers', () => {
  test('an answer, an empty one, an alias and a name that is not there', () => {
    for (const [spec, expected] of [
      [{ answers: ['192.0.2.1'] }, 'answered none exact -'],
      [{}, 'nodata none exact -'],
      [{ cnames: ['b.example.com'], answers: ['192.0.2.1'] }, 'answered none exact -'],
      // An alias that leads to nothing is no data (RFC 2308 §2.2).
      [{ cnames: ['b.example.com', 'c.example.com'] }, 'nodata none exact -'],
      [{ rcode: 'NXDOMAIN' }, `nxdomain nameError exact ${VIP}`],
    ] as const) {
      const story = watchedStory();
      ask(story, { at: 0, took: 2, name: 'a.example.com', ...spec });
      assert.equal(told(story), expected);
    }
  });

  test('time counts from the first query to the last answer; beyond the limit it is slow', () => {
    for (const [took, slow] of [
      [3, 0],
      [3.001, LookupFlag.slow],
    ] as const) {
      for (const rcode of ['NOERROR', 'NXDOMAIN']) {
        const story = new Story().vantage(pod, 'client', POD);
        story.leg({ ...query, at: 0, took, rcode, server: VIP, vantage: pod });
        const { engine } = story.run([pod], (quick) => {
          quick.setSlowThreshold(3e6);
        });
        const chunk = engine.trace.lookups.of(0);
        assert.equal(chunk.latency[0], took * 1e6);
        assert.equal(chunk.flags[0]! & LookupFlag.slow, slow, `${rcode} after ${String(took)} ms`);
      }
    }
  });

  test('of two types asked at once the worse decides, and the later ends it', () => {
    for (const [a, aaaa, expected] of [
      [{ took: 2, answers: ['192.0.2.1'] }, { took: 9, rcode: 'SERVFAIL' }, `error serverError exact ${VIP} 9000000`],
      [{ took: 9, rcode: 'SERVFAIL' }, { took: 2 }, `error serverError exact ${VIP} 9000000`],
      [{ took: 2, answers: ['192.0.2.1'] }, { took: 9 }, 'answered none exact - 9000000'],
      [{ took: 2, answers: ['192.0.2.1'] }, { took: 9, cnames: ['b.'] }, 'answered none exact - 9000000'],
      [{ took: 9, cnames: ['b.'] }, { took: 2, cnames: ['b.'] }, 'nodata none exact - 9000000'],
      [{ took: 9 }, { took: 2, rcode: 'NXDOMAIN' }, 'nodata none exact - 9000000'],
      [{ took: 2, answers: ['192.0.2.1'] }, {}, `unanswered unansweredUnknown exact ${VIP} NaN`],
    ] as const) {
      const story = new Story().vantage(pod, 'client', POD);
      story.leg({ ...query, ...a, at: 0, server: VIP, vantage: pod });
      story.leg({ ...query, ...aaaa, at: 0, id: 8, type: 'AAAA', server: VIP, vantage: pod });
      story.leg({ ...query, at: 60_000, id: 9, took: 1, name: 'later.', server: VIP, vantage: pod });
      const { engine } = story.run();
      assert.equal(engine.trace.lookups.length, 2);
      assert.equal(`${verdictOf(engine)} ${String(engine.trace.lookups.of(0).latency[0])}`, expected);
    }
  });
});

describe('silence', () => {
  test('lost before CoreDNS: it was watched, listened and saw nothing', () => {
    const story = (): Story => watchedStory().leg({ ...query, at: 0, server: VIP, vantage: pod });
    assert.equal(told(story()), `unanswered lostBeforeCoreDns exact ${VIP}`);
    assert.equal(told(story(), lossy(dns)), `unanswered lostBeforeCoreDns inferred ${VIP}`);
    assert.equal(
      told(story(), (engine) => {
        engine.setUnwatched(['kube-system/coredns-2']);
      }),
      `unanswered unansweredUnknown exact ${VIP}`,
    );
  });

  test('a CoreDNS that was watched only before or after is no witness', () => {
    for (const at of [-5000, 65_000]) {
      const story = framed(watchedStory());
      story.leg({ ...query, at, server: VIP, vantage: pod });
      story.leg({ ...query, at: 90_000, id: 9, took: 1, name: 'later.', server: VIP, vantage: pod });
      const { engine } = story.run([pod, dns]);
      const lookups = Array.from({ length: engine.trace.lookups.length }, (_, id) => verdictOf(engine, id));
      assert.ok(lookups.includes(`unanswered unansweredUnknown exact ${VIP}`), lookups.join('; '));
    }
  });

  test('lost in CoreDNS: it saw the query, asked nobody and gave nothing', () => {
    const story = (): Story => {
      const seen = watchedStory();
      ask(seen, { at: 0, name: 'a.example.com' });
      return seen;
    };
    assert.equal(told(story()), `unanswered lostInCoreDns exact ${COREDNS}`);
    assert.equal(told(story(), lossy(dns)), `unanswered lostInCoreDns inferred ${COREDNS}`);
  });

  test('lost on the way back: CoreDNS answered, the pod saw nothing', () => {
    const story = (): Story =>
      watchedStory()
        .leg({ ...query, at: 0, server: VIP, vantage: pod })
        .leg({ ...query, at: 0.2, took: 1, server: COREDNS, vantage: dns });
    assert.equal(told(story()), `unanswered lostOnReturn exact ${VIP}`);
    assert.equal(told(story(), lossy(pod)), `unanswered lostOnReturn inferred ${VIP}`);
    assert.equal(told(story(), lossy(dns)), `unanswered lostOnReturn exact ${VIP}`);
  });

  test('an upstream that stayed silent behind a silent CoreDNS', () => {
    const story = (): Story => {
      const seen = watchedStory();
      ask(seen, { at: 0, name: 'a.example.com' });
      forward(seen, { at: 1, name: 'a.example.com' });
      return seen;
    };
    assert.equal(told(story()), `unanswered upstreamSilent strong ${UPSTREAM}`);
    assert.equal(told(story(), lossy(dns)), `unanswered upstreamSilent inferred ${UPSTREAM}`);
  });
});

describe('errors', () => {
  const failed = (at = 0): Story => {
    const story = watchedStory();
    ask(story, { at, took: 2002, name: 'a.example.com', rcode: 'SERVFAIL' });
    return story;
  };

  test('an upstream that was silent, and one that answered with the error', () => {
    const silent = failed();
    forward(silent, { at: 300, name: 'a.example.com' });
    assert.equal(told(silent), `error upstreamSilent strong ${UPSTREAM}`);
    const refused = failed();
    forward(refused, { at: 300, took: 5, rcode: 'REFUSED', name: 'a.example.com' });
    assert.equal(told(refused, lossy(dns)), `error upstreamError strong ${UPSTREAM}`);
  });

  test('CoreDNS itself: long watched, it asked nobody', () => {
    assert.equal(told(failed(20_000)), `error corednsError exact ${COREDNS}`);
    assert.equal(told(failed(20_000), lossy(dns)), `error corednsError inferred ${COREDNS}`);
  });

  test('CoreDNS against what the upstream said: a last attempt that went well excuses the upstream', () => {
    const story = failed(20_000);
    forward(story, { at: 20_300, took: 5, rcode: 'SERVFAIL', name: 'a.example.com' });
    forward(story, { at: 20_400, took: 5, name: 'a.example.com' });
    assert.equal(told(story), `error corednsError exact ${COREDNS}`);
  });

  test('a young trace cannot tell a cached failure: 10.5 s after CoreDNS was first seen it can', () => {
    // CoreDNS is first seen 1000 ms before the story, and 0.1 ms after the pod; the query reaches it a tenth of its time later.
    const first = -1000 + 0.1;
    for (const [at, cause] of [
      [first + 10_500 - 200.2, 'serverError'],
      [first + 10_500 - 200.2 + 0.001, 'corednsError'],
    ] as const)
      assert.equal(told(failed(at)).split(' ')[1], cause);
  });

  test('what came early, and before CoreDNS was listened at, is explained by what the same name fails of later', () => {
    for (const [at, rcode, coredns, expected] of [
      [10_500, 'SERVFAIL', false, `error upstreamSilent inferred ${UPSTREAM}`],
      [10_500.001, 'SERVFAIL', false, `error serverError exact ${VIP}`],
      [10_500, 'SERVFAIL', true, `error serverError exact ${VIP}`],
      [10_500, 'REFUSED', false, `error serverError exact ${VIP}`],
    ] as const) {
      const story = watchedStory();
      const alone = { ...query, took: 1, server: VIP, vantage: pod };
      if (coredns) ask(story, { at: -1000, took: 1, name: 'b.example.com', answers: ['192.0.2.1'] });
      story.leg({ ...alone, at: 0, name: 'c.example.com', answers: ['192.0.2.1'] });
      story.leg({ ...alone, at: coredns ? at - 1000 : at, id: 8, rcode });
      ask(story, { at: 20_000, took: 2002, port: 41_000, name: 'a.example.com', rcode: 'SERVFAIL' });
      forward(story, { at: 20_300, name: 'a.example.com' });
      const { engine } = framedAfter(story).withFaults(2).run([pod, dns]);
      const lookup = [...Array(engine.trace.lookups.length).keys()].find((one) =>
        verdictOf(engine, one).startsWith('error'),
      );
      assert.equal(verdictOf(engine, lookup), expected);
    }
  });

  test('an error other than SERVFAIL is never from the cache of failures', () => {
    const story = watchedStory();
    ask(story, { at: 0, took: 2, name: 'a.example.com', rcode: 'REFUSED' });
    assert.equal(told(story), `error corednsError exact ${COREDNS}`);
  });

  test('a failure explains what comes within 5.2 s after it, once the trace is old enough to tell', () => {
    // The first failure leaves CoreDNS at 20 000 + 200.2 + 1601.6 ms.
    const end = 20_000 + 200.2 + 1601.6;
    for (const [at, expected] of [
      [end + 5200 - 0.1, `error upstreamSilent inferred ${UPSTREAM}`],
      [end + 5200 - 0.099, `error corednsError exact ${COREDNS}`],
    ] as const) {
      const story = failed(20_000);
      forward(story, { at: 20_300, name: 'a.example.com' });
      ask(story, { at, took: 1, port: 41_000, name: 'a.example.com', rcode: 'SERVFAIL' });
      const { engine } = framed(story).withFaults(2).run([pod, dns]);
      assert.equal(verdictOf(engine, 2), expected);
    }
  });

  test('a failure of another name explains nothing', () => {
    const story = failed(20_000);
    forward(story, { at: 20_300, name: 'a.example.com' });
    ask(story, { at: 23_000, took: 1, name: 'b.example.com', rcode: 'SERVFAIL' });
    assert.equal(
      verdictOf(framed(story).withFaults(2).run([pod, dns]).engine, 2),
      `error corednsError exact ${COREDNS}`,
    );
  });

  test('a query of CoreDNS’s own that failed meanwhile may be the reason, under another name', () => {
    const asked = (at: number, spec: { readonly took?: number; readonly rcode?: string }): string => {
      const story = failed(20_000);
      forward(story, { at, name: 'rewritten.example.net', ...spec });
      return told(story);
    };
    const guess = `error serverError inferred ${COREDNS}`;
    const own = `error corednsError exact ${COREDNS}`;
    assert.deepEqual([asked(20_300, {}), asked(20_300, { took: 5, rcode: 'SERVFAIL' })], [guess, guess]);
    assert.deepEqual([asked(20_300, { took: 5 }), asked(20_300, { took: 5, rcode: 'NXDOMAIN' })], [own, own]);
    assert.deepEqual([asked(20_000, {}), asked(22_000, {})], [own, own]);
  });
});

test('a capture on the node shows both legs of a resolver: silence behind it is its upstream’s', () => {
  const story = new Story().vantage('node-1', 'node', '192.168.1.10');
  for (const at of [0, 10_000]) {
    const leg = { name: `n${String(at)}.example.com`, vantage: 'node-1', ...(at === 0 ? {} : { took: 5 }) };
    story.leg({ ...leg, at, client: POD, port: 40_000, server: COREDNS, id: at + 1 });
    story.leg({ ...leg, at: at + 1, client: COREDNS, port: 50_000, server: UPSTREAM, id: at + 9 });
  }
  assert.equal(verdictOf(story.run().engine), `unanswered upstreamSilent strong ${UPSTREAM}`);
});
