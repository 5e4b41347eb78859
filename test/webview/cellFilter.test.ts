/** What a click on a cell writes into the filter, without a browser: every row passes its own cells' filters, and none that exclude them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseFilter } from '../../src/core/filter/parser.ts';
import { writtenValue } from '../../src/core/filter/writtenValue.ts';
import { LookupView } from '../../src/core/view/lookupView.ts';
import type { LookupRow, TransactionRow } from '../../src/core/view/rows.ts';
import { cellFilter, withTerm } from '../../webview/app/rows/cellFilter.ts';
import { asRecent, remembered, stepThrough } from '../../webview/app/filter/filterHistory.ts';
import { ask, forward, POD, watchedStory } from '../support/story.ts';

/** As the grid has them. */
const COLUMNS =
  'time node namespace pod src dst id qr name qtype way result rcode latency nameserver numAnswers addresses proto queries sure'.split(
    ' ',
  );

function told() {
  const story = watchedStory();
  ask(story, { at: 0, took: 2, id: 0x102d, name: 'www.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 0.4, took: 1, name: 'www.example.com', answers: ['192.0.2.1'] });
  ask(story, { at: 1000, took: 1, name: 'api.shop.svc.cluster.local', rcode: 'NXDOMAIN' });
  ask(story, { at: 1002, took: 1, name: 'api.svc.cluster.local', answers: ['192.0.2.2', '192.0.2.3'] });
  ask(story, { at: 2000, took: 4002, name: 'myexternalendpoint.com', rcode: 'SERVFAIL' });
  forward(story, { at: 2401, name: 'myexternalendpoint.com' });
  ask(story, { at: 9000, took: 30.123_456, name: 'six*?.example.com', type: 'AAAA' });
  ask(story, { at: 10_000, took: 1, name: 'typo.example.org', rcode: 'NXDOMAIN' });
  return story.run();
}

test('each cell of each row finds its row, and the opposite hides it', () => {
  const { engine, findings } = told();
  const view = new LookupView(engine);
  view.update(findings);
  const shown = (filter: string): readonly number[] => {
    view.set(filter, undefined);
    assert.equal(view.problem, undefined, `${filter}: ${view.problem?.detail ?? ''}`);
    return view.read(0, 100).map(({ id }) => id);
  };
  const count = view.lookups;
  const seen = new Set<string>();
  for (let lookup = 0; lookup < count; lookup++) {
    view.set('', undefined);
    view.expand(lookup, true);
    const rows = view.read(lookup, lookup + 20).filter((row) => row.kind === 'transaction' || row.id === lookup);
    view.expand(lookup, false);
    for (const row of rows) {
      for (const column of COLUMNS) {
        const filter = cellFilter(column, row);
        if (filter === undefined) continue;
        seen.add(column);
        assert.ok(shown(filter.include).includes(lookup), `${filter.include} finds ${row.name}`);
        assert.ok(!shown(filter.exclude).includes(lookup), `${filter.exclude} hides ${row.name}`);
        const both = [...shown(filter.include), ...shown(filter.exclude)].sort((a, b) => a - b);
        assert.deepEqual(both, [...Array(count).keys()], `${filter.include} and its opposite are all`);
      }
    }
  }
  const never = COLUMNS.filter((column) => !seen.has(column));
  assert.deepEqual(never, ['node', 'qr', 'addresses', 'sure'], 'no word for these, or nothing in them');
});

test('a cell says what it filters by, in the words of the language', () => {
  const { engine, findings } = told();
  const view = new LookupView(engine);
  view.update(findings);
  const rows = view.read(0, 10) as readonly LookupRow[];
  const written = (column: string, name: string): readonly (string | undefined)[] => {
    const filter = cellFilter(
      column,
      rows.find((row) => row.name.startsWith(name))!,
    );
    return [filter?.include, filter?.exclude];
  };
  assert.deepEqual(written('name', 'www'), ['name == www.example.com.', 'none(name == www.example.com.)']);
  assert.deepEqual(written('name', 'six'), ['name == "six*?.example.com."', 'none(name == "six*?.example.com.")']);
  assert.deepEqual(written('result', 'typo'), ['nxdomain', 'not nxdomain']);
  assert.deepEqual(written('result', 'myext'), ['(error and rcode == SERVFAIL)', 'none(error and rcode == SERVFAIL)']);
  assert.deepEqual(written('latency', 'six'), ['took >= 30.1ms', 'not took >= 30.1ms']);
  assert.deepEqual(written('way', 'www'), ['upstream == 10.224.0.92:53', 'none(upstream == 10.224.0.92:53)']);
  assert.deepEqual(
    written('src', 'www')[0]?.includes(POD) === true || written('src', 'www')[0]?.startsWith('pod =='),
    true,
  );
  assert.equal(withTerm([], 'slow', 'not slow'), 'slow');
  assert.equal(withTerm(['not a', 'not slow'], 'slow', 'not slow'), 'not a, slow');
  assert.equal(withTerm(['slow', 'failed'], 'slow', 'not slow'), 'failed slow');
});

test('a text written as a value is that text, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'binary' }), (text) => {
      const { value, problem } = parseFilter(`vantage == ${writtenValue(text)}, none(pod == ${writtenValue(text)})`);
      assert.equal(problem?.detail, undefined);
      assert.ok(value?.kind === 'and' && value.items.length === 2);
      const [first] = value.items;
      assert.deepEqual(first?.kind === 'compare' && first.tests, [{ kind: 'equals', text: text.toLowerCase() }]);
    }),
  );
});

test('what a row of the far end says is asked of events', () => {
  const row = {
    kind: 'transaction',
    rcode: '',
    state: 'unanswered',
    vantage: 'kube-system/coredns "1"',
    retransmissions: 0,
  } as TransactionRow;
  assert.equal(cellFilter('result', row)?.include, 'state == unanswered');
  assert.equal(cellFilter('pod', row)?.exclude, 'none(vantage == "kube-system/coredns \\"1\\"")');
});

test('filters of late: newest first, once each, bounded; the arrows go through them and back to nothing', () => {
  const recent = ['a', ' b ', 'a', ''].reduce<readonly string[]>(remembered, []);
  assert.deepEqual(recent, ['a', 'b']);
  assert.equal(remembered(recent, 'a '), recent);
  assert.equal(remembered(recent, 'x'.repeat(1001)), recent);
  assert.equal(Array.from({ length: 100 }, (_, n) => String(n)).reduce<readonly string[]>(remembered, []).length, 30);
  assert.deepEqual(
    [stepThrough(recent, '', true), stepThrough(recent, 'a', true), stepThrough(recent, 'b', true)],
    ['a', 'b', undefined],
  );
  assert.deepEqual(
    [stepThrough(recent, 'b', false), stepThrough(recent, 'a', false), stepThrough(recent, '', false)],
    ['a', '', undefined],
  );
  assert.equal(stepThrough(recent, 'typed', true), undefined);
  assert.deepEqual(asRecent(['a', 3, '', 'a', 'b', 'x'.repeat(2000)]), ['a', 'b']);
  assert.deepEqual(asRecent({ length: 4 }), []);
});
