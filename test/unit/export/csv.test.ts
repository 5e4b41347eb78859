import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EXPORT_COLUMNS } from '../../../src/core/export/columns.ts';
import { csvText } from '../../../src/core/export/csv.ts';
import { exported, exportStory, storeOf } from '../../support/exportStory.ts';

/** RFC 4180, as a reader has it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === ',') {
      row.push(cell);
      cell = '';
    } else if (character === '\r' && text[at + 1] === '\n') {
      row.push(cell);
      rows.push(row);
      row = [];
      cell = '';
      at++;
    } else cell += character;
  }
  return rows;
}

test('a row for each transaction, the same number of cells in each, read back with their values', async () => {
  const store = storeOf(exportStory());
  const { count, bytes, text } = await exported(store, { format: 'csv' });
  const [header, ...rows] = parseCsv(text);
  assert.deepEqual(
    header,
    EXPORT_COLUMNS.map(({ name }) => name),
  );
  assert.equal(count, store.engine.trace.transactions.length);
  assert.equal(rows.length, count);
  assert.equal(bytes, Buffer.byteLength(text));
  assert.ok(rows.every((row) => row.length === EXPORT_COLUMNS.length));
  const records = rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index]!])));
  const [first] = records;
  assert.deepEqual(
    [first!['client_namespace'], first!['client_name'], first!['client_node'], first!['server_name']],
    ['shop', 'order-service', 'worker-seven', 'kube-dns'],
  );
  assert.equal(first!['time_ns'], '1763700000000000000');
  assert.equal(first!['latency_ns'], '2000000');
  assert.deepEqual(JSON.parse(first!['addresses']!), ['192.0.2.1', '192.0.2.2']);
  assert.deepEqual(JSON.parse(first!['answers']!), [
    'www.example.com. 30 A 192.0.2.1',
    'www.example.com. 30 A 192.0.2.2',
  ]);
  const silent = records.find((record) => record['leg'] === 'coredns-upstream' && record['state'] === 'unanswered');
  assert.deepEqual(
    [silent!['name'], silent!['rcode'], silent!['latency_ns'], silent!['response_time_ns']],
    ['myexternalendpoint.com.', '', '', ''],
  );
  const failed = records.find((record) => record['rcode'] === 'SERVFAIL');
  assert.deepEqual(
    [failed!['lookup_outcome'], failed!['fault_hop'], JSON.parse(failed!['findings']!)],
    ['error', 'upstream', ['upstream-no-answer']],
  );
  store.dispose();
});

test('a filter exports the rows of its lookups alone', async () => {
  const store = storeOf(exportStory());
  const { text, count } = await exported(store, { format: 'csv', filter: 'cart' });
  const [, ...rows] = parseCsv(text);
  assert.equal(count, 2);
  assert.ok(rows.every((row) => row.includes('cart.shop.svc.cluster.local.')));
  assert.equal((await exported(store, { format: 'csv', filter: 'nothing-has-this' })).count, 0);
  assert.equal((await exported(store, { format: 'csv', lookups: [1] })).count, 2);
  store.dispose();
});

test('a text never begins with what a spreadsheet runs, and comes back otherwise as it was', () => {
  for (const start of ['=', '+', '-', '@', '\t', '\r']) {
    const [[cell]] = parseCsv(`${csvText(`${start}cmd|' /C calc'!A0`)}\r\n`) as [[string]];
    assert.equal(cell, `'${start}cmd|' /C calc'!A0`);
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (one, other) => {
      const rows = parseCsv(`${csvText(one)},${csvText(other)}\r\n`);
      assert.equal(rows.length, 1);
      const bare = (text: string): string => (/^[=+\-@\t\r]/u.test(text) ? `'${text}` : text);
      assert.deepEqual(rows[0], [bare(one), bare(other)]);
    }),
  );
});
