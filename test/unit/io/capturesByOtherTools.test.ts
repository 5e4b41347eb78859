import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { summarize } from '../../../src/core/analysis/summary.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { lookupDetails } from '../../../src/core/view/details/lookupDetails.ts';
import { readCaptureFiles, type CaptureReading } from '../../../src/io/captureFiles.ts';

const folder = path.join(import.meta.dirname, '../../fixtures/captures');
const golden = JSON.parse(fs.readFileSync(path.join(folder, 'golden.json'), 'utf8')) as Readonly<
  Record<string, unknown>
>;

async function read(name: string): Promise<CaptureReading> {
  const reading = await readCaptureFiles(() => new TraceEngine(), [path.join(folder, name)]);
  reading.engine.finish();
  return reading;
}

function gist({ engine, files }: CaptureReading): unknown {
  const summary = summarize(engine, []);
  const { dnsMessages, queries, responses, answered, unanswered, retransmissions, rcodes, qtypes } = summary;
  return {
    files: files.map(({ path: file, state, problem }) => ({
      path: path.relative(folder, file),
      packets: state.packets,
      linkTypes: state.linkTypes,
      truncated: state.truncated,
      comments: state.comments,
      problem: problem?.code ?? '',
    })),
    counts: { dnsMessages, queries, responses, answered, unanswered, retransmissions },
    rcodes,
    qtypes,
    vantages: summary.vantages.map(({ name }) => name),
    dropped: engine.trace.vantages.map((state) => state.dropped),
    names: Object.fromEntries(engine.trace.addressNames),
    comments: engine.trace.vantages.flatMap((state) => [...state.comments]),
  };
}

for (const name of fs.readdirSync(folder).filter((file) => /\.(pcap|pcapng|zst|gz)$/u.test(file))) {
  test(`${name} holds what it held when it was looked at`, async () => {
    const reading = await read(name);
    reading.close();
    const seen = gist(reading);
    assert.deepEqual(seen, golden[name], JSON.stringify({ [name]: seen }));
  });
}

test('the same traffic, however it was written, is the same trace', async () => {
  const names = [
    'tcpdump-lo-nano.pcap',
    'dumpcap.pcapng',
    'dumpcap.pcapng.zst',
    'editcap-modified.pcap',
    'editcap-nsec.pcap',
    'editcap-comment.pcapng',
    'tshark-names.pcapng',
  ];
  const all = await Promise.all(names.map(read));
  const counts = all.map((reading) => {
    reading.close();
    const { counts: messages, rcodes, qtypes } = gist(reading) as Record<string, unknown>;
    return { messages, rcodes, qtypes };
  });
  for (const one of counts) assert.deepEqual(one, counts[0]);
});

test('a comment on a packet stands in the details of its message', async () => {
  const { engine, close } = await read('editcap-comment.pcapng');
  const details = Array.from({ length: engine.trace.lookups.length }, (_, id) => lookupDetails(engine, id));
  close();
  const noted = details.flatMap(({ messages }) => messages).filter(({ tree }) => tree[0]?.label === 'Comment');
  assert.deepEqual(
    noted.map(({ packet, tree }) => [packet, tree[0]!.value]),
    [[3, 'the slow one']],
  );
});
