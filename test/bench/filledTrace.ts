/** A trace of 5 million rows, written straight into the columns: reading packets is another measurement. */
import { OutcomeCode } from '../../src/core/lookups/outcome.ts';
import { LookupFlag } from '../../src/core/lookups/verdictRow.ts';
import { Join, NONE, ROW_MASK, State } from '../../src/core/trace/tables.ts';
import { TraceEngine } from '../../src/core/trace/traceEngine.ts';

export const ROWS = 5_000_000;
const NAMES = 5_000;
const CLIENTS = 400;

/** One transaction a lookup, from 400 pods for 5,000 names; one in a thousand unanswered, one in a hundred failed, one in fifty slow. */
export function filledTrace(rows = ROWS, engine = new TraceEngine()): TraceEngine {
  const { trace } = engine;
  const vantage = engine.addVantage({ name: 'node', role: 'node', addresses: [] });
  const names = Array.from({ length: NAMES }, (_, index) => nameId(engine, index));
  const clients = Array.from({ length: CLIENTS }, (_, index) =>
    trace.addresses.intern(`10.244.${String(index >> 8)}.${String(index & 255)}`),
  );
  const servers = ['10.96.0.10', '168.63.129.16'].map((address) => trace.addresses.intern(address));
  let state = 20_260_101;
  for (let id = 0; id < rows; id++) {
    if ((id & ROW_MASK) === 0) trace.memory.trim();
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const random = state >>> 0;
    trace.transactions.add();
    trace.exchanges.add();
    trace.lookups.add();
    const row = id & ROW_MASK;
    const transaction = trace.transactions.edit(id);
    const exchange = trace.exchanges.edit(id);
    const lookup = trace.lookups.edit(id);
    const unanswered = random % 1000 === 0;
    const failed = random % 100 === 1;
    const latency = random % 50 === 2 ? 9e6 : random % 5000 === 3 ? 5.002e9 : 60_000 + (random % 900_000);
    // Out of order by a little, as where several vantages feed one trace.
    const start = id * 1e4 + (random & 0xffff);
    transaction.start[row] = start;
    transaction.end[row] = unanswered ? Number.NaN : start + latency;
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
    lookup.start[row] = transaction.start[row]!;
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
