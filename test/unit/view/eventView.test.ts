import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventView } from '../../../src/core/view/eventView.ts';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import type { GridRow } from '../../../src/core/view/rows.ts';
import { ask, forward, watchedStory, type Told } from '../../support/story.ts';

/** An answered lookup through CoreDNS to the upstream, one that nobody answers, and a query that CoreDNS makes for itself. */
function told(): Told {
  const story = watchedStory().withFaults(2);
  ask(story, { at: 0, took: 10, name: 'www.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 2, took: 5, name: 'www.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 1000, took: 5, name: 'own.example.com', answers: ['192.0.2.9'] });
  ask(story, { at: 2000, name: 'silent.example.com' });
  ask(story, { at: 9000, took: 1, name: 'last.example.com', answers: ['192.0.2.1'] });
  return story.run();
}

function views(filter: string): {
  readonly lookups: LookupView;
  readonly rows: (level: 'transactions' | 'messages') => EventView;
} {
  const { engine, findings } = told();
  const lookups = new LookupView(engine);
  lookups.update(findings);
  lookups.set(filter, undefined);
  return { lookups, rows: (level) => updated(new EventView(engine, lookups, level)) };
}

function updated(view: EventView): EventView {
  view.update();
  return view;
}

const words = (row: GridRow): string =>
  row.kind === 'lookup' ? row.name : `${row.qr} ${row.name} ${row.leg}${row.lookup === undefined ? ' of none' : ''}`;

test('queries with their responses stand as they were seen, those that belong to no lookup too', () => {
  const view = views('').rows('transactions');
  assert.equal(view.count, 8);
  assert.deepEqual(view.read(0, 100).map(words).sort(), [
    'Q silent.example.com. client ↔ CoreDNS',
    'Q silent.example.com. client ↔ kube-dns',
    'Q+R last.example.com. client ↔ CoreDNS',
    'Q+R last.example.com. client ↔ kube-dns',
    'Q+R own.example.com. CoreDNS ↔ upstream of none',
    'Q+R www.example.com. CoreDNS ↔ upstream',
    'Q+R www.example.com. client ↔ CoreDNS',
    'Q+R www.example.com. client ↔ kube-dns',
  ]);
});

test('messages stand one by one, each with its own direction and packet', () => {
  const view = views('').rows('messages');
  assert.equal(view.count, 14);
  const rows = view.read(0, 100);
  const [query, response] = ['Q', 'R'].map((qr) =>
    rows.find((row) => row.kind === 'message' && row.qr === qr && row.name === 'www.example.com.'),
  );
  assert.ok(query?.kind === 'message' && response?.kind === 'message');
  assert.deepEqual([query.src, query.dst], [response.dst, response.src]);
  assert.deepEqual([query.rcode, query.latencyNs, query.addresses], ['', undefined, []]);
  assert.deepEqual([response.rcode, response.addresses], ['NOERROR', ['192.0.2.1']]);
  assert.ok(response.size > query.size && query.packet === 1);
});

test('a filter chooses events, not whole lookups', () => {
  const responses = views('qr==R,name==www.example.com');
  assert.equal(responses.rows('messages').count, 3, 'responses alone');
  assert.deepEqual(
    views('name:own').rows('transactions').read(0, 9).map(words),
    ['Q+R own.example.com. CoreDNS ↔ upstream of none'],
    'what belongs to no lookup is found by its name',
  );
  assert.equal(views('failed').rows('messages').count, 2);
});

test('it follows the view of lookups, and finds what went wrong, once each', () => {
  const { lookups, rows } = views('');
  const messages = rows('messages');
  const first = messages.nextFailure(0);
  assert.ok(first >= 0);
  assert.match(words(messages.read(first, first + 1)[0]!), /^Q silent/u);
  const second = messages.nextFailure(first + 1);
  assert.match(words(messages.read(second, second + 1)[0]!), /^Q silent/u);
  assert.notEqual(second, first);
  assert.equal(messages.nextFailure(second + 1), first, 'and round again');
  lookups.set('last', undefined);
  messages.update();
  assert.equal(messages.count, 4);
  assert.equal(messages.nextFailure(0), -1);
});
