/** Nothing of who it was about leaves with a redacted export, and what it says about the DNS stays the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXPORT_COLUMNS } from '../../../src/core/export/columns.ts';
import { LinkType } from '../../../src/core/packet/packetSink.ts';
import type { Topology } from '../../../src/core/topology/topology.ts';
import type { VantageId } from '../../../src/core/trace/vantage.ts';
import { LocalTraceStore } from '../../../src/io/localTraceStore.ts';
import { EXPORT_FORMATS } from '../../../src/protocol/export.ts';
import { exported, exportStory, storeOf } from '../../support/exportStory.ts';
import { addressBytes, CaptureBuilder, dnsQuery, dnsResponse, tcpFramed } from '../../support/packetBuilder.ts';
import { rotatingSeed, seededRandom } from '../../support/rotatingSeed.ts';
import { collectPackets } from '../packet/collectPackets.ts';

const KEY = 'a secret of more than sixteen bytes';

interface Secrets {
  readonly words: readonly string[];
  readonly addresses: readonly string[];
  readonly store: LocalTraceStore;
}

/** A trace whose every name, address and text is from chance, with all record types that carry some. */
function secretTrace(seed: number): Secrets {
  const random = seededRandom(seed);
  const words: string[] = [];
  const addresses: string[] = [];
  const word = (): string => {
    // Long enough not to turn up by chance.
    const text = Array.from({ length: 8 + random(6) }, () => 'bcdfghjklmnprstvwxz0189'[random(23)]!).join('');
    words.push(text);
    return text;
  };
  const address = (): string => {
    const text = `${String(10 + random(90))}.${String(1 + random(250))}.${String(1 + random(250))}.${String(1 + random(250))}`;
    addresses.push(text);
    return text;
  };
  const address6 = (): string => {
    const group = (): string => (0x1000 + random(0xe000)).toString(16);
    const text = `2a00:${group()}:${group()}:${group()}:${group()}:${group()}:${group()}:${group()}`;
    addresses.push(text);
    return text;
  };
  const name = (): string => `${word()}.${word()}.svc.cluster.local`;
  const outside = (): string => `${word()}.${word()}.com`;
  const [pod, dns, upstream] = [address(), address(), address()];
  const [namespace, podName, node, service] = [word(), `${word()}-${word()}`, word(), word()];
  const topology: Topology = {
    clusterDomain: 'cluster.local',
    pods: [{ namespace, name: podName, node, addresses: [pod], role: 'workload', hostNetwork: false, ready: true }],
    services: [{ namespace: 'kube-system', name: service, addresses: [dns], isDns: true, endpoints: [] }],
    nodes: [{ name: node, addresses: [address()] }],
    upstreams: [{ address: upstream, port: 53, transport: 'dns', zone: `${word()}.com` }],
  };
  const builder = new CaptureBuilder({ linkType: LinkType.ethernet, nanos: true });
  let timeNs = 1_763_700_000_000_000_000n;
  const wait = (): bigint => (timeNs += BigInt(200_000 + random(900_000)));
  const asked = (type: string, question: string, answers: readonly unknown[], tcp = false): void => {
    const id = random(65_536);
    const sport = 20_000 + random(40_000);
    const query = dnsQuery({ id, name: question, type });
    const response = dnsResponse({ id, name: question, type, answers: answers as never, ednsSize: 1232 });
    const out = { src: pod, dst: dns, sport, dport: 53 };
    const back = { src: dns, dst: pod, sport: 53, dport: sport };
    if (!tcp) {
      builder.udp({ ...out, timeNs: wait(), payload: query });
      builder.udp({ ...back, timeNs: wait(), payload: response });
      return;
    }
    builder.tcp({ ...out, timeNs: wait(), seq: 1, flags: 24, payload: tcpFramed(query) });
    // Cut into two segments, so that the message has to be put together.
    const framed = tcpFramed(response);
    const half = framed.length >> 1;
    builder.tcp({ ...back, timeNs: wait(), seq: 1, flags: 24, payload: framed.slice(0, half) });
    builder.tcp({ ...back, timeNs: wait(), seq: 1 + half, flags: 24, payload: framed.slice(half) });
  };
  const owner = outside();
  asked('A', owner, [
    { type: 'CNAME', name: owner, ttl: 30, data: `${word()}.${owner}` },
    { type: 'A', name: owner, ttl: 30, data: address() },
  ]);
  asked('AAAA', owner, [{ type: 'AAAA', name: owner, ttl: 30, data: address6() }]);
  asked('TXT', owner, [{ type: 'TXT', name: owner, ttl: 30, data: [word(), `v=${word()}`] }]);
  const srv = `_${word()}._tcp.${name()}`;
  asked('SRV', srv, [{ type: 'SRV', name: srv, ttl: 30, data: { target: name(), port: 80, priority: 0, weight: 1 } }]);
  asked('MX', owner, [{ type: 'MX', name: owner, ttl: 30, data: { exchange: outside(), preference: 10 } }]);
  asked('SOA', owner, [
    {
      type: 'SOA',
      name: owner,
      ttl: 30,
      data: { mname: outside(), rname: outside(), serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
    },
  ]);
  asked('CAA', owner, [{ type: 'CAA', name: owner, ttl: 30, data: { flags: 0, tag: 'issue', value: outside() } }]);
  asked('NULL', owner, [{ type: 'NULL', name: owner, ttl: 30, data: Buffer.from(word()) }]);
  asked('PTR', `${word()}.in-addr.arpa`, [{ type: 'PTR', name: owner, ttl: 30, data: outside() }]);
  asked('A', name(), [{ type: 'A', name: owner, ttl: 30, data: address() }], true);
  builder.udp({
    src: dns,
    dst: upstream,
    sport: 9,
    dport: 9,
    timeNs: wait(),
    payload: new TextEncoder().encode(word()),
  });
  const store = new LocalTraceStore({ slowNs: 5e6 });
  store.setTopology(topology);
  const vantage = {
    name: `${namespace}/${podName}`,
    namespace,
    pod: podName,
    node,
    role: 'client',
    addresses: [pod],
  } as const;
  store.addVantage(0 as VantageId, vantage);
  store.push(0 as VantageId, builder.bytes());
  const at = store.engine.trace.epochNs(0);
  store.reportLoss(0 as VantageId, { packets: 3, kind: 'kernel', fromNs: at, toNs: at, reason: `lost at ${word()}` });
  store.setUnwatched([`kube-system/${word()}`]);
  store.endStream(0 as VantageId);
  return { words, addresses, store };
}

test('no original label, address or text is left in any format', async (t) => {
  const seed = rotatingSeed();
  t.diagnostic(`DNSCOPE_SEED=${String(seed)}`);
  for (let round = 0; round < 5; round++) {
    const { words, addresses, store } = secretTrace(seed + round);
    for (const format of EXPORT_FORMATS) {
      const clear = Buffer.from((await exported(store, { format })).whole)
        .toString('latin1')
        .toLowerCase();
      const { whole } = await exported(store, { format, redactionKey: KEY });
      const redacted = Buffer.from(whole).toString('latin1').toLowerCase();
      assert.ok(
        words.some((word) => clear.includes(word)),
        `${format} holds names when it is not redacted`,
      );
      for (const word of words) assert.ok(!redacted.includes(word), `${word} in ${format}`);
      for (const address of addresses) {
        assert.ok(!redacted.includes(address), `${address} in ${format}`);
        const bytes = Buffer.from(addressBytes(address)).toString('latin1').toLowerCase();
        assert.ok(format !== 'pcapng' || !redacted.includes(bytes), `the bytes of ${address} in ${format}`);
      }
    }
    store.dispose();
  }
});

/** Columns that say who, where and which packet; ids go by the order in which packets came, which a saved file may change. */
const IDENTITY =
  /^(?:vantage|(?:transaction|exchange|lookup)_id|(?:client|server)_(?:address|namespace|name|node)|name|lookup_name|addresses|answers|query_packet|response_packet)$/u;

test('what is left says the same: states, times, outcomes, hops, findings', async () => {
  const store = storeOf(exportStory());
  const cells = async (redactionKey?: string): Promise<string[][]> => {
    const request = { format: 'csv', ...(redactionKey === undefined ? {} : { redactionKey }) } as const;
    const { text } = await exported(store, request);
    const kept = EXPORT_COLUMNS.map(({ name }, index) => [name, index] as const).filter(
      ([name]) => !IDENTITY.test(name),
    );
    const lines = text.trimEnd().split('\r\n');
    const rows = lines.map((line) => {
      const all = line.match(/(?:"(?:[^"]|"")*"|[^,])*(?:,|$)/gu) ?? [];
      return kept.map(([, index]) => all[index] ?? '');
    });
    return rows.sort((a, b) => (a.join() < b.join() ? -1 : 1));
  };
  assert.deepEqual(await cells(KEY), await cells());
  store.dispose();
});

test('the same key gives the same pseudonyms, another key others; kept words stay', async () => {
  const store = storeOf(exportStory());
  const names = async (redactionKey: string): Promise<readonly string[]> => {
    const { text } = await exported(store, { format: 'jsonl', redactionKey });
    return text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { name: string }).name);
  };
  const first = await names(KEY);
  assert.deepEqual(await names(KEY), first);
  assert.notDeepEqual(await names(`${KEY}!`), first);
  const inside = first.find((name) => name.endsWith('.svc.cluster.local.'));
  assert.match(inside!, /^[a-z2-7]{4}\.[a-z2-7]{4}\.svc\.cluster\.local\.$/u);
  const { text } = await exported(store, { format: 'jsonl', redactionKey: KEY });
  const event = text
    .split('\n')
    .map((line) => (line === '' ? undefined : (JSON.parse(line) as { name: string; k8s: { namespace: string } })))
    .find((one) => one?.name === inside);
  // cart.shop.svc.cluster.local., asked from the namespace shop.
  assert.equal(event!.k8s.namespace, inside!.split('.')[1]);
  store.dispose();
});

test('a redacted capture has sound packets, sizes as before, and reopens with the same verdicts', async () => {
  const store = storeOf(exportStory());
  const { whole, count } = await exported(store, { format: 'pcapng', redactionKey: KEY });
  const clear = collectPackets((await exported(store, { format: 'pcapng' })).whole);
  const { packets, problem } = collectPackets(whole);
  assert.equal(problem, undefined);
  assert.equal(packets.length, count);
  const shape = (list: typeof packets): readonly string[] =>
    list.map((packet) => `${String(packet.interfaceIndex)} ${String(packet.nanos)} ${String(packet.hex.length)}`);
  assert.deepEqual(shape(packets), shape(clear.packets));
  const report = (await exported(store, { format: 'markdown', redactionKey: KEY })).text;
  assert.match(report, /\nerror, hop upstream, [a-z]+, `upstream-no-answer`\n/u);
  store.dispose();
});
