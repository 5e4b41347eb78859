import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, COREDNS, watchedStory, type Story } from '../../support/story.ts';

const CUSTOM = '10.1.0.4';
const AZURE = '168.63.129.16';

/** One name, passed on to two upstreams in turn; `denies` says whether the n-th answer is NXDOMAIN. */
function inTurn(denies: (n: number) => boolean, second = AZURE): Story {
  const story = watchedStory();
  for (let n = 0; n < 8; n++) {
    const name = 'db.corp.example';
    const result = denies(n) ? { rcode: 'NXDOMAIN' } : { answers: ['10.1.0.9'] };
    ask(story, { at: n * 2000, took: 3, name, ...result });
    story.leg({
      at: n * 2000 + 0.5,
      took: 1,
      client: COREDNS,
      port: 50_000 + n,
      server: n % 2 === 0 ? CUSTOM : second,
      id: 900 + n,
      name,
      ...result,
      vantage: 'kube-system/coredns-1',
    });
  }
  return story;
}

test('a name that one upstream knows and the other denies, by turns', () => {
  const { told, findings } = inTurn((n) => n % 2 === 1).run();
  assert.deepEqual(told, ['error custom-dns-mixed config mixed-with-azure-dns']);
  assert.equal(findings.findings[0]!.subject['knowing'], CUSTOM);
  assert.equal(findings.findings[0]!.subject['denying'], AZURE);
  assert.deepEqual(inTurn((n) => n % 2 === 1, '10.1.0.5').run().told, [
    'error custom-dns-mixed config upstreams-disagree',
  ]);
});

test('a name that came meanwhile, and one that both deny, are told as missing', () => {
  for (const denies of [(n: number) => n < 4, (): boolean => true])
    assert.deepEqual(inTurn(denies).run().told, ['warning unsuccessful-response name name-does-not-exist']);
});

test('what it says: who knows the name, who denies it, how often', () => {
  const [finding] = inTurn((n) => n % 2 === 1).run().findings.findings;
  assert.deepEqual(finding!.subject, {
    knowing: CUSTOM,
    denying: AZURE,
    names: 'db.corp.example',
    found: 4,
    denied: 4,
    lookups: 4,
  });
  assert.equal(
    finding!.title,
    `CoreDNS forwards db.corp.example to upstreams that disagree: ${CUSTOM} knows it, ${AZURE} says NXDOMAIN`,
  );
  assert.ok(finding!.ruledOut.includes(`The name: ${CUSTOM} found it 4 times`));
  assert.equal(finding!.evidence.samples.length, 5, 'the denials, and one that found it');
});

test('an upstream that says both contradicts nobody', () => {
  assert.ok(
    !inTurn((n) => n % 2 === 1 || n === 2)
      .run()
      .told.some((line) => line.includes('custom-dns-mixed')),
  );
});
