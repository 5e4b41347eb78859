import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import * as zlib from 'node:zlib';
import { summarize } from '../../../src/core/analysis/summary.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { roleOf } from '../../../src/core/trace/trace.ts';
import { lookupRow } from '../../../src/core/view/rowBuilder.ts';
import { messageBytes } from '../../../src/core/view/messageBytes.ts';
import type { VantageId } from '../../../src/core/trace/vantage.ts';
import { LocalTraceStore } from '../../../src/io/localTraceStore.ts';
import { readCaptureFiles, type CaptureReading } from '../../../src/io/captureFiles.ts';
import type { ReadOptions } from '../../../src/io/input/readingPass.ts';
import { CaptureBuilder, concat, text } from '../../support/packetBuilder.ts';
import { shiftedCapture } from '../../support/shiftedCapture.ts';
import { ask, forward, watchedStory } from '../../support/story.ts';
import { tarArchive } from '../../support/tarBuilder.ts';

let folder = '';
let readings: CaptureReading[] = [];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-test-'));
  readings = [];
});
afterEach(() => {
  for (const reading of readings) reading.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const story = watchedStory();
for (let k = 0; k < 5; k++) {
  ask(story, { at: 100 + k * 100, took: 4, name: `n${String(k)}.example.com`, answers: ['192.0.2.1'] });
  forward(story, { at: 101 + k * 100, took: 2, name: `n${String(k)}.example.com`, answers: ['192.0.2.1'] });
}
const [pod, coredns] = [...story.captures().values()].map(({ bytes }) => bytes) as [Uint8Array, Uint8Array];

function put(name: string, bytes: Uint8Array): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, bytes);
  return file;
}

async function read(paths: readonly string[], options?: ReadOptions): Promise<CaptureReading> {
  const reading = await readCaptureFiles(() => new TraceEngine(), paths, options);
  readings.push(reading);
  reading.engine.finish();
  return reading;
}

const gzip = (bytes: Uint8Array): Uint8Array => new Uint8Array(zlib.gzipSync(bytes));
const zstd = (bytes: Uint8Array): Uint8Array => new Uint8Array(zlib.zstdCompressSync(bytes));

/** What a reading came to, without names. */
function gist({ engine }: CaptureReading): unknown {
  const { files, vantages, ...rest } = summarize(engine, []);
  assert.deepEqual(files, []);
  return { ...rest, findings: rest.findings.map(({ id }) => id), vantages: vantages.map(({ role }) => role) };
}

const vantagesOf = ({ engine }: CaptureReading): readonly string[] => {
  return engine.trace.vantages.map((state) => `${state.vantage.name} ${roleOf(state)}`);
};

test('compressed or not, in a folder, an archive or a pipe: the same trace', async () => {
  const files = [put('a/pod.pcap', pod), put('a/coredns.pcap', coredns)];
  const expected = gist(await read(files));
  const same: (readonly string[])[] = [
    [put('b/one', gzip(pod)), put('b/two', zstd(coredns))],
    [put('c/pod.pcap', gzip(pod)), put('c/coredns.pcap.zst', coredns)],
    [path.join(folder, 'a')],
    [path.join(folder, 'b')],
    [
      put(
        'd.tar',
        tarArchive([
          { name: 'pod', data: pod },
          { name: 'x/coredns', data: coredns },
        ]),
      ),
    ],
    [
      put(
        'e.tgz',
        gzip(
          tarArchive([
            { name: 'pod.gz', data: gzip(pod) },
            { name: 'notes', data: text('hi') },
            { name: 'c.zst', data: zstd(coredns) },
          ]),
        ),
      ),
    ],
    [
      put(
        'f.tzst',
        zstd(
          tarArchive([
            { name: 'inner.tar.gz', data: gzip(tarArchive([{ name: 'pod', data: pod }])) },
            { name: 'c', data: coredns },
          ]),
        ),
      ),
    ],
  ];
  for (const paths of same) {
    const reading = await read(paths);
    assert.deepEqual(
      reading.files.map(({ problem }) => problem),
      reading.files.map(() => undefined),
      paths.join(),
    );
    const roles = (value: unknown): unknown => ({
      ...(value as { vantages: string[] }),
      vantages: [...(value as { vantages: string[] }).vantages].sort(),
    });
    assert.deepEqual(roles(gist(reading)), roles(expected), paths.join());
  }
});

