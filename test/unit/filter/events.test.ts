/** What a filter finds event by event: which queries and responses, at which place; and facts that the trace's columns don't hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSteps } from '../../../src/base/steps.ts';
import { parseFilter } from '../../../src/core/filter/parser.ts';
import type { LookupFacts } from '../../../src/core/filter/lookupTests.ts';
import { EventBit, TraceFilter } from '../../../src/core/filter/traceFilter.ts';
import { emptyTopology } from '../../../src/core/topology/topology.ts';
import type { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { ask, COREDNS, forward, POD, Story, UPSTREAM, VIP, watchedStory } from '../../support/story.ts';

const pod = 'shop/order-service';
const dns = 'kube-system/coredns-1';
const NO_FACTS: LookupFacts = { lookupsOfFinding: () => new Set(), isOnCorefileLine: () => false };

function filterOf(engine: TraceEngine, filter: string, facts = NO_FACTS): TraceFilter {
  const { value, problem } = parseFilter(filter);
  assert.equal(problem, undefined);
  return new TraceFilter(engine, value!, facts);
}

/** `name place query+response` of each transaction of which something matches, in order. */
function eventsOf(engine: TraceEngine, filter: string, facts?: LookupFacts): readonly string[] {
  const { trace } = engine;
  const both = filterOf(engine, filter, facts);
  const { lookups, transactions } = runSteps(both.matches());
  // Asked for lookups alone, the answer is the same.
  assert.deepEqual([...runSteps(both.lookups())], [...lookups], filter);
  return [...transactions].flatMap((bits, id) => {
    if (bits === 0) return [];
    const chunk = trace.transactions.of(id);
    const words = [bits & EventBit.query ? 'query' : '', bits & EventBit.response ? 'response' : ''];
    const place = trace.vantages[chunk.vantage[id]!]!.vantage.name.split('/')[1]!;
    return `${trace.names.textOf(chunk.name[id]!).split('.')[0]!} ${place} ${words.filter((one) => one !== '').join('+')}`;
  });
}

/** One lookup that is answered, one that gets nothing, and a response that nobody asked for. */
function story(): TraceEngine {
  const made = watchedStory();
  ask(made, { at: 0, took: 10, name: 'www.example.com', answers: ['192.0.2.1'] });
  forward(made, { at: 2, took: 5, name: 'www.example.com', answers: ['192.0.2.1'] });
  made.leg({ at: 9000, client: POD, port: 44_444, server: VIP, id: 7, name: 'gone.example.com', vantage: pod });
  made.leg({
    at: 20_000,
    took: 1,
    client: POD,
    port: 45_555,
    server: COREDNS,
    id: 9,
    name: 'stray.example.com',
    queryLost: true,
    vantage: dns,
  });
  return made.run([pod, dns]).engine;
}

test('queries and responses are told apart, and what is not there is not found', () => {
  const engine = story();
  const of = (filter: string): string => eventsOf(engine, filter).join(', ');
  const www = (words: string): readonly string[] =>
    ['order-service', 'coredns-1', 'coredns-1'].map((place) => `www ${place} ${words}`);
  const [inPod, inDns, up] = www('query+response');
  assert.equal(of('qr==Q'), [www('query')[0], 'gone order-service query', ...www('query').slice(1)].join(', '));
  assert.equal(of('qr==R'), [...www('response'), 'stray coredns-1 response'].join(', '));
  assert.equal(of('name==www.example.com'), [inPod, inDns, up].join(', '));
  assert.equal(of(`nameserver.addr==${UPSTREAM}`), up);
  assert.equal(of('answered'), [inPod, inDns, up].join(', '));
  assert.equal(of('unanswered'), 'gone order-service query');
  assert.equal(of('name==stray.example.com'), 'stray coredns-1 response');
  assert.equal(of('name==stray.example.com and answered'), '');
  assert.equal(of('name==www.example.com and qr==R and answered'), www('response').join(', '));
  assert.equal(of('name==gone.example.com and qr==R'), '');
  assert.equal(
    of('unanswered or qr==R'),
    [www('response')[0], 'gone order-service query', ...www('response').slice(1), 'stray coredns-1 response'].join(
      ', ',
    ),
  );
});

test('a filter and its opposite find each event once', () => {
  const engine = story();
  const everything = eventsOf(engine, 'qr==Q or qr==R').join(', ');
  assert.equal(everything.split(', ').length, 5);
  const all = runSteps(filterOf(engine, 'qr==Q or qr==R').matches()).transactions;
  for (const filter of [
    'qr==Q',
    'rcode!=Success',
    'latency > 5ms',
    'name~^w',
    `dst.addr==${COREDNS}`,
    'answered',
    'slow',
    `ip.src==${POD}`,
  ]) {
    const found = runSteps(filterOf(engine, filter).matches()).transactions;
    const rest = runSteps(filterOf(engine, `not (${filter})`).matches()).transactions;
    for (let id = 0; id < all.length; id++) {
      assert.equal(found[id]! & rest[id]!, 0, `${filter}: event ${String(id)}`);
      // What belongs to no lookup passes no condition on lookups, nor its opposite.
      const isStray = all[id] === EventBit.response;
      if (!isStray) assert.equal(found[id]! | rest[id]!, all[id], `${filter}: event ${String(id)}`);
    }
  }
});

