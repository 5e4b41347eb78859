import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TraceEngine } from '../../src/core/trace/traceEngine.ts';
import type { VantageId } from '../../src/core/trace/vantage.ts';
import { RecordingSink } from '../support/recordingSink.ts';
import { flowing, openApi, openNamespace, prepareTrace, traceRequest } from './captureBench.ts';
import { kubectl, runInPod } from './lab/labClient.ts';
import { until } from './lab/shell.ts';

const namespace = 'dnscope-capture-errors';

/** Reads what is captured as the extension does. */
class ReadingSink extends RecordingSink {
  readonly engine = new TraceEngine();

  override addVantage(...[id, vantage]: Parameters<RecordingSink['addVantage']>): void {
    super.addVantage(id, vantage);
    this.engine.addVantage(vantage);
  }

  override push(id: VantageId, chunk: Uint8Array): void {
    super.push(id, chunk);
    this.#streams[id] ??= this.engine.openStream(id);
    this.#streams[id].push(chunk);
  }

  readonly #streams: ReturnType<TraceEngine['openStream']>[] = [];
}

describe('a live capture of what the network says about DNS', () => {
  let opened: AsyncDisposable;
  before(async () => (opened = await openNamespace(namespace)));
  after(() => opened[Symbol.asyncDispose]());

  it('sees the ICMP port unreachable of a host without a DNS server, beside the query', async () => {
    using kube = await openApi();
    const sink = new ReadingSink();
    await using trace = await prepareTrace(kube, traceRequest(namespace, { watchCoreDns: false }), sink);
    await trace.session.start();
    await trace.until('packets', flowing);
    const node = await kubectl(['-n', namespace, 'get', 'pod', 'client', '-o', 'jsonpath={.status.hostIP}']);
    await runInPod(namespace, 'client', ['nslookup', '-timeout=1', 'nobody.example.com', node]);
    const { trace: seen } = sink.engine;
    await until('an ICMP error about the query', 20_000, () => Promise.resolve(seen.icmpErrors.size > 0 || undefined));
    const [events] = [...seen.icmpErrors.values()];
    assert.deepEqual([events?.[0]?.kind, events?.[0]?.about], ['port-unreachable', 'query']);
    assert.equal(seen.addresses.textOf([...seen.icmpTallies.values()][0]!.server), node);
    await trace.session.stop();
  });
});
