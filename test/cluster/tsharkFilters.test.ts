/**
 * Wireshark's display filters choose the same messages here and in tshark: one condition at a time over every kept capture, and
 * conditions joined by chance over the first story. The seed is printed; DNSCOPE_SEED repeats one.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { repositoryRoot } from '../../scripts/paths.ts';
import { matchedTotals } from '../../src/core/analysis/matchedTotals.ts';
import { TraceEngine } from '../../src/core/trace/traceEngine.ts';
import { LookupView } from '../../src/core/view/lookupView.ts';
import { readCaptureFiles, type CaptureReading } from '../../src/io/captureFiles.ts';
import { Random } from './randomCorefile.ts';

const SEED = Number(process.env['DNSCOPE_SEED'] ?? Date.now() % 1_000_000_000);
const JOINED = 40;
const STORY = 'examples/first-story.pcapng';
const CAPTURES = [STORY, ...globSync('test/fixtures/captures/{tcpdump,dumpcap,tshark}*.pcap*', { cwd: repositoryRoot })]
  .filter((file) => !file.endsWith('.zst'))
  .sort();

/** Not `dns.retransmission`: it marks the repeat there, and here the query that was repeated. */
const CONDITIONS = [
  'dns.flags.response == 0',
  '(dns.flags.response == 0) && ! dns.response_in',
  'dns.response_in',
  'dns.response_to',
  'dns.time >= 0.005',
  'dns.time < 0.001',
  'dns.flags.rcode == 0',
  'dns.flags.rcode != 0',
  'dns.flags.rcode in {2, 3}',
  'dns.flags.opcode == 0',
  'dns.flags.authoritative == 0',
  'dns.flags.truncated == 1',
  'dns.flags.recdesired == 1',
  'dns.flags.recavail == 0',
  'dns.flags.authenticated == 0',
  'dns.flags.checkdisable == 0',
  'dns.count.answers > 0',
  'dns.count.answers == 0',
  'dns.qry.type == 28',
  'dns.qry.type in {1, 33..300}',
  'dns.qry.class == 1',
  'dns.qry.name contains "example"',
  'dns.qry.name contains "cluster"',
  'dns.qry.name matches "^[a-m]"',
  'dns.qry.name matches "com$"',
  'dns.qry.name == "myexternalendpoint.com"',
  'dns.id >= 0x8000',
  'dns.a',
  'dns.a == 10.0.0.0/8',
  'dns.aaaa',
  'ip.src == 10.96.0.10',
  'ip.dst == 10.96.0.0/16',
  'ip.addr == 10.244.0.0/16',
  'ip.addr != 10.96.0.10',
  'udp.port == 53',
  'udp.srcport == 53',
  'udp.dstport > 40000',
  'tcp.port == 53',
  'udp',
  'tcp',
];

/** Addresses in answers are read from the file again, so it stays open. */
async function readingOf(file: string): Promise<CaptureReading> {
  const reading = await readCaptureFiles(() => new TraceEngine(), [path.join(repositoryRoot, file)], {
    keepBytes: true,
  });
  reading.engine.finish();
  return reading;
}

function ours(engine: TraceEngine, filter: string): number {
  const view = new LookupView(engine);
  view.set(filter, undefined);
  assert.equal(view.problem, undefined, `${filter}: ${view.problem?.detail ?? ''}`);
  return matchedTotals(engine.trace, view.matches()!).messages;
}

/** Messages, not frames: one frame may carry several over TCP. */
function theirs(file: string, filter: string): number {
  const argv = [
    '-2',
    '-r',
    path.join(repositoryRoot, file),
    '-Y',
    `dns && (${filter})`,
    '-T',
    'fields',
    '-e',
    'dns.id',
  ];
  const out = execFileSync('tshark', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return out
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => line.split(',')).length;
}

describe('one condition', () => {
  for (const file of CAPTURES) {
    test(file, async () => {
      const reading = await readingOf(file);
      const found = CONDITIONS.map((filter) => [filter, ours(reading.engine, filter)]);
      reading.close();
      assert.deepEqual(
        found,
        CONDITIONS.map((filter) => [filter, theirs(file, filter)]),
      );
    });
  }
});

test(`${String(JOINED)} filters joined by chance`, async (context) => {
  context.diagnostic(`seed ${String(SEED)}`);
  const random = new Random(SEED);
  const joined = (depth: number): string => {
    if (depth === 0 || random.chance(3)) return random.pick(CONDITIONS);
    if (random.chance(4)) return `!(${joined(depth - 1)})`;
    return `(${joined(depth - 1)} ${random.pick(['&&', '||', 'and', 'or'])} ${joined(depth - 1)})`;
  };
  const reading = await readingOf(STORY);
  for (let count = 0; count < JOINED; count++) {
    const filter = joined(3);
    assert.equal(ours(reading.engine, filter), theirs(STORY, filter), filter);
  }
  reading.close();
});
