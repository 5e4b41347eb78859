import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Wireshark, wiresharkPlaces } from '../../../src/io/wireshark.ts';

let folder = '';
before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-test-'));
});
after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A program that writes down what it was started with. */
function recorder(file: string): string {
  const out = path.join(folder, 'arguments.json');
  const script = `require('fs').writeFileSync('${out}.part', JSON.stringify(process.argv.slice(2))); require('fs').renameSync('${out}.part', '${out}');`;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `#!${process.execPath}\n${script}\n`, { mode: 0o755 });
  return out;
}

async function written(file: string): Promise<unknown> {
  while (!fs.existsSync(file)) await setTimeout(10);
  const value: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.rmSync(file);
  return value;
}

test('the program gets the file as its one argument, whatever the file is called', async () => {
  const program = path.join(folder, 'wire shark');
  const out = recorder(program);
  const file = '/tmp/$(touch x) "a";b.pcap';
  await new Wireshark().open(program, file);
  assert.deepEqual(await written(out), [file]);
});

test('an application of macOS is started by the program in it', async () => {
  const out = recorder(path.join(folder, 'Wireshark.app', 'Contents', 'MacOS', 'Wireshark'));
  await new Wireshark().open(path.join(folder, 'Wireshark.app'), '/a.pcap');
  assert.deepEqual(await written(out), ['/a.pcap']);
});

test('a program that does not start says so, and which setting names it', async () => {
  await assert.rejects(
    new Wireshark().open(path.join(folder, 'none'), '/a.pcap'),
    /none could not be started.*wiresharkPath/su,
  );
});

test('it is looked for where installers put it, never in the folder that is open', () => {
  assert.deepEqual(wiresharkPlaces('linux', { PATH: '/usr/bin:.::bin:/opt/w' }), [
    '/usr/bin/wireshark',
    '/opt/w/wireshark',
  ]);
  assert.deepEqual(wiresharkPlaces('linux', {}), []);
  assert.deepEqual(wiresharkPlaces('win32', { ProgramFiles: 'C:\\Program Files' }), [
    'C:\\Program Files\\Wireshark\\Wireshark.exe',
  ]);
  assert.deepEqual(wiresharkPlaces('darwin', { HOME: '/home-of-u' }), [
    '/Applications/Wireshark.app/Contents/MacOS/Wireshark',
    '/home-of-u/Applications/Wireshark.app/Contents/MacOS/Wireshark',
  ]);
});

test('what is written for it lies in a folder of this user’s alone, and is deleted a day later', () => {
  const viewer = new Wireshark();
  const old = viewer.temporaryFile('a.pcapng');
  fs.writeFileSync(old, 'x');
  assert.equal(fs.statSync(path.dirname(old)).mode & 0o77, 0);
  const then = Date.now() / 1000 - 25 * 3600;
  fs.utimesSync(path.dirname(old), then, then);
  const next = viewer.temporaryFile('b.pcapng');
  assert.deepEqual([fs.existsSync(path.dirname(old)), fs.existsSync(path.dirname(next))], [false, true]);
  fs.rmSync(path.dirname(next), { recursive: true });
});
