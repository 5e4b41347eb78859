import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CorefileVersion } from '../../../src/session/change/corefileChangeTypes.ts';
import { CorefileHistory } from '../../../src/session/change/corefileHistory.ts';
import { InMemoryHistory } from '../../support/inMemoryHistory.ts';

const version = (text: string, resourceVersion = text, name = 'coredns', key = 'Corefile'): CorefileVersion => ({
  namespace: 'kube-system',
  name,
  key,
  text,
  resourceVersion,
});

describe('the history of Corefiles', () => {
  it('keeps places and clusters apart, and takes the same text seen again for no news', async () => {
    const history = new CorefileHistory(new InMemoryHistory());
    await Promise.all([
      history.add('a', version('1'), 'seen', 0n),
      history.add('a', version('1', '9'), 'seen', 1n),
      history.add('a', version('2'), 'edit', 1_000_000_000n),
      history.add('b', version('3'), 'seen', 2n),
      history.add('a', version('4', '4', 'coredns-custom', 'x.override'), 'seen', 3n),
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
    assert.deepEqual(
      (await history.places('a')).map(({ name, key }) => `${name}/${key}`),
      ['coredns/Corefile', 'coredns-custom/x.override'],
    );
  });

  it('is bounded in number and size, the oldest going first, a place not at the cost of another', async () => {
    const history = new CorefileHistory(new InMemoryHistory());
    const of = async (): Promise<readonly string[]> => (await history.of('a', version(''))).map(({ text }) => text);
    await history.add('b', version('other'), 'edit', 0n);
    for (let index = 0; index < 60; index += 1) await history.add('a', version(String(index)), 'edit', 0n);
    assert.deepEqual([(await of()).length, (await of())[0]], [50, '10']);
    await history.add('a', version('x'.repeat(999_990)), 'edit', 0n);
    assert.equal((await of()).length, 6);
    await history.add('a', version('y'.repeat(3_000_000)), 'edit', 0n);
    assert.equal((await of()).length, 1);
    assert.equal((await history.of('b', version(''))).length, 1);
  });

  it('forgets a place, or all, when it is told to', async () => {
    const history = new CorefileHistory(new InMemoryHistory());
    for (const [server, text] of [
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ] as const)
      await history.add(server, version(text), 'edit', 0n);
    await history.clear('a', version(''));
    assert.deepEqual(await history.of('a', version('')), []);
    assert.equal((await history.of('b', version(''))).length, 1);
    await history.clear();
    assert.deepEqual([...(await history.places('b')), ...(await history.places('c'))], []);
  });

  it('costs nothing but history when its store fails, and says that it could not forget', async () => {
    const fail = async (): Promise<never> => Promise.reject(new Error('full'));
    const history = new CorefileHistory({ load: fail, save: fail, places: fail, clear: fail });
    await history.add('a', version('1'), 'seen', 0n);
    assert.deepEqual([await history.of('a', version('')), await history.places('a')], [[], []]);
    await assert.rejects(history.clear(), /full/);
    await history.add('a', version('1'), 'seen', 0n);
  });
});
