import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { followedEnd } from '../../../webview/grid/followedEnd.ts';
import { RowCache } from '../../../webview/grid/rowCache.ts';

const HEIGHT = 10.5;

async function cacheWith(...windows: readonly (readonly [from: number, to: number])[]): Promise<RowCache<number>> {
  const read = (from: number, to: number): Promise<number[]> =>
    Promise.resolve(Array.from({ length: to - from }, (_, at) => from + at));
  const cache = new RowCache({ read }, () => undefined, { pageSize: 10 });
  for (const [from, to] of windows) {
    cache.want(from, to);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return cache;
}

describe('the end that is followed', () => {
  it('is the last row when the rows before it are known', async () => {
    assert.equal(followedEnd(await cacheWith([80, 100]), 50, 100, HEIGHT), 100);
  });
  it('stays where it was while no later rows have come', async () => {
    assert.equal(followedEnd(await cacheWith([30, 50]), 50, 100, HEIGHT), 50);
  });
  it('goes on to the rows that came, though more were told of since', async () => {
    assert.equal(followedEnd(await cacheWith([30, 50], [60, 80]), 50, 100, HEIGHT), 80);
  });
  it('does not go to rows that came alone, without those that stand above them', async () => {
    assert.equal(followedEnd(await cacheWith([30, 50], [70, 80]), 50, 100, HEIGHT), 50);
  });
  it('never goes back to rows that were read for another reason', async () => {
    assert.equal(followedEnd(await cacheWith([30, 50], [0, 20]), 50, 100, HEIGHT), 50);
  });
  it('counts from the first row when the list is shorter than the window', async () => {
    assert.equal(followedEnd(await cacheWith([0, 4]), 2, 4, HEIGHT), 4);
  });
});
