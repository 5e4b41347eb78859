/** One trace for the tests of exports: answered, failed and slow lookups, seen at two places, with a topology. */
import { emptyTopology, type Topology } from '../../src/core/topology/topology.ts';
import type { VantageId } from '../../src/core/trace/vantage.ts';
import type { ByteSink } from '../../src/io/atomicFile.ts';
import { LocalTraceStore } from '../../src/io/localTraceStore.ts';
import type { ExportRequest, ExportResult } from '../../src/protocol/export.ts';
import { ask, COREDNS, forward, POD, UPSTREAM, watchedStory, type Story } from './story.ts';
import { KUBE_DNS, placedPod } from './storyTopology.ts';

export const exportTopology: Topology = {
  ...emptyTopology,
  pods: [
    placedPod('shop/order-service', POD, { node: 'worker-seven' }),
    placedPod('kube-system/coredns-1', COREDNS, { role: 'coredns', node: 'worker-one' }),
  ],
  services: [KUBE_DNS],
  upstreams: [{ address: UPSTREAM, port: 53, transport: 'dns', zone: '.' }],
};

/** 14 packets, 8 transactions, 3 lookups: one answered, one through a search list, one that fails upstream. */
export function exportStory(): Story {
  const story = watchedStory();
  ask(story, { at: 0, took: 2, name: 'www.example.com', answers: ['192.0.2.1', '192.0.2.2'] });
  forward(story, { at: 0.4, took: 1, name: 'www.example.com', answers: ['192.0.2.1', '192.0.2.2'] });
  ask(story, { at: 50, took: 1, name: 'cart.shop.svc.cluster.local', answers: ['10.96.4.4'] });
  ask(story, { at: 100, took: 4002, name: 'myexternalendpoint.com', rcode: 'SERVFAIL' });
  forward(story, { at: 501, name: 'myexternalendpoint.com' });
  return story;
}

/** A store that holds the story; the caller disposes of it. */
export function storeOf(story: Story, topology: Topology = exportTopology): LocalTraceStore {
  const store = new LocalTraceStore({ slowNs: 5e6 });
  store.setTopology(topology);
  const captures = [...story.captures().values()];
  captures.forEach(({ vantage }, id) => {
    store.addVantage(id as VantageId, vantage);
  });
  captures.forEach(({ bytes }, id) => {
    store.push(id as VantageId, bytes);
  });
  captures.forEach((_, id) => {
    store.endStream(id as VantageId);
  });
  return store;
}

export class MemorySink implements ByteSink {
  readonly pieces: Uint8Array[] = [];
  bytes = 0;

  write(piece: Uint8Array | string): Promise<void> {
    const bytes = typeof piece === 'string' ? new TextEncoder().encode(piece) : piece;
    this.pieces.push(bytes);
    this.bytes += bytes.length;
    return Promise.resolve();
  }

  get whole(): Uint8Array {
    return Buffer.concat(this.pieces);
  }

  get text(): string {
    return new TextDecoder().decode(this.whole);
  }
}

export async function exported(
  store: LocalTraceStore,
  request: Partial<ExportRequest> & Pick<ExportRequest, 'format'>,
): Promise<ExportResult & { readonly text: string; readonly whole: Uint8Array }> {
  const sink = new MemorySink();
  const result = await store.exportTo(sink, { filter: '', ...request });
  return { ...result, text: sink.text, whole: sink.whole };
}
