/** `analyze --stats` and `tshark -q -z dns,tree` on the lab's recording and on generated captures; docs/tshark.md explains what differs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { collectStatistics } from '../../src/core/analysis/collectStatistics.ts';
import {
  type NamedRow,
  type Statistics,
  statisticsOf,
  type StatisticsRow,
} from '../../src/core/analysis/statistics.ts';
import { TraceEngine } from '../../src/core/trace/traceEngine.ts';
import { readCaptureFiles } from '../../src/io/captureFiles.ts';
import { captureOf, knownTraffic } from '../support/knownTraffic.ts';
import { rotatingSeed, seededRandom } from '../support/rotatingSeed.ts';

const recording = path.join(import.meta.dirname, '../../examples/first-story.pcapng');

let folder = '';
before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-stats-'));
});
after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

interface TreeRow {
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly rate: string;
  readonly burst: string;
  readonly start: string;
}

/** Rows by their topic; a row's columns are apart by two blanks or more. */
function treeOf(file: string): ReadonlyMap<string, TreeRow> {
  const out = execFileSync('tshark', ['-n', '-r', file, '-q', '-z', 'dns,tree'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const rows = new Map<string, TreeRow>();
  for (const line of out.split('\n')) {
    const [topic, count, ...cells] = line.trim().split(/\s{2,}/u);
    if (topic === undefined || count === undefined || !/^\d+$/u.test(count)) continue;
    const [rate, ...rest] = cells.filter((cell) => /^\d+\.\d{4}$/u.test(cell));
    const before = cells.slice(0, cells.indexOf(rate ?? ''));
    const [mean = NaN, min = NaN, max = NaN] = before.map(Number);
    const row = {
      count: Number(count),
      mean,
      min,
      max,
      rate: rate ?? '',
      burst: rest.at(-1) ?? '-',
      start: cells.at(-1)!,
    };
    rows.set(topic, row);
  }
  return rows;
}

async function ours(file: string): Promise<Statistics> {
  const { engine, close } = await readCaptureFiles(() => new TraceEngine({ countRecords: true }), [file]);
  close();
  engine.finish();
  return statisticsOf(collectStatistics(engine), 100);
}

const NO_ROW: StatisticsRow = { count: 0, share: 0, ratePerMs: 0 };

function named(rows: readonly NamedRow[], ...names: readonly string[]): StatisticsRow {
  const found = rows.filter((row) => names.includes(row.name));
  return found.length === 1 ? found[0]! : { ...NO_ROW, count: found.reduce((sum, row) => sum + row.count, 0) };
}

function assertSame(tree: ReadonlyMap<string, TreeRow>, topic: string, row: StatisticsRow): void {
  const theirs = tree.get(topic);
  const told = [theirs?.count ?? 0, theirs?.rate ?? '0.0000', theirs?.burst ?? '-', theirs?.start ?? '-'];
  const burst =
    row.burst === undefined ? ['-', '-'] : [row.burst.ratePerMs.toFixed(4), (row.burst.startNs / 1e9).toFixed(3)];
  assert.deepEqual([row.count, row.ratePerMs.toFixed(4), ...burst], told, topic);
}

/** Means are of doubles here and of floats or rounded there. */
function assertClose(given: number, wanted: number, what: string): void {
  assert.ok(
    Math.abs(given - wanted) <= 0.0051 + Math.abs(wanted) * 1e-6,
    `${what}: ${String(given)}, tshark has ${String(wanted)}`,
  );
}

const TYPES = {
  A: 'A (Host Address)',
  AAAA: 'AAAA (IPv6 Address)',
  NS: 'NS (authoritative Name Server)',
  TXT: 'TXT (Text strings)',
};
const ERRORS = { NXDOMAIN: 'No such name', SERVFAIL: 'Server failure', REFUSED: 'Refused' };
const OPCODES = { QUERY: 'Standard query', NOTIFY: 'Zone change notification' };

function assertAgrees(tree: ReadonlyMap<string, TreeRow>, statistics: Statistics): void {
  const { queries, responses, responseTime, service, records, payload, queryNames } = statistics;
  assertSame(tree, 'Total Packets', statistics.messages);
  assertSame(tree, 'Query', queries);
  assertSame(tree, 'Response', responses);
  for (const [name, topic] of Object.entries(TYPES)) assertSame(tree, topic, named(statistics.types, name));
  for (const [name, topic] of Object.entries(OPCODES)) assertSame(tree, topic, named(statistics.opcodes, name));
  for (const [name, topic] of Object.entries(ERRORS)) assertSame(tree, topic, named(statistics.rcodes, name));
  assertSame(tree, 'IN', named(statistics.classes, 'IN'));
  // tshark counts queries as without error.
  assert.equal(tree.get('No error')?.count, named(statistics.rcodes, 'NOERROR').count + queries.count);

  const size = tree.get('Payload size')!;
  assert.deepEqual([payload.count, payload.min, payload.max], [size.count, size.min, size.max]);
  assertClose(payload.mean, size.mean, 'payload');

  // tshark takes the root for a name of one label and six characters, as it writes it `<Root>`.
  const roots = named(queryNames.labels, '0').count;
  const length = tree.get('Qname Len')!;
  assert.equal(queryNames.length.count, length.count);
  assertClose(queryNames.length.mean + (6 * roots) / queries.count, length.mean, 'name length');
  assert.equal(queryNames.length.max, length.max);
  assert.equal(named(queryNames.labels, '0', '1').count, tree.get('1st Level')?.count);
  assertSame(tree, '2nd Level', named(queryNames.labels, '2'));
  assertSame(tree, '3rd Level', named(queryNames.labels, '3'));
  assertSame(tree, '4th Level or more', named(queryNames.labels, '4 or more'));

  // tshark 4.0 counts the sections of a response twice when it belongs to a request.
  const ofRequests = responses.count - service.unsolicited.count;
  const sections = {
    questions: records!.questionsPerResponse,
    answers: records!.answers.perResponse,
    authorities: records!.authorities.perResponse,
    additionals: records!.additionals.perResponse,
  };
  for (const [name, spread] of Object.entries(sections)) {
    const theirs = tree.get(`no. of ${name}`)!;
    assert.deepEqual([spread.min, spread.max], [theirs.min, theirs.max], name);
    assert.equal(theirs.count, spread.count + ofRequests, name);
  }

  const time = tree.get('request-response time (msec)')!;
  assert.equal(responseTime.count, time.count);
  assertClose(responseTime.mean / 1e6, time.mean, 'response time');
  assertClose(responseTime.min / 1e6, time.min, 'least response time');
  assertClose(responseTime.max / 1e6, time.max, 'most response time');
  assertSame(tree, 'no. of unsolicited responses', service.unsolicited);
  // Its retransmissions are those of responses; the queries' are not counted.
  assertSame(tree, 'no. of retransmissions', service.duplicateResponses);
}

test("the lab's recording", async () => {
  assertAgrees(treeOf(recording), await ours(recording));
});

test('generated captures', async (t) => {
  const seed = rotatingSeed();
  t.diagnostic(`DNSCOPE_SEED=${String(seed)}`);
  const random = seededRandom(seed);
  for (let round = 0; round < 4; round++) {
    const file = path.join(folder, `${String(round)}.pcap`);
    const spanNs = round % 2 === 0 ? 2e9 : 6e10;
    fs.writeFileSync(file, captureOf(knownTraffic(random, { count: 500, spanNs })));
    assertAgrees(treeOf(file), await ours(file));
  }
});
