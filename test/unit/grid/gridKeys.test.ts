import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gridKey, type KeyContext } from '../../../webview/grid/gridKeys.ts';

const press = (key: string) => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false });
const context: KeyContext = {
  index: 5,
  count: 100,
  rows: 20.5,
  info: { expandable: true, expanded: false },
  parent: -1,
};

test('right opens, then goes in; left closes, then goes to the parent', () => {
  assert.deepEqual(gridKey(press('ArrowRight'), context), { kind: 'toggle', expanded: true });
  const open = { ...context, info: { expandable: true, expanded: true } };
  assert.deepEqual(gridKey(press('ArrowRight'), open), { kind: 'move', to: 6, extends: false });
  assert.deepEqual(gridKey(press('ArrowLeft'), open), { kind: 'toggle', expanded: false });
  const child = { ...context, info: { expandable: false, expanded: false }, parent: 3 };
  assert.deepEqual(gridKey(press('ArrowLeft'), child), { kind: 'move', to: 3, extends: false });
  assert.equal(gridKey(press('ArrowRight'), child), undefined);
});

test('moves stay inside the rows, from wherever they start', () => {
  const keys = fc.constantFrom('ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End');
  fc.assert(
    fc.property(
      keys,
      fc.integer({ min: -1, max: 5_000_000 }),
      fc.integer({ min: 1, max: 5_000_000 }),
      (key, index, count) => {
        const action = gridKey(press(key), { ...context, index: Math.min(index, count - 1), count });
        assert.ok(action?.kind === 'move' && action.to >= 0 && action.to < count);
      },
    ),
  );
});

test('keys that are not the grid’s are left alone', () => {
  assert.equal(gridKey(press('a'), context), undefined);
  assert.equal(gridKey({ ...press('ArrowLeft'), altKey: true }, context), undefined);
  assert.equal(gridKey(press('ArrowDown'), { ...context, count: 0 }), undefined);
});

test('Shift chooses on the way; Ctrl+A, Ctrl+C and Escape are those of a list', () => {
  assert.deepEqual(gridKey({ ...press('ArrowDown'), shiftKey: true }, context), { kind: 'move', to: 6, extends: true });
  for (const held of [{ ctrlKey: true }, { metaKey: true }]) {
    assert.deepEqual(gridKey({ ...press('a'), ...held }, context), { kind: 'chooseAll' });
    assert.deepEqual(gridKey({ ...press('c'), ...held }, context), { kind: 'copy' });
  }
  assert.equal(gridKey(press('a'), context), undefined);
  assert.deepEqual(gridKey(press('Escape'), context), { kind: 'chooseOne' });
});
