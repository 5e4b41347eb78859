import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PacketPlaces } from '../../../src/io/packetPlaces.ts';

function placesOf(times: readonly (readonly [seconds: number, nanos: number])[]): PacketPlaces {
  const places = new PacketPlaces();
  times.forEach(([seconds, nanos], index) => {
    places.add(seconds, nanos, index % 3, index * 1000, index, index + 1);
  });
  return places;
}

test('packets come in time order, those of one moment as they arrived', () => {
  const time = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }));
  fc.assert(
    fc.property(fc.array(time, { maxLength: 200 }), (times) => {
      const expected = times
        .map((_, index) => index)
        .sort((a, b) => times[a]![0] - times[b]![0] || times[a]![1] - times[b]![1]);
      assert.deepEqual([...placesOf(times).inTimeOrder()], expected);
    }),
  );
});

test('places beyond one chunk keep what was put in them', () => {
  const count = 200_000;
  const times = Array.from({ length: count }, (_, index) => [count - index, index % 1000] as const);
  const places = placesOf(times);
  const order = places.inTimeOrder();
  assert.deepEqual([order.length, order[0], order[count - 1]], [count, count - 1, 0]);
  const { chunk, row } = places.at(150_000);
  assert.deepEqual(
    [chunk.seconds[row], chunk.vantage[row], chunk.offset[row], chunk.length[row], chunk.originalLength[row]],
    [50_000, 0, 150_000_000, 150_000, 150_001],
  );
});
