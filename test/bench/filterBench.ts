/**
 * Filters over 5 million rows, beside the plainest pass over the same columns in the same run: what a filter costs is told in
 * such passes. Rows are written straight into the columns; reading packets is another measurement.
 */
import { NO_FINDINGS } from '../../src/core/findings/evaluateFindings.ts';
import { OutcomeCode } from '../../src/core/lookups/outcome.ts';
import { LookupFlag } from '../../src/core/lookups/verdict.ts';
import { Join, NONE, ROW_MASK, State } from '../../src/core/trace/tables.ts';
import { TraceEngine } from '../../src/core/trace/traceEngine.ts';
import { LookupView } from '../../src/core/view/lookupView.ts';

const ROWS = 5_000_000;
const NAMES = 5_000;
const CLIENTS = 400;
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

export function benchFilters(): void {
  const engine = filled();
  const view = new LookupView(engine);
  view.update(NO_FINDINGS);
  const plain = best(() => plainPass(engine));
  process.stdout.write(
    `Filters over ${String(ROWS / 1e6)} million rows, best of ${String(ROUNDS)}, goal ${String(GOAL_MS)} ms\n`,
  );
  process.stdout.write(`${'sum of two columns, for comparison'.padEnd(58)} ${plain.toFixed(0).padStart(5)} ms\n`);
  for (const filter of FILTERS) {
    const took = best(() => view.set(filter, undefined));
    const times = (took / plain).toFixed(1).padStart(5);
    process.stdout.write(
      `${filter.padEnd(58)} ${took.toFixed(0).padStart(5)} ms ${times} × that, ${String(view.lookups)} rows\n`,
    );
  }
  process.stdout.write('\n');
}

/** The best of several: others on the machine can only make it slower. */
function best(measure: () => void): number {
  measure();
  const times = Array.from({ length: ROUNDS }, () => {
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

/** One transaction a lookup, from 400 pods for 5,000 names; one in a thousand unanswered, one in a hundred failed, one in fifty slow. */
function filled(): TraceEngine {
  const engine = new TraceEngine();
  const { trace } = engine;
  const vantage = engine.addVantage({ name: 'node', role: 'node', addresses: [] });
  const names = Array.from({ length: NAMES }, (_, index) => nameId(engine, index));
  const clients = Array.from({ length: CLIENTS }, (_, index) =>
    trace.addresses.intern(`10.244.${String(index >> 8)}.${String(index & 255)}`),
  );
  const servers = ['10.96.0.10', '168.63.129.16'].map((address) => trace.addresses.intern(address));
  let state = 20_260_101;
  for (let id = 0; id < ROWS; id++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const random = state >>> 0;
    trace.transactions.add();
    trace.exchanges.add();
    trace.lookups.add();
    const row = id & ROW_MASK;
    const transaction = trace.transactions.of(id);
    const exchange = trace.exchanges.of(id);
    const lookup = trace.lookups.of(id);
    const unanswered = random % 1000 === 0;
    const failed = random % 100 === 1;
    const latency = random % 50 === 2 ? 9e6 : 60_000 + (random % 900_000);
    transaction.start[row] = id * 1e4;
    transaction.end[row] = unanswered ? Number.NaN : id * 1e4 + latency;
    transaction.client[row] = lookup.client[row] = clients[random % CLIENTS]!;
    transaction.server[row] = servers[random % 97 === 0 ? 1 : 0]!;
    transaction.name[row] = lookup.name[row] = names[(random >>> 8) % NAMES]!;
    transaction.qtype[row] = id % 2 === 0 ? 1 : 28;
    transaction.rcode[row] = lookup.rcode[row] = failed ? 2 : 0;
    transaction.state[row] = unanswered ? State.unanswered : State.answered;
    transaction.clientPort[row] = 1024 + (random % 60_000);
    transaction.serverPort[row] = 53;
    transaction.vantage[row] = vantage;
    transaction.exchange[row] = id;
    transaction.nextInExchange[row] = NONE;
    transaction.response[row] = transaction.firstMessage[row] = transaction.lastMessage[row] = NONE;
    transaction.joined[row] = Join.exact;
    exchange.first[row] = id;
    exchange.parent[row] = exchange.firstChild[row] = exchange.lastChild[row] = exchange.nextSibling[row] = NONE;
    exchange.lookup[row] = id;
    exchange.nextInLookup[row] = NONE;
    lookup.firstExchange[row] = lookup.lastExchange[row] = lookup.stepExchange[row] = id;
    lookup.latency[row] = unanswered ? Number.NaN : latency;
    lookup.outcome[row] = unanswered ? OutcomeCode.unanswered : failed ? OutcomeCode.error : OutcomeCode.answered;
    lookup.flags[row] = LookupFlag.evaluated | (latency > engine.slowNs ? LookupFlag.slow : 0);
  }
  return engine;
}

function nameId({ trace }: TraceEngine, index: number): number {
  const labels =
    index % 10 === 0
      ? ['www', `site-${String(index)}`, 'example', 'com']
      : [`svc-${String(index)}`, `ns-${String(index % 50)}`, 'svc', 'cluster', 'local'];
  const wire = Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
  return trace.names.idOf(wire, 0, wire.length, index);
}

if (import.meta.main) benchFilters();
