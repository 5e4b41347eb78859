import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, COREDNS, forward, POD, watchedStory, type Story } from '../../support/story.ts';

const answers = ['10.96.0.9'];

/** Ten seconds with one query each, then three with `burst` each, which take `took` ms (never, when undefined). */
function bursts(burst: number, took: number | undefined, calm = 1): Story {
  const story = watchedStory();
  const name = 'cart.shop.svc.cluster.local';
  for (let s = 0; s < 10; s++)
    for (let n = 0; n < calm; n++)
      ask(story, { at: s * 1000 + n * 20, took: 1, port: 30_000 + s * 100 + n, name, answers });
  for (let s = 0; s < 3; s++)
    for (let n = 0; n < burst; n++) {
      const spec = {
        at: 20_000 + s * 1000 + n * 20,
        port: 35_000 + s * 100 + n,
        name: `n${String(n)}.svc.cluster.local`,
      };
      ask(story, took === undefined ? spec : { ...spec, took, answers });
    }
  ask(story, { at: 60_000, took: 1, name, answers });
  return story;
}

test('local answers that are late in just the busy seconds: overloaded', () => {
  const { told, findings } = bursts(20, 400).run();
  assert.deepEqual(told, ['warning coredns-overloaded coredns overloaded']);
  assert.match(
    findings.findings[0]!.title,
    /at 20 queries a second it answers 60 queries late or not at all, at 1 it is well/,
  );
});

test('unanswered ones make it an error, and it is the only one', () => {
  assert.deepEqual(bursts(20, undefined).run().told, ['error coredns-overloaded coredns overloaded']);
});

test('slowness that does not follow the load, and a burst that is answered at once, are none', () => {
  assert.deepEqual(bursts(6, 400, 5).run().told, ['warning slow coredns slow']);
  assert.deepEqual(bursts(6, undefined, 5).run().told, ['error dropped-in-coredns coredns dropped-in-coredns']);
  assert.deepEqual(bursts(20, 1).run().told, []);
});

/** Twenty queries wait for an upstream for three seconds; meanwhile, or afterwards, others are refused. */
function limit(at: number, waiting = 20): Story {
  const story = watchedStory();
  for (let n = 0; n < waiting; n++) {
    const name = `w${String(n)}.example.com`;
    ask(story, { at: n * 5, took: 3000, port: 30_000 + n, name, answers });
    forward(story, { at: n * 5 + 301, took: 2300, name, answers });
  }
  for (let n = 0; n < 5; n++) {
    const query = { client: POD, server: COREDNS, port: 36_000 + n, id: 900 + n, name: `r${String(n)}.example.com` };
    story.leg({ ...query, at: at + n * 2, took: 0.2, rcode: 'REFUSED', vantage: 'kube-system/coredns-1' });
  }
  ask(story, { at: 60_000, took: 1, name: 'cart.shop.svc.cluster.local', answers });
  return story;
}

test('refusals while the most queries wait that ever did: max_concurrent', () => {
  const { told, findings } = limit(1500).run();
  assert.ok(told.includes('error coredns-overloaded coredns max-concurrent'), told.join());
  assert.equal(findings.findings.find(({ id }) => id === 'coredns-overloaded')!.subject['inFlight'], 20);
});

test('refusals when nothing waits, or little, have another cause', () => {
  for (const story of [limit(10_000), limit(1500, 4)])
    assert.ok(!story.run().told.some((line) => line.includes('coredns-overloaded')));
});

/** `calm` queries for one second, `busy` for ten, all well but for a few names that hang. */
function hanging(names: readonly string[], at: (n: number) => number, each = 1): Story {
  const story = watchedStory();
  const cart = { took: 1, name: 'cart.shop.svc.cluster.local', answers };
  for (let s = 0; s < 30; s++) ask(story, { ...cart, at: s * 1000, port: 30_000 + s });
  for (let s = 30; s < 36; s++)
    for (let n = 0; n < 40; n++) ask(story, { ...cart, at: s * 1000 + n * 10, port: 31_000 + s * 40 + n });
  for (let n = 0; n < 12; n++)
    for (let k = 0; k < each; k++)
      ask(story, { at: at(n) + 300 + k, port: 36_000 + n * 100 + k, name: names[(n + k) % names.length]! });
  ask(story, { ...cart, at: 60_000 });
  return story;
}

const TWO = ['hang.shop.svc.cluster.local', 'stuck.shop.svc.cluster.local'];

test('names that hang while hardly anybody asks, or while far more is answered at once, tell no overload', () => {
  for (const story of [
    hanging(TWO, (n) => (n >> 1) * 5000 + (n & 1)),
    hanging(TWO, (n) => (n % 3) * 5000, 5),
    hanging(TWO, (n) => (n % 2) * 5000, 5),
  ])
    assert.ok(
      !story
        .withFaults(9)
        .run()
        .told.some((line) => line.includes('coredns-overloaded')),
    );
});

