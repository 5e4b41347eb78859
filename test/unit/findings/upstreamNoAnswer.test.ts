import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { ask, COREDNS, forward, Told, UPSTREAM, watchedStory, type Story } from '../../support/story.ts';

/** Seed 000: the upstream answers other names and stays silent for one. */
function firstStory(): Story {
  const story = watchedStory();
  ask(story, { at: 0, took: 2, name: 'www.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 0.4, took: 1, name: 'www.example.com', answers: ['192.0.2.1'] });
  for (const type of ['A', 'AAAA']) {
    ask(story, { at: 100, took: 4002, port: 41_000, name: 'myexternalendpoint.com', type, rcode: 'SERVFAIL' });
    forward(story, { at: 501, name: 'myexternalendpoint.com', type });
    forward(story, { at: 2501, name: 'myexternalendpoint.com', type });
  }
  ask(story, { at: 9000, took: 2, name: 'www.example.com', answers: ['192.0.2.1'] });
  return story;
}

test('names the upstream, what it was asked, and that it answers other names', () => {
  const { told, findings, outcomes } = firstStory().run();
  assert.deepEqual(told, ['error upstream-no-answer upstream upstream-silent-for-names']);
  const finding = findings.findings[0]!;
  assert.equal(
    finding.title,
    `Upstream ${UPSTREAM} gives no answer for myexternalendpoint.com (4 queries, 0 answers, 4.0 s)`,
  );
  assert.equal(finding.confidence, 'strong');
  assert.equal(finding.subject['otherNamesAnswered'], 1);
  assert.equal(finding.evidence.count, 1);
  assert.equal(finding.evidence.samples.length, 4);
  assert.ok(finding.evidence.samples.every((sample) => sample.file === 'kube-system/coredns-1' && sample.packet > 0));
  assert.deepEqual(outcomes, [
    'www.example.com. A answered',
    'myexternalendpoint.com. A+AAAA error',
    'www.example.com. A answered',
  ]);
});

test('shows the way of the failed lookup with the upstream as the failing hop', () => {
  const row = firstStory().run().lookups[1]!;
  assert.deepEqual(
    row.way.map((mark) => `${mark.hop} ${mark.state}`),
    ['client ok', 'kube-dns ok', 'coredns ok', 'upstream failed'],
  );
  assert.equal(row.way[3]!.label, `${UPSTREAM}:53`);
  assert.equal(row.rcode, 'SERVFAIL');
});

test('is the same whichever vantage is read first', () => {
  const forwards = firstStory().run(['shop/order-service', 'kube-system/coredns-1']);
  const backwards = firstStory().run(['kube-system/coredns-1', 'shop/order-service']);
  assert.deepEqual(backwards.told, forwards.told);
  assert.deepEqual(backwards.findings.findings[0]!.title, forwards.findings.findings[0]!.title);
  assert.equal(backwards.engine.trace.lookups.length, forwards.engine.trace.lookups.length);
});

test('says that an upstream is dead when it answers nothing', () => {
  const story = watchedStory();
  for (const [index, name] of ['a.example.com', 'b.example.org'].entries()) {
    ask(story, { at: index * 6000, took: 4002, name, rcode: 'SERVFAIL' });
    forward(story, { at: index * 6000 + 401, name });
    forward(story, { at: index * 6000 + 2401, name });
  }
  ask(story, { at: 15_000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  const { told, findings } = story.run();
  assert.deepEqual(told, ['error upstream-no-answer upstream upstream-silent']);
  assert.match(findings.findings[0]!.title, /^Upstream 10\.224\.0\.92 gives no answer \(4 queries/);
  assert.doesNotMatch(findings.findings[0]!.ruledOut.join(), /network/u);
});

test('a SERVFAIL served from the cache within five seconds is laid to the same upstream, as inferred', () => {
  const story = firstStory();
  ask(story, { at: 6000, took: 1, name: 'myexternalendpoint.com', rcode: 'SERVFAIL' });
  const { told, findings } = story.run();
  assert.deepEqual(told, ['error upstream-no-answer upstream upstream-silent-for-names']);
  assert.equal(findings.findings[0]!.evidence.count, 2);
});

test('so is one between two failures, whenever it is evaluated', () => {
  const story = firstStory();
  ask(story, { at: 6000, took: 1, name: 'myexternalendpoint.com', rcode: 'SERVFAIL' });
  ask(story, { at: 12_000, took: 4002, name: 'myexternalendpoint.com', rcode: 'SERVFAIL' });
  forward(story, { at: 12_401, name: 'myexternalendpoint.com' });
  const { engine, told } = story.run();
  assert.deepEqual(told, ['error upstream-no-answer upstream upstream-silent-for-names']);
  engine.setUnwatched([]);
  engine.refresh();
  assert.deepEqual(new Told(engine).told, told);
});

/** The first upstream stays silent, and after two seconds the second one answers. */
function answeredByTheSecond(): Story {
  const story = watchedStory();
  ask(story, { at: 0, took: 2003, name: 'www.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 201, name: 'www.example.com' });
  return story.leg({
    at: 2001.5,
    took: 1,
    client: COREDNS,
    port: 50_999,
    server: '10.224.0.93',
    id: 77,
    name: 'www.example.com',
    answers: ['192.0.2.1'],
    vantage: 'kube-system/coredns-1',
  });
}

test('an upstream that stays silent while another answers in time is a warning', () => {
  const story = answeredByTheSecond();
  ask(story, { at: 9000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  const { told, findings } = story.run();
  assert.deepEqual(told, ['warning upstream-no-answer upstream upstream-silent']);
  const { subject, explanation } = findings.findings[0]!;
  assert.deepEqual([subject['failedLookups'], subject['queries']], [0, 1]);
  assert.match(explanation, /has to wait before it asks again or elsewhere/u);
});

/** What is told live, as soon as all packets of a story are here. */
function toldAtOnce(story: Story): Told {
  const engine = new TraceEngine();
  for (const { vantage, bytes } of story.captures().values()) engine.openStream(engine.addVantage(vantage)).push(bytes);
  engine.tick(engine.trace.epochNs(engine.trace.now));
  engine.refresh();
  return new Told(engine);
}

test('live, a query still waits for its five seconds: told once its lookup failed, and not while another answered', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 4002, name: 'www.example.com', rcode: 'SERVFAIL' });
  forward(story, { at: 401, name: 'www.example.com' });
  const { told, findings } = toldAtOnce(story);
  assert.deepEqual(told, ['error upstream-no-answer upstream upstream-silent']);
  assert.match(findings.findings[0]!.title, /gives no answer for www\.example\.com \(1 query, 0 answers, 4\.0 s\)$/u);
  assert.deepEqual(toldAtOnce(answeredByTheSecond()).told, []);
});

test('an attempt that was answered with an error is no silent one', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 4002, name: 'www.example.com', rcode: 'SERVFAIL' });
  forward(story, { at: 401, took: 1, name: 'www.example.com', rcode: 'SERVFAIL' });
  forward(story, { at: 410, name: 'www.example.com' });
  ask(story, { at: 9000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  assert.equal(story.run().findings.findings[0]!.subject['queries'], 1);
});

test('what it says: all attempts, what else was answered, and what follows from that', () => {
  const story = firstStory();
  // Sent again from one socket.
  for (const at of [12_401, 14_401]) forward(story, { at, port: 51_234, id: 4321, name: 'myexternalendpoint.com' });
  ask(story, { at: 12_000, took: 4002, name: 'myexternalendpoint.com', rcode: 'SERVFAIL' });
  const [finding] = story.run().findings.findings;
  assert.deepEqual(finding!.subject, {
    upstream: UPSTREAM,
    port: 53,
    names: 'myexternalendpoint.com',
    queries: 6,
    answersForTheseNames: 0,
    failedLookups: 2,
    otherNamesAnswered: 1,
  });
  assert.match(finding!.ruledOut.join('; '), /The network to the upstream: 10\.224\.0\.92 answered 1 other name/u);
  assert.match(finding!.explanation, /so it gives up and answers SERVFAIL/u);
  // The same name was answered, too: then the network may have been away.
  ask(story, { at: 30_000, took: 2, name: 'myexternalendpoint.com', answers: ['192.0.2.1'] });
  forward(story, { at: 30_000.4, took: 1, name: 'myexternalendpoint.com', answers: ['192.0.2.1'] });
  const [outage] = story.run().findings.findings;
  assert.deepEqual([outage!.cause, outage!.subject['answersForTheseNames']], ['upstream-outage', 1]);
  assert.doesNotMatch(outage!.ruledOut.join(), /network/u);
});

test('packets lost at the CoreDNS vantage make the claim inferred', () => {
  const { findings } = firstStory().run(undefined, (engine) => {
    engine.reportLoss(1, { packets: 3, kind: 'kernel', fromNs: 0n, toNs: 0n, reason: 'kernel dropped packets' });
  });
  assert.equal(findings.findings[0]!.confidence, 'inferred');
});

test('is silent when upstreams answer', () => {
  const story = watchedStory();
  for (let i = 0; i < 30; i++) {
    ask(story, { at: i * 100, took: 2, name: `n${String(i)}.example.com`, answers: ['192.0.2.1'] });
    forward(story, { at: i * 100 + 0.4, took: 1, name: `n${String(i)}.example.com`, answers: ['192.0.2.1'] });
  }
  assert.deepEqual(story.run().told, []);
});
