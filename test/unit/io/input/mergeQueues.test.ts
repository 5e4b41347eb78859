import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PacketSink } from '../../../../src/core/packet/packetSink.ts';
import { mergeQueues } from '../../../../src/io/input/mergeQueues.ts';
import { PacketQueue } from '../../../../src/io/input/packetQueue.ts';
import { CaptureBuilder } from '../../../support/packetBuilder.ts';

const EPOCH_NS = 1_763_700_000_000_000_000n;

interface Seen {
  readonly capture: number;
  readonly number: number;
  readonly timeNs: bigint;
}

/** Captures whose packets carry their own number, read in pieces of a size; times in µs after the epoch, in file order. */
async function merged(
  captures: readonly (readonly number[])[],
  size: number,
  correctionsNs: readonly number[] = [],
): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  const base = { seconds: Number.NaN };
  const queues = captures.map((times, capture) => {
    const builder = new CaptureBuilder({ format: capture % 2 === 0 ? 'pcap' : 'pcapng', nanos: true });
    times.forEach((time, number) =>
      builder.frame(
        EPOCH_NS + BigInt(time) * 1000n,
        Uint8Array.of(capture, number >> 8, number & 255, ...new Uint8Array(number % 50)),
      ),
    );
    const bytes = builder.bytes();
    let at = 0;
    const read = (): Uint8Array | undefined => {
      const chunk = bytes.slice(at, at + size);
      at += chunk.length;
      return chunk.length === 0 ? undefined : chunk;
    };
    const sink: PacketSink = {
      onInterface: () => undefined,
      onPacket: (packet, start, end, _length, seconds, nanos, _link, _interface, offset) => {
        assert.deepEqual(packet.slice(start, end), bytes.slice(offset - 1000, offset - 1000 + end - start));
        const number = (packet[start + 1]! << 8) | packet[start + 2]!;
        seen.push({ capture: packet[start]!, number, timeNs: BigInt(seconds) * 1_000_000_000n + BigInt(nanos) });
      },
    };
    const reading = {
      read: capture % 3 === 0 ? read : async () => Promise.resolve(read()),
      cut: false,
      problem: undefined,
      mayGrow: false,
      close: () => undefined,
    };
    return new PacketQueue({ reading, sink, base, correctionOf: () => correctionsNs[capture] ?? 0, offset: 1000 });
  });
  await mergeQueues(queues, () => undefined);
  return seen;
}

const times = fc.array(fc.nat(5_000_000), { maxLength: 60 });
const sortedTimes = times.map((all) => all.sort((a, b) => a - b));

test('captures in time order come out in time order; of one moment, the first named goes first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(sortedTimes, { maxLength: 6 }),
      fc.integer({ min: 1, max: 3000 }),
      async (captures, size) => {
        const expected = captures
          .flatMap((all, capture) =>
            all.map((time, number) => ({ capture, number, timeNs: EPOCH_NS + BigInt(time) * 1000n })),
          )
          .sort((a, b) => Number(a.timeNs - b.timeNs) || a.capture - b.capture || a.number - b.number);
        assert.deepEqual(await merged(captures, size), expected);
      },
    ),
    { numRuns: 60, examples: [[[[14], [0, 14]], 66]] },
  );
});

test('whatever the order inside, every packet comes once, in the order of its capture', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(times, { maxLength: 5 }), async (captures) => {
      const seen = await merged(captures, 200);
      captures.forEach((all, capture) => {
        const own = seen.filter((packet) => packet.capture === capture).map(({ number }) => number);
        assert.deepEqual(
          own,
          all.map((_, number) => number),
        );
      });
    }),
    { numRuns: 40 },
  );
});

test('corrected clocks: times are moved, exactly, and the order is by what they become', async () => {
  const seen = await merged(
    [
      [10, 20, 999_999],
      [11, 21],
    ],
    50,
    [0, -2_500_000_123],
  );
  assert.deepEqual(
    seen.map(({ capture, timeNs }) => [capture, timeNs - EPOCH_NS]),
    [
      [0, 10_000n],
      [0, 20_000n],
      [0, 999_999_000n],
      [1, 2_500_011_123n],
      [1, 2_500_021_123n],
    ],
  );
});
