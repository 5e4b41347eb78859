import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_FINDINGS } from '../../../src/core/findings/evaluateFindings.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import { RowSpill } from '../../../src/io/rowSpill.ts';
import { filledTrace } from '../../bench/filledTrace.ts';

const ROWS = 150_000;

test('rows on disk are filtered and sorted as those in memory', () => {
  const spill = new RowSpill();
  try {
    const views = [filledTrace(ROWS), filledTrace(ROWS, new TraceEngine({ memory: spill.memory(4e6) }))].map(
      (engine) => {
        const view = new LookupView(engine);
        view.update(NO_FINDINGS);
        return view;
      },
    );
    for (const column of ['time', 'client', 'name', 'qtype', 'outcome', 'latency'] as const) {
      for (const filter of ['', 'client:10.244.0.99 or name:*.example.com, latency > 800µs']) {
        const [inMemory, onDisk] = views.map((view) => {
          view.set(filter, { column, descending: column === 'name' });
          return [
            view.count,
            ...[0, 5000, view.count - 20].flatMap((from) =>
              view.read(from, from + 20).map(({ name, timeUs }) => [name, timeUs]),
            ),
          ];
        });
        assert.deepEqual(onDisk, inMemory, `${column} ${filter}`);
      }
    }
  } finally {
    spill.dispose();
  }
});
