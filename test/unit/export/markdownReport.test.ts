import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { code, plainText } from '../../../src/core/export/markdownReport.ts';
import { exported, exportStory, storeOf } from '../../support/exportStory.ts';
import { forward, POD, VIP, watchedStory } from '../../support/story.ts';

test('the report says what was seen, what is wrong and what proves it', async () => {
  const store = storeOf(exportStory());
  const { text, count } = await exported(store, { format: 'markdown' });
  assert.equal(count, 1);
  assert.match(text, /^# DNS trace\n\n3 lookups, 1 failed, /u);
  assert.match(text, /\n\| `shop\/order-service` \| client \| 3 \| 3 \| 0 \|\n/u);
  assert.match(text, /\n## 1 finding\n/u);
  assert.match(text, /\nerror, hop upstream, [a-z]+, `upstream-no-answer`\n/u);
  assert.match(text, /\n- `kube-system\/coredns-1` packet \d+, 2025-11-21T04:40:00\.\d{3}Z\n/u);
  assert.match(
    text,
    /\n\| 2025-\S+Z \| `shop\/order-service` \| `myexternalendpoint\.com\.` \| A \| SERVFAIL \| 4\.0 s \|\n/u,
  );
  store.dispose();
});

test('what CoreDNS asked for itself is told apart from lookups', async () => {
  const story = exportStory();
  forward(story, { at: 9000, took: 1, name: '.', type: 'NS' });
  const store = storeOf(story);
  const { text } = await exported(store, { format: 'markdown' });
  assert.match(text, /^# DNS trace\n\n3 lookups, .*\n\nAsked by resolvers for nobody that waited: 1 health probe\.\n/u);
  store.dispose();
});

test('with a filter or with chosen rows, every figure is of those alone', async () => {
  const store = storeOf(exportStory());
  const filtered = await exported(store, { format: 'markdown', filter: 'name==www.example.com' });
  assert.match(
    filtered.text,
    /^# DNS trace\n\nOnly what matches `name==www\.example\.com`\.\n\n1 lookup, 0 failed, 0 slow, in 6 DNS messages\./u,
  );
  assert.match(filtered.text, /\n\| `shop\/order-service` \| client \| 1 \| 1 \| 0 \|\n/u);
  assert.match(filtered.text, /\n## No finding\n/u);
  assert.doesNotMatch(filtered.text, /myexternalendpoint|cart\.shop/u);
  const chosen = await exported(store, { format: 'markdown', lookups: [2] });
  assert.match(chosen.text, /^# DNS trace\n\nOnly the lookups that were chosen\.\n\n1 lookup, 1 failed, /u);
  assert.match(chosen.text, /\n## 1 finding\n/u);
  assert.doesNotMatch(chosen.text, /www\.example|cart\.shop/u);
  store.dispose();
});

test('rows of a trace that was cleared since are not exported', async () => {
  const store = storeOf(exportStory());
  const { generation } = store.snapshot();
  await store.clear();
  await assert.rejects(exported(store, { format: 'csv', lookups: [0], generation }), /was cleared/u);
  store.dispose();
});

test('a hostile name stands there as text: no link, no image, no markup, no new line', async () => {
  const hostile = ['<img src=x onerror=alert(1)>', '![x](http://evil)', '`code`|', '[a](command:x)', '**b**'];
  const story = watchedStory();
  hostile.forEach((label, index) => {
    const common = { client: POD, server: VIP, vantage: 'shop/order-service' };
    story.leg({
      ...common,
      at: index * 10,
      took: 1,
      port: 41_000 + index,
      id: 50 + index,
      name: `${label.replaceAll('.', '')}.example`,
      rcode: 'SERVFAIL',
    });
  });
  const store = storeOf(story);
  const { text } = await exported(store, { format: 'markdown' });
  store.dispose();
  // What is left outside of code spans has its punctuation escaped; a span ends at a run as long as the one it began with.
  const outside = text.replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/gu, '');
  assert.match(outside, /\\<img/u);
  assert.doesNotMatch(outside, /(?<!\\)<img|(?<!\\)!\[|(?<!\\)\]\(/u);
});

test('code spans hold their text whatever it is, and running text escapes what Markdown reads', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('`', ' ', 'a', '|', '<', '\n', '\\') }), (text) => {
      const span = code(text);
      assert.doesNotMatch(span, /\n/u);
      if (span === '') return;
      const fence = /^`+/u.exec(span)![0];
      assert.ok(span.endsWith(fence));
      const runs: readonly string[] = span.slice(fence.length, -fence.length).match(/`+/gu) ?? [];
      assert.ok(!runs.includes(fence));
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(plainText(text), /(?<!\\)(?:\\\\)*[<>[\]*_|&~#]|\n/u);
    }),
  );
});
