import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DnsRecord } from '../../../src/core/dns/message.ts';
import { DnsClass, DnsOpcode, DnsType } from '../../../src/core/dns/types.ts';
import { prerequisiteText, sectionNames, updateText } from '../../../src/core/dns/update.ts';

const record = (type: number, dnsClass: number): DnsRecord => ({ type, class: dnsClass }) as DnsRecord;

test('the sections of an update have names of their own (RFC 2136 §2)', () => {
  const names = (opcode: number): readonly string[] => Object.values(sectionNames(opcode)) as readonly string[];
  assert.deepEqual(names(DnsOpcode.UPDATE), ['Zone', 'Prerequisite', 'Update', 'Additional']);
  for (const opcode of [0, 4, 6]) assert.deepEqual(names(opcode), ['Question', 'Answer', 'Authority', 'Additional']);
});

test('prerequisites, RFC 2136 §2.4.1 to §2.4.5', () => {
  const said = (type: number, dnsClass: number): string => prerequisiteText(record(type, dnsClass));
  assert.equal(said(DnsType.A, DnsClass.ANY), 'records of this type exist');
  assert.equal(said(DnsType.A, DnsClass.IN), 'this record exists');
  assert.equal(said(DnsType.A, DnsClass.NONE), 'no record of this type exists');
  assert.equal(said(DnsType.ANY, DnsClass.ANY), 'the name is in use');
  assert.equal(said(DnsType.ANY, DnsClass.NONE), 'the name is not in use');
});

test('changes, RFC 2136 §2.5.1 to §2.5.4', () => {
  const said = (type: number, dnsClass: number): string => updateText(record(type, dnsClass));
  assert.equal(said(DnsType.A, DnsClass.IN), 'add this record');
  assert.equal(said(DnsType.A, DnsClass.ANY), 'delete all records of this type');
  assert.equal(said(DnsType.ANY, DnsClass.ANY), 'delete the name with all its records');
  assert.equal(said(DnsType.A, DnsClass.NONE), 'delete this record');
  assert.equal(said(DnsType.ANY, DnsClass.NONE), 'delete this record');
});
