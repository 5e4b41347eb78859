import type { DetailNode, MessageDetails } from '../../src/core/view/rows.ts';

/** What a sample message says; enough for queries and address answers. */
export interface SampleMessage {
  readonly id: number;
  readonly name: string;
  readonly qtype: 'A' | 'AAAA';
  /** `undefined` for a query. */
  readonly rcode?: 0 | 2 | 3 | 5;
  readonly addresses?: readonly string[];
  readonly vantage: string;
  readonly timeUs: number;
  readonly packet: number;
}

const RCODES: Readonly<Record<number, string>> = { 0: 'NOERROR', 2: 'SERVFAIL', 3: 'NXDOMAIN', 5: 'REFUSED' };
const TYPES = { A: 1, AAAA: 28 } as const;

/** Builds the bytes of a message (RFC 1035 §4) and the tree that names them, so that offsets in the gallery are true. */
export function sampleMessage(sample: SampleMessage): MessageDetails {
  const bytes: number[] = [];
  const two = (value: number): void => void bytes.push((value >> 8) & 255, value & 255);
  const response = sample.rcode !== undefined;
  const addresses = sample.addresses ?? [];
  const flags = (response ? 0x8180 : 0x0100) | (sample.rcode ?? 0);
  [sample.id, flags, 1, addresses.length, 0, 0].forEach(two);
  for (const label of sample.name.replace(/\.$/, '').split('.')) {
    const raw = new TextEncoder().encode(label);
    bytes.push(raw.length & 63, ...raw.slice(0, 63));
  }
  bytes.push(0);
  const nameEnd = bytes.length;
  two(TYPES[sample.qtype]);
  two(1);
  const answers: DetailNode[] = addresses.map((address) => {
    const start = bytes.length;
    two(0xc00c);
    two(TYPES[sample.qtype]);
    two(1);
    two(0);
    two(30);
    const data =
      sample.qtype === 'A' ? address.split('.').map(Number) : [0xfd, 0, ...Array.from({ length: 13 }, () => 0), 1];
    two(data.length);
    const dataStart = bytes.length;
    bytes.push(...data);
    return {
      label: `${sample.name} ${sample.qtype}`,
      start,
      end: bytes.length,
      children: [
        { label: 'Name', value: `${sample.name} (pointer to byte 12)`, start, end: start + 2 },
        { label: 'Type', value: sample.qtype, start: start + 2, end: start + 4 },
        { label: 'Class', value: 'IN', start: start + 4, end: start + 6 },
        { label: 'TTL', value: '30 s', start: start + 6, end: start + 10 },
        { label: 'Address', value: address, start: dataStart, end: bytes.length },
      ],
    };
  });
  const rcode = RCODES[sample.rcode ?? 0] ?? 'NOERROR';
  const tree: DetailNode[] = [
    {
      label: 'Header',
      start: 0,
      end: 12,
      children: [
        { label: 'ID', value: sample.id.toString(16).padStart(4, '0'), start: 0, end: 2 },
        { label: 'Flags', value: response ? `response, RD, RA, ${rcode}` : 'query, RD', start: 2, end: 4 },
        {
          label: 'Counts',
          value: `1 question, ${String(addresses.length)} answers, 0 authority, 0 additional`,
          start: 4,
          end: 12,
        },
      ],
    },
    {
      label: 'Question',
      start: 12,
      end: nameEnd + 4,
      children: [
        { label: 'Name', value: sample.name, start: 12, end: nameEnd },
        { label: 'Type', value: sample.qtype, start: nameEnd, end: nameEnd + 2 },
        { label: 'Class', value: 'IN', start: nameEnd + 2, end: nameEnd + 4 },
      ],
    },
  ];
  if (answers.length > 0) tree.push({ label: 'Answer', start: nameEnd + 4, end: bytes.length, children: answers });
  return {
    title: response ? 'Response' : 'Query',
    vantage: sample.vantage,
    timeUs: sample.timeUs,
    direction: response ? 'response' : 'query',
    summary: `${sample.qtype} ${sample.name}${response ? ` → ${addresses.length > 0 ? addresses.join(', ') : rcode}` : ''}`,
    tree,
    problems: [],
    hex: bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    packet: sample.packet,
  };
}
