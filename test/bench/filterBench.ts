/**
 * Filters over 5 million rows, beside the plainest pass over the same columns in the same run: what a filter costs is told in
 * such passes.
 */
import { NO_FINDINGS } from '../../src/core/findings/evaluateFindings.ts';
import type { TraceEngine } from '../../src/core/trace/traceEngine.ts';
import { LookupView } from '../../src/core/view/lookupView.ts';
import { filledTrace, ROWS } from './filledTrace.ts';

const GOAL_MS = 100;
const ROUNDS = 15;

const FILTERS: readonly string[] = [
  'servfail',
  'svc-17',
  'failed',
  'slow and not failed',
  'qr==R,rcode!=Success',
  'latency_ns_raw>5000000',
  'nameserver.addr==168.63.129.16',
  'name==svc-17.ns-17.svc.cluster.local.',
  'name~^svc-1',
  '(dns.flags.response == 0) && ! dns.response_in',
  'dns.flags.rcode == 2',
  'ip.addr == 10.244.0.0/24 and type == AAAA',
  'client:10.244.0.99 or name:*.example.com, latency > 800µs',
];

export function benchFilters(engine: TraceEngine): void {
  const view = new LookupView(engine);
  view.update(NO_FINDINGS);
  const plain = best(() => plainPass(engine));
  process.stdout.write(
    `Filters over ${String(ROWS / 1e6)} million rows, best of ${String(ROUNDS)}, goal ${String(GOAL_MS)} ms\n`,
  );
  process.stdout.write(`${'sum of two columns, for comparison'.padEnd(58)} ${plain.toFixed(0).padStart(5)} ms\n`);
  for (const filter of FILTERS) {
    const took = best(() => {
      // What changed nothing would be no work.
      engine.version++;
      view.set(filter, undefined);
    });
    const times = (took / plain).toFixed(1).padStart(5);
    process.stdout.write(
      `${filter.padEnd(58)} ${took.toFixed(0).padStart(5)} ms ${times} × that, ${String(view.lookups)} rows\n`,
    );
  }
  process.stdout.write('\n');
}

/** The best of several: others on the machine can only make it slower. */
export function best(measure: () => void, rounds = ROUNDS): number {
  measure();
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now();
    measure();
    return performance.now() - started;
  });
  return Math.min(...times);
}

function plainPass(engine: TraceEngine): number {
  let sum = 0;
  for (const { chunk, rows } of engine.trace.transactions.windows()) {
    const { server, qtype } = chunk;
    for (let row = 0; row < rows; row++) sum += server[row]! + qtype[row]!;
  }
  return sum;
}

if (import.meta.main) benchFilters(filledTrace());
