import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { decompressed, type Compression, type DecompressionEnd } from '../../../../src/io/input/decompressed.ts';
import { concat } from '../../../support/packetBuilder.ts';

const data = Uint8Array.from({ length: 300_000 }, (_, k) => (k * 7919) >> 5);
const packed: Readonly<Record<Compression, Uint8Array>> = {
  gzip: new Uint8Array(zlib.gzipSync(data)),
  zstd: new Uint8Array(zlib.zstdCompressSync(data)),
};
const KINDS = ['gzip', 'zstd'] as const;

function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, k) => bytes.slice(k * size, (k + 1) * size));
}

async function unpack(
  input: Iterable<Uint8Array>,
  kind: Compression,
): Promise<{ readonly bytes: Uint8Array; readonly largest: number; readonly end: DecompressionEnd }> {
  const parts: Uint8Array[] = [];
  const chunks = decompressed(input, kind);
  let next = await chunks.next();
  for (; next.done !== true; next = await chunks.next()) parts.push(next.value);
  return {
    bytes: concat(...parts),
    largest: Math.max(0, ...parts.map(({ length }) => length)),
    end: next.value,
  };
}

for (const kind of KINDS) {
  test(`${kind}: whole, in any pieces, several members or frames as one`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: 1, max: 3 }), async (size, copies) => {
        const input = concat(...new Array<Uint8Array>(copies).fill(packed[kind]));
        const { bytes, end } = await unpack(pieces(input, size), kind);
        assert.deepEqual(end, { cut: false });
        assert.ok(Buffer.from(bytes).equals(concat(...new Array<Uint8Array>(copies).fill(data))));
      }),
      { numRuns: 12 },
    );
  });

  test(`${kind}: cut anywhere, it gives a prefix and says so`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: packed[kind].length - 1 }), async (length) => {
        const { bytes, end } = await unpack(pieces(packed[kind].subarray(0, length), 5000), kind);
        assert.deepEqual(end, { cut: true });
        assert.ok(Buffer.from(bytes).equals(data.subarray(0, bytes.length)));
      }),
      { numRuns: 30 },
    );
    const half = await unpack([packed[kind].subarray(0, packed[kind].length >> 1)], kind);
    assert.ok(half.bytes.length > data.length / 10);
  });

  test(`${kind}: a small file that unpacks to very much comes in small chunks, one at a time`, async () => {
    const zeros = new Uint8Array(64 * 1024 * 1024);
    const bomb = new Uint8Array(kind === 'gzip' ? zlib.gzipSync(zeros) : zlib.zstdCompressSync(zeros));
    assert.ok(bomb.length < 100_000);
    let all = 0;
    let largest = 0;
    for await (const chunk of decompressed(pieces(concat(bomb, bomb, bomb, bomb), 30_000), kind)) {
      all += chunk.length;
      largest = Math.max(largest, chunk.length);
    }
    assert.equal(all, 4 * zeros.length);
    assert.ok(largest <= 256 * 1024, String(largest));
  });
}

test('zstd: skippable frames are passed over, also at the start', async () => {
  const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4);
  const { bytes, end } = await unpack([concat(skippable, packed.zstd, skippable, packed.zstd)], 'zstd');
  assert.deepEqual([bytes.length, end], [2 * data.length, { cut: false }]);
});

test('zstd: a frame that asks for more memory than 128 MiB is refused', async () => {
  // RFC 8878 §3.1.1.1: no content size, no single segment, a window of 2^31, then a block.
  const claimed = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, (31 - 10) << 3, 1, 0, 0);
  const { end } = await unpack([claimed], 'zstd');
  assert.match(end.problem?.detail ?? '', /memory/u);
});

test('what follows the compressed bytes: padding is none of it, anything else is damage, told after all the rest', async () => {
  const padded = await unpack(pieces(concat(packed.gzip, new Uint8Array(700)), 1000), 'gzip');
  assert.deepEqual([padded.bytes.length, padded.end], [data.length, { cut: false }]);
  for (const kind of KINDS) {
    const junk = await unpack(pieces(concat(packed[kind], new Uint8Array(50).fill(65)), 1), kind);
    assert.deepEqual([junk.bytes.length, junk.end.problem?.code], [data.length, 'damaged-compression']);
  }
});

test('a reader that stops early leaves nothing running', async () => {
  for (const kind of KINDS) {
    for await (const chunk of decompressed(pieces(packed[kind], 100), kind)) {
      assert.ok(chunk.length > 0);
      break;
    }
  }
});
