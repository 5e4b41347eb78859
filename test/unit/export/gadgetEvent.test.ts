import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goDuration } from '../../../src/core/export/gadgetEvent.ts';
import { exported, exportStory, storeOf } from '../../support/exportStory.ts';
import { COREDNS, POD, VIP, watchedStory } from '../../support/story.ts';

type Event = Record<string, unknown>;

/** What trace_dns prints, from its metadata: keys at each level, in order. */
const KEYS =
  'addresses cwd dst exepath id k8s latency_ns latency_ns_raw name nameserver netns_id num_answers pkt_type pkt_type_raw proc qr qr_raw qtype qtype_raw ra rcode rcode_raw rd runtime src tc timestamp timestamp_raw';
const NESTED: Readonly<Record<string, string>> = {
  dst: 'addr k8s port proto proto_raw version',
  k8s: 'containerName hostnetwork namespace node owner podLabels podName',
  nameserver: 'addr version',
  proc: 'comm creds mntns_id parent pid tid',
  runtime:
    'containerId containerImageDigest containerImageName containerName containerPid containerStartedAt runtimeName',
  src: 'addr k8s port proto proto_raw version',
};

async function eventsOf(story = exportStory()): Promise<readonly Event[]> {
  const store = storeOf(story);
  const { text, count } = await exported(store, { format: 'jsonl' });
  store.dispose();
  const lines = text.trimEnd().split('\n');
  assert.equal(lines.length, count);
  return lines.map((line) => JSON.parse(line) as Event);
}

test('an event for each message, with the keys of trace_dns in its order', async () => {
  const events = await eventsOf();
  assert.equal(events.length, 15);
  for (const event of events) {
    assert.equal(Object.keys(event).join(' '), KEYS);
    for (const [key, nested] of Object.entries(NESTED))
      assert.equal(Object.keys(event[key] as object).join(' '), nested);
  }
});

test('query and response as the pod saw them', async () => {
  const events = await eventsOf();
  const [query, response] = events.filter(
    (event) => event['name'] === 'www.example.com.' && (event['nameserver'] as Event)['addr'] === VIP,
  );
  assert.deepEqual(
    ['qr', 'qr_raw', 'rcode', 'latency_ns_raw', 'pkt_type', 'num_answers', 'addresses', 'rd'].map((key) => query![key]),
    ['Q', false, '', 0, 'OUTGOING', 0, '', true],
  );
  assert.deepEqual(
    ['qr', 'qr_raw', 'rcode', 'rcode_raw', 'latency_ns', 'latency_ns_raw', 'pkt_type', 'num_answers', 'ra'].map(
      (key) => response![key],
    ),
    ['R', true, 'Success', 0, '2ms', 2_000_000, 'HOST', 2, true],
  );
  assert.equal(response!['addresses'], '192.0.2.1,192.0.2.2');
  assert.equal(query!['id'], response!['id']);
  assert.match(String(query!['id']), /^[0-9a-f]{4}$/u);
  assert.deepEqual(query!['src'], {
    addr: POD,
    k8s: { kind: 'pod', labels: '', name: 'order-service', namespace: 'shop', podSelector: '' },
    port: (query!['src'] as Event)['port'],
    proto: 'UDP',
    proto_raw: 17,
    version: 4,
  });
  assert.equal(((query!['dst'] as Event)['k8s'] as Event)['kind'], 'svc');
  assert.deepEqual(
    [(query!['k8s'] as Event)['namespace'], (query!['k8s'] as Event)['podName']],
    ['shop', 'order-service'],
  );
});

test('at CoreDNS the client’s query comes in and its own goes out; a failure has the gadget’s word', async () => {
  const events = await eventsOf();
  const inside = events.filter((event) => (event['nameserver'] as Event)['addr'] === COREDNS);
  assert.deepEqual([inside[0]!['pkt_type'], inside[1]!['pkt_type']], ['HOST', 'OUTGOING']);
  assert.ok(events.some((event) => event['rcode'] === 'ServerFailure' && event['rcode_raw'] === 2));
});

test('nanoseconds are exact digits, and types without a word are numbers', async () => {
  const store = storeOf(
    watchedStory().leg({
      at: 0.000_123,
      client: POD,
      port: 40_001,
      server: VIP,
      id: 7,
      name: 'x.example',
      type: 'CAA',
      vantage: 'shop/order-service',
    }),
  );
  const { text } = await exported(store, { format: 'jsonl' });
  assert.match(text, /"timestamp":"2025-11-21T04:40:00\.000000123Z","timestamp_raw":1763700000000000123\}\n$/u);
  assert.match(text, /"qtype":"257","qtype_raw":257/u);
  store.dispose();
});

test('durations as Go writes them', () => {
  const written = [0, 1, 1500, 1_234_567, 5e6, 4.0025e9, 65.5e9, 3_600e9].map(goDuration);
  assert.deepEqual(written, ['0s', '1ns', '1.5µs', '1.234567ms', '5ms', '4.0025s', '1m5.5s', '1h0m0s']);
});