test('packets of compressed captures can be read back, and are kept beside the trace until it closes', async () => {
  const { engine, files, close } = await read([put('pod.pcap.gz', gzip(pod)), put('coredns.pcap.zst', zstd(coredns))]);
  for (let id = 0; id < engine.trace.messages.length; id++) assert.ok(messageBytes(engine, id) !== undefined);
  assert.deepEqual(
    files.map(({ storedIn }) => fs.existsSync(storedIn!)),
    [true, true],
  );
  assert.ok(Buffer.from(fs.readFileSync(files[1]!.storedIn!)).equals(coredns));
  close();
  assert.deepEqual(
    files.map(({ storedIn }) => fs.existsSync(storedIn!)),
    [false, false],
  );
});

test('a pipe, compressed too; without keeping its bytes', async () => {
  async function* pipe(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield Promise.resolve(bytes.slice(at, at + size));
  }
  const expected = gist(await read([put('pod.pcap', pod)]));
  for (const bytes of [pod, gzip(pod), zstd(pod)]) {
    for (const size of [1, 1000, 1e9]) {
      const reading = await read(['-'], { stdin: pipe(bytes, size), keepBytes: false });
      assert.deepEqual(gist(reading), expected);
      assert.deepEqual([reading.files[0]!.path, reading.files[0]!.storedIn], ['-', undefined]);
    }
  }
});

test('a cut file is read to the cut: plain, compressed, in an archive that is cut', async () => {
  const whole = (await read([put('w.pcap', coredns)])).files[0]!.state.packets;
  const archive = gzip(tarArchive([{ name: 'c.pcap', data: coredns }]));
  for (const bytes of [
    coredns.subarray(0, -20),
    gzip(coredns).subarray(0, -30),
    gzip(coredns.subarray(0, -20)),
    archive.subarray(0, -200),
  ]) {
    const { files } = await read([put('cut', bytes)]);
    assert.equal(files.length, 1);
    assert.ok(files[0]!.state.truncated);
    assert.ok(files[0]!.state.packets > 0 && files[0]!.state.packets <= whole);
    assert.equal(files[0]!.problem, undefined);
  }
});

test('a Dumpy export: pods by their files, addresses by their pods, clocks compared', async () => {
  put('dns/dns-cap1-order-service-order-service.pcap', shiftedCapture(pod, 1_700_000_000n));
  put('dns/dns-cap1-coredns-coredns-6d4b75cb6d-x7k2p.pcap', coredns);
  put('dns/README.md', text('taken at noon'));
  const reading = await read([path.join(folder, 'dns')]);
  const { engine } = reading;
  assert.deepEqual(vantagesOf(reading), ['coredns-6d4b75cb6d-x7k2p coredns', 'order-service client']);
  const offsets = engine.trace.vantages.map((state) => Math.round(state.clock!.offsetNs / 1e8));
  assert.deepEqual(offsets, [0, 17]);
  const row = lookupRow(engine, 0, 0, false);
  assert.equal(row.client, 'order-service');
  assert.deepEqual(
    row.way.map(({ hop, state }) => `${hop} ${state}`),
    ['client ok', 'kube-dns ok', 'coredns ok', 'upstream ok'],
  );
  // In order: asked in the pod before it is seen in CoreDNS, answered there before it is in the pod.
  for (let id = 0; id < engine.trace.exchanges.length; id++) {
    const seen = [...engine.trace.transactionsOf(id)].map((one) => {
      const chunk = engine.trace.transactions.of(one);
      return { vantage: chunk.vantage[one]!, start: chunk.start[one]!, end: chunk.end[one]! };
    });
    const [outer, inner] = [seen.find(({ vantage }) => vantage === 1), seen.find(({ vantage }) => vantage === 0)];
    if (outer !== undefined && inner !== undefined) assert.ok(outer.start <= inner.start && inner.end <= outer.end);
  }
});

test('clocks minutes apart still join, and rows keep the times of the corrected clock', async () => {
  const apart = await read([put('pod.pcap', shiftedCapture(pod, 600_000_000_000n)), put('coredns.pcap', coredns)]);
  const together = await read([put('p.pcap', pod), put('c.pcap', coredns)]);
  assert.equal(apart.engine.counts.lookups, together.engine.counts.lookups);
  const times = ({ engine }: CaptureReading): readonly number[] =>
    Array.from(
      { length: 5 },
      (_, id) => Math.round(engine.trace.epochUs(engine.trace.lookups.of(id).start[id]!) / 1000) % 1e6,
    );
  assert.deepEqual(new Set(times(apart)).size, 5);
  assert.equal(together.engine.trace.vantages[0]!.clock!.correctionNs, 0);
  assert.ok(
    Math.abs(
      apart.engine.trace.vantages[0]!.clock!.offsetNs - apart.engine.trace.vantages[1]!.clock!.offsetNs - 600e9,
    ) < 1e9,
  );
});

