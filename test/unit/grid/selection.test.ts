import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  extendTo,
  isSelected,
  NO_SELECTION,
  selectAll,
  selectedCount,
  selectOnly,
  toggleRow,
  type Selection,
} from '../../../webview/grid/selection.ts';

test('Shift chooses from where it began, whichever way it goes', () => {
  const down = extendTo(extendTo(selectOnly(5), 8), 7);
  assert.deepEqual(down, { ranges: [{ from: 5, to: 7 }], anchor: 5, focus: 7 });
  assert.deepEqual(extendTo(down, 2).ranges, [{ from: 2, to: 5 }]);
  assert.deepEqual(extendTo(NO_SELECTION, 3).ranges, [{ from: 3, to: 3 }]);
});

test('all rows are one range, and the focus stays', () => {
  assert.deepEqual(selectAll(5_000_000, selectOnly(7)), { ranges: [{ from: 0, to: 4_999_999 }], anchor: 0, focus: 7 });
  assert.equal(selectAll(0, NO_SELECTION), NO_SELECTION);
});

test('any sequence of choosing is a set of rows, in ranges that do not touch', () => {
  const step = fc.record({ kind: fc.constantFrom('only', 'extend', 'toggle'), index: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let selection: Selection = NO_SELECTION;
      let rows = new Set<number>();
      let anchor = -1;
      for (const { kind, index } of steps) {
        if (kind === 'toggle') {
          selection = toggleRow(selection, index);
          if (!rows.delete(index)) rows.add(index);
          anchor = index;
        } else if (kind === 'only') {
          selection = selectOnly(index);
          rows = new Set([index]);
          anchor = index;
        } else {
          selection = extendTo(selection, index);
          anchor = anchor < 0 ? index : anchor;
          const [from, to] = [Math.min(anchor, index), Math.max(anchor, index)];
          rows = new Set(Array.from({ length: to - from + 1 }, (_, k) => from + k));
        }
        assert.equal(selection.focus, index);
        assert.equal(selectedCount(selection), rows.size);
        for (let row = 0; row <= 21; row++) assert.equal(isSelected(selection, row), rows.has(row));
        selection.ranges.forEach(({ from, to }, at) => {
          assert.ok(from <= to && from > (selection.ranges[at - 1]?.to ?? -2) + 1);
        });
      }
    }),
  );
});
