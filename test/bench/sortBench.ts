/** Sorting 5 million rows by each column, and by one that a filter has left few of. */
import { NO_FINDINGS } from '../../src/core/findings/evaluateFindings.ts';
import type { TraceEngine } from '../../src/core/trace/traceEngine.ts';
import { EVENT_SORT_COLUMNS } from '../../src/core/view/order/eventOrder.ts';
import { EventView } from '../../src/core/view/eventView.ts';
import { LOOKUP_SORT_COLUMNS } from '../../src/core/view/order/lookupOrder.ts';
import { LookupView } from '../../src/core/view/lookupView.ts';
import { filledTrace, ROWS } from './filledTrace.ts';
import { best } from './filterBench.ts';

const GOAL_MS = 500;
const ROUNDS = 5;

export function benchSorts(engine: TraceEngine): void {
  const view = new LookupView(engine);
  view.update(NO_FINDINGS);
  process.stdout.write(
    `Sorts of ${String(ROWS / 1e6)} million rows, best of ${String(ROUNDS)}, goal ${String(GOAL_MS)} ms; longest time without a pause\n`,
  );
  for (const column of LOOKUP_SORT_COLUMNS) {
    const took = best(() => {
      engine.version++;
      view.set('', { column, descending: false });
    }, ROUNDS);
    const turned = best(() => view.set('', { column, descending: !(view.sort?.descending ?? false) }), ROUNDS);
    process.stdout.write(line(column, took, `the other way ${turned.toFixed(1)} ms, ${longestStep(engine, view)}`));
  }
  const took = best(() => {
    engine.version++;
    view.set('failed', { column: 'name', descending: false });
  }, ROUNDS);
  process.stdout.write(line('failed, by name', took, `${String(view.lookups)} rows`));
  view.set('', undefined);
  for (const column of EVENT_SORT_COLUMNS) {
    const queries = best(() => new EventView(engine, view, 'transactions').set({ column, descending: false }), ROUNDS);
    process.stdout.write(line(`queries by ${column}`, queries, `${String(engine.trace.transactions.length)} rows`));
  }
  process.stdout.write('\n');
}

function line(what: string, took: number, more: string): string {
  return `${what.padEnd(24)} ${took.toFixed(0).padStart(5)} ms, ${more}\n`;
}

function longestStep(engine: TraceEngine, view: LookupView): string {
  engine.version++;
  const steps = view.updating(NO_FINDINGS);
  let longest = 0;
  let count = 0;
  for (let ended = false; !ended; count++) {
    const started = performance.now();
    ended = steps.next().done === true;
    longest = Math.max(longest, performance.now() - started);
  }
  return `${String(count)} steps, longest ${longest.toFixed(0)} ms`;
}

if (import.meta.main) benchSorts(filledTrace());
