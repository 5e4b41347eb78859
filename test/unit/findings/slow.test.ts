import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, COREDNS, forward, POD, Story, VIP, watchedStory } from '../../support/story.ts';

function lookupsTaking(upstreamMs: number, count: number): Story {
  const story = watchedStory();
  for (let i = 0; i < count; i++) {
    const name = `n${String(i)}.example.com`;
    ask(story, { at: i * 1000, took: upstreamMs * 1.3, name, answers: ['192.0.2.1'] });
    forward(story, { at: i * 1000 + upstreamMs * 0.15, took: upstreamMs, name, answers: ['192.0.2.1'] });
  }
  return story;
}

test('over the threshold is info, and names the upstream', () => {
  assert.deepEqual(lookupsTaking(20, 12).run().told, ['info slow upstream slow']);
});

test('from 100 ms it is a warning', () => {
  assert.deepEqual(lookupsTaking(150, 12).run().told, ['warning slow upstream slow']);
});

test('under the threshold, and on too few answers, it is silent', () => {
  assert.deepEqual(lookupsTaking(2, 12).run().told, []);
  assert.deepEqual(lookupsTaking(20, 5).run().told, []);
});

test('one slow answer among many fast ones is no finding', () => {
  const story = lookupsTaking(1, 60);
  ask(story, { at: 90_000, took: 30, name: 'late.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 90_003, took: 20, name: 'late.example.com', answers: ['192.0.2.1'] });
  assert.deepEqual(story.run().told, []);
});

test('time that passes on the way is not laid to CoreDNS', () => {
  const story = watchedStory();
  for (let i = 0; i < 12; i++) {
    const query = {
      client: POD,
      port: 40_000 + i,
      id: i,
      name: `n${String(i)}.svc.cluster.local`,
      answers: ['10.96.0.9'],
    };
    story.leg({ ...query, at: i * 1000, took: 150, server: VIP, vantage: 'shop/order-service' });
    story.leg({ ...query, at: i * 1000 + 75, took: 0.2, server: COREDNS, vantage: 'kube-system/coredns-1' });
  }
  const { told, findings } = story.run();
  assert.deepEqual(told, ['warning slow client-coredns slow']);
  assert.match(findings.findings[0]!.ruledOut.join(), /CoreDNS/);
});

/** Twelve lookups of a pod alone; each takes `waitMs` after a first query that nobody answers, on `ports` sockets. */
function askedAgain(waitMs: number, ports: 1 | 2, insideAt?: (at: number) => number): Story {
  const story = watchedStory();
  for (let i = 0; i < 12; i++) {
    const [at, name] = [1000 + i * 20_000, `n${String(i)}.svc.cluster.local`];
    const query = { client: POD, id: 100 + i, name, answers: ['10.96.0.9'] };
    const own = { ...query, server: VIP, vantage: 'shop/order-service' };
    const again = { port: 40_000 + i, id: ports === 1 ? query.id : 200 + i };
    story.leg({ ...own, at, port: ports === 1 ? again.port : 50_000 + i });
    story.leg({ ...own, ...again, at: at + waitMs, took: 1 });
    if (insideAt === undefined) continue;
    const inside = { ...query, server: COREDNS, took: 0.4, vantage: 'kube-system/coredns-1' };
    story.leg({ ...inside, ...again, at: at + waitMs + 0.1 });
    if (insideAt(at) !== at + waitMs) story.leg({ ...inside, port: 50_000 + i, at: insideAt(at) });
  }
  for (const at of [0, 300_000])
    ask(story, { at, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  return story;
}

test('the first query lost and asked again after 5 s: the wait of glibc, on the way to CoreDNS', () => {
  for (const ports of [1, 2] as const) {
    const { told, findings } = askedAgain(5000, ports, (at) => at + 5000).run();
    assert.deepEqual(told, ['error slow client-coredns slow-first-query-lost'], `${String(ports)} sockets`);
    const [finding] = findings.findings;
    assert.equal(finding!.subject['signatureSeconds'], 5);
    assert.match(finding!.explanation, /lost between the pod and CoreDNS.*wait of glibc/);
    assert.equal(finding!.confidence, 'strong');
  }
});

test('an answer that CoreDNS gave at once and the pod never got is lost on its way back', () => {
  const { told } = askedAgain(5000, 2, (at) => at + 0.1).run();
  assert.deepEqual(told, ['error slow coredns-client slow-first-query-lost']);
});

test('without CoreDNS watched, nobody can say where it was lost', () => {
  const story = new Story().vantage('shop/order-service', 'client', POD);
  for (let i = 0; i < 12; i++) {
    const own = { client: POD, server: VIP, vantage: 'shop/order-service', name: `n${String(i)}.example.com` };
    story.leg({ ...own, at: i * 9000, port: 40_000 + i, id: i, answers: ['192.0.2.1'] });
    story.leg({ ...own, at: i * 9000 + 5000, took: 1, port: 50_000 + i, id: 90 + i, answers: ['192.0.2.1'] });
  }
  const { told, findings } = story.run();
  assert.deepEqual(told, ['error slow client-coredns slow-first-query-lost']);
  assert.equal(findings.findings[0]!.confidence, 'inferred');
});

test('2 s, 4 s and 6 s behind a server nobody watched are known as the attempts of CoreDNS, 3 s as nothing', () => {
  for (const [seconds, signature] of [
    [2, 2],
    [4, 4],
    [6, 6],
    [3, undefined],
  ] as const) {
    const story = new Story().vantage('shop/order-service', 'client', POD);
    for (let i = 0; i < 12; i++) {
      const own = { client: POD, server: VIP, vantage: 'shop/order-service', name: `n${String(i)}.example.com` };
      const answers = ['192.0.2.1'];
      story.leg({ ...own, at: i * 9000, took: seconds * 1000 + 3, port: 40_000 + i, id: i, answers });
    }
    assert.equal(story.run().findings.findings[0]!.subject['signatureSeconds'], signature);
  }
});

test('a query asked again at once, after an answer of no use, is no lost one', () => {
  const story = lookupsTaking(2, 12);
  ask(story, { at: 90_000, took: 1, port: 41_000, name: 'x.example.com', rcode: 'SERVFAIL' });
  ask(story, { at: 90_002, took: 1, port: 41_001, name: 'x.example.com', answers: ['192.0.2.1'] });
  assert.ok(!story.run().told.some((line) => line.includes('slow')));
});

/** `fast` lookups that take 1 ms at the upstream, and one that takes `took` ms, `upstream` of them there. */
function oneAmong(fast: number, took: number, upstream: number): readonly string[] {
  const story = lookupsTaking(1, fast);
  ask(story, { at: 90_000, took, name: 'late.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 90_000 + took * 0.12, took: upstream, name: 'late.example.com', answers: ['192.0.2.1'] });
  return story.run().told;
}

test('one lookup over 100 ms is a warning when one hop took over 80 % of it, else it is one among many', () => {
  assert.deepEqual(oneAmong(60, 120, 97), ['warning slow upstream slow']);
  assert.deepEqual(oneAmong(60, 120, 95), []);
  assert.deepEqual(oneAmong(60, 99, 85), []);
});

test('one slow query of twenty is the 95th percentile, one of twenty-one is not', () => {
  assert.deepEqual(oneAmong(19, 30, 20), ['info slow upstream slow']);
  assert.deepEqual(oneAmong(20, 30, 20), []);
});

test('ten answered queries are enough for a percentile, nine are not; 100 ms are a warning', () => {
  assert.deepEqual(lookupsTaking(20, 10).run().told, ['info slow upstream slow']);
  assert.deepEqual(lookupsTaking(20, 9).run().told, []);
  assert.deepEqual(lookupsTaking(100, 12).run().told, ['warning slow upstream slow']);
  assert.deepEqual(lookupsTaking(99, 12).run().told, ['info slow upstream slow']);
});

test('one client that had to ask again is an error, however many others were well', () => {
  const story = new Story().vantage('shop/order-service', 'client', POD);
  const own = { client: POD, server: VIP, vantage: 'shop/order-service', answers: ['192.0.2.1'] };
  for (let i = 0; i < 60; i++)
    story.leg({ ...own, at: i * 100, took: 1, port: 40_000 + i, id: i, name: `n${String(i)}.example.com` });
  // The twin from the same socket is answered, and is no repeat of the one that was lost.
  for (const [at, type, took] of [
    [20_000, 'A', undefined],
    [20_000.1, 'AAAA', 8],
    [25_000, 'A', 1],
  ] as const)
    story.leg({
      ...own,
      at,
      type,
      ...(took === undefined ? {} : { took }),
      answers: type === 'A' ? own.answers : [],
      port: at < 25_000 ? 50_000 : 50_001,
      id: at < 25_000 ? 900 + type.length : 999,
      name: 'late.example.com',
    });
  const { told, findings } = story.run();
  assert.deepEqual(told, ['error slow client-coredns slow-first-query-lost']);
  const { title, subject, nextSteps, confidence } = findings.findings[0]!;
  assert.match(title, /^1 lookup waits up to 5\.0 s: the first query to/u);
  assert.deepEqual([subject['maxNs'], subject['firstQueriesLost'], confidence], [5e9, 1, 'inferred']);
  assert.match(nextSteps.join('; '), /conntrack -S.*; Trace with every CoreDNS pod watched/u);
});

/** Of twelve lookups that take about 5 s, in `lost` the first query is lost; nobody watches CoreDNS. */
function mixed(lost: number): Story {
  const story = new Story().vantage('shop/order-service', 'client', POD);
  for (let i = 0; i < 12; i++) {
    const own = {
      client: POD,
      server: VIP,
      vantage: 'shop/order-service',
      name: `n${String(i)}.example.com`,
      answers: ['192.0.2.1'],
      port: 40_000 + i,
      id: i,
    };
    story.leg({ ...own, at: i * 9000, ...(i < lost ? {} : { took: 4900 }) });
    if (i < lost) story.leg({ ...own, at: i * 9000 + 5000, took: 1 });
  }
  return story;
}

test('lost first queries are what it is called after when they are the more', () => {
  assert.deepEqual(mixed(7).run().told, ['error slow client-coredns slow-first-query-lost']);
  assert.deepEqual(mixed(6).run().told, ['error slow client-coredns slow-clients-ask-again']);
});

test('a repeat from one socket, and nobody in CoreDNS: where it was lost is inferred', () => {
  const [lost] = mixed(12).run().findings.findings;
  const [slow] = mixed(0).run().findings.findings;
  assert.deepEqual([lost!.confidence, slow!.confidence], ['inferred', 'inferred']);
  assert.match(lost!.explanation, /it was lost somewhere; CoreDNS was not watched well enough to say where/u);
  assert.match(slow!.explanation, /where the time went was not watched/u);
});

test('an answer that the pod repeats its query for, on one socket, was lost on its way back where CoreDNS gave it in time', () => {
  for (const [tookInside, expected] of [
    [0.4, 'error slow coredns-client slow-first-query-lost'],
    [5000.5, 'error slow coredns slow-clients-ask-again'],
  ] as const) {
    const story = watchedStory();
    for (let i = 0; i < 12; i++) {
      const at = 1000 + i * 20_000;
      const query = { client: POD, port: 40_000 + i, id: 100 + i, name: `n${String(i)}.svc.cluster.local` };
      const answers = ['10.96.0.9'];
      const own = { ...query, server: VIP, answers, vantage: 'shop/order-service' };
      const inside = { ...query, server: COREDNS, answers, vantage: 'kube-system/coredns-1' };
      story.leg({ ...own, at }).leg({ ...own, at: at + 5000, took: 1 });
      story.leg({ ...inside, at: at + 0.1, took: tookInside });
      if (tookInside < 1000) story.leg({ ...inside, at: at + 5000.1, took: 0.4 });
    }
    for (const at of [0, 300_000])
      ask(story, { at, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
    assert.deepEqual(story.run().told, [expected]);
  }
});

test('a query that CoreDNS took in and never answered, asked again elsewhere, was lost in CoreDNS', () => {
  const story = watchedStory();
  for (let i = 0; i < 12; i++) {
    const at = 1000 + i * 20_000;
    const name = `n${String(i)}.svc.cluster.local`;
    ask(story, { at, port: 50_000 + i, name });
    ask(story, { at: at + 5000, took: 1, port: 40_000 + i, name, answers: ['10.96.0.9'] });
  }
  for (const at of [0, 300_000])
    ask(story, { at, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  const { told, findings } = story.run();
  assert.deepEqual(told, ['error slow coredns slow-first-query-lost']);
  assert.match(findings.findings[0]!.explanation, /it was lost in CoreDNS, where it arrived/u);
});

test('of a lost query and a slow one in the same lookup, the longer wait is told', () => {
  for (const [waited, took, expected] of [
    [5000, 8, 'error slow client-coredns slow-first-query-lost'],
    [600, 3000, 'warning slow client-coredns slow'],
  ] as const) {
    const story = new Story().vantage('shop/order-service', 'client', POD);
    for (let i = 0; i < 12; i++) {
      const own = { client: POD, server: VIP, vantage: 'shop/order-service', name: `n${String(i)}.example.com` };
      const socket = { port: 40_000 + i, answers: ['192.0.2.1'] };
      // AAAA comes first, so that there is something to compare the lost one with.
      story.leg({ ...own, at: i * 9000, took, port: socket.port, id: 300 + i, type: 'AAAA' });
      story.leg({ ...own, ...socket, at: i * 9000 + 0.1, id: 100 + i });
      story.leg({ ...own, ...socket, at: i * 9000 + 0.1 + waited, took: 1, port: 50_000 + i, id: 200 + i });
    }
    assert.deepEqual(story.run().told, [expected]);
  }
});
