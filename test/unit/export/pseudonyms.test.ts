import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeMessage } from '../../../src/core/dns/message.ts';
import { Pseudonyms } from '../../../src/core/export/pseudonyms.ts';
import { redactMessage } from '../../../src/core/export/redactMessage.ts';
import { dnsResponse, text } from '../../support/packetBuilder.ts';

function withKey(key: string): Pseudonyms {
  return new Pseudonyms((text) => createHmac('sha512', key).update(text).digest());
}

const KEPT = ['svc', 'pod', 'cluster', 'local', 'arpa', 'in-addr', 'ip6'];

test('a label keeps its length and folds its case; no two share a pseudonym, none is its own', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z0-9-]{2,63}$/u), { maxLength: 200 }), (labels) => {
      const pseudonyms = withKey('k');
      const given = labels.map((label) => pseudonyms.label(label));
      assert.equal(new Set(given).size, labels.length);
      labels.forEach((label, index) => {
        assert.equal(given[index]!.length, label.length);
        const kept = given[index] === label;
        assert.ok(!kept || KEPT.includes(label), label);
        assert.equal(pseudonyms.label(label.toUpperCase()), kept ? label.toUpperCase() : given[index]);
      });
    }),
  );
});

test('words that say nothing about anybody stay where they say nothing', () => {
  const pseudonyms = withKey('k');
  assert.match(pseudonyms.name('shop.svc.cluster.local'), /^[a-z2-7]{4}\.svc\.cluster\.local$/u);
  assert.match(pseudonyms.name('com.example.de.'), /^[a-z2-7]{3}\.[a-z2-7]{7}\.de\.$/u);
  assert.equal(pseudonyms.name('de.com.').endsWith('.com.'), true);
  assert.notEqual(pseudonyms.name('de.com.'), 'de.com.');
});

test('addresses move to ranges of nobody; those that are the same everywhere stay', () => {
  const pseudonyms = withKey('k');
  assert.match(pseudonyms.address('10.244.1.12'), /^2[45]\d\.\d+\.\d+\.\d+$/u);
  assert.match(pseudonyms.address('2a00:1450::5'), /^2001:db8:/u);
  assert.match(pseudonyms.address('fe80::1234:56ff:fe78:9abc'), /^fe80::/u);
  assert.equal(pseudonyms.address('10.244.1.12'), pseudonyms.address('10.244.1.12'));
  for (const kept of ['127.0.0.1', '169.254.20.10', '224.0.0.251', '168.63.129.16', '::1', 'ff02::fb'])
    assert.equal(pseudonyms.address(kept), kept);
  const many = new Set(
    Array.from({ length: 20_000 }, (_, i) => pseudonyms.address(`10.1.${String(i >> 8)}.${String(i & 255)}`)),
  );
  assert.equal(many.size, 20_000);
});

test('compressed names stay compressed and say the same as names written out', () => {
  const pseudonyms = withKey('k');
  const names = ['cart.shop.svc.cluster.local', 'shop.svc.cluster.local'];
  const [name, parent] = names as [string, string];
  const message = dnsResponse({ id: 5, name, answers: [{ type: 'CNAME', name, ttl: 3, data: parent }] });
  // dns-packet writes names in full: point the answer's owner at the question, and its data at the question's second label.
  const question = 12 + name.length + 2 + 4;
  const compressed = Uint8Array.from([...message.slice(0, question), 0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 3, 0, 2, 0xc0, 17]);
  const redacted = decodeMessage(redactMessage(compressed, pseudonyms)).message;
  assert.equal(redacted.questions[0]!.name, `${pseudonyms.name(name)}.`);
  assert.equal(redacted.answers[0]!.name, `${pseudonyms.name(name)}.`);
  assert.equal(redacted.answers[0]!.rdata.text, `${pseudonyms.name(parent)}.`);
});

test('numbers stand behind the names of an SOA alone, and are twenty bytes: anything else there may be text', () => {
  const response = (type: number, rest: string): Uint8Array =>
    Uint8Array.from([
      0,
      1,
      0x81,
      0x80,
      0,
      0,
      0,
      1,
      0,
      0,
      0,
      0,
      0,
      0,
      type,
      0,
      1,
      0,
      0,
      0,
      9,
      0,
      2 + rest.length,
      0,
      0,
      ...text(rest),
    ]);
  const left = (bytes: Uint8Array): string =>
    Buffer.from(redactMessage(bytes, withKey('k')).subarray(25))
      .toString('latin1')
      .replaceAll('\0', '');
  assert.equal(left(response(6, 'n'.repeat(20))), 'n'.repeat(20));
  assert.equal(left(response(6, 'secretlabel.example')), '');
  assert.equal(left(response(6, 'secretlabel.example.x')), '');
  for (const type of [14, 17]) assert.equal(left(response(type, 'secretlabel.example')), '');
});

test('service parameters keep registered protocols, ports and small keys, and nothing else that a damaged key makes of them', () => {
  const left = (key: number, value: string | readonly number[]): string => {
    const data = typeof value === 'string' ? text(value) : Uint8Array.from(value);
    const head = [0, 1, 0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 65, 0, 1, 0, 0, 0, 9, 0, data.length + 7, 0, 1, 0];
    const message = Uint8Array.from([...head, 0, key, 0, data.length, ...data]);
    return Buffer.from(redactMessage(message, withKey('k')).subarray(30)).toString('latin1');
  };
  assert.equal(left(1, '\x02h2\x08http/1.1\x06secret'), '\x02h2\x08http/1.1\x06xxxxxx');
  assert.equal(left(1, '!secret'), '\0'.repeat(7));
  assert.deepEqual([left(3, [31, 144]), left(3, 'secret'), left(3, [9])], ['\x1f\x90', '\0'.repeat(6), '\0']);
  assert.deepEqual([left(0, [0, 1, 0, 4]), left(0, 'secret'), left(0, [0])], ['\0\x01\0\x04', '\0'.repeat(6), '\0']);
  assert.deepEqual([left(2, 'secret'), left(5, 'secret')], ['\0'.repeat(6), '\0'.repeat(6)]);
});
