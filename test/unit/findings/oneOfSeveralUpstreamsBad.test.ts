import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, COREDNS, UPSTREAM, watchedStory, type Story } from '../../support/story.ts';

const SECOND = '10.224.0.93';

type Outcome = 'good' | 'silent' | 'failing';

/** Lookups that CoreDNS passes on to its two upstreams in turn. */
function inTurn(first: Outcome, second: Outcome, nameOf: (n: number) => string = () => 'www.example.com'): Story {
  const story = watchedStory();
  for (let n = 0; n < 16; n++) {
    const outcome = n % 2 === 0 ? first : second;
    const at = n * 6000;
    const name = nameOf(n);
    const took = outcome === 'silent' ? 2002 : 3;
    const result = outcome === 'good' ? { answers: ['192.0.2.1'] } : { rcode: 'SERVFAIL' };
    ask(story, { at, took, name, ...result });
    story.leg({
      at: at + took * 0.15,
      ...(outcome === 'silent' ? {} : { took: 1 }),
      client: COREDNS,
      port: 50_000 + n,
      server: n % 2 === 0 ? UPSTREAM : SECOND,
      id: 900 + n,
      name,
      ...result,
      vantage: 'kube-system/coredns-1',
    });
  }
  ask(story, { at: 99_000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  return story;
}

test('names the upstream that is silent, or answers with errors, while the other is well', () => {
  const { told, findings } = inTurn('good', 'silent').run();
  assert.deepEqual(told, ['error one-of-several-upstreams-bad upstream one-upstream-silent']);
  assert.equal(findings.findings[0]!.subject['upstream'], SECOND);
  assert.match(findings.findings[0]!.title, /unanswered 8 of 8 queries, while 10\.224\.0\.92 answers the same names/);
  assert.deepEqual(inTurn('failing', 'good').run().told, [
    'error one-of-several-upstreams-bad upstream one-upstream-failing',
  ]);
});

test('two bad ones, and one that was asked other names, are told as before', () => {
  for (const story of [
    inTurn('silent', 'silent').withFaults(2),
    inTurn('good', 'silent', (n) => `n${String(n % 2)}.example.com`),
  ]) {
    const { told } = story.run();
    assert.ok(told.length > 0 && told.every((line) => line.startsWith('error upstream-no-answer')), told.join());
  }
});
