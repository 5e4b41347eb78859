import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import { lookupDetails } from '../../../src/core/view/details/lookupDetails.ts';
import type { GridRow } from '../../../src/core/view/rows.ts';
import { ask, forward, watchedStory, type Story, type Told } from '../../support/story.ts';

function mixedStory(): Story {
  const story = watchedStory();
  for (let i = 0; i < 20; i++) {
    const failed = i % 5 === 4;
    const name = `n${String(i)}.${failed ? 'bad' : 'good'}.example.com`;
    ask(story, { at: i * 100, took: 2, name, ...(failed ? { rcode: 'REFUSED' } : { answers: ['192.0.2.1'] }) });
    forward(story, {
      at: i * 100 + 0.4,
      took: 1,
      name,
      ...(failed ? { rcode: 'REFUSED' } : { answers: ['192.0.2.1'] }),
    });
  }
  return story;
}

function viewOf(told: Told): LookupView {
  const view = new LookupView(told.engine);
  view.update(told.findings);
  return view;
}

const names = (rows: readonly GridRow[]): readonly string[] => rows.map((row) => `${row.kind[0]!}:${row.name}`);

test('without a filter all lookups are there, in time order', () => {
  const view = viewOf(mixedStory().run());
  assert.deepEqual([view.count, view.lookups], [20, 20]);
  assert.equal(view.read(7, 8)[0]!.name, 'n7.good.example.com.');
});

test('all words of a filter must occur, in names, clients, servers, types or results', () => {
  const view = viewOf(mixedStory().run());
  const count = (filter: string): number => {
    view.set(filter, undefined);
    return view.count;
  };
  assert.equal(count('bad'), 4);
  assert.equal(count('REFUSED'), 4);
  assert.equal(count('refused n4'), 1);
  assert.equal(count('10.224.0.92'), 20);
  assert.equal(count('failed'), 4);
  assert.equal(count('error'), 4);
  assert.equal(count('answered'), 16);
  assert.equal(count('noerror'), 16);
  assert.equal(count('aaaa'), 0);
  assert.equal(count('nothing-like-it'), 0);
  assert.equal(count(''), 20);
});

test('a finding’s filter shows exactly the lookups behind it', () => {
  const told = mixedStory().run();
  const view = viewOf(told);
  view.set(told.findings.findings[0]!.filter, undefined);
  assert.equal(view.count, told.findings.findings[0]!.evidence.count);
  assert.ok(view.read(0, 10).every((row) => row.kind === 'lookup' && row.findings.includes('unsuccessful-response')));
});

test('an expanded lookup shows its transactions: as the pod saw it, in CoreDNS, upstream', () => {
  const view = viewOf(mixedStory().run());
  view.expand(2, true);
  assert.equal(view.count, 23);
  const rows = view.read(2, 7);
  assert.deepEqual(
    rows.map((row) => (row.kind === 'transaction' ? `${row.leg} @ ${row.vantage}` : row.name)),
    [
      'n2.good.example.com.',
      'client ↔ kube-dns @ shop/order-service',
      'client ↔ CoreDNS @ kube-system/coredns-1',
      'CoreDNS ↔ upstream @ kube-system/coredns-1',
      'n3.good.example.com.',
    ],
  );
  view.expand(2, false);
  assert.equal(view.count, 20);
});

test('the next failure is found from anywhere, going round, past expanded rows', () => {
  const view = viewOf(mixedStory().run());
  assert.equal(view.nextFailure(0), 4);
  assert.equal(view.nextFailure(5), 9);
  assert.equal(view.nextFailure(20), 4);
  view.expand(0, true);
  assert.equal(view.nextFailure(0), 7);
  assert.equal(view.read(7, 8)[0]!.rcode, 'REFUSED');
});

test('sorting keeps every lookup and orders them', () => {
  const view = viewOf(mixedStory().run());
  view.set('', { column: 'name', descending: true });
  const sorted = view.read(0, 20).map((row) => row.name);
  assert.deepEqual(sorted, [...sorted].sort().reverse());
  assert.equal(new Set(sorted).size, 20);
});

test('any window equals the same slice of the whole, whatever is expanded', () => {
  const told = mixedStory().run();
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(19), { maxLength: 6 }), fc.nat(60), fc.nat(60), (expanded, from, length) => {
      const view = viewOf(told);
      for (const lookup of expanded) view.expand(lookup, true);
      const whole = view.read(0, view.count);
      assert.deepEqual(names(view.read(from, from + length)), names(whole.slice(from, from + length)));
      assert.ok(whole.every((row, index) => row.index === index));
      assert.equal(whole.filter((row) => row.kind === 'lookup').length, 20);
    }),
  );
});

test('details decode the very bytes, tell the leg bars and how to repeat the question', () => {
  const told = mixedStory().run();
  const details = lookupDetails(told.engine, 4);
  assert.equal(details.legs.length, 3);
  assert.match(details.meaning, /answered REFUSED/);
  assert.deepEqual(details.commands, [
    'dig @10.96.0.10 n4.bad.example.com. A',
    'kubectl exec -n shop order-service -- nslookup n4.bad.example.com.',
  ]);
  const response = details.messages.find((message) => message.direction === 'response')!;
  assert.match(response.summary, /REFUSED/);
  assert.ok(response.hex.length > 24);
  assert.deepEqual(response.problems, []);
});

test('a name with quotes and blanks never gets into a command', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: `a";rm -rf $(x) .example.com`, answers: ['192.0.2.1'] });
  assert.deepEqual(lookupDetails(story.run().engine, 0).commands, []);
});

test('a failure served from CoreDNS’s cache says so, and names the upstream behind it', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 4002, name: 'silent.example.com', rcode: 'SERVFAIL' });
  forward(story, { at: 401, name: 'silent.example.com' });
  ask(story, { at: 6000, took: 1, name: 'silent.example.com', rcode: 'SERVFAIL' });
  const { engine } = story.run();
  assert.match(lookupDetails(engine, 0).meaning, /asked 10\.224\.0\.92 for silent\.example\.com and got no answer/);
  assert.match(lookupDetails(engine, 1).meaning, /without asking again.*10\.224\.0\.92 gave no answer/);
});

test('descending is ascending from its end, and expanded rows and failures are found in either', () => {
  const view = viewOf(mixedStory().run());
  for (const column of ['time', 'client', 'name', 'qtype', 'outcome', 'latency'] as const) {
    view.set('example.com', { column, descending: false });
    const ascending = view.read(0, 20).map((row) => row.name);
    view.set('example.com', { column, descending: true });
    assert.deepEqual(
      view.read(0, 20).map((row) => row.name),
      ascending.toReversed(),
      column,
    );
  }
  view.set('', { column: 'time', descending: true });
  assert.equal(view.nextFailure(0), 0);
  view.expand(18, true);
  assert.deepEqual(names(view.read(0, 3)), [
    'l:n19.bad.example.com.',
    'l:n18.good.example.com.',
    't:n18.good.example.com.',
  ]);
  assert.equal(view.nextFailure(1), 8);
});
