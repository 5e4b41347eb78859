import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, COREDNS, POD, VIP, watchedStory, type Story } from '../../support/story.ts';

interface Race {
  /** Milliseconds until the resolver asks again. */
  readonly wait?: number;
  /** The first AAAA reaches CoreDNS. */
  readonly arrives?: boolean;
  /** A is lost as well. */
  readonly both?: boolean;
  /** The repeat comes from a new socket. */
  readonly newSocket?: boolean;
  /** Milliseconds between the two. */
  readonly apart?: number;
  /** Milliseconds until A is answered. */
  readonly took?: number;
  /** The socket that AAAA leaves from. */
  readonly port?: number;
}

/** A and AAAA from one port in one millisecond; AAAA is lost on the node and asked again. */
function race({
  wait = 5000,
  arrives = false,
  both = false,
  newSocket = false,
  apart = 0.1,
  took = 2,
  port = 43_000,
}: Race = {}): Story {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  const socket = { client: POD, port: 43_000, name: 'www.example.com', vantage: 'shop/order-service' };
  const again = newSocket ? { port: 43_007, id: 602 } : { port, id: 502 };
  if (both) story.leg({ ...socket, at: 1000, server: VIP, id: 501 });
  else ask(story, { at: 1000, took, port: 43_000, id: 501, name: 'www.example.com', answers: ['192.0.2.1'] });
  story.leg({ ...socket, at: 1000 + apart, port, server: VIP, id: 502, type: 'AAAA' });
  if (arrives)
    story.leg({
      ...socket,
      at: 1000.1 + apart,
      server: COREDNS,
      id: 502,
      type: 'AAAA',
      vantage: 'kube-system/coredns-1',
    });
  ask(story, {
    at: 1000 + apart + wait,
    took: 2,
    ...again,
    name: 'www.example.com',
    type: 'AAAA',
    answers: ['2001:db8::1'],
  });
  ask(story, { at: 9000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  return story;
}

test('one of a pair from one socket, absent in CoreDNS and asked again after 5 s, lost the race', () => {
  const { told, findings } = race().run();
  assert.deepEqual(told, ['error conntrack-race client-coredns conntrack-race']);
  const finding = findings.findings[0]!;
  assert.equal(finding.confidence, 'strong');
  assert.deepEqual([finding.subject['droppedA'], finding.subject['droppedAAAA']], [0, 1]);
  assert.equal(finding.evidence.samples[0]!.file, 'shop/order-service');
});

test('so it did when the repeat comes from a new socket', () => {
  assert.deepEqual(race({ newSocket: true }).run().told, ['error conntrack-race client-coredns conntrack-race']);
});

test('the order in which the captures are read changes nothing', () => {
  assert.deepEqual(race().run(['kube-system/coredns-1', 'shop/order-service']).told, race().run().told);
});

test('a first attempt that reached CoreDNS, a loss of both, and another wait are no race', () => {
  for (const other of [{ arrives: true }, { both: true }, { wait: 3000 }]) {
    const { told } = race(other).run();
    assert.ok(!told.some((line) => line.includes('conntrack-race')), `${JSON.stringify(other)}: ${told.join()}`);
  }
});

test('a CoreDNS pod that nobody watched forbids the claim, and packets lost there weaken it', () => {
  const unwatched = race().run(undefined, (engine) => {
    engine.setUnwatched(['kube-system/coredns-2']);
  });
  assert.ok(!unwatched.told.some((line) => line.includes('conntrack-race')));
  const lossy = race().run(undefined, (engine) => {
    engine.reportLoss(1, { packets: 1, kind: 'kernel', fromNs: 0n, toNs: 0n, reason: 'kernel dropped packets' });
  });
  assert.equal(lossy.findings.findings[0]!.confidence, 'inferred');
});

/** A second pair of the same or another client, three milliseconds apart, of which AAAA is lost as well. */
function beside(story: Story): Story {
  const socket = { client: POD, port: 44_000, name: 'api.example.com', vantage: 'shop/order-service' };
  ask(story, { at: 1500, took: 2, port: 44_000, id: 701, name: 'api.example.com', answers: ['192.0.2.2'] });
  story.leg({ ...socket, at: 1503, server: VIP, id: 702, type: 'AAAA' });
  ask(story, {
    at: 6503,
    took: 2,
    port: 44_000,
    id: 702,
    name: 'api.example.com',
    type: 'AAAA',
    answers: ['2001:db8::2'],
  });
  return story;
}

test('a pair further apart that was lost likewise is told with it, and alone is none', () => {
  const { told, findings } = beside(race()).run();
  assert.deepEqual(told, ['error conntrack-race client-coredns conntrack-race']);
  assert.deepEqual([findings.findings[0]!.subject['alike'], findings.findings[0]!.evidence.count], [1, 2]);
  assert.match(findings.findings[0]!.explanation, /1 other lookup of the same client/);
  assert.ok(
    !beside(watchedStory())
      .run()
      .told.some((line) => line.includes('conntrack-race')),
  );
});

test('five seconds are a quarter more or less, and a pair is a millisecond apart at most', () => {
  const isRace = (one: Race): boolean =>
    race(one)
      .run()
      .told.some((line) => line.includes('conntrack-race'));
  for (const newSocket of [false, true])
    assert.deepEqual(
      [4749, 4750, 5250, 5251].map((wait) => isRace({ wait, newSocket })),
      [false, true, true, false],
    );
  assert.ok(isRace({ apart: 1 }) && !isRace({ apart: 1.1 }));
  assert.ok(!isRace({ port: 43_005 }), 'two sockets race for nothing');
  assert.ok(!isRace({ took: 4900 }), 'the other waited as well');
});

test('pairs further apart that are the more are no race beside the one that is', () => {
  const two = race();
  for (const port of [45_000, 46_000]) {
    const name = `n${String(port)}.example.com`;
    const aaaa = { port, id: port + 1, name, type: 'AAAA' };
    ask(two, { at: 1500, took: 2, port, id: port, name, answers: ['192.0.2.2'] });
    two.leg({ ...aaaa, at: 1510, client: POD, server: VIP, vantage: 'shop/order-service' });
    ask(two, { ...aaaa, at: 6510, took: 2, answers: ['2001:db8::2'] });
  }
  const { subject, evidence, confidence } = two
    .withFaults(2)
    .run()
    .findings.findings.find(({ id }) => id === 'conntrack-race')!;
  assert.deepEqual([subject['alike'], evidence.count, confidence], [0, 1, 'strong']);
});
