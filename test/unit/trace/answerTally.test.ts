import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DnsHead, readDnsHead } from '../../../src/core/dns/dnsHead.ts';
import { AnswerTally } from '../../../src/core/trace/answerTally.ts';
import { NameTable } from '../../../src/core/trace/nameTable.ts';
import { dnsResponse } from '../../support/packetBuilder.ts';

const NAME = 'cart.shop.svc.cluster.local';

class Tally {
  readonly names = new NameTable();
  readonly tally = new AnswerTally(this.names, (name) => name === `${NAME}.`);
  readonly #head = new DnsHead();
  #time = 0;

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
