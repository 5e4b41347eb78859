/** When a picture of the whole trace is read, without a browser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Overview } from '../../webview/app/overview.ts';

/** A reading that ends when it is told to. */
class Readings {
  begun = 0;
  changes = 0;
  readonly overview: Overview<string>;
  #settle: ((value: string) => void) | undefined;
  #refuse: ((error: Error) => void) | undefined;
  #waiting: (() => void) | undefined;

  constructor(restMs: number) {
    this.overview = new Overview(
      () => {
        this.begun++;
        this.#waiting?.();
        return new Promise<string>((resolve, reject) => ([this.#settle, this.#refuse] = [resolve, reject]));
      },
      () => this.changes++,
      restMs,
    );
  }

  /** Resolves when so many readings have begun. */
  async next(begun: number): Promise<void> {
    if (this.begun < begun) await new Promise<void>((resolve) => (this.#waiting = resolve));
    assert.equal(this.begun, begun);
  }

  async end(value: string): Promise<void> {
    this.#settle?.(value);
    await new Promise((resolve) => setImmediate(resolve));
  }

  async fail(): Promise<void> {
    this.#refuse?.(new Error('no'));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('nothing is read before somebody looks, and nothing twice at once', async () => {
  const readings = new Readings(1e6);
  readings.overview.touch();
  assert.equal(readings.begun, 0);
  const watching = readings.overview.watch();
  readings.overview.touch();
  readings.overview.touch();
  assert.equal(readings.begun, 1);
  await readings.end('a');
  assert.deepEqual([readings.overview.value, readings.begun, readings.changes], ['a', 1, 1]);
  watching.dispose();
  readings.overview.reset({ forget: false });
  assert.equal(readings.begun, 1);
  readings.overview.dispose();
});

test('a growing trace is read again after a rest, another view at once', async () => {
  const resting = new Readings(1e6);
  resting.overview.watch();
  await resting.end('a');
  resting.overview.touch();
  assert.equal(resting.begun, 1, 'it rests');
  resting.overview.dispose();
  const readings = new Readings(0);
  readings.overview.watch();
  await readings.end('a');
  readings.overview.touch();
  await readings.next(2);
  await readings.end('b');
  readings.overview.reset({ forget: false });
  assert.deepEqual([readings.begun, readings.overview.value], [3, 'b']);
  readings.overview.dispose();
});

test('what was read of another view is not shown, and the other is read behind it', async () => {
  const readings = new Readings(1e6);
  readings.overview.watch();
  await readings.end('a');
  readings.overview.reset({ forget: true });
  assert.equal(readings.overview.value, undefined);
  readings.overview.reset({ forget: false });
  assert.equal(readings.begun, 2, 'one at a time');
  await readings.end('of the view before');
  assert.deepEqual([readings.overview.value, readings.begun], [undefined, 3]);
  await readings.end('b');
  assert.equal(readings.overview.value, 'b');
  readings.overview.dispose();
});

test('a refused reading leaves the last picture, and says why', async () => {
  const readings = new Readings(0);
  readings.overview.watch();
  await readings.end('a');
  readings.overview.reset({ forget: false });
  await readings.fail();
  assert.deepEqual([readings.overview.value, readings.overview.problem?.detail], ['a', 'no']);
  readings.overview.dispose();
});
