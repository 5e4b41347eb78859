import assert from 'node:assert/strict';
import { test } from 'node:test';
import { treeKey, type TreeRowPlace } from '../../../webview/widgets/treeKeys.ts';

const rows: readonly TreeRowPlace[] = [
  { level: 1, expanded: true },
  { level: 2, expanded: undefined },
  { level: 2, expanded: true },
  { level: 3, expanded: undefined },
  { level: 1, expanded: false },
];

test('keys go through a tree as in VS Code', () => {
  const to = (key: string, at: number): number | string | undefined => {
    const done = treeKey(key, rows, at);
    if (done?.kind === 'go') return done.to;
    return done?.kind === 'toggle' ? (done.expanded ? 'open' : 'close') : done?.kind;
  };
  assert.deepEqual(
    [to('ArrowDown', 0), to('ArrowDown', 4), to('ArrowUp', 0), to('Home', 3), to('End', 0)],
    [1, 4, 0, 0, 4],
  );
  assert.deepEqual([to('ArrowRight', 0), to('ArrowRight', 1), to('ArrowRight', 4)], [1, 1, 'open']);
  assert.deepEqual(
    [to('ArrowLeft', 0), to('ArrowLeft', 1), to('ArrowLeft', 3), to('ArrowLeft', 4)],
    ['close', 0, 2, 4],
  );
  assert.deepEqual([to(' ', 4), to(' ', 2), to(' ', 1), to('Enter', 2)], ['open', 'close', 'open', 'open']);
  assert.equal(to('a', 0), undefined);
  assert.equal(treeKey('Home', [], 0), undefined);
});
