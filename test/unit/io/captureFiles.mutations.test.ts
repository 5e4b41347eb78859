import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { summarize } from '../../../src/core/analysis/summary.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { readCaptureFiles } from '../../../src/io/captureFiles.ts';
import { mutated, rotatingSeed, seededRandom } from '../../support/rotatingSeed.ts';
import { ask, forward, watchedStory } from '../../support/story.ts';
import { tarArchive } from '../../support/tarBuilder.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-test-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const ROUNDS = 200;
const seed = rotatingSeed();
test(`${String(ROUNDS)} archives of damaged captures, some parts of one, seed ${String(seed)}: no throw, and all is told`, async () => {
  const random = seededRandom(seed);
  const story = watchedStory();
  for (let k = 0; k < 6; k++) {
    ask(story, { at: 100 + k * 50, took: 4, name: `n${String(k)}.example.com`, answers: ['192.0.2.1'] });
    forward(story, { at: 101 + k * 50, took: 2, name: `n${String(k)}.example.com` });
  }
  const [pod, coredns] = [...story.captures().values()].map(({ bytes }) => bytes);
  const merged = new Uint8Array(
    fs.readFileSync(path.join(import.meta.dirname, '../../fixtures/captures/mergecap.pcapng')),
  );
  const file = path.join(folder, 'x.tar');
  for (let round = 0; round < ROUNDS; round++) {
    const entries = [
      { name: 'dumpy-12345678-web-0.pcap', data: mutated(pod!, random) },
      { name: 'dns.pcap0', data: mutated(coredns!, random) },
      { name: 'dns.pcap1', data: mutated(merged, random) },
    ];
    fs.writeFileSync(file, tarArchive(entries));
    const { engine, files, close } = await readCaptureFiles(() => new TraceEngine(), [file]);
    engine.finish();
    close();
    const { packets } = summarize(engine, []);
    assert.equal(
      packets,
      files.reduce((sum, { state }) => sum + state.packets, 0),
    );
  }
});
