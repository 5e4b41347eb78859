import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { ask, COREDNS, forward, POD, Story, Told, VIP, watchedStory } from '../../support/story.ts';

test('an error that the upstream gave is the upstream’s', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 3, name: 'www.example.com', rcode: 'REFUSED' });
  forward(story, { at: 0.5, took: 1, name: 'www.example.com', rcode: 'REFUSED' });
  const { told, findings } = story.run();
  assert.deepEqual(told, ['error unsuccessful-response upstream upstream-error']);
  assert.match(findings.findings[0]!.title, /^Upstream 10\.224\.0\.92 answers REFUSED for www\.example\.com/);
});

test('an error without an upstream query, in a trace older than the SERVFAIL cache, is CoreDNS’s own', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  ask(story, { at: 12_000, took: 1, name: 'www.example.com', rcode: 'SERVFAIL' });
  assert.deepEqual(story.run().told, ['error unsuccessful-response coredns coredns-error']);
});

test('a SERVFAIL in the first seconds may come from the cache, so no claim about upstreams is made', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'www.example.com', rcode: 'SERVFAIL' });
  assert.deepEqual(story.run().told, ['error unsuccessful-response coredns server-error']);
});

test('with the pod alone watched the server is named and nothing behind it', () => {
  const story = new Story().vantage('shop/order-service', 'client', POD);
  story.leg({
    at: 0,
    took: 4000,
    client: POD,
    port: 40_001,
    server: VIP,
    id: 1,
    name: 'x.example.com',
    rcode: 'SERVFAIL',
    vantage: 'shop/order-service',
  });
  const { told, lookups } = story.run();
  assert.deepEqual(told, ['error unsuccessful-response coredns server-error']);
  assert.deepEqual(
    lookups[0]!.way.map((mark) => `${mark.hop} ${mark.state}`),
    ['client ok', 'kube-dns unwatched', 'coredns failed', 'upstream unwatched'],
  );
});

test('a name that does not exist is a warning about the name', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'databse.shop.svc.cluster.local', rcode: 'NXDOMAIN' });
  const { told, findings } = story.run();
  assert.deepEqual(told, ['warning unsuccessful-response name name-does-not-exist']);
  assert.match(findings.findings[0]!.title, /databse\.shop\.svc\.cluster\.local does not exist/);
});

test('NXDOMAIN inside a search-list walk is no failure', () => {
  const story = watchedStory();
  const search = [
    'api.example.com.shop.svc.cluster.local',
    'api.example.com.svc.cluster.local',
    'api.example.com.cluster.local',
  ];
  search.forEach((name, index) => {
    for (const type of ['A', 'AAAA'])
      ask(story, { at: index * 2, took: 1, port: 42_000 + index, name, type, rcode: 'NXDOMAIN' });
  });
  for (const type of ['A', 'AAAA']) {
    ask(story, {
      at: 6,
      took: 2,
      port: 42_009,
      name: 'api.example.com',
      type,
      answers: type === 'A' ? ['192.0.2.7'] : [],
    });
    forward(story, { at: 6.4, took: 1, name: 'api.example.com', type, answers: type === 'A' ? ['192.0.2.7'] : [] });
  }
  const { told, lookups } = story.run();
  assert.deepEqual(told, []);
  assert.equal(lookups.length, 1);
  const row = lookups[0]!;
  assert.deepEqual(
    [row.name, row.qtype, row.outcome, row.searchNames, row.wastedQueries],
    ['api.example.com.', 'A+AAAA', 'answered', 3, 6],
  );
  assert.deepEqual(row.addresses, ['192.0.2.7']);
});

test('one finding for each name that does not exist, however often it was asked', () => {
  const story = watchedStory();
  for (let i = 0; i < 5; i++) ask(story, { at: i * 1000, took: 1, name: 'nope.example.com', rcode: 'NXDOMAIN' });
  const { findings } = story.run();
  assert.equal(findings.findings.length, 1);
  assert.equal(findings.findings[0]!.evidence.count, 5);
  assert.equal(findings.findings[0]!.subject['server'], VIP);
  assert.notEqual(COREDNS, VIP);
});

test('hundreds of names that do not exist are ten findings and one for the rest', () => {
  const story = watchedStory();
  for (let i = 0; i < 300; i++)
    ask(story, { at: i * 1000, took: 1, name: `x${String(i)}.example.com`, rcode: 'NXDOMAIN' });
  const { findings } = story.run();
  assert.equal(findings.findings.length, 11);
  const counts = findings.findings.map((finding) => finding.evidence.count).sort((a, b) => b - a);
  assert.deepEqual([counts[0], counts[1]], [290, 1]);
});

