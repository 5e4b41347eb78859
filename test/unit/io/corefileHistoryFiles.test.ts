import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { CorefileHistoryFiles } from '../../../src/io/corefileHistoryFiles.ts';
import type { HistoryPlace, SeenVersion } from '../../../src/session/change/corefileChangeTypes.ts';

const placeOf = (key: string, server = 'https://a'): HistoryPlace => ({
  server,
  namespace: 'kube-system',
  name: 'coredns',
  key,
});
const versionOf = (place: HistoryPlace, text: string): SeenVersion => ({
  ...place,
  text,
  resourceVersion: '7',
  time: '2026-11-21T10:00:00.000Z',
  cause: 'edit',
});

describe('the files of the history', () => {
  let root: string;
  let folder: string;
  let files: CorefileHistoryFiles;
  before(async () => void (root = await mkdtemp(path.join(tmpdir(), 'dnscope-history-'))));
  after(() => rm(root, { recursive: true, force: true }));
  beforeEach(() => {
    folder = path.join(root, 'deep', String(Math.random()));
    files = new CorefileHistoryFiles(folder);
  });
  const save = (place: HistoryPlace, ...texts: readonly string[]): Promise<void> =>
    files.save(
      place,
      texts.map((text) => versionOf(place, text)),
    );
  const names = (): Promise<readonly string[]> => readdir(folder);

  it('keep each place in a file of its own, for this user alone, whatever its name', async () => {
    const places = [placeOf('Corefile'), placeOf('../../x.server'), placeOf('Corefile', 'https://b/../"')];
    assert.deepEqual(await files.load(placeOf('Corefile')), []);
    for (const [index, place] of places.entries()) await save(place, 'a', String(index));
    assert.equal((await names()).length, 3);
    for (const [index, place] of places.entries())
      assert.deepEqual(await files.load(place), [versionOf(place, 'a'), versionOf(place, String(index))]);
    const [first = ''] = await names();
    assert.equal((await stat(path.join(folder, first))).mode & 0o777, 0o600);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.deepEqual(
      new Set((await files.places()).map(({ server, key }) => `${server} ${key}`)),
      new Set(places.map(({ server, key }) => `${server} ${key}`)),
    );
    // A key that did not exist is not an empty one.
    await files.save(placeOf('Corefile'), [{ ...versionOf(placeOf('Corefile'), ''), absent: true }]);
    assert.equal((await files.load(placeOf('Corefile')))[0]?.absent, true);
    await files.clear(placeOf('Corefile'));
    assert.deepEqual(await files.load(placeOf('Corefile')), []);
    assert.equal((await files.places()).length, 2);
    await files.clear();
    await files.clear();
    assert.deepEqual(await files.places(), []);
  });

  it('that are damaged have no versions, and are replaced', async () => {
    const place = placeOf('Corefile');
    await save(place, 'good');
    const [name = ''] = await names();
    const file = path.join(folder, name);
    const whole = await readFile(file, 'utf8');
    for (const text of ['', '{', 'null', '[]', '{"format":2}', whole.slice(0, -9), whole.replace('coredns', 'other')]) {
      await writeFile(file, text);
      assert.deepEqual(await files.load(place), [], text);
      assert.deepEqual(await files.places(), [], text);
    }
    // One bad version costs that one alone.
    await save(place, 'one', 'two');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"text":"one"', '"text":1'));
    assert.deepEqual(
      (await files.load(place)).map(({ text }) => text),
      ['two'],
    );
    await save(place, 'new');
    assert.deepEqual(await files.load(place), [versionOf(place, 'new')]);
    await rm(file);
    await mkdir(file);
    assert.deepEqual(await files.load(place), []);
    await assert.rejects(save(place, 'lost'));
    assert.deepEqual(await names(), [name], 'nothing is left beside');
  });

  it('hold whatever a text holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string(), async (text, key) => {
        await save(placeOf(key), text);
        assert.deepEqual(await files.load(placeOf(key)), [versionOf(placeOf(key), text)]);
      }),
      { numRuns: 50 },
    );
  });

  it('are bounded in number and size: what was not written for longest goes first', async () => {
    await save(placeOf('old'), 'x');
    const [name = ''] = await names();
    await utimes(path.join(folder, name), 1000, 1000);
    await writeFile(path.join(folder, 'killed.tmp'), '');
    await utimes(path.join(folder, 'killed.tmp'), 1000, 1000);
    for (let index = 0; index < 99; index += 1) await save(placeOf(String(index)), 'x');
    assert.equal((await names()).length, 100);
    assert.equal((await files.load(placeOf('old'))).length, 1);
    await save(placeOf('99'), 'x');
    assert.equal((await names()).length, 100);
    assert.deepEqual(await files.load(placeOf('old')), []);
    await files.clear();
    for (let index = 0; index < 6; index += 1) {
      await save(placeOf(String(index)), 'y'.repeat(5_000_000));
      for (const one of await names())
        await utimes(path.join(folder, one), 1000 + index, (await stat(path.join(folder, one))).mtimeMs / 1000 - 10);
    }
    assert.equal((await names()).length, 3);
    assert.equal((await files.load(placeOf('5'))).length, 1);
  });
});
