import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedRuns } from '../../../src/base/sharedRuns.ts';
import { unlessAborted } from '../../../src/base/unlessAborted.ts';

test('work of one key runs once at a time; the next run begins after the end, good or bad', async () => {
  const runs = new SharedRuns<number>();
  let open = (_value: number): void => undefined;
  const gate = new Promise<number>((resolve) => (open = resolve));
  let started = 0;
  const work = (): Promise<number> => {
    started++;
    return gate;
  };
  const both = [runs.run('a', work), runs.run('a', work)];
  const other = runs.run('b', work);
  assert.equal(started, 2, 'one for each key');
  open(7);
  assert.deepEqual(await Promise.all([...both, other]), [7, 7, 7]);
  await assert.rejects(
    runs.run('a', () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(await runs.run('a', () => Promise.resolve(9)), 9);
});

test('a cancel ends the wait for work that never ends', async () => {
  const cancel = new AbortController();
  const waiting = unlessAborted(new Promise<never>(() => undefined), cancel.signal);
  cancel.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  await assert.rejects(unlessAborted(Promise.resolve(1), cancel.signal), /enough/);
  const { signal } = new AbortController();
  assert.equal(await unlessAborted(Promise.resolve(1), signal), 1);
  await assert.rejects(unlessAborted(Promise.reject(new Error('failed')), signal), /failed/);
});
