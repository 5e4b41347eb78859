import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  classText,
  opcodeText,
  parseClass,
  parseOpcode,
  parseRcode,
  parseType,
  rcodeText,
  typeText,
} from '../../../src/core/dns/types.ts';

test('mnemonics that users meet', () => {
  assert.deepEqual([1, 2, 5, 6, 12, 15, 16, 28, 33, 41, 64, 65, 252, 255, 257].map(typeText), [
    'A',
    'NS',
    'CNAME',
    'SOA',
    'PTR',
    'MX',
    'TXT',
    'AAAA',
    'SRV',
    'OPT',
    'SVCB',
    'HTTPS',
    'AXFR',
    'ANY',
    'CAA',
  ]);
  assert.deepEqual([0, 1, 2, 3, 4, 5, 16].map(rcodeText), [
    'NOERROR',
    'FORMERR',
    'SERVFAIL',
    'NXDOMAIN',
    'NOTIMP',
    'REFUSED',
    'BADVERS',
  ]);
  assert.deepEqual([1, 3, 255].map(classText), ['IN', 'CH', 'ANY']);
  assert.deepEqual([0, 4, 5].map(opcodeText), ['QUERY', 'NOTIFY', 'UPDATE']);
});

test('unknown values as in RFC 3597 §5', () => {
  assert.deepEqual(
    [typeText(65_280), classText(42), rcodeText(12), opcodeText(3)],
    ['TYPE65280', 'CLASS42', 'RCODE12', 'OPCODE3'],
  );
});

test('every number survives its text', () => {
  for (let number = 0; number <= 0xffff; number++) {
    assert.equal(parseType(typeText(number)), number);
    assert.equal(parseClass(classText(number)), number);
  }
  for (let number = 0; number <= 0xfff; number++) assert.equal(parseRcode(rcodeText(number)), number);
  for (let number = 0; number < 16; number++) assert.equal(parseOpcode(opcodeText(number)), number);
});

test('case is ignored; what is none is undefined, also names of object members', () => {
  assert.deepEqual([parseType('https'), parseRcode('nxdomain')], [65, 3]);
  for (const text of ['', 'B', 'TYPE', 'TYPE65536', 'TYPE-1', 'constructor', '__proto__', 'toString', '1'])
    assert.equal(parseType(text), undefined);
});