test('what can be read once only is not corrected, and says so', async () => {
  async function* pipe(): AsyncGenerator<Uint8Array> {
    yield Promise.resolve(shiftedCapture(pod, 1_000_000_000n));
  }
  const { engine } = await read(['-', put('c.pcap', coredns)], { stdin: pipe(), keepBytes: false });
  const [first, second] = engine.trace.vantages.map((state) => state.clock!);
  assert.equal(Math.round((first!.offsetNs - second!.offsetNs) / 1e8), 10);
  assert.deepEqual([first!.correctionNs, second!.correctionNs], [0, 0]);
});

/** As the node of a Retina capture prints it; made up after the published layout. */
const IP_RESOURCES = `Summary:

ip -d -j addr show(IP address configuration)

Execute:

ip -d -j addr show

[{"ifindex":1,"ifname":"lo","addr_info":[{"family":"inet","local":"127.0.0.1","scope":"host"}]},{"ifindex":2,"ifname":"eth0","addr_info":[{"family":"inet","local":"10.224.0.4","scope":"global"}]}]
`;
const IPTABLES = `Execute:

iptables-legacy-save

*nat
-A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j KUBE-SVC-A
-A KUBE-SERVICES -d 10.96.7.7/32 -p tcp -m comment --comment "shop/cart:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-B
-A KUBE-SEP-C -p udp -m comment --comment "kube-system/kube-dns:dns" -m udp -j DNAT --to-destination 10.244.0.5:53
COMMIT
`;

test('a Retina download: archives in an archive, nodes by their files, Services and node addresses by its notes', async () => {
  const stem = 'retina-capture-node-1-20260101120000UTC';
  const inner = gzip(
    tarArchive([
      { name: '.', type: '5' },
      { name: `${stem}.pcap`, data: coredns },
      { name: 'ip-resources.txt', data: text(IP_RESOURCES) },
      { name: 'iptables-rules.txt', data: text(IPTABLES) },
      { name: 'tcpdump.log', data: text('tcpdump -i any') },
    ]),
  );
  const file = put(
    'all-captures-20260101120500.tar.gz',
    gzip(tarArchive([{ name: `retina-capture/${stem}.tar.gz`, data: inner }])),
  );
  const reading = await read([file]);
  assert.deepEqual(
    reading.files.map(({ path: shown }) => shown),
    [`${file}/retina-capture/${stem}.tar.gz/${stem}.pcap`],
  );
  assert.deepEqual(vantagesOf(reading), ['node-1 node']);
  const { topology } = reading.engine;
  assert.equal(topology.shortName('10.96.0.10'), 'kube-system/kube-dns');
  assert.equal(topology.isDnsService('10.96.0.10'), true);
  assert.equal(topology.isDnsService('10.96.7.7'), false);
  assert.equal(topology.shortName('10.224.0.4'), 'node-1');
  assert.deepEqual(topology.topology.services[0]!.endpoints, ['10.244.0.5']);
});

test('the parts of a rotated capture are one vantage: a query in one is answered in the next', async () => {
  const header = pod.subarray(0, 24);
  const view = new DataView(pod.buffer, pod.byteOffset);
  const cuts = [24];
  while (cuts.at(-1)! < pod.length) cuts.push(cuts.at(-1)! + 16 + view.getUint32(cuts.at(-1)! + 8, true));
  const part = (from: number, to: number): Uint8Array => concat(header, pod.subarray(cuts[from], cuts[to]));
  put('r/dns.pcap1', part(0, 3));
  put('r/dns.pcap2', gzip(part(3, 6)));
  put('r/dns.pcap0', part(6, cuts.length - 1));
  const reading = await read([path.join(folder, 'r')]);
  const { engine } = reading;
  const whole = await read([put('pod.pcap', pod)]);
  assert.deepEqual(gist(reading), gist(whole));
  assert.deepEqual(vantagesOf(reading), ['dns.pcap client']);
  for (let id = 0; id < engine.trace.messages.length; id++)
    assert.deepEqual(messageBytes(engine, id), messageBytes(whole.engine, id));
});

test('a file that grows is followed until the signal', async () => {
  const whole = (await read([put('whole.pcap', pod)])).files[0]!.state.packets;
  const file = put('grows.pcap', pod.subarray(0, 100));
  const stop = new AbortController();
  const engine = new TraceEngine();
  const done = readCaptureFiles(() => engine, [file], { follow: true, signal: stop.signal });
  fs.appendFileSync(file, pod.subarray(100));
  while (engine.trace.totals.packets < whole) await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  const reading = await done;
  readings.push(reading);
  assert.deepEqual([reading.files[0]!.state.packets, reading.files[0]!.state.truncated], [whole, false]);
});

