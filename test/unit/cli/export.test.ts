import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { type ExportIo, runExport } from '../../../src/cli/export.ts';
import { writeDnsCapture } from '../../bench/dnsCapture.ts';
import { exportStory } from '../../support/exportStory.ts';
import { CaptureBuilder, dnsQuery } from '../../support/packetBuilder.ts';
import { collectPackets } from '../packet/collectPackets.ts';

let folder = '';
const at = (name: string): string => path.join(folder, name);

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-export-'));
  const [pod, coredns] = [...exportStory().captures().values()].map(({ bytes }) => bytes);
  fs.writeFileSync(at('pod.pcap'), pod!);
  fs.writeFileSync(at('coredns.pcap'), coredns!);
  fs.writeFileSync(at('cut.pcap'), pod!.slice(0, pod!.length - 15));
  fs.writeFileSync(at('foreign.pcap'), 'apiVersion: v1\n');
});
after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

async function run(
  argv: readonly string[],
  isTerminal = false,
  more: Partial<ExportIo> = {},
): Promise<{ exit: number; out: Buffer; err: string }> {
  const pieces: Uint8Array[] = [];
  let err = '';
  const io: ExportIo = {
    stdout: () => assert.fail('exports are written with back-pressure'),
    stderr: (text) => (err += text),
    readFile: (file) => fs.promises.readFile(file),
    writeOut: (piece) => {
      pieces.push(Buffer.from(piece));
      return Promise.resolve();
    },
    isTerminal,
    ...more,
  };
  return { exit: await runExport(argv, io), out: Buffer.concat(pieces), err };
}

test('text formats stream to standard output, two captures joined', async () => {
  const csv = await run([at('pod.pcap'), at('coredns.pcap'), '--format', 'csv']);
  assert.deepEqual([csv.exit, csv.err], [0, '']);
  assert.equal(csv.out.toString().trimEnd().split('\r\n').length, 1 + 8);
  const jsonl = await run([at('pod.pcap'), '--format', 'jsonl', '-o', '-']);
  assert.equal(jsonl.out.toString().trimEnd().split('\n').length, 6);
  const markdown = await run([at('pod.pcap'), at('coredns.pcap'), '--format', 'markdown']);
  assert.match(markdown.out.toString(), /^# DNS trace\n/u);
});

test('to a file: whole, and standard error says what it holds', async () => {
  const file = at('out.pcapng');
  const { exit, out, err } = await run([at('pod.pcap'), '--format', 'pcapng', '--filter', 'cart', '-o', file]);
  assert.deepEqual([exit, out.length, err], [0, 0, `2 packets written to ${file}\n`]);
  assert.equal(collectPackets(fs.readFileSync(file)).packets.length, 2);
  assert.ok(!fs.existsSync(`${file}.partial`));
});

test('a cut capture is exported up to the cut', async () => {
  const { exit, err, out } = await run([at('cut.pcap'), '--format', 'jsonl']);
  assert.equal(exit, 0);
  assert.match(err, /cut\.pcap: the capture ends inside a packet; exported up to there\n$/u);
  assert.equal(out.toString().trimEnd().split('\n').length, 5);
});

test('bad use and unreadable input: exit 2, one line that says what to do, nothing written', async () => {
  const none = at('none.csv');
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /^No capture file given\. Use: dnscope export /u],
    [[at('pod.pcap')], /^--format is missing/u],
    [[at('pod.pcap'), '--format', 'xlsx'], /^There is no format xlsx/u],
    [[at('pod.pcap'), '--format'], /^--format needs a value/u],
    [[at('pod.pcap'), '--format', 'csv', '--dns-port', '0'], /^--dns-port takes ports from 1 to 65535, not 0/u],
    [[at('pod.pcap'), '--frmat', 'csv'], /^Unknown option --frmat/u],
    [[at('foreign.pcap'), '--format', 'csv', '-o', none], /foreign\.pcap: This is no packet capture/u],
    [[at('gone.pcap'), '--format', 'csv', '-o', none], /gone\.pcap does not exist\. Check the path/u],
    [[at('pod.pcap'), '--format', 'pcapng', '-o', at('pod.pcap')], /is one of the inputs/u],
    [
      [at('pod.pcap'), '--format', 'csv', '-o', at('no/folder.csv')],
      /could not be saved .* its folder does not exist\. Make that folder/u,
    ],
    [[at('pod.pcap'), '--format', 'csv', '--redact-key', at('gone')], /gone does not exist\. Check the path/u],
  ];
  for (const [argv, expected] of wrong) {
    const { exit, out, err } = await run(argv);
    assert.deepEqual([exit, out.length, err.trimEnd().split('\n').length], [2, 0, 1], err);
    assert.match(err, expected);
  }
  assert.ok(!fs.existsSync(none));
  const terminal = await run([at('pod.pcap'), '--format', 'pcapng'], true);
  assert.equal(terminal.exit, 2);
  assert.match(terminal.err, /is binary: write it to a file with -o OUT/u);
});

