/** Which answers hold aliases and nothing of what was asked for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasAliasesAlone } from '../../../src/core/dns/aliasesAlone.ts';
import { DnsHead, readDnsHead } from '../../../src/core/dns/dnsHead.ts';
import { dnsResponse, type DnsResponseSpec } from '../../support/packetBuilder.ts';

const ALIAS = { type: 'CNAME', name: 'www.test', data: 'far.test' } as const;
const FAR = { type: 'CNAME', name: 'far.test', data: 'farther.test' } as const;
const ADDRESS = { type: 'A', name: 'farther.test', data: '192.0.2.1' } as const;

function judge(spec: Omit<DnsResponseSpec, 'name'>, cut = 0): boolean {
  const bytes = dnsResponse({ name: 'www.test', ...spec });
  const head = new DnsHead();
  assert.ok(readDnsHead(bytes, 0, bytes.length - cut, head));
  return hasAliasesAlone(bytes, bytes.length - cut, head);
}

test('aliases to a name without the type are no data; an address behind them is', () => {
  assert.equal(judge({ answers: [ALIAS] }), true);
  assert.equal(judge({ answers: [ALIAS, FAR] }), true);
  assert.equal(judge({ type: 'AAAA', answers: [ALIAS, FAR] }), true);
  assert.equal(judge({ answers: [ALIAS, FAR, ADDRESS] }), false);
  assert.equal(judge({ answers: [ADDRESS] }), false);
  // Some servers do not keep the order.
  assert.equal(judge({ answers: [ADDRESS, ALIAS] }), false);
});

test('nothing is said of answers without records, with an error, or to questions for aliases or several types', () => {
  assert.equal(judge({ answers: [] }), false);
  assert.equal(judge({ answers: [ALIAS], rcode: 'NXDOMAIN' }), false);
  assert.equal(judge({ answers: [ALIAS], type: 'CNAME' }), false);
  assert.equal(judge({ answers: [ALIAS], type: 'ANY' }), false);
  // Prerequisites of an update (RFC 2136 §2.4), a notification: other opcodes count other things.
  assert.equal(judge({ answers: [ALIAS], flags: 0x2800 }), false);
});

test('nothing is said of answers that were cut: a record may have stood there', () => {
  assert.equal(judge({ answers: [ALIAS], flags: 0x0380 }), false);
  for (let cut = 1; cut < 20; cut++) assert.equal(judge({ answers: [ALIAS, ADDRESS] }, cut), false, String(cut));
});
