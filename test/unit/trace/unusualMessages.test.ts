/** Messages that are sound and not everyday: extended response codes, no or several questions, mDNS, UPDATE and NOTIFY. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { summarize } from '../../../src/core/analysis/summary.ts';
import { DnsHead, readDnsHead } from '../../../src/core/dns/dnsHead.ts';
import { extendedRcodeBits } from '../../../src/core/dns/extendedRcode.ts';
import { decodeMessage } from '../../../src/core/dns/message.ts';
import { parseNameText } from '../../../src/core/dns/name.ts';
import { LinkType } from '../../../src/core/packet/packetSink.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { lookupDetails } from '../../../src/core/view/details/lookupDetails.ts';
import { CaptureBuilder, concat, dnsQuery, dnsResponse } from '../../support/packetBuilder.ts';

const CLIENT = '10.244.1.12';
const SERVER = '10.96.0.10';
const T0 = 1_763_700_000_000_000_000n;

const u16 = (...values: readonly number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));
const name = (text: string): Uint8Array => parseNameText(text).value!;

interface Sent {
  readonly payload: Uint8Array;
  readonly back?: boolean;
  readonly port?: number;
}

/** Messages two milliseconds apart. */
function trace(messages: readonly Sent[], multicast = false): TraceEngine {
  const builder = new CaptureBuilder({ linkType: LinkType.ethernet });
  messages.forEach(({ payload, back = false, port = 53 }, k) => {
    const client = { address: CLIENT, port: multicast ? 5353 : 40_000 };
    const server = { address: multicast ? '224.0.0.251' : SERVER, port };
    const [from, to] = back ? [server, client] : [client, server];
    const ends = { src: from.address, sport: from.port, dst: to.address, dport: to.port };
    builder.udp({ ...ends, payload, timeNs: T0 + BigInt(k) * 2_000_000n });
  });
  const bytes = builder.bytes();
  const engine = new TraceEngine();
  const vantage = { name: 'pod', role: 'client', addresses: [CLIENT] } as const;
  const stream = engine.openFile(
    () => vantage,
    (offset, length) => bytes.slice(offset, offset + length),
  );
  stream.push(bytes);
  stream.end();
  engine.finish();
  return engine;
}

/** An OPT record with the given upper bits of the code. */
function opt(extended: number, options: Uint8Array = new Uint8Array(0)): Uint8Array {
  return concat(Uint8Array.of(0), u16(41, 1232, extended << 8, 0, options.length), options);
}

function withAdditional(message: Uint8Array, ...records: readonly Uint8Array[]): Uint8Array {
  const copy = concat(message, ...records);
  copy[11] = copy[11]! + records.length;
  return copy;
}

const COOKIE = concat(u16(10, 8), new Uint8Array(8).fill(7));
const SIGNATURE = concat(Uint8Array.of(0), u16(250, 255, 0, 0, 0));

const EXTENDED: readonly (readonly [string, number, readonly Uint8Array[], string])[] = [
  ['BADVERS, its OPT alone', 0, [opt(1)], 'BADVERS'],
  ['BADCOOKIE, with a cookie', 7, [opt(1, COOKIE)], 'BADCOOKIE'],
  ['BADTIME, before a signature', 2, [opt(1), SIGNATURE], 'BADTIME'],
  ['none: SERVFAIL with EDNS', 2, [opt(0)], 'SERVFAIL'],
  ['none: the OPT is a signature away', 5, [opt(0, COOKIE), SIGNATURE], 'REFUSED'],
];
for (const [title, rcode, additionals, expected] of EXTENDED) {
  test(`extended response code: ${title}`, () => {
    const dns = { id: 7, name: 'a.example.com' };
    const response = withAdditional(dnsResponse({ ...dns, rcode }), ...additionals);
    const engine = trace([{ payload: dnsQuery(dns) }, { payload: response, back: true }]);
    const summary = summarize(engine, []);
    assert.deepEqual(summary.rcodes, { [expected]: 1 });
    assert.deepEqual(summary.servers[0]?.rcodes, { [expected]: 1 });
    const details = lookupDetails(engine, 0);
    assert.equal(details.lookup.rcode, expected);
    assert.equal(details.legs[0]?.rcode, expected);
    assert.match(details.messages[1]!.summary, new RegExp(`→ ${expected}$`));
  });
}

