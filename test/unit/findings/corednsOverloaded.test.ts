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
