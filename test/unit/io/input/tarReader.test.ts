import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TarReader } from '../../../../src/io/input/tarReader.ts';
import { concat, text } from '../../../support/packetBuilder.ts';
import { tarArchive, tarHeader } from '../../../support/tarBuilder.ts';

interface Read {
  readonly files: readonly (readonly [name: string, hex: string, whole: boolean])[];
  readonly whole: boolean;
  readonly problem: string | undefined;
}

function readTar(...chunks: readonly Uint8Array[]): Read {
  const files: [string, string, boolean][] = [];
  const reader = new TarReader((name) => {
    const parts: Buffer[] = [];
    return {
      data: (bytes) => void parts.push(Buffer.from(bytes)),
      end: (whole) => void files.push([name, Buffer.concat(parts).toString('hex'), whole]),
    };
  });
  for (const chunk of chunks) reader.push(chunk);
  const whole = reader.end();
  return { files, whole, problem: reader.problem?.code };
}

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, k) => k & 255);
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
const longName = `${'deep/'.repeat(30)}dns.pcap`;

const archive = tarArchive([
  { name: 'folder/', type: '5' },
  { name: 'folder/a.pcap', data: bytes(512) },
  { name: 'empty.txt' },
  { name: longName, data: bytes(513) },
  { name: `${longName}.ü`, data: bytes(1), gnu: true },
  { name: 'link', type: '2' },
  { name: 'last.pcap', data: bytes(7) },
]);
const expected: Read = {
  files: [
    ['folder/a.pcap', hex(bytes(512)), true],
    ['empty.txt', '', true],
    [longName, hex(bytes(513)), true],
    [`${longName}.ü`, '00', true],
    ['last.pcap', hex(bytes(7)), true],
  ],
  whole: true,
  problem: undefined,
};

test('plain files with their names, short and long (pax, GNU); folders and links passed over', () => {
  assert.deepEqual(readTar(archive), expected);
});

test('in any chunks', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(archive.length), { maxLength: 20 }), (cuts) => {
      const sorted = [0, ...cuts.sort((a, b) => a - b), archive.length];
      assert.deepEqual(readTar(...sorted.slice(1).map((end, k) => archive.subarray(sorted[k], end))), expected);
    }),
  );
});

test('ustar prefix, and a size beyond octal digits as GNU writes it', () => {
  const header = tarHeader('dns.pcap', 0, '0', 'node-1/today');
  assert.deepEqual(readTar(concat(header, new Uint8Array(1024))).files, [['node-1/today/dns.pcap', '', true]]);
  const large = tarHeader('dns.pcap', 0, '0');
  large.set([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3], 124);
  const sum = large.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  large.set(text(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  assert.deepEqual(readTar(concat(large, bytes(512))).files, [['dns.pcap', '000102', true]]);
});

test('an archive that ends early gives what is there, and says so', () => {
  const cut = readTar(tarArchive([{ name: 'a', data: bytes(700) }]).subarray(0, 512 + 600));
  assert.deepEqual(cut, { files: [['a', hex(bytes(700)).slice(0, 1200), false]], whole: false, problem: undefined });
  const inHeader = readTar(archive.subarray(0, 600));
  assert.equal(inHeader.whole, false);
});

test('a header that does not add up ends the archive: what came before is kept', () => {
  const damaged = archive.slice();
  const second = 512 + 1024;
  damaged[second]! ^= 1;
  const { files, problem } = readTar(damaged);
  assert.deepEqual([files.length, problem], [1, 'damaged-archive']);
  assert.equal(readTar(text('apiVersion: v1\n'.repeat(50))).problem, 'damaged-archive');
});

test('a header extension of any claimed size takes no memory', () => {
  const claim = tarHeader('PaxHeaders/0', 2 ** 32, 'x');
  const reader = new TarReader(() => assert.fail());
  reader.push(claim);
  const zeros = new Uint8Array(1 << 20);
  for (let k = 0; k < 64; k++) reader.push(zeros);
  assert.equal(reader.end(), false);
});
