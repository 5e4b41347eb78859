import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Frame, decodeFrame } from '../../../src/core/packet/frame.ts';
import { LinkType } from '../../../src/core/packet/packetSink.ts';
import { StreamTable } from '../../../src/core/packet/streamTable.ts';
import type { TcpStream } from '../../../src/core/packet/tcpStream.ts';
import { tcpPacket, text } from '../../support/packetBuilder.ts';

interface Ends {
  readonly src: string;
  readonly sport: number;
  readonly dst: string;
}

/** Found by a search: three connections whose keys have one hash, so that they share a chain of the table. */
const ALIKE: readonly Ends[] = [
  { src: '10.244.1.10', sport: 41_728, dst: '10.96.0.10' },
  { src: '10.244.1.3', sport: 53_310, dst: '10.96.0.235' },
  { src: '10.244.1.9', sport: 59_531, dst: '10.96.0.14' },
];
const OTHER: Ends = { src: '10.244.1.77', sport: 40_000, dst: '10.96.0.10' };

const frame = new Frame();
function open(table: StreamTable<undefined>, ends: Ends): TcpStream<undefined> {
  const packet = tcpPacket({ ...ends, dport: 53, seq: 1, payload: text('x') });
  assert.ok(decodeFrame(packet, 0, packet.length, LinkType.raw, frame));
  return table.open(0, packet, frame);
}

test('streams of one hash stay apart', () => {
  const table = new StreamTable<undefined>();
  const streams = ALIKE.map((ends) => open(table, ends));
  assert.equal(new Set(streams.map(({ hash }) => hash)).size, 1, 'the three were chosen for this');
  assert.deepEqual(
    ALIKE.map((ends) => open(table, ends)),
    streams,
  );
  assert.deepEqual(
    streams.map(({ srcPort, src }) => [srcPort, src[3]]),
    [
      [41_728, 10],
      [53_310, 3],
      [59_531, 9],
    ],
  );
});

test('one used again goes last, the others go in the order in which they were used, and none is lost or left', () => {
  const all = [...ALIKE, OTHER];
  const uses = fc.array(fc.nat(all.length - 1), { maxLength: 12 });
  const order = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(uses, order, (used, deleted) => {
      const table = new StreamTable<undefined>();
      const streams = all.map((ends) => open(table, ends));
      for (const k of used) assert.equal(open(table, all[k]!), streams[k]);
      const left = [...new Set([...used.toReversed(), 3, 2, 1, 0])].reverse();
      for (const k of deleted) {
        table.delete(streams[k]!);
        left.splice(left.indexOf(k), 1);
        assert.equal(table.oldest, left.length === 0 ? undefined : streams[left[0]!]);
        assert.equal(table.size, left.length);
        for (const kept of left) assert.equal(open(table, all[kept]!), streams[kept]);
      }
      assert.notEqual(open(table, all[0]!), streams[0], 'what was deleted begins anew');
      table.delete(streams[0]!);
      assert.equal(table.size, 1, 'what is not in the table cannot be taken from it');
    }),
    { numRuns: 100 },
  );
});
