import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sha512 } from '../../../src/base/sha512.ts';

const byNode = (text: string): string => createHash('sha512').update(text).digest('hex');

describe('SHA-512', () => {
  it('agrees with OpenSSL around every padding border', () => {
    for (const length of [0, 1, 111, 112, 127, 128, 129, 239, 240, 256]) {
      const text = 'é'.repeat(length >> 1) + 'a'.repeat(length & 1);
      assert.equal(sha512(text), byNode(text), `${String(length)} bytes`);
    }
  });

  it('agrees with OpenSSL on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        assert.equal(sha512(text), byNode(text));
      }),
    );
  });
});