test('the quick look agrees with the decoder, and never reads past the end', () => {
  const head = new DnsHead();
  const record = fc.constantFrom(
    opt(0),
    opt(1),
    opt(0xff),
    opt(3, COOKIE),
    SIGNATURE,
    concat(name('a.b'), u16(1, 1, 0, 9, 4, 1, 2)),
  );
  fc.assert(
    fc.property(fc.array(record, { maxLength: 3 }), fc.nat(15), fc.nat(30), (records, rcode, cut) => {
      const whole = withAdditional(dnsResponse({ name: 'a.example.com', rcode }), ...records);
      const bytes = cut < 12 ? whole.subarray(0, whole.length - cut) : whole;
      assert.ok(readDnsHead(bytes, 0, bytes.length, head) || cut < 12);
      const bits = extendedRcodeBits(bytes, 0, bytes.length, head);
      const { message, problems } = decodeMessage(bytes);
      if (problems.length === 0) assert.equal(head.rcode | bits, message.rcode);
      assert.ok(bits >= 0 && bits <= 0xff0 && (bits & 15) === 0);
    }),
    { numRuns: 2000 },
  );
});

test('QDCOUNT 0 in a response: the ID and the ports find its query', () => {
  const response = concat(u16(7, 0x8185, 0, 0, 0, 0));
  const engine = trace([{ payload: dnsQuery({ id: 7, name: 'a.example.com' }) }, { payload: response, back: true }]);
  assert.deepEqual([engine.trace.transactions.length, engine.trace.totals.noQuestion], [1, 1]);
  assert.equal(lookupDetails(engine, 0).lookup.rcode, 'REFUSED');
});

test('QDCOUNT 2: the first question is the row, details show both', () => {
  const question = concat(name('a.example.com'), u16(1, 1), name('b.example.com'), u16(28, 1));
  const query = concat(u16(7, 0x0100, 2, 0, 0, 0), question);
  const response = concat(u16(7, 0x8181, 2, 0, 0, 0), question);
  const engine = trace([{ payload: query }, { payload: response, back: true }]);
  assert.deepEqual([engine.trace.totals.severalQuestions, engine.trace.transactions.length], [2, 1]);
  const details = lookupDetails(engine, 0);
  assert.deepEqual([details.lookup.name, details.lookup.rcode], ['a.example.com.', 'FORMERR']);
  assert.equal(details.messages[0]?.summary, 'a.example.com. A and 1 more');
  assert.deepEqual(
    details.messages[0]?.tree.filter(({ label }) => label === 'Question').map(({ value }) => value),
    ['a.example.com. IN A', 'b.example.com. IN AAAA'],
  );
});

test('mDNS: the QU bit is no part of the question', () => {
  const ask = (dnsClass: number): Uint8Array => concat(u16(0, 0, 1, 0, 0, 0), name('printer.local'), u16(1, dnsClass));
  const engine = trace(
    [
      { payload: ask(0x8001), port: 5353 },
      { payload: ask(1), port: 5353 },
    ],
    true,
  );
  assert.deepEqual([engine.trace.transactions.length, engine.trace.totals.retransmissions], [1, 1]);
  assert.equal(engine.trace.transactions.of(0).qclass[0], 1);
  const plain = trace([{ payload: ask(0x8001) }, { payload: ask(1) }]);
  assert.equal(plain.trace.transactions.length, 2, 'elsewhere it is another class');
});

test('NOTIFY and UPDATE are called what they are, with the sections of an update', () => {
  const zone = concat(name('shop.example'), u16(6, 1));
  const record = (type: number, dnsClass: number, data: Uint8Array): Uint8Array =>
    concat(name('a.shop.example'), u16(type, dnsClass, 0, 60, data.length), data);
  const update = concat(
    u16(7, 0x2800, 1, 2, 3, 0),
    zone,
    record(255, 255, new Uint8Array(0)),
    record(28, 254, new Uint8Array(0)),
    record(1, 1, Uint8Array.of(192, 0, 2, 1)),
    record(16, 255, new Uint8Array(0)),
    record(1, 254, Uint8Array.of(192, 0, 2, 9)),
  );
  const notify = concat(u16(8, 0x2400, 1, 0, 0, 0), zone);
  const updated = trace([{ payload: update }, { payload: concat(u16(7, 0xa80a, 0, 0, 0, 0)), back: true }]);
  const { messages, lookup } = lookupDetails(updated, 0);
  assert.deepEqual([messages[0]?.summary, lookup.rcode], ['UPDATE shop.example. SOA', 'NOTZONE']);
  assert.deepEqual(messages[0]?.problems, []);
  assert.deepEqual(
    messages[0]?.tree.slice(1).map(({ label, value }) => `${label}: ${value ?? ''}`),
    [
      'Zone: shop.example. IN SOA',
      'Prerequisite: a.shop.example. 60 ANY ANY \\# 0 · the name is in use',
      'Prerequisite: a.shop.example. 60 NONE AAAA \\# 0 · no record of this type exists',
      'Update: a.shop.example. 60 A 192.0.2.1 · add this record',
      'Update: a.shop.example. 60 ANY TXT \\# 0 · delete all records of this type',
      'Update: a.shop.example. 60 NONE A 192.0.2.9 · delete this record',
    ],
  );
  const notified = lookupDetails(trace([{ payload: notify }]), 0);
  assert.equal(notified.messages[0]?.summary, 'NOTIFY shop.example. SOA');
});