test('a finding and a line of the Corefile choose the lookups behind them', () => {
  const made = watchedStory();
  for (let k = 0; k < 6; k++)
    ask(made, { at: k * 1000, took: 1, name: `n${String(k)}.example.com`, answers: ['192.0.2.1'] });
  const { engine } = made.run();
  const behind: Readonly<Record<string, readonly number[]>> = { slow: [1, 4], loop: [0, 1, 2, 3, 4, 5], tcp: [] };
  const facts: LookupFacts = {
    lookupsOfFinding: (id) => new Set(behind[id]),
    isOnCorefileLine: (lookup, line) => line === 12 && lookup % 2 === 1,
  };
  const chosen = (filter: string): string =>
    [...runSteps(filterOf(engine, filter, facts).lookups())].flatMap((one, id) => (one === 1 ? [id] : [])).join(' ');
  assert.deepEqual(['finding:slow', 'finding:loop', 'finding:tcp'].map(chosen), ['1 4', '0 1 2 3 4 5', '']);
  assert.deepEqual(['corefile:12', 'corefile:13', 'not corefile:12'].map(chosen), ['1 3 5', '', '0 2 4']);
  assert.deepEqual(
    [chosen('finding:slow and corefile:12'), chosen('finding:slow or name==n0.example.com')],
    ['1', '0 1 4'],
  );
});

test('how often was asked, and how many names were tried', () => {
  const made = new Story().vantage(pod, 'client', POD);
  const leg = { client: POD, port: 40_000, id: 7, server: VIP, vantage: pod };
  made.leg({ ...leg, at: 0, took: 1, name: 'once.example.com', answers: ['192.0.2.1'] });
  made.leg({ ...leg, at: 10_000, id: 8, name: 'twice.example.com' });
  made.leg({ ...leg, at: 15_000, port: 40_001, id: 11, took: 1, name: 'twice.example.com', answers: ['192.0.2.1'] });
  made.leg({ ...leg, at: 30_000, id: 9, took: 1, name: 'api.shop.svc.cluster.local', rcode: 'NXDOMAIN' });
  made.leg({ ...leg, at: 30_002, id: 10, took: 1, name: 'api.svc.cluster.local', answers: ['10.96.1.1'] });
  const { engine } = made.run();
  const chosen = (filter: string): string => [...runSteps(filterOf(engine, filter).lookups())].join('');
  assert.equal(engine.trace.lookups.length, 3);
  assert.deepEqual(['attempts == 1', 'attempts > 1', 'attempts >= 1'].map(chosen), ['101', '010', '111']);
  assert.deepEqual(['searched == 0', 'searched >= 1', 'searched > 1'].map(chosen), ['110', '001', '000']);
});

test('without the cluster’s objects the pod of a capture claims what it asked, and nothing else', () => {
  const made = watchedStory();
  ask(made, { at: 0, took: 1, name: 'a.example.com', answers: ['192.0.2.1'] });
  made.leg({
    at: 5000,
    took: 1,
    client: '10.244.2.7',
    port: 1234,
    server: COREDNS,
    id: 5,
    name: 'b.example.com',
    vantage: dns,
  });
  const { engine } = made.run(undefined, (empty) => {
    empty.setTopology(emptyTopology);
  });
  const chosen = (filter: string): string => [...runSteps(filterOf(engine, filter).lookups())].join('');
  assert.deepEqual(['pod:order-service', 'not pod:order-service', 'ns:shop', 'ns:kube-system', 'pod:web'].map(chosen), [
    '10',
    '01',
    '10',
    '00',
    '00',
  ]);
});

test('a word is found in the name, the client, a server on the way, the type and the result', () => {
  const engine = story();
  const chosen = (filter: string): string => [...runSteps(filterOf(engine, filter).lookups())].join('');
  for (const [word, expected] of [
    ['www', '10'],
    ['gone', '01'],
    ['example', '11'],
    [POD, '11'],
    [VIP, '11'],
    [UPSTREAM, '10'],
    ['noerror', '10'],
    ['error', '00'],
    ['order-service', '11'],
    ['a', '11'],
    ['aaaa', '00'],
  ] as const)
    assert.equal(chosen(`"${word}"`), expected, word);
});
