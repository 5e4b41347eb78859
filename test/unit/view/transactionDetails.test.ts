import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transactionDetails } from '../../../src/core/view/details/transactionDetails.ts';
import { transactionRow } from '../../../src/core/view/rowBuilder.ts';
import { ask, COREDNS, forward, POD, Story, UPSTREAM, VIP, watchedStory, type Told } from '../../support/story.ts';

function idOf({ engine }: Told, name: string): number {
  const ids = Array.from({ length: engine.trace.transactions.length }, (_, id) => id);
  const found = ids.find((id) => transactionRow(engine, id, 0).name === `${name}.`);
  assert.ok(found !== undefined, name);
  return found;
}

test('a query that CoreDNS makes for itself has its messages decoded, the one asked for open', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 3, name: 'www.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 1000, took: 5, name: 'own.example.com', answers: ['192.0.2.9'] });
  const told = story.run();
  const { engine } = told;
  const id = idOf(told, 'own.example.com');
  const { row, meaning, messages, open } = transactionDetails(engine, 'transactions', id);
  assert.deepEqual([row.lookup, row.state, open], [undefined, 'answered', 0]);
  assert.match(meaning, /kube-system\/coredns-1|10\.244\.0\.5/u);
  assert.match(
    meaning,
    /asked 10\.224\.0\.92 for own\.example\.com \(A\) and got NOERROR after 5\.0 ms\. It belongs to no lookup: no client/u,
  );
  assert.deepEqual(
    messages.map(({ direction, hex, tree }) => [direction, hex.length > 20, tree[0]?.label]),
    [
      ['query', true, 'Header'],
      ['response', true, 'Header'],
    ],
  );
  const response = engine.trace.transactions.of(id).response[id]!;
  const again = transactionDetails(engine, 'messages', response);
  assert.deepEqual([again.row.id, again.open, again.messages.length], [id, 1, 2]);
});

test('a query that nobody answered, and an answer that nobody asked for, say so', () => {
  const story = watchedStory().withFaults(4);
  forward(story, { at: 0, name: 'silent.example.com' });
  story.leg({
    at: 4000,
    took: 2,
    client: POD,
    port: 41_000,
    server: VIP,
    id: 7,
    name: 'unasked.example.com',
    vantage: 'shop/order-service',
    queryLost: true,
  });
  ask(story, { at: 9000, took: 2, name: 'end.example.com' });
  const told = story.run();
  const meaning = (name: string): string => transactionDetails(told.engine, 'transactions', idOf(told, name)).meaning;
  assert.match(meaning('silent.example.com'), /and got no answer\. It belongs to no lookup/u);
  assert.match(
    meaning('unasked.example.com'),
    /^10\.96\.0\.10 sent an answer about unasked\.example\.com \(A\).*Its query was not seen\. It belongs to no lookup: without its query/u,
  );
});

test('of a query that was repeated without end the message asked for is among those shown', () => {
  const story = watchedStory().withFaults(4);
  for (let i = 0; i < 30; i++)
    story.leg({
      at: i * 100,
      client: COREDNS,
      port: 50_001,
      server: UPSTREAM,
      id: 9,
      name: 'again.example.com',
      vantage: 'kube-system/coredns-1',
    });
  const { engine } = story.run();
  assert.equal(engine.trace.transactions.length, 1);
  const { messages, open } = transactionDetails(engine, 'messages', 25);
  assert.deepEqual([messages.length, open, messages.at(-1)?.packet], [9, 8, 26]);
  assert.equal(transactionDetails(engine, 'messages', 3).messages.length, 8);
});

const ANSWER = { name: 'www.example.com', client: POD, port: 41_000, id: 7, answers: ['192.0.2.1'] } as const;

test('an answer from an address that was not asked tells whom the query went to: resolvers refuse it', () => {
  const pod = 'shop/order-service';
  const elsewhere = (changed: object): string => {
    const story = watchedStory();
    story.leg({ ...ANSWER, at: 0, server: VIP, vantage: pod });
    story.leg({ ...ANSWER, at: 1, took: 1, server: COREDNS, vantage: pod, queryLost: true, ...changed });
    const { engine } = story.run();
    return transactionDetails(engine, 'transactions', engine.trace.transactions.length - 1).meaning;
  };
  assert.match(
    elsewhere({}),
    /^10\.244\.0\.5 sent an answer .*: NOERROR\. The query went to 10\.96\.0\.10, and an answer from another address is refused/u,
  );
  for (const other of [
    { id: 8 },
    { port: 41_001 },
    { name: 'b.example.com' },
    { type: 'AAAA', answers: [] },
    { proto: 'tcp' },
  ])
    assert.match(elsewhere(other), /Its query was not seen\./u, JSON.stringify(other));
});

test('an answer that was translated back before it was captured is shown whole, with the ends it was seen with', () => {
  const NODE = '192.168.77.11';
  for (const [proto, asked, seen, from, to] of [
    ['udp', { server: COREDNS }, { server: VIP }, `${VIP} port 53`, `${POD} port 41000`],
    ['udp', { client: '10.244.0.1', port: 13_381 }, {}, `${COREDNS} port 53`, `${NODE} port 40074`],
    ['tcp', { client: '10.244.0.1', port: 13_381 }, {}, `${COREDNS} port 53`, `${NODE} port 40074`],
  ] as const) {
    const client = 'client' in asked ? { client: NODE, port: 40_074 } : {};
    const leg = { ...ANSWER, ...client, server: COREDNS, proto, vantage: 'node' };
    const story = new Story().vantage('node', 'node', '');
    story.leg({ ...leg, ...asked, at: 0 });
    story.leg({ ...leg, ...seen, at: 0, took: 1, queryLost: true });
    const { engine } = story.run();
    assert.equal(engine.trace.transactions.length, 1);
    const { row, messages } = transactionDetails(engine, 'transactions', 0);
    assert.deepEqual([row.state, row.addresses], ['answered', ['192.0.2.1']]);
    assert.deepEqual(
      messages.map(({ tree }) => `${tree[0]!.label}: ${tree[0]!.value ?? ''}`),
      [
        messages[0]!.tree.length > 0 ? `Header: ${messages[0]!.tree[0]!.value ?? ''}` : '',
        `Translated back: seen on its way from ${from} to ${to}`,
      ],
    );
  }
});
