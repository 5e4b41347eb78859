/** The lab's recordings as tshark reads them and as we do: every message, every response time, and what was sent again or never asked for. */
import { DnsFlag } from '../../src/core/dns/header.ts';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { NONE, ROW_MASK, State } from '../../src/core/trace/tables.ts';
import type { Trace } from '../../src/core/trace/trace.ts';
import { TraceEngine } from '../../src/core/trace/traceEngine.ts';
import { readCaptureFiles } from '../../src/io/captureFiles.ts';

const faults = path.join(import.meta.dirname, '../fixtures/faults');
/**
 * Taken on a node as well, where one packet is seen in the pod, on the node's interfaces and in CoreDNS with the same addresses: tshark knows
 * no vantages, and takes what it saw before for a repeat (docs/tshark.md).
 */
const ON_NODE = /nodelocal/u;
const recordings = [
  path.join(import.meta.dirname, '../../examples/first-story.pcapng'),
  ...readdirSync(faults)
    .filter((name) => name.endsWith('.pcapng') && !ON_NODE.test(name))
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
  'dns.retransmission',
  'dns.unsolicited',
];
/** tshark takes a query for a repeat within this of the one that it takes for the first. */
const THEIR_REPEAT_NS = 5e9;

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
    const kind = of('dns.unsolicited') !== '' ? 'unsolicited' : of('dns.retransmission') !== '' ? 'again' : '';
    return [
      of('frame.interface_name'),
      Number(of('dns.id')),
      isResponse,
      rcode,
      name.toLowerCase(),
      Number(of('dns.qry.type')),
      Number(of('dns.count.answers')),
      time,
      kind,
    ].join(' ');
  });
}

/** What each message is to its transaction, and for queries whether tshark still takes it for a repeat. */
function kindsOf(trace: Trace): readonly ('' | 'again' | 'later' | 'unsolicited')[] {
  const kinds = new Array<'' | 'again' | 'later' | 'unsolicited'>(trace.messages.length).fill('');
  for (let id = 0; id < trace.transactions.length; id++) {
    const chunk = trace.transactions.of(id);
    const isUnsolicited = chunk.state[id & ROW_MASK] === State.unsolicited;
    let theirFirst = Number.NaN;
    let isAnswered = false;
    for (let message = chunk.firstMessage[id & ROW_MASK]!; message !== NONE;) {
      const messages = trace.messages.of(message);
      const row = message & ROW_MASK;
      const time = messages.time[row]!;
      if ((messages.flags[row]! & DnsFlag.QR) !== 0) {
        kinds[message] = isUnsolicited ? 'unsolicited' : isAnswered ? 'again' : '';
        isAnswered = true;
      } else if (time - theirFirst < THEIR_REPEAT_NS) kinds[message] = 'again';
      else {
        if (!Number.isNaN(theirFirst)) kinds[message] = 'later';
        theirFirst = time;
      }
      message = messages.next[row]!;
    }
  }
  return kinds;
}

async function asDnscope(recording: string): Promise<readonly string[]> {
  const { engine, close } = await readCaptureFiles(() => new TraceEngine(), [recording]);
  close();
  const { trace } = engine;
  const messages = Array.from({ length: trace.messages.length }, (_, id) => id);
  const kinds = kindsOf(trace);
  const isQuery = (id: number): boolean => (trace.messages.of(id).flags[id & ROW_MASK]! & DnsFlag.QR) === 0;
  const count = (kind: string, ofQueries: boolean): number =>
    messages.filter((id) => kinds[id] === kind && isQuery(id) === ofQueries).length;
  const { retransmissions, copies, duplicates, unsolicited } = trace.totals;
  assert.equal(retransmissions + copies, count('again', true) + count('later', true));
  assert.deepEqual([duplicates, unsolicited], [count('again', false), count('unsolicited', false)]);
  return messages.map((id) => {
    const message = trace.messages.of(id);
    const row = id & ROW_MASK;
    const transaction = message.transaction[row]!;
    const chunk = trace.transactions.of(transaction);
    const at = transaction & ROW_MASK;
    const isResponse = (message.flags[row]! & DnsFlag.QR) !== 0;
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
      kinds[id] === 'later' ? '' : kinds[id],
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
