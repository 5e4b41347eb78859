/** A decoded DNS message as the tree of the details pane: each node with the bytes it stands for, all text made visible. */
import { visibleText } from '../../../base/visibleText.ts';
import { ednsText } from '../../dns/edns.ts';
import type { DnsMessage, DnsRecord } from '../../dns/message.ts';
import type { RdataField } from '../../dns/recordFields.ts';
import { classText, DnsClass, DnsOpcode, DnsType, opcodeText, rcodeText, typeText } from '../../dns/types.ts';
import { prerequisiteText, sectionNames, updateText } from '../../dns/update.ts';
import type { DetailNode } from '../rows.ts';

/** The top bit of a class in mDNS: QU in a question, cache flush in a record (RFC 6762 §5.4, §10.2). */
const MDNS_BIT = 0x8000;

/** One line: what was asked and, of a response, what came of it. */
export function messageSummary(message: DnsMessage): string {
  const question = message.questions[0];
  const asked =
    question === undefined
      ? subjectWithoutQuestion(message)
      : `${visibleText(question.name)} ${typeText(question.type)}`;
  const more = message.questions.length > 1 ? ` and ${String(message.questions.length - 1)} more` : '';
  const subject =
    message.opcode === DnsOpcode.QUERY ? `${asked}${more}` : `${opcodeText(message.opcode)} ${asked}${more}`;
  if (!message.isResponse) return subject;
  const answers = message.answers.slice(0, 4).map((record) => visibleText(record.rdata.text));
  return `${subject} → ${rcodeText(message.rcode)}${answers.length === 0 ? '' : `: ${answers.join(', ')}`}`;
}

/** mDNS answers without a question (RFC 6762 §6): the first record says what it is about. */
function subjectWithoutQuestion(message: DnsMessage): string {
  const first = message.answers[0];
  return first === undefined ? '(no question)' : `${visibleText(first.name)} ${typeText(first.type)} (no question)`;
}

/** @param isMdns the message went from or to port 5353, where the top bit of a class is a flag */
export function messageTree(message: DnsMessage, isMdns: boolean): readonly DetailNode[] {
  const sections = sectionNames(message.opcode);
  const isUpdate = message.opcode === DnsOpcode.UPDATE;
  const questions = message.questions.map((question) => ({
    label: sections.question,
    value: `${visibleText(question.name)} ${shownClass(question.class, isMdns, 'unicast answer wanted')} ${typeText(question.type)}`,
    start: question.start,
    end: question.end,
  }));
  const edns = message.edns;
  return [
    headerNode(message),
    ...questions,
    ...message.answers.map((record) =>
      recordNode(sections.answer, record, isMdns, isUpdate && !message.isResponse ? prerequisiteText(record) : ''),
    ),
    ...message.authorities.map((record) =>
      recordNode(sections.authority, record, isMdns, isUpdate && !message.isResponse ? updateText(record) : ''),
    ),
    ...message.additionals.map((record) => recordNode(sections.additional, record, isMdns, '')),
    ...(edns === undefined
      ? []
      : [
          {
            label: 'EDNS',
            value: visibleText(ednsText(edns)),
            children: edns.options.map(({ name, text, start, end }) => ({
              label: name,
              value: visibleText(text),
              start,
              end,
            })),
          },
        ]),
  ];
}

function headerNode(message: DnsMessage): DetailNode {
  const flags: string[] = [];
  if (message.authoritative) flags.push('AA authoritative');
  if (message.truncated) flags.push('TC truncated');
  if (message.recursionDesired) flags.push('RD recursion desired');
  if (message.recursionAvailable) flags.push('RA recursion available');
  if (message.authenticData) flags.push('AD authentic data');
  if (message.checkingDisabled) flags.push('CD checking disabled');
  const isUpdate = message.opcode === DnsOpcode.UPDATE;
  return {
    label: 'Header',
    value: `${message.isResponse ? 'response' : 'query'}, ${rcodeText(message.rcode)}`,
    start: 0,
    end: 12,
    children: [
      { label: 'ID', value: `0x${message.id.toString(16).padStart(4, '0')}`, start: 0, end: 2 },
      { label: 'Opcode', value: opcodeText(message.opcode), start: 2, end: 3 },
      { label: 'Flags', value: flags.join(', ') || 'none', start: 2, end: 4 },
      { label: 'Response code', value: rcodeText(message.rcode), start: 3, end: 4 },
      { label: isUpdate ? 'Zones' : 'Questions', value: String(message.counts.questions), start: 4, end: 6 },
      { label: isUpdate ? 'Prerequisites' : 'Answers', value: String(message.counts.answers), start: 6, end: 8 },
      {
        label: isUpdate ? 'Updates' : 'Authority records',
        value: String(message.counts.authorities),
        start: 8,
        end: 10,
      },
      { label: 'Additional records', value: String(message.counts.additionals), start: 10, end: 12 },
    ],
  };
}

function shownClass(dnsClass: number, isMdns: boolean, flagged: string): string {
  return isMdns && (dnsClass & MDNS_BIT) !== 0
    ? `${classText(dnsClass & ~MDNS_BIT)} (${flagged})`
    : classText(dnsClass);
}

function recordNode(label: string, record: DnsRecord, isMdns: boolean, purpose: string): DetailNode {
  const dnsClass =
    record.class === DnsClass.IN || record.type === DnsType.OPT
      ? ''
      : `${shownClass(record.class, isMdns, 'cache flush')} `;
  const data = visibleText(record.rdata.text);
  const fields = record.rdata.kind === 'fields' ? record.rdata.fields : [];
  return {
    label,
    value: `${visibleText(record.name)} ${String(record.ttl)} ${dnsClass}${typeText(record.type)} ${data}${purpose === '' ? '' : ` · ${purpose}`}`,
    start: record.start,
    end: record.end,
    ...(fields.length < 2 ? {} : { children: fields.map(fieldNode) }),
  };
}

function fieldNode({ label, text, words, start, end }: RdataField): DetailNode {
  return { label, value: visibleText(words === undefined ? text : `${text} (${words})`), start, end };
}
