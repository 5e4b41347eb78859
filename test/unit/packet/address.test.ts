import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressText } from '../../../src/core/packet/address.ts';
import { addressBytes } from '../../support/packetBuilder.ts';

/** RFC 5952 section, wire groups, canonical text. */
const EXAMPLES: readonly (readonly [string, string, string])[] = [
  ['§4.1', '2001:0db8:0:0:0:0:0:0001', '2001:db8::1'],
  ['§4.2.1', '2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
  ['§4.2.2', '2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['§4.2.3 longest run', '2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['§4.2.3 first of equals', '2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['§4.3', '2001:DB8:0:0:0:0:0:ABCD', '2001:db8::abcd'],
  ['§5', '0:0:0:0:0:ffff:c000:0201', '::ffff:192.0.2.1'],
  ['§5 only under ::/80', '1:0:0:0:0:ffff:c000:0201', '1::ffff:c000:201'],
  ['unspecified', '0:0:0:0:0:0:0:0', '::'],
  ['loopback', '0:0:0:0:0:0:0:1', '::1'],
  ['trailing run', 'fe80:0:0:0:0:0:0:0', 'fe80::'],
];

for (const [section, wire, canonical] of EXAMPLES) {
  test(`RFC 5952 ${section}: ${canonical}`, () => {
    assert.equal(addressText(addressBytes(wire), 0, 16), canonical);
  });
}

test('any IPv6 address reads as the platform writes it', () => {
  const zeroRich = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
    minLength: 8,
    maxLength: 8,
  });
  fc.assert(
    fc.property(zeroRich, (groups) => {
      const bytes = Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
      const address = addressText(bytes, 0, 16);
      assert.ok(isIPv6(address));
      if (!address.includes('.'))
        assert.equal(new URL(`http://[${groups.map((g) => g.toString(16)).join(':')}]/`).hostname, `[${address}]`);
    }),
  );
});

test('any IPv4 address is dotted decimal', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
      const address = addressText(bytes, 0, 4);
      assert.ok(isIPv4(address));
      assert.deepEqual(addressBytes(address), bytes);
    }),
  );
});

test('bytes that are not there give an empty text', () => {
  assert.equal(addressText(new Uint8Array(3), 0, 4), '');
  assert.equal(addressText(new Uint8Array(16), 1, 16), '');
  assert.equal(addressText(new Uint8Array(16), 0, 7), '');
});