test('the program itself writes binary to a pipe', async () => {
  const main = path.resolve(import.meta.dirname, '../../../src/cli/main.ts');
  const argv = ['--disable-warning=ExperimentalWarning', main, 'export', at('pod.pcap'), '--format', 'pcapng'];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const pieces: Buffer[] = [];
  for await (const piece of child.stdout) pieces.push(piece as Buffer);
  assert.equal(collectPackets(Buffer.concat(pieces)).packets.length, 6);
});

test('--redact leaves no name; a key file makes the pseudonyms repeat', async () => {
  const clear = /example|cart|shop|10\.244/u;
  const once = await run([at('pod.pcap'), '--format', 'csv', '--redact']);
  const again = await run([at('pod.pcap'), '--format', 'csv', '--redact']);
  assert.deepEqual([once.exit, once.err], [0, '']);
  assert.doesNotMatch(once.out.toString(), clear);
  assert.notDeepEqual(again.out, once.out);
  fs.writeFileSync(at('key'), '0123456789abcdef\n');
  const keyed = ['--format', 'csv', '--redact-key', at('key')];
  const first = await run([at('pod.pcap'), ...keyed]);
  assert.doesNotMatch(first.out.toString(), clear);
  assert.deepEqual((await run([at('pod.pcap'), ...keyed])).out, first.out);
  fs.writeFileSync(at('short'), 'abc\n');
  const short = await run([at('pod.pcap'), '--format', 'csv', '--redact-key', at('short')]);
  assert.equal(short.exit, 2);
  assert.match(short.err, /is too short for a key/u);
});

test('--dns-port: messages of a server on a port of its own', async () => {
  const ends = { src: '10.0.0.1', sport: 40_000, dst: '10.0.0.2', dport: 1053 };
  const builder = new CaptureBuilder().udp({
    ...ends,
    timeNs: 0n,
    payload: dnsQuery({ id: 1, name: 'a.example.com' }),
  });
  fs.writeFileSync(at('port.pcap'), builder.bytes());
  const rows = async (...argv: readonly string[]): Promise<number> => {
    const { exit, out } = await run([at('port.pcap'), '--format', 'csv', ...argv]);
    assert.equal(exit, 0);
    return out.toString().trimEnd().split('\r\n').length - 1;
  };
  assert.deepEqual([await rows(), await rows('--dns-port', '1053')], [0, 1]);
});

test('Ctrl-C gives the export up: the old file stays, nothing else is left', async () => {
  writeDnsCapture(at('large.pcap'), 20_000);
  fs.writeFileSync(at('kept.csv'), 'as it was');
  let disposed = 0;
  const interrupted: Partial<ExportIo> = {
    onInterrupt: (handler) => {
      handler();
      return { dispose: () => disposed++ };
    },
  };
  const { exit, err } = await run([at('large.pcap'), '--format', 'csv', '-o', at('kept.csv')], false, interrupted);
  assert.deepEqual([exit, err, disposed], [2, 'The export was cancelled\n', 1]);
  assert.equal(fs.readFileSync(at('kept.csv'), 'utf8'), 'as it was');
  assert.ok(!fs.existsSync(at('kept.csv.partial')));
});
