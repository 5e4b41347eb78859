import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TickClock } from '../../../src/core/packet/tickClock.ts';

test('agrees with exact arithmetic for every decimal resolution up to nanoseconds and any tick count', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (exponent, ticks) => {
      const clock = new TickClock(exponent, 0);
      clock.read(Number(ticks >> 32n), Number(ticks & 0xffff_ffffn));
      const divisor = 10n ** BigInt(exponent);
      assert.equal(clock.seconds, Number(ticks / divisor));
      assert.equal(clock.nanos, Number(((ticks % divisor) * 1_000_000_000n) / divisor));
    }),
  );
});

test('is within a nanosecond for every other resolution, with any offset', () => {
  const resolutions = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(resolutions, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.integer(), (resolution, ticks, offset) => {
      const clock = new TickClock(resolution, offset);
      clock.read(Number(ticks >> 32n), Number(ticks & 0xffff_ffffn));
      const divisor = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
      assert.equal(clock.seconds, Number(ticks / divisor) + offset);
      const exact = Number(((ticks % divisor) * 1_000_000_000n) / divisor);
      assert.ok(Math.abs(clock.nanos - exact) <= 1 && clock.nanos >= 0 && clock.nanos <= 999_999_999);
    }),
  );
});
