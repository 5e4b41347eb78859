import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  DnsHead,
  DnsHeadProblem,
  nameEquals,
  nameHash,
  readDnsHead,
  sameNameIgnoringCase,
} from '../../../src/core/dns/dnsHead.ts';
import { decodeMessage } from '../../../src/core/dns/message.ts';
import { lowerCaseName, parseNameText } from '../../../src/core/dns/name.ts';
import { concat, dnsQuery, dnsResponse } from '../../support/packetBuilder.ts';

function wire(text: string): Uint8Array {
  const { value } = parseNameText(text);
  assert.ok(value !== undefined);
  return value;
}

function read(bytes: Uint8Array): { readonly ok: boolean; readonly head: DnsHead } {
  const head = new DnsHead();
  // Inside a larger buffer, so that reading too far would find something.
  const buffer = concat(new Uint8Array(7).fill(1), bytes, new Uint8Array(300).fill(1));
  return { ok: readDnsHead(buffer, 7, 7 + bytes.length, head), head };
}

const header = (qdcount: number): Uint8Array => Uint8Array.of(0x12, 0x34, 0x01, 0x00, 0, qdcount, 0, 0, 0, 0, 0, 0);

describe('RFC 1035 §4.1.1 and §4.1.2', () => {
  test('header and first question', () => {
    const bytes = dnsResponse({ id: 0xbeef, name: 'a.Example.com', type: 'AAAA', rcode: 'NXDOMAIN', flags: 0x0580 });
    const { ok, head } = read(bytes);
    assert.ok(ok);
    const { id, flags, opcode, rcode, qdcount, ancount, nscount, arcount, qtype, qclass, problem } = head;
    assert.deepEqual(
      { id, flags, opcode, rcode, qdcount, ancount, nscount, arcount, qtype, qclass, problem },
      {
        id: 0xbeef,
        flags: 0x8583,
        opcode: 0,
        rcode: 3,
        qdcount: 1,
        ancount: 0,
        nscount: 0,
        arcount: 0,
        qtype: 28,
        qclass: 1,
        problem: 0,
      },
    );
    assert.deepEqual([head.qnameStart, head.qnameEnd], [7 + 12, 7 + 12 + 15]);
  });

  test('no question: no name, no hash', () => {
    const { ok, head } = read(header(0));
    assert.ok(ok);
    assert.deepEqual([head.qnameStart, head.qnameEnd, head.nameHash, head.qtype], [19, 19, 0, 0]);
  });

  test('the root', () => {
    const { ok, head } = read(dnsQuery({ name: '.', type: 'NS' }));
    assert.deepEqual([ok, head.qnameEnd - head.qnameStart, head.qtype], [true, 1, 2]);
  });

  test('opcode', () => assert.equal(read(dnsQuery({ name: 'a', flags: 5 << 11 })).head.opcode, 5));
});

test('the mDNS QU bit stays in the class (RFC 6762 §5.4)', () => {
  const bytes = dnsQuery({ name: 'printer.local' });
  bytes[bytes.length - 2] = 0x80;
  assert.equal(read(bytes).head.qclass, 0x8001);
});

describe('what cannot be read', () => {
  const label63 = concat(Uint8Array.of(63), new Uint8Array(63).fill(0x61));
  const cases: readonly (readonly [string, Uint8Array, number])[] = [
    ['no bytes', new Uint8Array(0), DnsHeadProblem.headerCut],
    ['11 bytes', header(1).subarray(0, 11), DnsHeadProblem.headerCut],
    ['a header alone that claims a question', header(1), DnsHeadProblem.questionCut],
    ['a name without its end', concat(header(1), Uint8Array.of(1, 0x61)), DnsHeadProblem.questionCut],
    ['a label that runs over the end', concat(header(1), Uint8Array.of(9, 0x61, 0)), DnsHeadProblem.questionCut],
    ['no type', concat(header(1), Uint8Array.of(0, 0, 1, 0)), DnsHeadProblem.questionCut],
    ['a pointer', concat(header(1), Uint8Array.of(0xc0, 12, 0, 1, 0, 1)), DnsHeadProblem.badLabel],
    ['a reserved label type', concat(header(1), Uint8Array.of(0x40, 0, 0, 1, 0, 1)), DnsHeadProblem.badLabel],
    [
      '256 bytes of name',
      concat(header(1), label63, label63, label63, label63, Uint8Array.of(0, 0, 1, 0, 1)),
      DnsHeadProblem.nameTooLong,
    ],
  ];
  for (const [name, bytes, problem] of cases) {
    test(name, () => {
      const { ok, head } = read(bytes);
      assert.deepEqual([ok, head.problem], [false, problem]);
      assert.deepEqual([head.nameHash, head.qtype, head.qnameEnd], [0, 0, head.qnameStart]);
      assert.equal(head.id, bytes.length >= 12 ? 0x1234 : 0);
    });
  }

  test('255 bytes of name are the most there may be (RFC 1035 §2.3.4)', () => {
    const last = concat(Uint8Array.of(61), new Uint8Array(61).fill(0x61));
    const { ok, head } = read(concat(header(1), label63, label63, label63, last, Uint8Array.of(0, 0, 1, 0, 1)));
    assert.deepEqual([ok, head.qnameEnd - head.qnameStart], [true, 255]);
  });
});