test('one name alone is that name, whatever the load', () => {
  const story = watchedStory();
  for (let s = 0; s < 10; s++) ask(story, { at: s * 1000, took: 1, name: 'cart.shop.svc.cluster.local', answers });
  for (let n = 0; n < 75; n++)
    ask(story, {
      at: 20_000 + Math.floor(n / 25) * 1000 + (n % 25),
      port: 35_000 + n,
      name: 'hang.shop.svc.cluster.local',
    });
  ask(story, { at: 60_000, took: 1, name: 'cart.shop.svc.cluster.local', answers });
  assert.ok(
    !story
      .withFaults(9)
      .run()
      .told.some((line) => line.includes('coredns-overloaded')),
  );
});

test('without any answer the text tells no time', () => {
  const [finding] = bursts(20, undefined).run().findings.findings;
  assert.match(finding!.explanation, /never answered them, in just those seconds/);
});

test('an acl that refuses one client all the time is no max_concurrent, however many queries wait; and the limit is inferred', () => {
  const story = watchedStory();
  for (let n = 0; n < 48; n++) {
    const at = Math.floor(n / 12) * 4000 + (n % 12) * 5;
    const name = `w${String(n)}.example.com`;
    ask(story, { at, took: 3000, port: 30_000 + n, name, answers });
    forward(story, { at: at + 301, took: 2300, port: 50_000 + n, name, answers });
  }
  for (let n = 0; n < 5; n++) {
    const query = {
      client: '10.244.3.3',
      server: COREDNS,
      port: 36_000 + n,
      id: 900 + n,
      name: `i${String(n)}.example.com`,
    };
    const at = 1500 + n * 100 + (n > 2 ? 8000 : 0);
    story.leg({ ...query, at, took: 0.2, rcode: 'REFUSED', vantage: 'kube-system/coredns-1' });
  }
  ask(story, { at: 60_000, took: 1, name: 'cart.shop.svc.cluster.local', answers });
  assert.ok(
    !story
      .withFaults(9)
      .run()
      .told.some((line) => line.includes('coredns-overloaded')),
  );
  const { findings } = limit(1500).run().findings;
  assert.equal(findings.find(({ id }) => id === 'coredns-overloaded')!.confidence, 'inferred');
});

const isOverloaded = (story: Story): boolean =>
  story
    .withFaults(9)
    .run()
    .told.some((line) => line.includes('coredns-overloaded'));

test('what it says of a pod under load: how much, how late, for whom', () => {
  const [finding] = bursts(20, 400).run().findings.findings;
  assert.deepEqual(finding!.subject, {
    coredns: COREDNS,
    queriesPerSecond: 20,
    queriesPerSecondWhenWell: 1,
    bad: 60,
    longestNs: 320e6,
    failedLookups: 0,
    names: [0, 1, 2, 3, 4].map((n) => `n${String(n)}.svc.cluster.local`).join(', ') + ' and 15 more',
  });
  assert.deepEqual([finding!.confidence, finding!.evidence.count, finding!.evidence.samples.length], ['strong', 60, 5]);
  const failing = bursts(20, undefined).run().findings.findings[0]!;
  assert.deepEqual([failing.subject['failedLookups'], failing.subject['longestNs']], [60, 0]);
  const lossy = bursts(20, 400).run(undefined, (engine) => {
    engine.reportLoss(1, { packets: 1, kind: 'kernel', fromNs: 0n, toNs: 1n, reason: 'a buffer ran over' });
  });
  assert.equal(lossy.findings.findings[0]!.confidence, 'inferred');
});

test('load is twenty queries a second at least, and twice what goes well', () => {
  assert.ok(isOverloaded(bursts(20, 400)) && !isOverloaded(bursts(19, 400)));
  assert.ok(isOverloaded(bursts(20, 400, 10)) && !isOverloaded(bursts(20, 400, 11)));
});

test('late is a tenth of a second in the pod', () => {
  // Four fifths of the time is spent there.
  assert.ok(isOverloaded(bursts(20, 126)) && !isOverloaded(bursts(20, 124)));
});

test('what it says of a limit: how many waited, who was refused', () => {
  const finding = limit(1500)
    .run()
    .findings.findings.find(({ id }) => id === 'coredns-overloaded')!;
  assert.deepEqual(finding.subject, {
    coredns: COREDNS,
    refusals: 5,
    inFlight: 20,
    lookups: 5,
    names: 'r0.example.com, r1.example.com, r2.example.com, r3.example.com and r4.example.com',
  });
  assert.deepEqual([finding.evidence.count, finding.evidence.samples.length], [5, 5]);
  assert.match(finding.title, /refuses 5 queries while 20 of its own wait for upstreams/u);
});

test('ten queries that wait may be a limit, nine are too few', () => {
  assert.ok(isOverloaded(limit(1500, 10)) && !isOverloaded(limit(1500, 9)));
});
