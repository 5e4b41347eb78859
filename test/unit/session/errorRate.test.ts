import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PodMetrics } from '../../../src/session/cluster/coreDnsMetrics.ts';
import { compareHealth, rateBetween, rateText } from '../../../src/session/change/errorRate.ts';

const reading = (seconds: number, responses: Record<string, number>, startedAt = 1): PodMetrics => ({
  atNs: BigInt(seconds) * 1_000_000_000n,
  startedAt,
  responses,
  reloadFailures: 0,
  hashes: [],
});

describe('error rates', () => {
  it('give a rate between two readings of one process, and none otherwise', () => {
    const before = reading(10, { NOERROR: 100, SERVFAIL: 1 });
    const after = reading(20, { NOERROR: 150, NXDOMAIN: 40, SERVFAIL: 11 });
    assert.deepEqual(rateBetween(before, after), {
      seconds: 10,
      responses: 100,
      failures: 10,
      byRcode: { NOERROR: 50, NXDOMAIN: 40, SERVFAIL: 10 },
    });
    assert.equal(rateBetween(before, reading(20, { NOERROR: 150 }, 2)), undefined, 'another process');
    assert.equal(rateBetween(before, reading(20, { NOERROR: 99 })), undefined, 'a counter that went back');
    assert.equal(rateBetween(before, before), undefined, 'no time between');
  });

  it('read as words', () => {
    const rate = (responses: number, failures: number): string =>
      rateText({ seconds: 1, responses, failures, byRcode: {} });
    assert.equal(rate(0, 0), 'no responses to judge by');
    assert.equal(rate(100, 0), '0 % of 100 responses were errors');
    assert.equal(rate(10_000, 1), 'less than 0.1 % of 10000 responses were errors');
    assert.equal(rate(200, 5), '2.5 % of 200 responses were errors');
    assert.equal(rateText(undefined), 'error rate unknown');
  });

  it('are only called worse when they clearly are', () => {
    const rateOf = (failures: number, responses = 100): NonNullable<ReturnType<typeof rateBetween>> => ({
      seconds: 5,
      responses,
      failures,
      byRcode: {},
    });
    const worse = (before: number, after: number, responses = 100): boolean =>
      compareHealth(
        [{ pod: 'a', state: 'same', ready: true, before: rateOf(before, responses), after: rateOf(after, responses) }],
        1,
      ).worse;
    assert.deepEqual([worse(0, 4), worse(0, 5), worse(0, 9, 10)], [false, true, false]);
    assert.equal(compareHealth([{ pod: 'a', state: 'lost', ready: false }], 1).worse, true);
    assert.match(compareHealth([], 0).message, /^The error rate is unknown/);
  });
});
