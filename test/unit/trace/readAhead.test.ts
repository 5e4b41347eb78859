import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readAhead } from '../../../src/core/trace/readAhead.ts';

const KIB = 1024;
const FILE = Uint8Array.from({ length: 1000 * KIB + 77 }, (_, k) => (k * 31 + (k >> 8)) & 255);

/** A capture of these bytes, which gives a whole range or nothing, and what was read of it. */
function capture(): { readonly read: (offset: number, length: number) => Uint8Array | undefined; reads: number[] } {
  const reads: number[] = [];
  return {
    reads,
    read: (offset, length) => {
      reads.push(offset);
      return offset + length > FILE.length ? undefined : FILE.slice(offset, offset + length);
    },
  };
}

test('gives what reading itself would give, wherever it is asked', () => {
  const ranges = fc.array(fc.tuple(fc.nat(FILE.length + 10), fc.nat(150 * KIB)), { maxLength: 30 });
  fc.assert(
    fc.property(ranges, (asked) => {
      const ahead = readAhead(capture().read)!;
      for (const [offset, length] of asked) {
        const expected = offset + length > FILE.length ? undefined : FILE.slice(offset, offset + length);
        assert.ok(Buffer.from(ahead(offset, length) ?? []).equals(Buffer.from(expected ?? [])));
        assert.equal(ahead(offset, length) === undefined, expected === undefined);
      }
    }),
    { numRuns: 20 },
  );
});

test('a pass from front to back, with looks a little ahead, reads each stretch once', () => {
  const { read, reads } = capture();
  const ahead = readAhead(read)!;
  for (let at = 0; at < 700 * KIB; at += 300) {
    ahead(at, 300);
    ahead(at + 100 * KIB, 200);
  }
  assert.ok(reads.length <= 13, String(reads.length));
});

test('what lies far back is forgotten: memory is bounded', () => {
  const { read, reads } = capture();
  const ahead = readAhead(read)!;
  const steps = [0, 64, 128, 192, 256, 320, 384, 448].map((kib) => kib * KIB);
  for (const at of steps) ahead(at, 1);
  ahead(0, 1);
  assert.equal(reads.length, 8, 'eight are kept');
  ahead(512 * KIB, 1);
  ahead(0, 1);
  assert.equal(reads.length, 9, 'the one used longest ago went, and that was not the first');
  ahead(64 * KIB, 1);
  assert.equal(reads.length, 10);
});

test('what cannot be read stays so', () => {
  assert.equal(readAhead(undefined), undefined);
  assert.equal(readAhead(() => undefined)!(0, 10), undefined);
});
