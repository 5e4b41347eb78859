/** Long exports say how far they are and can be given up, in this thread and behind the worker; what was there before stays. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { toProblem } from '../../../src/base/problem.ts';
import { LocalTraceStore } from '../../../src/io/localTraceStore.ts';
import { TraceWorkerClient } from '../../../src/io/traceWorkerClient.ts';
import { EXPORT_FORMATS, type ExportProgress } from '../../../src/protocol/export.ts';
import type { TraceStore } from '../../../src/session/trace/traceStore.ts';
import { writeDnsCapture } from '../../bench/dnsCapture.ts';

const PACKETS = 20_000;
let folder = '';
before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-progress-'));
  writeDnsCapture(path.join(folder, 'large.pcap'), PACKETS);
});
after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const workerEntry = new URL('../../../src/worker/traceWorker.ts', import.meta.url);
const stores: readonly (readonly [string, () => TraceStore])[] = [
  ['in this thread', () => new LocalTraceStore({ slowNs: 5e6 })],
  ['behind the worker', () => new TraceWorkerClient(workerEntry, { slowNs: 5e6 })],
];

for (const [where, open] of stores) {
  test(`progress grows to the end, ${where}`, async () => {
    const store = open();
    await store.openFiles([path.join(folder, 'large.pcap')]);
    const told: ExportProgress[] = [];
    const file = path.join(folder, 'progress.csv');
    const { count, bytes } = await store.export(
      file,
      { format: 'csv', filter: '' },
      { onProgress: (one) => told.push(one) },
    );
    store.dispose();
    assert.equal(bytes, fs.statSync(file).size);
    assert.ok(told.length > 5, String(told.length));
    assert.ok(
      told.every(({ done, total }, index) => total === count && done > (told[index - 1]?.done ?? 0) && done <= total),
    );
  });

  test(`given up, it leaves the old file and nothing else, ${where}`, async () => {
    const store = open();
    await store.openFiles([path.join(folder, 'large.pcap')]);
    for (const redactionKey of [undefined, 'a key for this test alone']) {
      for (const format of EXPORT_FORMATS) {
        // A report is short: it is done before anybody could give it up.
        if (format === 'markdown') continue;
        const file = path.join(folder, `kept.${format}`);
        fs.writeFileSync(file, 'as it was');
        const controller = new AbortController();
        const request = { format, filter: '', ...(redactionKey === undefined ? {} : { redactionKey }) };
        const exporting = store.export(file, request, {
          signal: controller.signal,
          onProgress: () => controller.abort(),
        });
        await assert.rejects(exporting, (error) => toProblem(error, '').code === 'cancelled', format);
        assert.equal(fs.readFileSync(file, 'utf8'), 'as it was');
        assert.ok(!fs.existsSync(`${file}.partial`));
      }
    }
    store.dispose();
  });
}