test('names and comments of a pcapng are taken over', async () => {
  const builder = new CaptureBuilder({ format: 'pcapng', sectionComments: ['second run'] });
  builder.block(4, builder.options([[1, Uint8Array.of(10, 96, 0, 10, ...text('kube-dns\0'))]]));
  const { engine, files } = await read([put('named.pcapng', builder.bytes())]);
  assert.equal(engine.topology.shortName('10.96.0.10'), 'kube-dns');
  assert.deepEqual(files[0]!.state.comments, ['second run']);
});

test('what is no capture: passed over in folders and archives, told where it was named', async () => {
  fs.mkdirSync(path.join(folder, 'empty'));
  put('mixed/notes.txt', text('nothing'));
  put('mixed/pod.pcap', pod);
  const problemOf = async (file: string): Promise<readonly (string | undefined)[]> =>
    (await read([file])).files.map(({ problem }) => problem?.code);
  assert.deepEqual(await problemOf(path.join(folder, 'mixed')), [undefined]);
  assert.deepEqual(await problemOf(path.join(folder, 'empty')), ['no-capture-in-folder']);
  assert.deepEqual(await problemOf(put('x.tar', tarArchive([{ name: 'a.txt', data: text('no') }]))), [
    'no-capture-in-archive',
  ]);
  assert.deepEqual(await problemOf(put('x.gz', gzip(text('apiVersion: v1\n')))), ['not-a-capture']);
  assert.deepEqual(await problemOf(put('x', text('apiVersion: v1\n'))), ['not-a-capture']);
  assert.deepEqual(await problemOf(put('x.xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0))), [
    'compressed-capture',
  ]);
  assert.deepEqual(await problemOf(path.join(folder, 'absent')), ['file-not-found']);
  assert.deepEqual(await problemOf('-'), ['no-standard-input']);
});

test('an address that two files would name differently is named by neither', async () => {
  put('dns/dumpy-11111111-web-0.pcap', pod);
  put('dns/dumpy-11111111-web-1.pcap', pod);
  const { engine } = await read([path.join(folder, 'dns')]);
  assert.deepEqual(
    engine.trace.vantages.map((state) => state.vantage.name),
    ['web-0', 'web-1'],
  );
  assert.equal(engine.trace.addressNames.size, 0);
});

test('captures of one name are told apart by their folders', async () => {
  const files = [put('a/dns.pcap', pod), put('b/dns.pcap', coredns)];
  assert.deepEqual(vantagesOf(await read(files)), ['dns.pcap client', 'b/dns.pcap coredns']);
});

test('a saved trace of clocks apart keeps the times of the files, and its clocks are compared again when it is opened', async () => {
  const store = new LocalTraceStore({ slowNs: 5e6 });
  await store.openFiles([put('pod.pcap', shiftedCapture(pod, 1_700_000_000n)), put('c.pcap.gz', gzip(coredns))]);
  const saved = path.join(folder, 'saved.pcapng');
  const notes = store.snapshot().vantages.map(({ note }) => note);
  const { packets } = await store.save(saved);
  store.dispose();
  assert.match(notes.join(), /Clock 1\.7 s (ahead of|behind) that of .*, corrected/u);
  const { engine, files } = await read([saved]);
  assert.equal(files[0]!.state.packets, packets);
  const [first, second] = engine.trace.vantages.map((state) => state.clock!);
  assert.equal(Math.round((first!.offsetNs - second!.offsetNs) / 1e8), 17);
  assert.ok(first!.correctionNs - second!.correctionNs > 1e9);
});

test('live streams: their clocks are told, not corrected', () => {
  const store = new LocalTraceStore({ slowNs: 5e6 });
  const captures = [...story.captures().values()];
  captures.forEach(({ vantage }, id) => {
    store.addVantage(id as VantageId, vantage);
  });
  store.push(0 as VantageId, shiftedCapture(pod, 1_700_000_000n));
  store.push(1 as VantageId, coredns);
  const notes = store.snapshot().vantages.map(({ note }) => note ?? '');
  store.dispose();
  assert.match(notes.join(), /Clock 1\.7 s/u);
  assert.doesNotMatch(notes.join(), /corrected/u);
});

test('two hundred captures at once', async () => {
  for (let k = 0; k < 200; k++) put(`many/c${String(k)}.pcap`, shiftedCapture(pod, BigInt(k) * 1_000_000_000n));
  const { engine, files } = await read([path.join(folder, 'many')]);
  assert.equal(files.length, 200);
  assert.equal(engine.trace.totals.packets, files.length * files[0]!.state.packets);
});
