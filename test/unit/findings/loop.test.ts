import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyTopology } from '../../../src/core/topology/topology.ts';
import { ask, COREDNS, UPSTREAM, VIP, watchedStory, type Story, type Told } from '../../support/story.ts';
import { KUBE_DNS } from '../../support/storyTopology.ts';

/** CoreDNS passes names on to `server`, which stays silent. */
function forwardsTo(server: string, asked = true, names = 3): Told {
  const story = watchedStory();
  for (let n = 0; n < names; n++) {
    const name = `n${String(n)}.example.com`;
    if (asked) ask(story, { at: n * 6000, took: 2002, name, rcode: 'SERVFAIL' });
    const query = { client: COREDNS, port: 50_000 + n, server, id: 900 + n, name, vantage: 'kube-system/coredns-1' };
    story.leg({ ...query, at: n * 6000 + 201 });
  }
  return tell(story);
}

function tell(story: Story): Told {
  ask(story, { at: 30_000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  return story.run(undefined, (engine) => {
    engine.setTopology({ ...emptyTopology, services: [KUBE_DNS] });
  });
}

/** The probe of plugin loop, sent to the upstream, and back when `returns`. */
function probe(returns: boolean): Told {
  const story = watchedStory();
  const query = { port: 50_500, id: 77, name: '5577006791947779410.8674665223082153551', type: 'HINFO' };
  const seen = { ...query, vantage: 'kube-system/coredns-1' };
  story.leg({ ...seen, at: 0, took: 5, client: COREDNS, server: UPSTREAM, rcode: 'NXDOMAIN' });
  if (returns) story.leg({ ...seen, at: 2, took: 1, client: '10.244.0.1', server: COREDNS, rcode: 'NXDOMAIN' });
  return tell(story);
}

test('queries that CoreDNS passes on to the DNS Service are a loop', () => {
  const { told } = forwardsTo(VIP);
  assert.deepEqual(told, ['error loop config forwards-to-itself']);
});

test('so is a probe that comes back', () => {
  assert.ok(probe(true).told.includes('error loop config probe-came-back'));
});

test('a probe that does not, an upstream elsewhere, and queries for nobody are none', () => {
  for (const { told } of [probe(false), forwardsTo(UPSTREAM), forwardsTo(VIP, false)])
    assert.ok(!told.some((line) => line.includes('loop')), told.join());
});

/** A lookup of each of three names, and for each what CoreDNS asks `server` from `client`, `times` times. */
function around(client: string, server: string, times = 1, asked = true): Story {
  const story = watchedStory();
  for (let n = 0; n < 3; n++) {
    const name = `n${String(n)}.example.com`;
    const at = n * 6000;
    if (asked) ask(story, { at, took: 2002, name, rcode: 'SERVFAIL' });
    const seen = { name, vantage: 'kube-system/coredns-1' };
    for (let k = 0; k < times; k++)
      story.leg({ ...seen, client, server, at: at + 201 + k, port: 51_000 + n * 100 + k, id: 900 + n * 100 + k });
  }
  return story;
}

test('a resolv.conf with a local resolver makes CoreDNS ask itself over loopback', () => {
  const { told, findings } = tell(around('127.0.0.1', '127.0.0.53', 30));
  assert.deepEqual(told, ['error loop config forwards-to-itself']);
  const [finding] = findings.findings;
  assert.match(finding!.title, /they go to 127\.0\.0\.53/);
  assert.match(finding!.explanation, /went round 30 times in a second/);
});

test('somebody in the pod who asks over loopback for names of his own is no loop', () => {
  assert.ok(!tell(around('127.0.0.1', '127.0.0.1', 5, false)).told.some((line) => line.includes('loop')));
});

test('an upstream that asks CoreDNS back for the same names is a loop of two', () => {
  const story = around(COREDNS, UPSTREAM);
  for (let n = 0; n < 3; n++) {
    const back = { client: UPSTREAM, server: COREDNS, port: 52_000 + n, id: 700 + n, vantage: 'kube-system/coredns-1' };
    story.leg({ ...back, at: n * 6000 + 203, name: `n${String(n)}.example.com` });
  }
  const { told, findings } = tell(story);
  assert.deepEqual(told, ['error loop config upstream-asks-back']);
  assert.match(findings.findings[0]!.title, /CoreDNS and its upstream 10\.224\.0\.92 ask each other/);
});

test('an upstream that asks CoreDNS for names of its own is none', () => {
  const story = around(COREDNS, UPSTREAM);
  for (let n = 0; n < 3; n++) {
    const back = { client: UPSTREAM, server: COREDNS, port: 52_000 + n, id: 700 + n, vantage: 'kube-system/coredns-1' };
    story.leg({ ...back, at: n * 6000 + 203, took: 1, name: 'kubernetes.default.svc.cluster.local' });
  }
  assert.ok(!tell(story).told.some((line) => line.includes('loop')));
});

test('a sidecar on loopback that answers is no loop, however often it is asked', () => {
  const answers = ['192.0.2.1'];
  const story = watchedStory();
  for (let n = 0; n < 5; n++) {
    const [at, name] = [n * 1000, 'a.corp.example'];
    ask(story, { at, took: 10, name, answers });
    const seen = { client: '127.0.0.1', server: '127.0.0.1', name, answers, vantage: 'kube-system/coredns-1' };
    for (let k = 0; k < 3; k++)
      story.leg({ ...seen, at: at + 2 + k * 2, took: 1, port: 41_000 + n * 10 + k, id: 500 + n * 10 + k });
  }
  assert.ok(!tell(story).told.some((line) => line.includes('loop')));
});

test('answers in the end do not hide that a name came round while it was waited for', () => {
  const story = watchedStory();
  const [name, client, vantage] = ['n.example.com', '127.0.0.1', 'kube-system/coredns-1'];
  ask(story, { at: 0, took: 3000, name, rcode: 'SERVFAIL' });
  for (let k = 0; k < 8; k++)
    story.leg({
      at: 301 + k,
      took: 2000,
      client,
      server: '127.0.0.53',
      port: 51_000 + k,
      id: 900 + k,
      name,
      rcode: 'SERVFAIL',
      vantage,
    });
  assert.ok(tell(story).told.includes('error loop config forwards-to-itself'));
});

test('an upstream that asks for a name after it has answered it is a client', () => {
  const answers = ['192.0.2.1'];
  const story = watchedStory();
  for (let n = 0; n < 5; n++) {
    const [at, name] = [n * 3000, `h${String(n)}.example.com`];
    ask(story, { at, took: 10, name, answers });
    const seen = { name, answers, vantage: 'kube-system/coredns-1' };
    story.leg({ ...seen, at: at + 2, took: 5, client: COREDNS, server: UPSTREAM, port: 41_000 + n, id: 500 + n });
    story.leg({ ...seen, at: at + 1500, took: 1, client: UPSTREAM, server: COREDNS, port: 42_000 + n, id: 700 + n });
  }
  assert.ok(!tell(story).told.some((line) => line.includes('loop')));
});

test('what it says: whom CoreDNS asks, how often, and what came of it', () => {
  const subjectOf = ({ findings }: Told): unknown => findings.findings.find(({ id }) => id === 'loop')?.subject;
  const itself = forwardsTo(VIP);
  assert.deepEqual(subjectOf(itself), {
    target: `kube-system/kube-dns (${VIP})`,
    queries: 3,
    askedBack: 0,
    probes: 0,
    failedLookups: 3,
    mostOfOneInASecond: 1,
  });
  const [finding] = itself.findings.findings;
  assert.deepEqual([finding!.evidence.count, finding!.evidence.samples.length], [3, 3]);
  assert.doesNotMatch(finding!.explanation, /went round/u);
  assert.deepEqual(subjectOf(probe(true)), {
    target: '',
    queries: 0,
    askedBack: 0,
    probes: 1,
    failedLookups: 0,
    mostOfOneInASecond: 0,
  });
});

test('three queries are enough, and two are not; a name that goes round twenty times in a second is a storm', () => {
  assert.ok(!forwardsTo(VIP, true, 2).told.some((line) => line.includes('loop')));
  const round = (times: number): string =>
    tell(around('127.0.0.1', '127.0.0.53', times)).findings.findings[0]!.explanation;
  assert.match(round(20), /went round 20 times in a second/u);
  assert.doesNotMatch(round(19), /went round/u);
});
