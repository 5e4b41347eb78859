import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DnsHead, readDnsHead } from '../../../src/core/dns/dnsHead.ts';
import { AnswerTally } from '../../../src/core/trace/answerTally.ts';
import { emptyTopology } from '../../../src/core/topology/topology.ts';
import { TopologyIndex } from '../../../src/core/topology/topologyIndex.ts';
import { AnswerWatch } from '../../../src/core/trace/answerWatch.ts';
import { NameTable } from '../../../src/core/trace/nameTable.ts';
import { dnsResponse } from '../../support/packetBuilder.ts';

const NAME = 'cart.shop.svc.cluster.local';

const SERVICE = new AnswerWatch(new Map());
SERVICE.follow(
  new TopologyIndex({
    ...emptyTopology,
    services: [{ namespace: 'shop', name: 'cart', addresses: [], isDns: false, endpoints: [] }],
  }),
);

class Tally {
  readonly names = new NameTable();
  readonly tally: AnswerTally;
  readonly #head = new DnsHead();
  #time = 0;

  constructor(watch = SERVICE) {
    this.tally = new AnswerTally(this.names, watch);
  }

  take(bytes: Uint8Array, server = 1): this {
    const head = this.#head;
    if (!readDnsHead(bytes, 0, bytes.length, head)) return this;
    const end = head.qdcount > 0 ? head.qnameEnd : head.qnameStart;
    const name = this.names.idOf(bytes, head.qnameStart, end, head.nameHash);
    this.tally.response(bytes, 0, bytes.length, head, name, server, this.#time, this.#time++);
    return this;
  }

  get said(): readonly string[] {
    return [...this.tally.entries()].flatMap(({ server, variants }) =>
      variants.map(({ addresses, denied, count }) => `${server} ${addresses.join('+')}${denied ? '!' : ''} ×${count}`),
    );
  }
}

function response(addresses: readonly string[], rcode = 'NOERROR', name = NAME): Uint8Array {
  const answers = addresses.map((data) => ({ type: 'A' as const, name, ttl: 30, data }));
  return dnsResponse({ id: 1, name, type: 'A', rcode, answers });
}

test('the same addresses in any order are one answer, of each server', () => {
  const tally = new Tally()
    .take(response(['10.0.0.1', '10.0.0.2']))
    .take(response(['10.0.0.2', '10.0.0.1']))
    .take(response(['10.0.0.2']))
    .take(response(['10.0.0.1', '10.0.0.2']), 2)
    .take(response([]))
    .take(response([], 'NXDOMAIN'))
    .take(response([], 'SERVFAIL'))
    .take(response(['10.0.0.1'], 'NOERROR', 'www.example.com'));
  assert.deepEqual(tally.said, [
    '1 10.0.0.1+10.0.0.2 ×2',
    '1 10.0.0.2 ×1',
    '1  ×1',
    '1 ! ×1',
    '2 10.0.0.1+10.0.0.2 ×1',
  ]);
});

test('what is kept is bounded', () => {
  const tally = new Tally();
  for (let n = 0; n < 1000; n++) tally.take(response([`10.0.${String(n >> 8)}.${String(n & 255)}`]));
  assert.equal(tally.said.length, 16);
  const [entry] = [...tally.tally.entries()];
  for (let n = 0; n < 1000; n++) tally.take(response(['10.0.0.0']));
  assert.ok(entry!.variants.every(({ transactions }) => transactions.length <= 200));
});

test('an answer that a snapshot length cut, or that is longer than is read, is marked as cut', () => {
  const whole = response(['10.0.0.1', '10.0.0.2']);
  const long = response(Array.from({ length: 600 }, (_, n) => `10.1.${String(n >> 8)}.${String(n & 255)}`));
  for (const [bytes, cut] of [
    [whole, false],
    [whole.slice(0, -1), true],
    [long, true],
  ] as const) {
    const [entry] = [...new Tally().take(bytes).tally.entries()];
    assert.deepEqual(
      entry!.variants.map((variant) => variant.cut),
      [cut],
    );
  }
});

test('long answers have a budget of their own, and what is beyond is counted', () => {
  const tally = new Tally();
  for (let server = 0; server < 100; server++) {
    for (let n = 0; n < 16; n++) {
      const block = Array.from({ length: 250 }, (_, k) => `${String(server)}.${String(n)}.0.${String(k)}`);
      tally.take(response(block), server);
    }
  }
  const kept = [...tally.tally.entries()].flatMap(({ variants }) => variants.flatMap(({ addresses }) => addresses));
  assert.ok(kept.length > 150_000 && kept.length < 201_000, String(kept.length));
  assert.ok(tally.tally.notCompared > 700);
});

test('names of search lists take no room from Services', () => {
  const tally = new Tally();
  for (let n = 0; n < 20_001; n++)
    tally.take(response([], 'NXDOMAIN', `h${String(n)}.example.com.shop.svc.cluster.local`));
  assert.deepEqual(tally.take(response(['10.0.0.1'])).said, ['1 10.0.0.1 ×1']);
});

test('of an expected name wrong answers are kept before right ones', () => {
  const right = Array.from({ length: 40 }, (_, n) => `192.0.2.${String(n)}`);
  const tally = new Tally(new AnswerWatch(new Map([[`${NAME}.`, right]])));
  for (const address of [...right, '203.0.113.66']) tally.take(response([address]));
  assert.ok(tally.said.includes('1 203.0.113.66 ×1'));
  assert.deepEqual([tally.said.length, tally.tally.notCompared], [16, 0]);
  for (let n = 0; n < 20; n++) tally.take(response([`203.0.113.${String(n)}`]));
  assert.deepEqual([tally.said.length, tally.tally.notCompared], [16, 5]);
});

test('damaged answers never throw', () => {
  const whole = response(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.nat(whole.length),
      (marks, end) => {
        const bytes = whole.slice(0, end);
        for (const [at, value] of marks) if (at >= 12 && at < end) bytes[at] = value;
        new Tally().take(bytes);
      },
    ),
  );
});
