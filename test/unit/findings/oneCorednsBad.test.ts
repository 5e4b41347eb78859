import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mainBadness } from '../../../src/core/findings/oddOneOut.ts';
import { COREDNS, POD, Story, UPSTREAM, VIP } from '../../support/story.ts';

const SECOND = '10.244.0.6';
const NAMES = ['kubernetes.default.svc.cluster.local', 'cart.shop.svc.cluster.local'];

interface Answer {
  readonly took?: number;
  readonly rcode?: string;
}

const GOOD: Answer = { took: 1 };

function twoReplicas(): Story {
  return new Story()
    .vantage('shop/order-service', 'client', POD)
    .vantage('kube-system/coredns-1', 'coredns', COREDNS)
    .vantage('kube-system/coredns-2', 'coredns', SECOND);
}

/** Lookups that go to the two pods in turn, ten to each; `first` and `second` say what each makes of its n-th. */
function inTurn(first: (n: number) => Answer, second: (n: number) => Answer, each = 10): Story {
  const story = twoReplicas();
  for (let i = 0; i < each * 2; i++) {
    const toFirst = i % 2 === 0;
    const answer = (toFirst ? first : second)(i >> 1);
    const query = {
      client: POD,
      port: 40_000 + i,
      id: 100 + i,
      name: NAMES[(i >> 1) % 2]!,
      answers: answer.rcode === undefined ? ['10.96.0.9'] : [],
      ...(answer.rcode === undefined ? {} : { rcode: answer.rcode }),
    };
    const at = i * 700;
    const inside = answer.took === undefined ? {} : { took: answer.took * 0.8 };
    const outside = answer.took === undefined ? {} : { took: answer.took };
    story.leg({ ...query, at, ...outside, server: VIP, vantage: 'shop/order-service' });
    const pod = toFirst ? 'kube-system/coredns-1' : 'kube-system/coredns-2';
    story.leg({ ...query, at: at + 0.05, ...inside, server: toFirst ? COREDNS : SECOND, vantage: pod });
  }
  return story;
}

test('a pod that answers with errors while the other does well with the same names', () => {
  const { told, findings } = inTurn(
    () => ({ took: 1, rcode: 'SERVFAIL' }),
    () => GOOD,
  ).run();
  assert.deepEqual(told, ['error one-coredns-bad coredns replica-failing']);
  const finding = findings.findings[0]!;
  assert.match(finding.title, /10\.244\.0\.5.* answers with errors 10 of 10 queries/);
  assert.equal(finding.subject['coredns'], COREDNS);
  assert.equal(finding.action, 'restart-coredns');
});

test('a silent one, and a slow one', () => {
  assert.deepEqual(
    inTurn(
      (n) => (n < 7 ? {} : GOOD),
      () => GOOD,
    ).run().told,
    ['error one-coredns-bad coredns replica-silent'],
  );
  const slow = inTurn(
    () => GOOD,
    () => ({ took: 400 }),
  ).run();
  assert.deepEqual(slow.told, ['warning one-coredns-bad coredns replica-slow']);
  assert.equal(slow.findings.findings[0]!.subject['coredns'], SECOND);
});

test('when both fail, neither is the one', () => {
  const failing = (): Answer => ({ took: 1, rcode: 'SERVFAIL' });
  const { told } = inTurn(failing, failing).withFaults(4).run();
  assert.ok(told.length > 0 && !told.some((line) => line.includes('one-coredns-bad')), told.join());
});

test('two bad answers say nothing about a pod', () => {
  const { told } = inTurn(
    (n) => (n < 2 ? { took: 1, rcode: 'SERVFAIL' } : GOOD),
    () => GOOD,
  ).run();
  assert.ok(told.length > 0 && !told.some((line) => line.includes('one-coredns-bad')), told.join());
});

