/**
 * `npm run fuzz [-- --seconds N --seed N]`: mutated captures, Corefiles, archives, filters, saved traces and whatever else strangers
 * write (test/support/hostileReaders.ts) through their readers and the whole engine, for as long as you let it. What does not hold ends
 * it with the seed and the input that did it; memory that only grows shows in the last column.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import * as zlib from 'node:zlib';
import { summarize } from '../../src/core/analysis/summary.ts';
import { lintCorefile } from '../../src/core/corefile/lint.ts';
import { LookupView } from '../../src/core/view/lookupView.ts';
import { lookupDetails } from '../../src/core/view/details/lookupDetails.ts';
import { TraceEngine } from '../../src/core/trace/traceEngine.ts';
import { evaluateFindings } from '../../src/core/findings/evaluateFindings.ts';
import { Random, damage, writeCorefile, writeSlip } from '../cluster/randomCorefile.ts';
import { readCaptureFiles } from '../../src/io/captureFiles.ts';
import { exported, exportStory, storeOf } from '../support/exportStory.ts';
import {
  compressionReader,
  messageReader,
  messagesIn,
  plainReaders,
  savedTraceReader,
} from '../support/hostileReaders.ts';
import { checkFilter, filteredView, mutatedFilter } from '../support/randomFilter.ts';
import { tarArchive } from '../support/tarBuilder.ts';
import { ask, forward, watchedStory } from '../support/story.ts';
import { wireCorpus } from '../support/wireCorpus.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } } });
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const until = performance.now() + Number(values.seconds) * 1000;
let state = seed | 1;
const random = (below: number): number => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
};

const grammar = new Random(seed);
const captures = seedCaptures();
const corefiles = seedCorefiles();
const archives = seedArchives(captures);
const filtered = filteredView();
const readers = [
  messageReader(messagesIn(wireCorpus(random, 40))),
  savedTraceReader(await savedTrace()),
  compressionReader('gzip'),
  compressionReader('zstd'),
  ...plainReaders(),
];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-fuzz-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
let rounds = 0;
let lastLine = performance.now();
process.stdout.write(`seed ${String(seed)}\n`);
while (performance.now() < until) {
  const capture = mutate(captures[random(captures.length)]!);
  await attempt('capture', capture, () => {
    runCapture(capture);
  });
  const corefile = mutate(corefiles[random(corefiles.length)]!);
  await attempt('corefile', corefile, () => {
    lintCorefile(new TextDecoder().decode(corefile), { file: 'Corefile' });
  });
  // Nearly right ones get past the parser, to the twins of the plugins' setup.
  const written = damage(grammar, rounds % 4 === 0 ? writeCorefile(grammar) : writeSlip(grammar));
  await attempt('corefile', new TextEncoder().encode(written), () => {
    lintCorefile(written, { file: 'Corefile', environment: {} });
  });
  for (const { name, make, read } of readers) {
    const bytes = make(random);
    await attempt(name.replaceAll(' ', '-'), bytes, async () => void (await read(bytes, random)));
  }
  const filter = mutatedFilter(grammar);
  await attempt('filter', new TextEncoder().encode(filter), () => {
    checkFilter(filter, filtered, () => grammar.chance(2));
  });
  if (rounds % 5 === 0) {
    const file = path.join(folder, 'input');
    const packed = mutate(archives[random(archives.length)]!);
    fs.writeFileSync(file, packed);
    await attempt('archive', packed, () => readPacked(file));
  }
  rounds++;
  if (performance.now() - lastLine < 5000) continue;
  lastLine = performance.now();
  process.stdout.write(`${String(rounds)} rounds, ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB\n`);
}
process.stdout.write(`${String(rounds)} rounds without a throw, ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB\n`);

function runCapture(bytes: Uint8Array): void {
  const engine = new TraceEngine();
  const read = (offset: number, length: number): Uint8Array => bytes.slice(offset, offset + length);
  const stream = engine.openFile(
    (description) => ({ name: `i${String(description.index)}`, role: 'unknown', addresses: [] }),
    read,
  );
  const step = 1 + random(2000);
  for (let at = 0; at < bytes.length; at += step) stream.push(bytes.slice(at, at + step));
  stream.end();
  engine.finish();
  const view = new LookupView(engine);
  view.update(evaluateFindings(engine));
  view.expand(0, true);
  view.read(0, 50);
  if (engine.trace.lookups.length > 0) lookupDetails(engine, random(engine.trace.lookups.length));
  summarize(engine, []);
}

async function attempt(kind: string, input: Uint8Array, run: () => void | Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const file = path.join(os.tmpdir(), `dnscope-fuzz-${kind}-${String(seed)}`);
    fs.writeFileSync(file, input);
    process.stderr.write(`${kind} of seed ${String(seed)}, round ${String(rounds)}, kept in ${file}\n`);
    throw error;
  }
}

function mutate(input: Uint8Array): Uint8Array {
  let bytes = input.slice();
  for (let edits = random(12); edits >= 0 && bytes.length > 0; edits--) {
    const at = random(bytes.length);
    const kind = random(5);
    if (kind === 0) bytes = bytes.slice(0, at);
    else if (kind === 1) bytes = Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(random(bytes.length))]);
    else if (kind === 2) bytes[at] = [0, 0xff, 0x7f, 0x80, 0xc0, 10, 123, 125][random(8)]!;
    else bytes[at] = random(256);
  }
  return bytes;
}

async function readPacked(file: string): Promise<void> {
  const { engine, close } = await readCaptureFiles(() => new TraceEngine(), [file]);
  engine.finish();
  close();
}

async function savedTrace(): Promise<Uint8Array> {
  const store = storeOf(exportStory());
  const { whole } = await exported(store, { format: 'pcapng' });
  store.dispose();
  return Uint8Array.from(whole);
}

/** Captures as they are handed over: compressed, archived, archived again. */
function seedArchives(captures: readonly Uint8Array[]): readonly Uint8Array[] {
  const [first, second] = [captures[0]!, captures[1]!];
  const archive = tarArchive([
    { name: `${'deep/'.repeat(30)}retina-capture-n1-20260101120000UTC.pcap`, data: first },
    { name: 'second.pcap.zst', data: new Uint8Array(zlib.zstdCompressSync(second)) },
    { name: 'iptables-rules.txt', data: new TextEncoder().encode('-A KUBE-SERVICES -d 10.96.0.10/32 -p udp') },
  ]);
  const packed = new Uint8Array(zlib.gzipSync(archive));
  return [
    archive,
    packed,
    new Uint8Array(zlib.gzipSync(first)),
    new Uint8Array(zlib.zstdCompressSync(first)),
    tarArchive([{ name: 'inner.tar.gz', data: packed }]),
  ];
}

function seedCaptures(): readonly Uint8Array[] {
  const story = watchedStory();
  for (let i = 0; i < 20; i++) {
    ask(story, { at: i * 50, took: 3, name: `n${String(i)}.example.com`, answers: ['192.0.2.1'] });
    forward(story, { at: i * 50 + 0.5, took: 1, name: `n${String(i)}.example.com`, answers: ['192.0.2.1'] });
  }
  const made = [...story.captures().values()].map(({ bytes }) => bytes);
  const examples = path.join(import.meta.dirname, '../../examples');
  const recorded = fs.existsSync(examples) ? fs.readdirSync(examples).filter((name) => /\.pcapn?g?$/u.test(name)) : [];
  const wire = wireCorpus(random, 40).map(({ bytes }) => bytes);
  return [...made, ...wire, ...recorded.map((name) => new Uint8Array(fs.readFileSync(path.join(examples, name))))];
}

function seedCorefiles(): readonly Uint8Array[] {
  const folder = path.join(import.meta.dirname, '../fixtures/corefiles');
  const files = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return files.map((name) => new Uint8Array(fs.readFileSync(path.join(folder, name))));
}