const nameBytes = fc
  .array(fc.uint8Array({ minLength: 1, maxLength: 63 }), { maxLength: 3 })
  .map((labels) => concat(...labels.flatMap((label) => [Uint8Array.of(label.length), label]), Uint8Array.of(0)));

function swapCase(name: Uint8Array, mask: readonly boolean[]): Uint8Array {
  const copy = name.slice();
  for (let at = 0; at < copy.length; at += 1 + copy[at]!) {
    for (let k = at + 1; k <= at + copy[at]!; k++) {
      const letter = copy[k]! | 32;
      if (mask[k % mask.length] === true && letter >= 97 && letter <= 122) copy[k] = copy[k]! ^ 32;
    }
  }
  return copy;
}

test('hash and equality ignore the case of ASCII letters and of nothing else (RFC 4343 §3)', () => {
  fc.assert(
    fc.property(nameBytes, fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }), fc.nat(), (name, mask, position) => {
      const swapped = swapCase(name, mask);
      const same = (a: Uint8Array, b: Uint8Array): boolean => sameNameIgnoringCase(a, 0, a.length, b, 0, b.length);
      assert.ok(same(name, swapped));
      assert.equal(nameHash(name, 0, name.length), nameHash(swapped, 0, swapped.length));
      assert.equal(nameEquals(name, 0, name.length, swapped, 0, swapped.length), Buffer.compare(name, swapped) === 0);
      assert.deepEqual(lowerCaseName(name), lowerCaseName(swapped));
      const at = position % name.length;
      for (const bit of [1, 32, 128]) {
        const other = name.slice();
        other[at] = other[at]! ^ bit;
        const equal = Buffer.compare(lowerCaseName(name), lowerCaseName(other)) === 0;
        assert.equal(same(name, other), equal);
        if (!equal) assert.notEqual(nameHash(name, 0, name.length), nameHash(other, 0, other.length));
      }
    }),
  );
});

test('pairs that differ by bit 5 but are no letters are different names: @ and `, [ and {', () => {
  for (const [a, b] of [
    ['@', '`'],
    ['[', '{'],
    ['^', '~'],
    ['A\\193', 'A\\225'],
  ] as const) {
    const x = wire(a);
    const y = wire(b);
    assert.equal(sameNameIgnoringCase(x, 0, x.length, y, 0, y.length), false);
  }
});

test('the hash spreads: 60,000 service names, at most a few collisions', () => {
  const seen = new Set<number>();
  for (let k = 0; k < 60_000; k++) {
    const name = wire(`svc-${k}.ns-${k % 7}.svc.cluster.local.`);
    seen.add(nameHash(name, 0, name.length));
  }
  assert.ok(seen.size > 59_990, `${seen.size}`);
});

test('arbitrary and mutated bytes: no throw, positions inside, and the same question as the full decoder', () => {
  const mutated = fc
    .tuple(fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }), fc.nat(60))
    .map(([changes, cutAt]) => {
      const bytes = dnsResponse({ name: 'order-service.shop.svc.cluster.local', ednsSize: 1232 });
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes.subarray(0, bytes.length - (cutAt % bytes.length));
    });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })), (bytes) => {
      const { ok, head } = read(bytes);
      assert.equal(ok, head.problem === DnsHeadProblem.none);
      if (!ok || head.qdcount === 0) return;
      assert.ok(head.qnameEnd + 4 <= 7 + bytes.length);
      const [question] = decodeMessage(bytes).message.questions;
      assert.deepEqual(
        [question?.type, question?.class, question?.end],
        [head.qtype, head.qclass, head.qnameEnd + 4 - 7],
      );
    }),
    { numRuns: 3000 },
  );
});