test('an upstream that failed one pod, and that the other did not need, is not held against the pod', () => {
  const story = inTurn(
    () => ({ took: 3, rcode: 'SERVFAIL' }),
    () => GOOD,
  );
  for (let n = 0; n < 10; n++) {
    story.leg({
      at: n * 1400 + 0.5,
      took: 1,
      client: COREDNS,
      port: 50_000 + n,
      server: UPSTREAM,
      id: 900 + n,
      name: NAMES[n % 2]!,
      rcode: 'SERVFAIL',
      vantage: 'kube-system/coredns-1',
    });
  }
  assert.deepEqual(story.run().told, ['error unsuccessful-response upstream upstream-error']);
});

test('what it says: who was asked how often, and how the others did', () => {
  const { findings } = inTurn(
    (n) => (n < 7 ? {} : { took: 1, rcode: 'SERVFAIL' }),
    () => GOOD,
  ).run();
  const finding = findings.findings[0]!;
  assert.deepEqual(finding.subject, {
    coredns: COREDNS,
    queries: 10,
    unanswered: 7,
    errors: 3,
    slow: 0,
    queriesToOthers: 9,
    badAtOthers: 0,
    names: 'kubernetes.default.svc.cluster.local and cart.shop.svc.cluster.local',
  });
  assert.deepEqual([finding.confidence, finding.cause], ['strong', 'replica-silent']);
  assert.match(finding.ruledOut[0]!, /the other CoreDNS pod gave 9 good answers for them$/u);
  assert.equal(finding.evidence.samples.length, 5);
  assert.equal(finding.evidence.count, 10);
});

const bad: Answer = { took: 1, rcode: 'SERVFAIL' };
const good = (): Answer => GOOD;
const isTold = (first: (n: number) => Answer, second: (n: number) => Answer, each?: number): boolean =>
  inTurn(first, second, each)
    .withFaults(99)
    .run()
    .told.some((line) => line.includes('one-coredns-bad'));

test('only what the others were asked in the same time counts, and three good answers of theirs', () => {
  assert.ok(!isTold((n) => (n < 3 ? bad : GOOD), good), 'two, and eight afterwards');
  assert.ok(isTold((n) => (n < 4 ? bad : GOOD), good));
});

test('the share is of what the pod was asked; the others may have three of a hundred bad', () => {
  const three = (n: number): Answer => (n % 5 === 0 && n < 11 ? bad : GOOD);
  assert.ok(!isTold(three, good, 11), 'three of eleven');
  const one = (n: number): Answer => (n === 10 ? bad : GOOD);
  // The last good answer of the other comes after the last bad one of the first.
  assert.ok(
    isTold(() => bad, one, 35),
    'one of 34',
  );
  assert.ok(!isTold(() => bad, one, 34), 'one of 33');
});

test('what it is called after is most of what is bad, silence first and slowness last', () => {
  const kinds = (silent: number, failing: number, slow: number): string => mainBadness({ silent, failing, slow });
  assert.deepEqual(
    [kinds(3, 3, 3), kinds(2, 3, 3), kinds(2, 2, 3), kinds(3, 1, 3), kinds(2, 3, 1), kinds(1, 3, 2), kinds(3, 2, 4)],
    ['silent', 'failing', 'slow', 'silent', 'failing', 'failing', 'slow'],
  );
});

test('three bad answers are enough, and 30 % of what it was asked', () => {
  assert.ok(
    isTold((n) => (n % 3 === 0 && n < 9 ? bad : GOOD), good),
    'three of seven',
  );
  assert.ok(
    isTold((n) => (n === 0 || n === 5 || n === 9 ? bad : GOOD), good),
    'three of ten',
  );
  assert.ok(!isTold((n) => (n === 0 || n === 9 ? bad : GOOD), good), 'two');
  assert.ok(
    !isTold(
      (n) => (n < 3 ? bad : GOOD),
      (n) => (n === 1 ? bad : GOOD),
    ),
    'the other had one bad answer meanwhile',
  );
});

test('slow is what takes a tenth of a second in the pod itself', () => {
  const told = (took: number): readonly string[] =>
    inTurn(
      () => GOOD,
      () => ({ took }),
    ).run().told;
  // Four fifths of it is spent in the pod.
  assert.ok(told(126).some((line) => line.includes('replica-slow')));
  assert.ok(!told(124).some((line) => line.includes('replica-slow')));
});
