/** Parts of a timeline that are zoomed to, panned to and kept; what the wheel means; no browser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSamePart, nearer, pannedBy, partOf, windowOf, zoomedAt } from '../../webview/app/timeline/timelineZoom.ts';
import { timelineKey } from '../../webview/app/timeline/timelineKeys.ts';
import { marksOn } from '../../webview/app/timeline/timelineMarkPlaces.ts';
import { asUiState } from '../../webview/app/uiState.ts';
import type { TimeChartData } from '../../webview/widgets/timeChartScale.ts';
import { wheelMove, type WheelTurn } from '../../webview/widgets/timeChartWheel.ts';

const whole = { fromUs: 1_000_000, toUs: 61_000_000 };

test('a part lies within the whole, whatever is zoomed and panned, and is never shorter than twenty intervals', () => {
  const step = fc.record({
    factor: fc.double({ min: 0.1, max: 20, noNaN: true }),
    at: fc.double({ min: 0, max: 7e7, noNaN: true }),
    share: fc.double({ min: -2, max: 2, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.boolean(), (steps, running) => {
      let window = whole;
      for (const { factor, at, share } of steps) {
        const part = partOf(pannedBy(zoomedAt(window, factor, at), share), whole, running);
        assert.ok(isSamePart(part, part));
        window = windowOf(part, whole);
        assert.ok(window.toUs - window.fromUs >= 20_000);
        // A part begins with a whole millisecond.
        assert.ok(window.fromUs >= whole.fromUs && window.toUs <= whole.toUs, JSON.stringify(part));
        if (part !== undefined && !running) assert.ok('fromUs' in part && part.fromUs % 1000 === 0);
      }
    }),
  );
});

test('the moment under the pointer stays where it is; sideways the length stays', () => {
  assert.deepEqual(zoomedAt({ fromUs: 0, toUs: 100 }, 2, 25), { fromUs: 12.5, toUs: 62.5 });
  assert.deepEqual(zoomedAt({ fromUs: 0, toUs: 100 }, 2, 500), { fromUs: 50, toUs: 100 });
  const part = partOf(pannedBy({ fromUs: 41e6, toUs: 51e6 }, 3), whole, false);
  assert.deepEqual(part, { fromUs: 51e6, toUs: 61e6 });
  assert.deepEqual(partOf(pannedBy({ fromUs: 41e6, toUs: 51e6 }, 3), whole, true), { lastUs: 10e6 });
  assert.equal(partOf({ fromUs: 0, toUs: 100e6 }, whole, true), undefined);
});

test('one step nearer goes to what is chosen, else to the cursor, else to what the filter leaves, else to the middle', () => {
  const shown = { fromUs: 0, toUs: 100 };
  const lit = { fromUs: 10, toUs: 30 };
  const range = { fromUs: 40, toUs: 50 };
  const none = { range: undefined, atUs: undefined, lit: undefined };
  assert.deepEqual(nearer(shown, { range, atUs: 60, lit }), range);
  assert.deepEqual(nearer(shown, { ...none, atUs: 50, lit }), { fromUs: 25, toUs: 75 });
  assert.deepEqual(nearer(shown, { ...none, lit }), lit);
  assert.deepEqual(nearer(shown, { ...none, lit: { fromUs: 80 } }), { fromUs: 80, toUs: 100 });
  const middle = { fromUs: 25, toUs: 75 };
  for (const away of [undefined, { fromUs: 90, toUs: 200 }, { fromUs: 1, toUs: 99 }, { fromUs: 300, toUs: 400 }])
    assert.deepEqual(nearer(shown, { ...none, lit: away }), middle, JSON.stringify(away));
});

test('a notch goes nearer by half again, a pinch follows the fingers, Shift and a sideways turn move along', () => {
  const turn = (change: Partial<WheelTurn>): WheelTurn => ({
    deltaX: 0,
    deltaY: 0,
    deltaMode: 0,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    ...change,
  });
  assert.deepEqual(wheelMove(turn({ deltaY: -100 }), 1000), { kind: 'zoom', factor: 1.5 });
  assert.deepEqual(wheelMove(turn({ deltaY: 200, ctrlKey: true }), 1000), { kind: 'zoom', factor: 1.5 ** -2 });
  assert.deepEqual(wheelMove(turn({ deltaY: -5, ctrlKey: true }), 1000), { kind: 'zoom', factor: 1.5 ** 0.4 });
  assert.deepEqual(wheelMove(turn({ deltaY: -1e6 }), 1000), { kind: 'zoom', factor: 1.5 ** 4 });
  assert.deepEqual(wheelMove(turn({ deltaY: 3, deltaMode: 1 }), 1000), { kind: 'zoom', factor: 1.5 ** -0.99 });
  assert.deepEqual(wheelMove(turn({ deltaY: 100, shiftKey: true }), 1000), { kind: 'pan', share: 0.1 });
  assert.deepEqual(wheelMove(turn({ deltaX: -50, deltaY: 3 }), 1000), { kind: 'pan', share: -0.05 });
  assert.equal(wheelMove(turn({}), 1000), undefined);
  assert.equal(wheelMove(turn({ deltaX: 1 }), 0), undefined);
});

test('keys zoom, and go on beyond a border, but not with a range', () => {
  const at = (interval: number): { at: number; anchor: undefined } => ({ at: interval, anchor: undefined });
  for (const [key, to] of [
    ['+', 'in'],
    ['=', 'in'],
    ['-', 'out'],
    ['0', 'whole'],
  ] as const)
    assert.deepEqual(timelineKey(key, false, undefined, 10), { kind: 'zoom', to });
  assert.deepEqual(timelineKey('ArrowLeft', false, at(0), 10), { kind: 'pan', later: false });
  assert.deepEqual(timelineKey('PageUp', false, at(9), 10), { kind: 'pan', later: true });
  assert.equal(timelineKey('ArrowRight', true, at(9), 10)?.kind, 'move');
  assert.equal(timelineKey('End', false, at(9), 10)?.kind, 'move');
  assert.equal(timelineKey('ArrowRight', false, at(0), 10)?.kind, 'move');
});

test('of a part, what happened elsewhere is left out, also while its intervals are still on their way', () => {
  const none = { lookups: [1, 1], failed: [0, 0], unanswered: [0, 0], medianNs: [0, 0], p95Ns: [0, 0] };
  const data: TimeChartData = { startUs: 100, stepUs: 50, room: 2, strong: none };
  const mark = (fromUs: number, toUs = fromUs) =>
    ({ kind: 'gap', fromUs, toUs, texts: [String(fromUs)], more: 0 }) as const;
  const marks = [mark(10), mark(20, 120), mark(150), mark(200)];
  const notes = [
    { kind: 'action', atUs: 110, text: 'x' },
    { kind: 'action', atUs: 300, text: 'y' },
  ] as const;
  const told = (isPart: boolean, window?: { fromUs: number; toUs: number }): readonly number[] =>
    marksOn({ marks, notes, isPart, data: window === undefined ? data : { ...data, window } }).map(
      ({ fromUs }) => fromUs,
    );
  assert.deepEqual(told(true), [20, 110, 150]);
  assert.deepEqual(told(false), [10, 20, 110, 150, 200, 300]);
  assert.deepEqual(told(false, { fromUs: 140, toUs: 160 }), [150]);
});

test('a part is kept with the panel, if it is one', () => {
  const kept = (zoom: unknown): unknown => asUiState({ zoom }).zoom;
  assert.deepEqual(kept({ fromUs: 5.25, toUs: 9, more: 1 }), { fromUs: 5.25, toUs: 9 });
  assert.deepEqual(kept({ lastUs: 5 }), { lastUs: 5 });
  for (const bad of [undefined, null, 1, [], {}, { fromUs: 9, toUs: 5 }, { fromUs: '1', toUs: 5 }, { lastUs: -1 }])
    assert.equal(kept(bad), undefined, JSON.stringify(bad));
});
