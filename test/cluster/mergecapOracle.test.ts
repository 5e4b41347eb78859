/** The lab's recording taken apart by vantage, and merged again: by mergecap and by us. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { CaptureReader } from '../../src/core/packet/captureReader.ts';
import type { PacketSink } from '../../src/core/packet/packetSink.ts';
import { FileSource } from '../../src/io/input/captureSource.ts';
import { mergeQueues } from '../../src/io/input/mergeQueues.ts';
import { PacketQueue } from '../../src/io/input/packetQueue.ts';

const recording = path.join(import.meta.dirname, '../../examples/first-story.pcapng');
let folder = '';
const parts: string[] = [];

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-merge-'));
  for (const id of ['0', '1', '2']) {
    const part = path.join(folder, `part-${id}.pcapng`);
    run('tshark', ['-r', recording, '-Y', `frame.interface_id == ${id}`, '-w', part]);
    // One of each format: mergecap and we read both.
    const plain = path.join(folder, `part-${id}.pcap`);
    if (id === '1') run('editcap', ['-F', 'nsecpcap', part, plain]);
    parts.push(id === '1' ? plain : part);
  }
});
after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function run(program: string, argv: readonly string[]): void {
  execFileSync(program, argv, { stdio: 'ignore' });
}

/** Writes `time bytes` of each packet it is given. */
function collector(into: string[]): PacketSink {
  return {
    onInterface: () => undefined,
    onPacket: (bytes, start, end, _length, seconds, nanos) => {
      into.push(
        `${String(seconds)}.${String(nanos).padStart(9, '0')} ${Buffer.from(bytes.subarray(start, end)).toString('hex')}`,
      );
    },
  };
}

test('packets come in the order in which mergecap puts them', async () => {
  const merged = path.join(folder, 'merged.pcapng');
  run('mergecap', ['-w', merged, ...parts]);
  const byMergecap: string[] = [];
  new CaptureReader(collector(byMergecap)).push(fs.readFileSync(merged));

  const ours: string[] = [];
  const base = { seconds: Number.NaN };
  const queues = parts.map((part) => {
    const reading = new FileSource(part, false).open();
    return new PacketQueue({ reading, sink: collector(ours), base, correctionOf: () => 0, offset: 0 });
  });
  await mergeQueues(queues, () => undefined);

  assert.equal(ours.length, 950);
  const times = (all: readonly string[]): readonly string[] => all.map((packet) => packet.split(' ')[0]!);
  assert.deepEqual(times(ours), times(byMergecap));
  // Within one moment any order is right.
  assert.deepEqual(ours.toSorted(), byMergecap.toSorted());
});
