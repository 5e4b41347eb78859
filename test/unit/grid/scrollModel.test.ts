import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  clampTop,
  isAtEnd,
  maxTop,
  pageStep,
  type ScrollState,
  thumbOf,
  topAfterChange,
  topOfThumb,
  topToCenter,
  topToReveal,
  visibleRange,
} from '../../../webview/grid/scrollModel.ts';

const counts = fc.oneof(fc.nat(200), fc.nat(5_000_000), fc.nat(2 ** 40));
const heights = fc.double({ min: 0, max: 200, noNaN: true });
const states: fc.Arbitrary<ScrollState> = fc
  .record({ count: counts, rows: heights, share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ count, rows, share }) => ({ count, rows, top: share * maxTop(count, rows) }));
/** Chromium's own double to pixel rounding is coarser than this. */
const CLOSE = 1e-3;

test('the last row ends at the lower edge when scrolled to the end, however many rows there are', () => {
  fc.assert(
    fc.property(counts, heights, (count, rows) => {
      const top = clampTop(Infinity, count, rows);
      const { to } = visibleRange({ top, count, rows });
      assert.equal(to, count);
      if (count >= rows) assert.ok(Math.abs(top + rows - count) < CLOSE);
      assert.ok(isAtEnd({ top, count, rows }));
    }),
  );
});

test('the visible range covers the viewport and never more than two rows beyond it', () => {
  fc.assert(
    fc.property(states, (state) => {
      const { from, to } = visibleRange(state);
      assert.ok(from >= 0 && from <= to && to <= state.count);
      assert.ok(from <= state.top);
      assert.ok(to >= Math.min(state.count, state.top + state.rows) - CLOSE);
      assert.ok(to - from <= state.rows + 2);
    }),
  );
});

test('every row can be revealed, whole, by the least movement', () => {
  fc.assert(
    fc.property(states, fc.nat(), (state, seed) => {
      fc.pre(state.count > 0 && state.rows >= 1);
      const index = seed % state.count;
      const top = topToReveal(state, index);
      assert.ok(index >= top - CLOSE && index + 1 <= top + state.rows + CLOSE);
      if (index >= state.top && index + 1 <= state.top + state.rows) assert.equal(top, state.top);
    }),
  );
});

test('a jump shows its row and stays put when the row is in sight', () => {
  fc.assert(
    fc.property(states, fc.nat(), (state, seed) => {
      fc.pre(state.count > 0 && state.rows >= 2);
      const index = seed % state.count;
      const top = topToCenter(state, index);
      assert.ok(index >= top - CLOSE && index + 1 <= top + state.rows + CLOSE);
    }),
  );
});

test('rows that come at the end move nothing, unless the end is followed', () => {
  fc.assert(
    fc.property(states, fc.nat(1_000_000), (state, more) => {
      const after = { count: state.count + more, rows: state.rows };
      assert.equal(topAfterChange(state, after, false), state.top);
      const followed = topAfterChange(state, after, true);
      if (isAtEnd(state)) assert.equal(followed, maxTop(after.count, after.rows));
      else assert.equal(followed, state.top);
    }),
  );
});

test('a resize keeps the top row; fewer rows end where they end', () => {
  fc.assert(
    fc.property(states, counts, heights, (state, count, rows) => {
      const top = topAfterChange(state, { count, rows }, false);
      assert.equal(top, Math.min(state.top, maxTop(count, rows)));
    }),
  );
});

test('the thumb stays in its track, and dragging it is the inverse of scrolling', () => {
  fc.assert(
    fc.property(states, fc.integer({ min: 30, max: 2000 }), (state, track) => {
      const thumb = thumbOf(state, track, 24);
      if (state.count <= state.rows) {
        assert.equal(thumb.size, 0);
        return;
      }
      assert.ok(thumb.size >= 24 && thumb.size <= track);
      assert.ok(thumb.offset >= 0 && thumb.offset + thumb.size <= track + CLOSE);
      if (thumb.size === track) return;
      const again = topOfThumb(thumb.offset, state, track, 24);
      assert.ok(Math.abs(again - state.top) <= maxTop(state.count, state.rows) * 1e-9 + CLOSE);
    }),
  );
});

test('the thumb at either end of its track means the first and the last row', () => {
  const state: ScrollState = { top: 17, count: 5_000_000, rows: 25.4 };
  assert.equal(topOfThumb(-5, state, 500, 24), 0);
  assert.equal(topOfThumb(500, state, 500, 24), 5_000_000 - 25.4);
});

test('a page is one row less than what fits, at least one', () => {
  assert.equal(pageStep(25.4), 24);
  assert.equal(pageStep(1.2), 1);
  assert.equal(pageStep(0), 1);
});
