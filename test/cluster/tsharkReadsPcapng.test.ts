/** What we save and export as pcapng, as tshark reads it: names of pods for addresses and interfaces, whole or chosen. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import type { LocalTraceStore } from '../../src/io/localTraceStore.ts';
import { exportStory, storeOf } from '../support/exportStory.ts';

let folder = '';
let store: LocalTraceStore;
before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-tshark-'));
  store = storeOf(exportStory());
});
after(() => {
  store.dispose();
  fs.rmSync(folder, { recursive: true, force: true });
});

function tshark(file: string, ...argv: readonly string[]): readonly string[] {
  const out = execFileSync('tshark', ['-r', file, ...argv], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return out.trimEnd().split('\n');
}

async function pcapng(name: string, filter = ''): Promise<string> {
  const file = path.join(folder, name);
  const { bytes } = await store.export(file, { format: 'pcapng', filter });
  assert.equal(bytes, fs.statSync(file).size);
  return file;
}

const FIELDS = [
  '-T',
  'fields',
  '-e',
  'frame.interface_name',
  '-e',
  'ip.src_host',
  '-e',
  'ip.dst_host',
  '-e',
  'dns.qry.name',
];

test('names stand for addresses when names are resolved, addresses when not', async () => {
  const file = await pcapng('whole.pcapng');
  const [first] = tshark(file, '-N', 'n', ...FIELDS);
  assert.equal(first, 'shop/order-service\tshop/order-service\tkube-system/kube-dns\twww.example.com');
  const [bare] = tshark(file, '-n', ...FIELDS);
  assert.equal(bare, 'shop/order-service\t10.244.1.12\t10.96.0.10\twww.example.com');
  assert.ok(tshark(file, '-N', 'n', '-Y', 'ip.dst_host == "shop/order-service"').length > 1);
});

test('interfaces say whose they are', async () => {
  const file = await pcapng('interfaces.pcapng');
  const described = tshark(file, '-T', 'fields', '-e', 'frame.interface_description');
  assert.deepEqual(
    new Set(described),
    new Set(['client vantage, pod shop/order-service', 'coredns vantage, pod kube-system/coredns-1']),
  );
});

test('all packets are there, and no block is malformed', async () => {
  const file = await pcapng('all.pcapng');
  assert.equal(tshark(file).length, 15);
  assert.deepEqual(tshark(file, '-Y', '_ws.malformed'), ['']);
});

test('a filter takes the packets of its lookups, upstream legs included', async () => {
  const file = await pcapng('chosen.pcapng', 'myexternalendpoint');
  const names = tshark(file, '-T', 'fields', '-e', 'dns.qry.name', '-e', 'ip.dst');
  assert.equal(names.length, 5);
  assert.ok(names.every((line) => line.startsWith('myexternalendpoint.com\t')));
  assert.ok(names.some((line) => line.endsWith('10.224.0.92')));
});

test('a redacted capture has sound checksums and nothing malformed', async () => {
  const file = path.join(folder, 'redacted.pcapng');
  await store.export(file, { format: 'pcapng', filter: '', redactionKey: 'a key for this test alone' });
  const checks = ['-o', 'ip.check_checksum:TRUE', '-o', 'udp.check_checksum:TRUE'];
  const bad = 'ip.checksum.status == 0 or udp.checksum.status == 0 or _ws.malformed';
  assert.deepEqual(tshark(file, ...checks, '-Y', bad), ['']);
  assert.equal(
    tshark(file, ...checks, '-Y', 'ip.checksum.status == 1 and udp.checksum.status == 1 and dns').length,
    15,
  );
  assert.ok(tshark(file, '-N', 'n', '-V').every((line) => !/example|shop|10\.244/u.test(line)));
});
