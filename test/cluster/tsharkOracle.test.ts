/** The lab's recordings as tshark reads them and as we do: every message, and every response time. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { NONE, ROW_MASK } from '../../src/core/trace/tables.ts';
import { TraceEngine } from '../../src/core/trace/traceEngine.ts';
import { readCaptureFiles } from '../../src/io/captureFiles.ts';

const faults = path.join(import.meta.dirname, '../fixtures/faults');
const recordings = [
  path.join(import.meta.dirname, '../../examples/first-story.pcapng'),
  ...readdirSync(faults)
    .filter((name) => name.endsWith('.pcapng'))
    .map((name) => path.join(faults, name)),
];

interface TsharkFrame {
  readonly _source: { readonly layers: Readonly<Record<string, readonly string[] | undefined>> };
}

const FIELDS = [
  'frame.interface_name',
  'dns.id',
  'dns.flags.response',
  'dns.flags.rcode',
  'dns.qry.name',
  'dns.qry.type',
  'dns.count.answers',
  'dns.time',
];

function asTshark(recording: string): readonly string[] {
  // What ICMP errors quote counts as a message there, and not here (docs/tshark.md).
  const args = ['-2', '-r', recording, '-Y', 'dns && !icmp', '-T', 'json', ...FIELDS.flatMap((field) => ['-e', field])];
  const json = execFileSync('tshark', args, {
    encoding: 'utf8',
    maxBuffer: 256e6,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return (JSON.parse(json) as TsharkFrame[]).map(({ _source: { layers } }) => {
    const of = (field: string): string => layers[field]?.[0] ?? '';
    const isResponse = of('dns.flags.response') === '1' || of('dns.flags.response') === 'True';
    const name = of('dns.qry.name') === '<Root>' ? '' : of('dns.qry.name');
    const time = of('dns.time') === '' ? '' : Math.round(Number(of('dns.time')) * 1e6).toString();
    const rcode = isResponse ? Number(of('dns.flags.rcode')) : 0;
    return [
      of('frame.interface_name'),
      Number(of('dns.id')),
      isResponse,
      rcode,
      name.toLowerCase(),
      Number(of('dns.qry.type')),
      Number(of('dns.count.answers')),
      time,
    ].join(' ');
  });
}

async function asDnscope(recording: string): Promise<readonly string[]> {
  const { engine, close } = await readCaptureFiles(() => new TraceEngine(), [recording]);
  close();
  const { trace } = engine;
  const messages = Array.from({ length: trace.messages.length }, (_, id) => id);
  return messages.map((id) => {
    const message = trace.messages.of(id);
    const row = id & ROW_MASK;
    const transaction = message.transaction[row]!;
    const chunk = trace.transactions.of(transaction);
    const at = transaction & ROW_MASK;
    const isResponse = (message.flags[row]! & 0x8000) !== 0;
    // A response seen again answers nothing anew.
    const answersAQuery =
      isResponse && chunk.response[at] === id && chunk.firstMessage[at] !== NONE && chunk.firstMessage[at] !== id;
    // Of a repeated query tshark counts from the repeat.
    const isRepeated = chunk.retransmissions[at]! > 0 && chunk.lastQuery[at]! <= message.time[row]!;
    const asked = isRepeated ? chunk.lastQuery[at]! : chunk.start[at]!;
    const time = answersAQuery ? Math.round((message.time[row]! - asked) / 1e3).toString() : '';
    const name = trace.names.textOf(chunk.name[at]!).replace(/\.$/u, '').toLowerCase();
    const answers = isResponse ? chunk.answers[at]! : 0;
    const rcode = isResponse ? message.flags[row]! & 0xf : 0;
    return [
      trace.vantages[chunk.vantage[at]!]!.vantage.name,
      chunk.dnsId[at],
      isResponse,
      rcode,
      name,
      chunk.qtype[at],
      answers,
      time,
    ].join(' ');
  });
}

for (const recording of recordings) {
  test(`tshark -2 -T json and the engine agree on every message of ${path.basename(recording)}`, async () => {
    const [theirs, ours] = [asTshark(recording), await asDnscope(recording)];
    assert.ok(theirs.length > 5);
    assert.deepEqual(ours, theirs);
  });
}
