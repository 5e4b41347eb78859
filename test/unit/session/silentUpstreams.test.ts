import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SilentUpstreams, type UpstreamCounts } from '../../../src/session/cluster/silentUpstreams.ts';

const at = (seconds: number): bigint => BigInt(seconds) * 1_000_000_000n;
const server = (queries: number, answered: number, address = '10.224.0.92'): UpstreamCounts => ({
  address,
  port: 53,
  queries,
  answered,
});

/** One reading every two seconds from `from` on; gives the last answer. */
function feed(
  silent: SilentUpstreams,
  from: number,
  counts: readonly (readonly UpstreamCounts[])[],
  seenWith = 'a',
): readonly string[] | undefined {
  let last: ReturnType<SilentUpstreams['update']>;
  for (const [index, one] of counts.entries()) last = silent.update(at(from + 2 * index), one, seenWith);
  return last?.map(({ address, queries, answered }) => `${address} ${String(answered)}/${String(queries)}`);
}
const rising = (count: number, from = 0): readonly (readonly UpstreamCounts[])[] =>
  Array.from({ length: count }, (_, index) => [server(from + index, 0)]);

describe('SilentUpstreams', () => {
  it('speaks when enough queries had their time and none was answered', () => {
    assert.deepEqual(feed(new SilentUpstreams(), 0, rising(6)), [], 'three were asked, but the last of them just now');
    assert.deepEqual(feed(new SilentUpstreams(), 0, rising(7)), ['10.224.0.92 0/3']);
  });

  it('takes it back with the first answer, and speaks again when a minute brought no other', () => {
    const silent = new SilentUpstreams();
    assert.deepEqual(feed(silent, 0, rising(20)), ['10.224.0.92 0/3']);
    assert.deepEqual(feed(silent, 40, [[server(20, 1)]]), []);
    const later = Array.from({ length: 32 }, (_, index) => [server(21 + index, 1)]);
    assert.deepEqual(feed(silent, 42, later.slice(0, 29)), []);
    assert.deepEqual(feed(silent, 100, later.slice(29)), ['10.224.0.92 0/27']);
  });

  it('keeps its figures for half a minute, and tells of another server at once', () => {
    const silent = new SilentUpstreams();
    assert.deepEqual(feed(silent, 0, rising(8)), ['10.224.0.92 0/3']);
    assert.deepEqual(feed(silent, 16, rising(13, 8)), ['10.224.0.92 0/3']);
    assert.deepEqual(feed(silent, 42, rising(1, 21)), ['10.224.0.92 0/18']);
    const both = Array.from({ length: 7 }, (_, index) => [server(22 + index, 0), server(index, 0, '10.224.0.93')]);
    assert.deepEqual(feed(silent, 44, both), ['10.224.0.92 0/25', '10.224.0.93 0/3']);
  });

  it('does not judge by what was counted before the first look', () => {
    const silent = new SilentUpstreams();
    const same = Array.from({ length: 20 }, () => [server(500, 0)]);
    assert.deepEqual(feed(silent, 0, same), []);
  });

  it('lets old evidence go when nothing more is asked', () => {
    const silent = new SilentUpstreams();
    assert.deepEqual(feed(silent, 0, rising(10)), ['10.224.0.92 0/3']);
    const still = Array.from({ length: 70 }, () => [server(9, 0)]);
    assert.deepEqual(feed(silent, 20, still), []);
  });

  it('knows nothing without a trace, and begins anew after a moment that was not seen', () => {
    const silent = new SilentUpstreams();
    assert.deepEqual(feed(silent, 0, rising(10)), ['10.224.0.92 0/3']);
    assert.deepEqual(feed(silent, 20, rising(4, 10), 'packets were lost'), []);
    assert.deepEqual(feed(silent, 28, rising(6, 14), 'packets were lost'), ['10.224.0.92 0/3']);
    assert.equal(feed(silent, 40, [[]]), undefined);
    assert.deepEqual(feed(silent, 42, [[server(900, 0)]]), []);
  });

  it('counts what two traces see of one server once, and tells servers apart', () => {
    const counts = Array.from({ length: 7 }, (_, index) => [
      server(index, 0),
      server(index, 0),
      server(index, index, '10.224.0.93'),
    ]);
    assert.deepEqual(feed(new SilentUpstreams(), 0, counts), ['10.224.0.92 0/3']);
  });
});
