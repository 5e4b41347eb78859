import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CorefileVersion, SeenVersion } from '../../../src/session/change/corefileChangeTypes.ts';
import { CorefileHistory } from '../../../src/session/change/corefileHistory.ts';

const version = (text: string, resourceVersion = text, name = 'coredns'): CorefileVersion => ({
  namespace: 'kube-system',
  name,
  key: 'Corefile',
  text,
  resourceVersion,
});

function memory(): {
  all: readonly SeenVersion[];
  readonly load: () => Promise<readonly SeenVersion[]>;
  readonly save: (all: readonly SeenVersion[]) => Promise<void>;
} {
  const store = {
    all: [] as readonly SeenVersion[],
    load: async () => store.all,
    save: async (all: readonly SeenVersion[]) => void (store.all = all),
  };
  return store;
}

describe('the history of Corefiles', () => {
  it('keeps places and clusters apart, and takes the same text seen again for no news', async () => {
    const history = new CorefileHistory(memory());
    await Promise.all([
      history.add('a', version('1'), 'seen', 0n),
      history.add('a', version('1', '9'), 'seen', 1n),
      history.add('a', version('2'), 'edit', 1_000_000_000n),
      history.add('b', version('3'), 'seen', 2n),
      history.add('a', version('4', '4', 'coredns-custom'), 'seen', 3n),
      history.add('a', version('1', '10'), 'rollback', 4n),
    ]);
    assert.deepEqual(
      (await history.of('a', version(''))).map(({ text, cause, time }) => [text, cause, time]),
      [
        ['1', 'seen', '1970-01-01T00:00:00.000Z'],
        ['2', 'edit', '1970-01-01T00:00:01.000Z'],
        ['1', 'rollback', '1970-01-01T00:00:00.000Z'],
      ],
    );
  });

  it('is bounded in number and size, the oldest going first', async () => {
    const store = memory();
    const history = new CorefileHistory(store);
    for (let index = 0; index < 60; index += 1) await history.add('a', version(String(index)), 'edit', 0n);
    assert.deepEqual([store.all.length, store.all[0]?.text], [50, '10']);
    await history.add('a', version('x'.repeat(1_999_990)), 'edit', 0n);
    assert.equal(store.all.length, 6);
    await history.add('a', version('y'.repeat(3_000_000)), 'edit', 0n);
    assert.equal(store.all.length, 1);
  });

  it('costs nothing but history when its store fails', async () => {
    const fail = async (): Promise<never> => Promise.reject(new Error('full'));
    const history = new CorefileHistory({ load: fail, save: fail });
    await history.add('a', version('1'), 'seen', 0n);
    assert.deepEqual(await history.of('a', version('')), []);
  });
});
