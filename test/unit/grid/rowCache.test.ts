import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RowCache } from '../../../webview/grid/rowCache.ts';

/** A source whose reads the test answers when it wants. */
class HeldSource {
  readonly reads: {
    readonly from: number;
    readonly to: number;
    answer(make?: (index: number) => string): Promise<void>;
    refuse(): Promise<void>;
  }[] = [];
  count = 100_000;

  read(from: number, to: number): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      const settled = async (): Promise<void> => {
        for (let turn = 0; turn < 4; turn++) await Promise.resolve();
      };
      this.reads.push({
        from,
        to,
        answer: (make = (index) => `row ${index}`) => {
          resolve(Array.from({ length: Math.max(0, Math.min(to, this.count) - from) }, (_, at) => make(from + at)));
          return settled();
        },
        refuse: () => {
          reject(new Error('refused'));
          return settled();
        },
      });
    });
  }

  at(index: number): HeldSource['reads'][number] {
    const read = this.reads[index];
    assert.ok(read !== undefined, `read ${index} was made`);
    return read;
  }
}

test('one read at a time; of the wishes that wait only the newest is read', async () => {
  const source = new HeldSource();
  const cache = new RowCache(source, () => undefined, { pageSize: 10 });
  cache.want(0, 10);
  cache.want(500, 510);
  cache.want(900, 910);
  assert.equal(source.reads.length, 1);
  await source.at(0).answer();
  assert.deepEqual(
    source.reads.map(({ from }) => from),
    [0, 900],
  );
  await source.at(1).answer();
  assert.equal(source.reads.length, 2);
  assert.equal(cache.get(3), 'row 3');
  assert.equal(cache.get(505), undefined);
  assert.equal(cache.get(905), 'row 905');
});

test('what is known is not read again until it is invalidated, and stays in sight meanwhile', async () => {
  const source = new HeldSource();
  let changes = 0;
  const cache = new RowCache(source, () => changes++, { pageSize: 10 });
  cache.want(0, 20);
  await source.at(0).answer();
  assert.equal(changes, 1);
  cache.want(5, 15);
  assert.equal(source.reads.length, 1);
  cache.invalidate();
  assert.equal(cache.get(7), 'row 7');
  cache.want(5, 15);
  assert.equal(source.reads.length, 2);
  await source.at(1).answer((index) => `new ${index}`);
  assert.equal(cache.get(7), 'new 7');
});

test('an answer that was asked for before an invalidation is shown, but read again', async () => {
  const source = new HeldSource();
  const cache = new RowCache(source, () => undefined, { pageSize: 10 });
  cache.want(0, 10);
  cache.invalidate();
  await source.at(0).answer();
  assert.equal(cache.get(1), 'row 1');
  cache.want(0, 10);
  assert.equal(source.reads.length, 2);
});

test('an answer from before a clear is dropped', async () => {
  const source = new HeldSource();
  const cache = new RowCache(source, () => undefined, { pageSize: 10 });
  cache.want(0, 10);
  cache.clear();
  await source.at(0).answer();
  assert.equal(cache.get(0), undefined);
});

test('a refused read is tried again with the next wish', async () => {
  const source = new HeldSource();
  const cache = new RowCache(source, () => undefined, { pageSize: 10 });
  cache.want(0, 10);
  await source.at(0).refuse();
  assert.equal(source.reads.length, 1);
  cache.want(0, 10);
  await source.at(1).answer();
  assert.equal(cache.get(9), 'row 9');
});

test('a refused read does not hold up the wish that waits behind it', async () => {
  const source = new HeldSource();
  const cache = new RowCache(source, () => undefined, { pageSize: 10 });
  cache.want(0, 10);
  cache.clear();
  cache.want(20, 30);
  await source.at(0).refuse();
  await source.at(1).answer();
  assert.equal(cache.get(25), 'row 25');
});

test('the last page is read again when rows were added to it', async () => {
  const source = new HeldSource();
  source.count = 4;
  const cache = new RowCache(source, () => undefined, { pageSize: 10 });
  cache.want(0, 4);
  await source.at(0).answer();
  source.count = 6;
  cache.want(0, 6);
  await source.at(1).answer();
  assert.equal(cache.get(5), 'row 5');
});

test('reads are bounded, memory is bounded, and rows stand where they belong', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(99_000), { minLength: 1, maxLength: 60 }), async (places) => {
      const source = new HeldSource();
      const cache = new RowCache(source, () => undefined, { pageSize: 10, maxPages: 8, maxRead: 4 });
      let read = 0;
      for (const place of places) {
        cache.want(place, place + 30);
        while (read < source.reads.length) await source.at(read++).answer();
        for (let index = place; index < place + 30; index++) assert.equal(cache.get(index), `row ${index}`);
      }
      assert.ok(source.reads.every(({ from, to }) => from % 10 === 0 && to - from <= 40));
      let known = 0;
      for (let page = 0; page < 10_000; page++) if (cache.get(page * 10) !== undefined) known++;
      assert.ok(known <= 8);
    }),
    { numRuns: 30 },
  );
});

test('the parent of a row is found among the known rows before it', async () => {
  const source = new HeldSource();
  const cache = new RowCache(source, () => undefined, { pageSize: 10 });
  cache.want(0, 10);
  await source.at(0).answer((index) => (index === 2 ? 'parent' : 'child'));
  assert.equal(
    cache.findBefore(7, 100, (row) => row === 'parent'),
    2,
  );
  assert.equal(
    cache.findBefore(7, 3, (row) => row === 'parent'),
    -1,
  );
});
