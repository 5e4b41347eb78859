/** A process that writes a live trace until it is killed: `keptTraceWriter.ts FOLDER`. Prints a line when all it has is on disk. */
import type { VantageId } from '../../src/core/trace/vantage.ts';
import { LocalTraceStore } from '../../src/io/localTraceStore.ts';
import { exportStory, exportTopology } from './exportStory.ts';

const store = new LocalTraceStore({ slowNs: 5e6, keepIn: process.argv[2]! });
store.setSource({ kind: 'live', title: 'shop/order-service', state: 'running', problems: [] });
store.setUnwatched(['kube-system/coredns-2']);
store.setTopology(exportTopology);
const captures = [...exportStory().captures().values()];
captures.forEach(({ vantage }, id) => {
  store.addVantage(id as VantageId, vantage);
});
store.reportLoss(0 as VantageId, { packets: 3, kind: 'kernel', fromNs: 1n, toNs: 2n, reason: 'buffer was full' });
captures.forEach(({ bytes }, id) => {
  store.push(id as VantageId, bytes);
});
// The capture of the first vantage broke off and began again, in whose second packet the process ends.
store.restartStream(0 as VantageId);
const [again] = captures;
store.push(0 as VantageId, again!.bytes.slice(0, 24 + 16));
store.push(0 as VantageId, again!.bytes.slice(24 + 16, 24 + 16 + 40));
store.snapshot();
process.stdout.write('written\n');
setInterval(() => undefined, 1000);
