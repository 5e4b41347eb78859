/** Go's own readings of numbers, times and addresses, at the edges where others read them differently. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  fallthroughZones,
  isDomainName,
  parseBool,
  parseCidr,
  parseDuration,
  parseFloat,
  parseInt,
  parseInteger,
  parseUint,
  splitHostPort,
} from '../../../src/core/corefile/setup/goValues.ts';

describe('Go values', () => {
  test('time.ParseDuration', () => {
    const good: readonly (readonly [string, bigint])[] = [
      ['0', 0n],
      ['+0', 0n],
      ['5s', 5_000_000_000n],
      ['1h2m3s', 3_723_000_000_000n],
      ['1.5h', 5_400_000_000_000n],
      ['.5s', 500_000_000n],
      ['5.s', 5_000_000_000n],
      ['-1ms', -1_000_000n],
      ['1µs', 1_000n],
      ['1μs', 1_000n],
      ['9223372036854775807ns', 9_223_372_036_854_775_807n],
      ['-9223372036854775808ns', -9_223_372_036_854_775_808n],
      ['0.0000000001s', 0n],
      ['00000000000000000000000000000001s', 1_000_000_000n],
    ];
    for (const [text, value] of good) assert.equal(parseDuration(text), value, text);
    for (const text of [
      '',
      '+',
      '5',
      '5 s',
      '5d',
      's',
      '.s',
      '--5s',
      '5S',
      '1h5',
      '9223372036854775808ns',
      '2562048h',
      '1.2.3s',
    ])
      assert.equal(parseDuration(text), undefined, text);
  });

  test('strconv.Atoi, ParseInt and ParseUint', () => {
    for (const [text, value] of [
      ['5', 5],
      ['+5', 5],
      ['-5', -5],
      ['007', 7],
      ['0', 0],
    ] as const)
      assert.equal(parseInteger(text), value, text);
    for (const text of ['', '+', '5s', '1_000', '0x10', '1.0', ' 5', '9223372036854775808', '٣'])
      assert.equal(parseInteger(text), undefined, text);
    assert.equal(parseInteger('9223372036854775807'), 2 ** 63);
    assert.equal(parseInt('2147483647', 32), 2_147_483_647);
    assert.equal(parseInt('2147483648', 32), undefined);
    assert.equal(parseInt('-2147483648', 32), -2_147_483_648);
    assert.equal(parseUint('4294967295', 32), 4_294_967_295);
    for (const text of ['4294967296', '+1', '-1', '']) assert.equal(parseUint(text, 32), undefined, text);
  });

  test('strconv.ParseFloat and ParseBool', () => {
    for (const [text, value] of [
      ['0.5', 0.5],
      ['.5', 0.5],
      ['5.', 5],
      ['-1e3', -1000],
      ['1_0.5', 10.5],
      ['0x1p-1', 0.5],
      ['Inf', Infinity],
    ] as const)
      assert.equal(parseFloat(text), value, text);
    for (const text of ['', '.', 'e5', '1e', '1__0', '_1', '1e999', '0x1', 'infinit', '1,5'])
      assert.equal(parseFloat(text), undefined, text);
    assert.equal(parseBool('T'), true);
    assert.equal(parseBool('false'), false);
    for (const text of ['tRUE', 'yes', 'on', '']) assert.equal(parseBool(text), undefined, text);
  });

  test('net.SplitHostPort', () => {
    const split = (text: string): string | undefined => {
      const parts = splitHostPort(text);
      return parts === undefined ? undefined : `${parts.host}|${parts.port}`;
    };
    assert.equal(split(':80'), '|80');
    assert.equal(split('127.0.0.1:'), '127.0.0.1|');
    assert.equal(split('[::1]:53'), '::1|53');
    assert.equal(split('a:b c'), 'a|b c');
    for (const text of ['80', '', '::1:53', '[::1]', '[::1', '[::1]53', '[::1]:5]', '[[::1]:5', 'a[:5', 'a]:5'])
      assert.equal(split(text), undefined, text);
  });

  test('names, networks and the zones of fallthrough', () => {
    for (const name of ['a', 'a.', '.', '/etc/resolv.conf', 'a b', '\\.', 'a'.repeat(63)])
      assert.ok(isDomainName(name), name);
    for (const name of ['', '..', '.a', 'a..b', 'a'.repeat(64), 'a.'.repeat(129)]) assert.ok(!isDomainName(name), name);
    assert.equal(parseCidr('10.0.0.0/000000008')?.ones, 8);
    for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/+8', '::1/129', '010.0.0.0/8'])
      assert.equal(parseCidr(text), undefined, text);
    assert.deepEqual(fallthroughZones([]), ['.']);
    assert.deepEqual(fallthroughZones(['A.org', 'a..b', '10.0.0.0/23']), [
      'a.org.',
      '0.0.10.in-addr.arpa.',
      '1.0.10.in-addr.arpa.',
    ]);
  });
});
