import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Column,
  columnWidth,
  layoutColumns,
  moveColumn,
  visibleColumns,
  withColumn,
} from '../../../webview/grid/columns.ts';

const column = (id: string, width: number, minWidth: number, grows = false): Column<unknown> => ({
  id,
  title: id,
  width,
  minWidth,
  grows,
  render: () => undefined,
  text: () => '',
});
const COLUMNS = [column('a', 100, 60), column('b', 200, 80, true), column('c', 80, 80)];
const pixels = (tracks: string): number[] => [...tracks.matchAll(/(\d+)px/g)].map((match) => Number(match[1]));

test('with room to spare all have their width and one takes the rest', () => {
  assert.equal(layoutColumns(COLUMNS, { visible: [], widths: {} }, 1000).tracks, '100px minmax(200px, 1fr) 80px');
});

test('without room for the least widths they scroll sideways, as narrow as they can be: more of them is seen', () => {
  assert.equal(layoutColumns(COLUMNS, { visible: [], widths: {} }, 150).least, 220);
});

test('between the two they fit exactly as far as they can shrink, and what a user set is kept', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 2000 }), fc.option(fc.integer({ min: 36, max: 400 })), (room, own) => {
      const state = { visible: [], widths: own === null ? {} : { a: own } };
      const { tracks, least } = layoutColumns(COLUMNS, state, room);
      const widths = pixels(tracks);
      assert.equal(widths.length, 3);
      if (own !== null) assert.equal(widths[0], own);
      const full = COLUMNS.reduce((sum, one) => sum + columnWidth(one, state), 0);
      const leastOfAll = (own ?? 60) + 80 + 80;
      if (room < leastOfAll) assert.equal(least, leastOfAll);
      else if (room < full) assert.ok(least <= room && least > room - 4);
      else assert.equal(least, full);
    }),
  );
});

test('a saved width out of bounds or of an unknown column does no harm', () => {
  const state = { visible: ['b', 'gone'], widths: { a: -5, b: Number.NaN, gone: 9 } };
  assert.equal(columnWidth(column('a', 100, 60), state), 36);
  assert.equal(columnWidth(column('b', 200, 80), state), 200);
  assert.deepEqual(
    visibleColumns(COLUMNS, state).map(({ id }) => id),
    ['b'],
  );
  assert.deepEqual(
    visibleColumns(COLUMNS, { visible: [], widths: {} }).map(({ id }) => id),
    ['a'],
  );
});

test('a column that is shown again stands behind those that are before it by nature', () => {
  const shown = (visible: readonly string[], id: string): readonly string[] =>
    withColumn(COLUMNS, { visible, widths: {} }, id, true).visible;
  assert.deepEqual(shown(['c', 'b'], 'a'), ['a', 'c', 'b']);
  assert.deepEqual(shown(['c', 'a'], 'b'), ['c', 'a', 'b']);
  assert.deepEqual(shown(['a', 'b'], 'b'), ['a', 'b']);
  assert.deepEqual(withColumn(COLUMNS, { visible: ['a', 'b', 'c'], widths: {} }, 'b', false).visible, ['a', 'c']);
});

test('columns stand where they were moved to, and all stay', () => {
  const state = { visible: ['a', 'b', 'c'], widths: {} };
  assert.deepEqual(moveColumn(state, 'c', 0).visible, ['c', 'a', 'b']);
  assert.deepEqual(moveColumn(state, 'a', 1).visible, ['b', 'a', 'c']);
  assert.deepEqual(moveColumn(state, 'a', 9).visible, ['b', 'c', 'a']);
  assert.deepEqual(moveColumn(state, 'a', -1).visible, ['a', 'b', 'c']);
  assert.deepEqual(moveColumn(state, 'gone', 1).visible, state.visible);
  assert.deepEqual(
    visibleColumns(COLUMNS, { visible: ['c', 'a', 'c'], widths: {} }).map(({ id }) => id),
    ['c', 'a'],
  );
});
