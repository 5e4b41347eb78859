/** DuckDB reads what we write: the same rows, and the queries of docs/export.md answer. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { EXPORT_COLUMNS } from '../../../src/core/export/columns.ts';
import { transactionRecords } from '../../../src/core/export/transactionRecords.ts';
import { NO_FINDINGS } from '../../../src/core/findings/evaluateFindings.ts';
import { ParquetFile } from '../../../src/io/export/parquetFile.ts';
import { exportStory, MemorySink, storeOf } from '../../support/exportStory.ts';
import { watchedStory } from '../../support/story.ts';

type Row = Readonly<Record<string, unknown>>;

let folder = '';
let duckdb: DuckDBConnection;
before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-parquet-'));
  duckdb = await (await DuckDBInstance.create(':memory:')).connect();
});
after(() => {
  duckdb.closeSync();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function rows(sql: string): Promise<readonly Row[]> {
  return (await duckdb.runAndReadAll(sql)).getRowObjectsJson();
}

async function written(name: string, story = exportStory()): Promise<string> {
  const store = storeOf(story);
  const file = path.join(folder, name);
  const { count, bytes } = await store.export(file, { format: 'parquet', filter: '' });
  assert.equal(count, store.engine.trace.transactions.length);
  assert.equal(bytes, fs.statSync(file).size);
  store.dispose();
  return file;
}

test('columns arrive with their names and types, values as in the trace', async () => {
  const file = await written('trace.parquet');
  const described = await rows(`DESCRIBE SELECT * FROM '${file}'`);
  const sqlTypes = { text: 'VARCHAR', boolean: 'BOOLEAN', int32: 'INTEGER', int64: 'BIGINT', list: 'VARCHAR[]' };
  assert.deepEqual(
    described.map((column) => `${String(column['column_name'])} ${String(column['column_type'])}`),
    EXPORT_COLUMNS.map(({ name, type }) => `${name} ${sqlTypes[type]}`),
  );
  const [first] = await rows(`SELECT * FROM '${file}' ORDER BY time_ns, transaction_id LIMIT 1`);
  assert.deepEqual(
    [first!['time_ns'], first!['latency_ns'], first!['client_name'], first!['addresses'], first!['truncated']],
    ['1763700000000000000', '2000000', 'order-service', ['192.0.2.1', '192.0.2.2'], false],
  );
  const [silent] = await rows(`SELECT rcode, latency_ns, addresses FROM '${file}' WHERE state = 'unanswered'`);
  assert.deepEqual(silent, { rcode: null, latency_ns: null, addresses: [] });
});

test('counts are equal over several row groups, and a group is written as soon as it is full', async () => {
  const store = storeOf(exportStory());
  const [template] = transactionRecords(store.engine, { findings: NO_FINDINGS });
  store.dispose();
  const sink = new MemorySink();
  const parquet = new ParquetFile(sink);
  for (let id = 0; id < 70_000; id++) {
    const addresses = Array.from({ length: id % 3 }, (_, k) => `10.0.0.${String(k)}`);
    await parquet.add({ ...template!, id, name: `n${String(id % 700)}.example.`, latencyNs: id, addresses });
    if (id === 32_767) assert.ok(sink.bytes > 100_000);
  }
  await parquet.end();
  const file = path.join(folder, 'large.parquet');
  fs.writeFileSync(file, sink.whole);
  const [counts] = await rows(
    `SELECT count(*)::INT AS n, sum(transaction_id)::BIGINT AS ids, sum(latency_ns)::BIGINT AS latencies,
      count(DISTINCT name)::INT AS names, sum(len(addresses))::INT AS addresses FROM '${file}'`,
  );
  const sum = (70_000 * 69_999) / 2;
  assert.deepEqual(counts, { n: 70_000, ids: String(sum), latencies: String(sum), names: 700, addresses: 69_999 });
  const groups = await rows(
    `SELECT DISTINCT row_group_id AS id, row_group_num_rows::INT AS n FROM parquet_metadata('${file}') ORDER BY id`,
  );
  assert.deepEqual(
    groups.map((group) => group['n']),
    [32_768, 32_768, 4464],
  );
});

test('an empty trace is a table without rows', async () => {
  const file = await written('empty.parquet', watchedStory());
  assert.deepEqual(await rows(`SELECT count(*)::INT AS n FROM '${file}'`), [{ n: 0 }]);
});

test('the queries of docs/export.md answer', async () => {
  const file = await written('documented.parquet');
  const page = fs.readFileSync(path.join(import.meta.dirname, '../../../docs/export.md'), 'utf8');
  const queries = [...page.matchAll(/```sql\n([\s\S]*?)```/gu)].map((match) => match[1]!);
  assert.ok(queries.length >= 6);
  const counts: number[] = [];
  for (const query of queries) counts.push((await rows(query.replaceAll("'trace.parquet'", `'${file}'`))).length);
  // Names slowest first; one failed name; one upstream; seconds; one name with two addresses; the ways of three queries.
  assert.deepEqual(counts, [3, 1, 1, 1, 1, 3]);
  const upstream = await rows(queries[2]!.replaceAll("'trace.parquet'", `'${file}'`));
  assert.deepEqual(upstream, [{ server_address: '10.224.0.92', asked: '2', unanswered: '1' }]);
});

test('redacted, no cell holds a name or an address of the trace', async () => {
  const store = storeOf(exportStory());
  const file = path.join(folder, 'redacted.parquet');
  const request = { format: 'parquet', filter: '', redactionKey: 'a key for this test alone' } as const;
  const { count } = await store.export(file, request);
  store.dispose();
  const cells = JSON.stringify(await rows(`SELECT * FROM '${file}'`));
  assert.match(cells, /svc\.cluster\.local/u);
  assert.doesNotMatch(
    cells,
    /example|endpoint|cart|shop|order|coredns-1|worker|_name":"kube|10\.(?:244|96|224)\.|192\.0\.2/u,
  );
  assert.deepEqual(await rows(`SELECT count(*)::INT AS n FROM '${file}'`), [{ n: count }]);
});
