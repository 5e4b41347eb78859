/** What UPDATE (RFC 2136) makes of a message's four sections: the same wire form, other meanings. */
import type { DnsRecord } from './message.ts';
import { DnsClass, DnsOpcode, DnsType } from './types.ts';

/** Names of the sections, in wire order. */
export interface SectionNames {
  readonly question: string;
  readonly answer: string;
  readonly authority: string;
  readonly additional: string;
}

const QUERY_SECTIONS: SectionNames = {
  question: 'Question',
  answer: 'Answer',
  authority: 'Authority',
  additional: 'Additional',
};
/** RFC 2136 §2. */
const UPDATE_SECTIONS: SectionNames = {
  question: 'Zone',
  answer: 'Prerequisite',
  authority: 'Update',
  additional: 'Additional',
};

export function sectionNames(opcode: number): SectionNames {
  return opcode === DnsOpcode.UPDATE ? UPDATE_SECTIONS : QUERY_SECTIONS;
}

/** RFC 2136 §2.4: what has to be so for the update to happen. */
export function prerequisiteText(record: DnsRecord): string {
  const isAny = record.type === DnsType.ANY;
  if (record.class === DnsClass.ANY) return isAny ? 'the name is in use' : 'records of this type exist';
  if (record.class === DnsClass.NONE) return isAny ? 'the name is not in use' : 'no record of this type exists';
  return 'this record exists';
}

/** RFC 2136 §2.5: what is to be done. */
export function updateText(record: DnsRecord): string {
  if (record.class === DnsClass.ANY)
    return record.type === DnsType.ANY ? 'delete the name with all its records' : 'delete all records of this type';
  return record.class === DnsClass.NONE ? 'delete this record' : 'add this record';
}
