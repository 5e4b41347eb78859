import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameHash } from '../../../src/core/dns/dnsHead.ts';
import { NameTable } from '../../../src/core/trace/nameTable.ts';
import { concat, text } from '../../support/packetBuilder.ts';

const PAD = Uint8Array.of(3, 99, 99);

/** A name in wire form: each label after its length, and the root. */
function wire(name: string): Uint8Array {
  const labels = name === '' ? [] : name.split('.');
  return concat(...labels.map((label) => concat(Uint8Array.of(label.length), text(label))), Uint8Array.of(0));
}

/** @param bits of the hash that are used: few make many names meet in one place */
function idOf(table: NameTable, name: string, bits = 32): number {
  const bytes = concat(PAD, wire(name), PAD);
  const end = bytes.length - PAD.length;
  return table.idOf(bytes, PAD.length, end, nameHash(bytes, PAD.length, end) & (2 ** bits - 1));
}

const label = fc.stringMatching(/^[a-dA-D]{1,3}$/u);
const anyName = fc.array(label, { maxLength: 4 }).map((labels) => labels.join('.'));

test('ids are dense; case distinguishes no names, and the first spelling stays', () => {
  fc.assert(
    fc.property(fc.array(anyName, { minLength: 1, maxLength: 80 }), fc.constantFrom(2, 32), (names, bits) => {
      const table = new NameTable();
      const model = new Map<string, { id: number; first: string }>();
      for (const name of [...names, ...names]) {
        const known = model.get(name.toLowerCase()) ?? { id: model.size, first: name };
        model.set(name.toLowerCase(), known);
        assert.equal(idOf(table, name, bits), known.id);
      }
      assert.equal(table.size, model.size);
      for (const { id, first } of model.values()) {
        assert.equal(table.textOf(id), `${first}.`);
        assert.equal(table.textOf(id), `${first}.`, 'asked again');
        assert.equal(table.wireLengthOf(id), wire(first).length);
        assert.equal(table.labelsOf(id), first === '' ? 0 : first.split('.').length);
      }
      assert.equal(table.textOf(model.size), '?');
    }),
    { numRuns: 60 },
  );
});

test('names that begin with one label have one hash of it, whatever its case and what follows', () => {
  fc.assert(
    fc.property(label, anyName, anyName, (first, one, other) => {
      const table = new NameTable();
      const [a, b] = [idOf(table, `${first}.${one}x`), idOf(table, `${first.toUpperCase()}.${other}y.z`)];
      assert.equal(table.firstLabelHash(a), table.firstLabelHash(b));
      assert.notEqual(table.firstLabelHash(a), table.firstLabelHash(idOf(table, `${first}-2.${one}x`)));
    }),
  );
});

test('a message without a question has a name without bytes', () => {
  const table = new NameTable();
  const none = table.idOf(PAD, 1, 1, 7);
  assert.deepEqual([table.wireLengthOf(none), table.labelsOf(none), table.firstLabelHash(none)], [0, 0, 0]);
  assert.equal(table.idOf(PAD, 2, 2, 7), none);
});

test('thousands of names keep their ids and texts', () => {
  const table = new NameTable();
  const names = Array.from({ length: 6000 }, (_, k) => `pod-${String(k)}.shop-${String(k % 7)}.svc.cluster.local`);
  names.forEach((name, k) => {
    assert.equal(idOf(table, name), k);
  });
  names.forEach((name, k) => {
    assert.equal(idOf(table, name.toUpperCase()), k);
  });
  for (const k of [0, 1023, 1024, 2047, 2048, 5999]) {
    assert.equal(table.textOf(k), `${names[k]!}.`);
    assert.equal(table.labelsOf(k), 5);
  }
  assert.equal(table.firstLabelHash(5000), table.firstLabelHash(idOf(table, 'POD-5000.elsewhere')));
});
