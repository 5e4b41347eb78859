import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SystemClock } from '../../../src/io/systemClock.ts';

test('the clock goes with its counter, catches up after a sleep, and never runs backwards', () => {
  let counter = 5n;
  let wall = 1_800_000_000_000;
  const clock = new SystemClock(
    () => counter,
    () => wall,
  );
  assert.equal(clock.nowNs(), 1_800_000_000_000_000_000n);
  counter += 1_500_000_000n;
  assert.equal(clock.nowNs(), 1_800_000_001_500_000_000n, 'the wall clock is behind: the counter counts');
  wall += 2_000;
  assert.equal(clock.nowNs(), 1_800_000_001_500_000_000n, 'a small correction is none');
  wall += 3_600_000;
  assert.equal(clock.nowNs(), 1_800_003_602_000_000_000n, 'an hour of sleep');
  counter += 1_000n;
  assert.equal(clock.nowNs(), 1_800_003_602_000_001_000n);
  wall -= 86_400_000;
  assert.equal(clock.nowNs(), 1_800_003_602_000_001_000n);
});