test('of more than ten missing names the most asked stand alone, and an error beside them is told as ever', () => {
  const withNames = (count: number): Story => {
    const story = watchedStory();
    // The name of number k is asked k times.
    for (let k = 1; k <= count; k++)
      for (let i = 0; i < k; i++)
        ask(story, { at: k * 20_000 + i * 1000, took: 1, name: `x${String(k)}.example.com`, rcode: 'NXDOMAIN' });
    ask(story, { at: 900_000, took: 3, name: 'www.example.com', rcode: 'REFUSED' });
    forward(story, { at: 900_000.5, took: 1, name: 'www.example.com', rcode: 'REFUSED' });
    return story;
  };
  const counted = (count: number): readonly string[] =>
    withNames(count)
      .run()
      .findings.findings.map(({ cause, evidence, subject }) =>
        [String(evidence.count), cause, subject['name']].filter((word) => word !== undefined).join(' '),
      );
  const missing = (k: number): string => `${String(k)} name-does-not-exist x${String(k)}.example.com`;
  assert.deepEqual(counted(10), ['1 upstream-error', ...[10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map(missing)]);
  // The last three are asked three times, twice and once.
  const rest = '6 name-does-not-exist x3.example.com and 2 other names';
  assert.deepEqual(counted(13), [
    '1 upstream-error',
    ...[13, 12, 11, 10, 9, 8, 7, 6].map(missing),
    rest,
    missing(5),
    missing(4),
  ]);
});

test('a failed upstream query under another name forbids saying that none was asked', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  ask(story, { at: 8000, took: 4002, name: 'www.alias.example', rcode: 'SERVFAIL' });
  forward(story, { at: 8401, name: 'www.real.example' });
  const { told, findings } = story.run();
  assert.deepEqual(told, ['error unsuccessful-response coredns server-error']);
  assert.equal(findings.findings[0]!.confidence, 'inferred');
  assert.ok(!findings.findings[0]!.ruledOut.some((line) => line.startsWith('Upstreams')));
});

test('a walk that the capture’s end cuts off is no missing name', () => {
  const story = watchedStory();
  const walk = ['api.example.com.shop.svc.cluster.local', 'api.example.com.svc.cluster.local', 'api.example.com'];
  walk.forEach((name, index) => {
    ask(story, { at: index * 3, took: 1, name, ...(index === 2 ? { answers: ['192.0.2.7'] } : { rcode: 'NXDOMAIN' }) });
  });
  walk.slice(0, 2).forEach((name, index) => {
    ask(story, { at: 5000 + index * 3, took: 1, name, rcode: 'NXDOMAIN' });
  });
  const { told, outcomes } = story.run();
  assert.deepEqual(told, []);
  assert.deepEqual(outcomes, ['api.example.com. A answered', 'api.example.com.svc.cluster.local. A pending']);
});

test('live, a missing name is told once nothing followed it', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'databse.shop.svc.cluster.local', rcode: 'NXDOMAIN' });
  const engine = new TraceEngine();
  [...story.captures().values()].forEach(({ vantage, bytes }) => {
    engine.openStream(engine.addVantage(vantage)).push(bytes);
  });
  const told = (after: number): readonly string[] => {
    engine.tick(engine.trace.epochNs(engine.trace.now + after));
    engine.refresh();
    return new Told(engine).told;
  };
  engine.refresh();
  assert.deepEqual(new Told(engine).told, [], 'before the first tick');
  assert.deepEqual(told(0), []);
  assert.deepEqual(told(100e6), []);
  assert.deepEqual(told(2400e6), [], 'the next packet may still be on its way here');
  assert.deepEqual(told(2700e6), ['warning unsuccessful-response name name-does-not-exist']);
});

test('live, a walk that stops where others went on waits for its own capture, whatever the clock says', () => {
  const story = watchedStory();
  const first = 'api.example.com.svc.cluster.local';
  ask(story, { at: 0, took: 1, name: first, rcode: 'NXDOMAIN' });
  ask(story, { at: 2, took: 1, name: 'api.example.com', answers: ['192.0.2.1'] });
  ask(story, { at: 3000, took: 1, name: first, rcode: 'NXDOMAIN' });
  const engine = new TraceEngine();
  [...story.captures().values()].forEach(({ vantage, bytes }) => {
    engine.openStream(engine.addVantage(vantage)).push(bytes);
  });
  for (const after of [0, 3e9, 9e9]) {
    engine.tick(engine.trace.epochNs(engine.trace.now + after));
    engine.refresh();
    assert.deepEqual(new Told(engine).told, [], `${String(after / 1e9)} s later`);
  }
  engine.finish();
  assert.deepEqual(new Told(engine).told, []);
});

test('a walk that the pod’s capture joins half way does not begin with a missing name', () => {
  const story = watchedStory();
  const search = { client: POD, took: 1, vantage: 'kube-system/coredns-1', server: COREDNS };
  story.leg({ ...search, at: 0, port: 40_001, id: 1, name: 'www.example.com.svc.cluster.local', rcode: 'NXDOMAIN' });
  ask(story, { at: 5, took: 1, name: 'www.example.com.cluster.local', rcode: 'NXDOMAIN' });
  ask(story, { at: 10, took: 1, name: 'www.example.com', answers: ['192.0.2.1'] });
  const engine = new TraceEngine();
  [...story.captures().values()].forEach(({ vantage, bytes }) => {
    engine.openStream(engine.addVantage(vantage)).push(bytes);
  });
  engine.tick(engine.trace.epochNs(engine.trace.now + 3e9));
  engine.refresh();
  assert.deepEqual(new Told(engine).outcomes, ['www.example.com. A answered']);
});
