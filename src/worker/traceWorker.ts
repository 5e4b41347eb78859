/** Entry of the trace's worker thread: a PanelTraceStore behind messages. Decoding and joining never block the editor. */
import { parentPort, workerData } from 'node:worker_threads';
import { assertNever } from '../base/assertNever.ts';
import { toProblem } from '../base/problem.ts';
import type { VantageId } from '../core/trace/vantage.ts';
import type { LocalTraceOptions } from '../io/localTraceStore.ts';
import { PanelTraceStore } from '../io/panelTraceStore.ts';
import { saveLostTrace } from '../io/saveLostTrace.ts';
import type { FromWorker, ToWorker, WorkerCall } from '../protocol/worker.ts';

const port = parentPort;
if (port === null) throw new Error('traceWorker runs as a worker thread only');

const store = new PanelTraceStore(workerData as LocalTraceOptions);
const running = new Map<number, AbortController>();
const send = (message: FromWorker): void => {
  port.postMessage(message);
};

store.onDidChange((snapshot) => {
  send({ kind: 'snapshot', snapshot });
});
port.on('message', (message: ToWorker) => {
  receive(message);
});

function receive(message: ToWorker): void {
  switch (message.kind) {
    case 'addVantage':
      store.addVantage(message.vantage as VantageId, message.description);
      return;
    case 'push':
      store.push(message.vantage as VantageId, message.chunk);
      send({ kind: 'consumed', bytes: message.chunk.length });
      return;
    case 'restartStream':
      store.restartStream(message.vantage as VantageId);
      return;
    case 'endStream':
      store.endStream(message.vantage as VantageId);
      return;
    case 'reportLoss':
      store.reportLoss(message.vantage as VantageId, message.loss);
      return;
    case 'noteNetns':
      store.noteNetns(message.vantage as VantageId, message.netns);
      return;
    case 'setTopology':
      store.setTopology(message.topology);
      return;
    case 'setUnwatched':
      store.setUnwatched(message.pods);
      return;
    case 'tick':
      store.tick(message.nowNs);
      return;
    case 'setSource':
      store.setSource(message.source);
      return;
    case 'setSlowThreshold':
      store.setSlowThreshold(message.nanoseconds);
      return;
    case 'dispose':
      store.dispose();
      port?.close();
      return;
    case 'call':
      void answer(message.id, message.call);
      return;
    case 'abort':
      running.get(message.id)?.abort();
      return;
    default:
      assertNever(message);
  }
}

async function answer(id: number, call: WorkerCall): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    send({ kind: 'reply', id, ok: true, value: await run(id, call, controller.signal) });
  } catch (error) {
    send({ kind: 'reply', id, ok: false, problem: toProblem(error, 'trace-failed') });
  } finally {
    running.delete(id);
  }
}

function run(id: number, call: WorkerCall, signal: AbortSignal): Promise<unknown> {
  switch (call.kind) {
    case 'query':
      return store.query(call.query);
    case 'openFiles':
      return store.openFiles(call.paths, signal);
    case 'save':
      return store.save(call.path);
    case 'export':
      return store.export(call.path, call.request, {
        signal,
        onProgress: (progress) => send({ kind: 'progress', id, progress }),
      });
    case 'saveLost':
      return saveLostTrace(call.folder, call.path);
    case 'clear':
      return store.clear();
    default:
      return assertNever(call);
  }
}
