/**
 * The fields of the filter language, in one table: the parser reads names and values by it, completion offers it, and
 * docs/filter.md prints it (a test compares). What a field reads from the trace stands in `eventFields.ts` and `lookupFields.ts`, by `column`.
 *
 * A field belongs to the lookup as a whole, to one transaction, or to one message of it. Inspektor Gadget's names mean what
 * its columns hold, Wireshark's what its dissector would show: only a response has an rcode there.
 */
import { OUTCOME_NAMES } from '../lookups/outcome.ts';
import { LEG_WORDS } from '../view/legWords.ts';
import { NODE_FIELDS } from './nodeFields.ts';
import { ANSWERED_BY } from '../lookups/answeredByNames.ts';

export type FieldLevel = 'lookup' | 'transaction' | 'message';

export type FieldKind =
  /** A domain name. */
  | 'name'
  /** Text: `:` finds a part. */
  | 'text'
  /** A name of Kubernetes: `:` and `==` want the whole, `*` stands for any part. */
  | 'label'
  /** Address, network, `address:port`, or the name of the pod or Service behind it. */
  | 'endpoint'
  /** Address or network alone. */
  | 'address'
  /** A moment, or a stretch that its last digit spans. */
  | 'time'
  | 'duration'
  | 'size'
  | 'number'
  /** Hexadecimal without `0x`. */
  | 'hex'
  | 'type'
  | 'class'
  | 'rcode'
  | 'opcode'
  /** One word of a list. */
  | 'choice'
  /** Yes or no: 1, 0, true, false. */
  | 'flag'
  /** Is there or is not. */
  | 'presence'
  | 'finding'
  | 'line';

export interface FilterField {
  /** The first is the one we write; all are understood, in any case. */
  readonly names: readonly string[];
  readonly from: 'dnscope' | 'gadget' | 'wireshark';
  readonly kind: FieldKind;
  readonly level: FieldLevel;
  /** What it reads. */
  readonly column: string;
  /** Nanoseconds that a bare number counts, of times since 1970; without it durations want a unit and times a date. */
  readonly unitNs?: number;
  readonly choices?: readonly string[];
  /** One line, no final full stop. */
  readonly help: string;
  readonly example: string;
}

/** By their codes in the columns, as are the choices of `outcome`, `proto` and `qr`. */
const STATES = ['pending', 'answered', 'late', 'unanswered', 'unsolicited'];

type Row = readonly [
  names: string,
  level: FieldLevel,
  kind: FieldKind,
  column: string,
  help: string,
  example: string,
  more?: Pick<FilterField, 'unitNs' | 'choices'>,
];

const OWN: readonly Row[] = [
  ['name qname', 'transaction', 'name', 'name', 'name asked for, search names included', 'name == www.example.com'],
  ['type qtype qtype_raw', 'transaction', 'type', 'type', 'record type asked for', 'type in (A, AAAA)'],
  ['class qclass', 'transaction', 'class', 'class', 'class asked for', 'class == CH'],
  ['rcode rcode_raw', 'transaction', 'rcode', 'rcode', 'response code; none while unanswered', 'rcode != NOERROR'],
  [
    'latency',
    'transaction',
    'duration',
    'latency',
    'first query to response at one place; none while unanswered',
    'latency > 5ms',
  ],
  ['time', 'lookup', 'time', 'time', 'when the lookup began', 'time >= 2026-11-21T12:01:07.250Z'],
  ['took', 'lookup', 'duration', 'took', 'how long the application waited for the lookup', 'took >= 1s'],
  [
    'outcome',
    'lookup',
    'choice',
    'outcome',
    'how the lookup came out',
    'outcome == nodata',
    { choices: OUTCOME_NAMES },
  ],
  [
    'result',
    'lookup',
    'rcode',
    'result',
    'response code that the lookup ended with; none while unanswered',
    'result == SERVFAIL',
  ],
  [
    'state',
    'transaction',
    'choice',
    'state',
    'how far a transaction came',
    'upstream:10.224.0.92 and state == unanswered',
    { choices: STATES },
  ],
  ['pod', 'lookup', 'text', 'pod', 'pod that made the lookup, as `namespace/pod`', 'pod:order-service'],
  ['ns namespace', 'lookup', 'label', 'namespace', 'namespace of the pod that made the lookup', 'ns:shop'],
  [
    'workload',
    'lookup',
    'text',
    'workload',
    "what the pod belongs to, as `namespace/workload`, told by the pod's name",
    'workload == shop/order-service',
  ],
  ['node', 'lookup', 'label', 'node', 'node of the pod that made the lookup', 'node:worker-*'],
  ['client', 'lookup', 'endpoint', 'client', 'address that made the lookup', 'client == 10.244.0.0/16'],
  [
    'server nameserver nameserver.addr',
    'transaction',
    'endpoint',
    'server',
    'server asked, at any place on the way',
    'server == 168.63.129.16',
  ],
  ['upstream', 'transaction', 'endpoint', 'upstream', 'server that CoreDNS asked', 'upstream:10.224.0.92'],
  ['port server.port', 'transaction', 'number', 'port', 'port of the server', 'port != 53'],
  ['vantage', 'transaction', 'text', 'vantage', 'place where it was seen: pod or file', 'vantage:coredns'],
  [
    'leg',
    'transaction',
    'choice',
    'leg',
    'stretch of the way on which it was seen',
    'leg == coredns-upstream and latency > 100ms',
    { choices: LEG_WORDS },
  ],
  ['proto', 'transaction', 'choice', 'proto', 'transport', 'proto == tcp', { choices: ['udp', 'tcp'] }],
  ['answers num_answers ancount', 'transaction', 'number', 'answers', 'records in the answer section', 'answers == 0'],
  ['answer', 'message', 'address', 'answerAddress', 'one of the addresses in the answer', 'answer == 10.96.12.7'],
  [
    'retransmissions',
    'transaction',
    'number',
    'retransmissions',
    'repeats from the same socket',
    'retransmissions > 0',
  ],
  [
    'answered.by',
    'lookup',
    'choice',
    'answeredBy',
    'where the answer came from, as far as it was watched',
    'answered.by == cache',
    { choices: ANSWERED_BY },
  ],
  ['attempts', 'lookup', 'number', 'attempts', 'times the deciding name was asked for', 'attempts > 1'],
  ['searched', 'lookup', 'number', 'searched', 'search names tried before the deciding one', 'searched >= 3'],
  ['size', 'message', 'size', 'size', 'length of the DNS message', 'size > 1232'],
  ['finding', 'lookup', 'finding', 'finding', 'lookups behind a finding', 'finding:upstream-no-answer'],
  ['corefile', 'lookup', 'line', 'corefile', 'lookups that a line of the Corefile served', 'corefile:12'],
];

const GADGET: readonly Row[] = [
  ['qr', 'message', 'choice', 'qr', 'Q for a query, R for a response', 'qr==R,rcode!=Success', { choices: ['Q', 'R'] }],
  [
    'latency_ns_raw latency_ns',
    'transaction',
    'duration',
    'latency',
    'response time; a bare number counts nanoseconds',
    'latency_ns_raw>5000000',
    { unitNs: 1 },
  ],
  ['id', 'transaction', 'hex', 'id', 'DNS ID, four hexadecimal digits', 'id==102d'],
  ['addresses', 'message', 'address', 'answerAddress', 'addresses in the answer', 'addresses==10.96.12.7'],
  ['src.addr', 'message', 'address', 'src', 'address that sent the message', 'src.addr==10.244.0.5'],
  ['dst.addr', 'message', 'address', 'dst', 'address that the message went to', 'dst.addr==10.96.0.10'],
  ['src.port', 'message', 'number', 'srcPort', 'port that sent the message', 'src.port==53'],
  ['dst.port', 'message', 'number', 'dstPort', 'port that the message went to', 'dst.port==53'],
  ['k8s.podname k8s.pod', 'transaction', 'text', 'seenPod', 'pod in which it was seen', 'k8s.podName==mypod'],
  [
    'k8s.namespace',
    'transaction',
    'label',
    'seenNamespace',
    'namespace in which it was seen',
    'k8s.namespace==default',
  ],
  ['k8s.node', 'transaction', 'label', 'seenNode', 'node on which it was seen', 'k8s.node==worker-1'],
  ...NODE_FIELDS,
];

const WIRESHARK: readonly Row[] = [
  ['dns.qry.name', 'transaction', 'name', 'name', 'name asked for', 'dns.qry.name contains "example"'],
  ['dns.qry.type', 'transaction', 'type', 'type', 'record type asked for', 'dns.qry.type == 28'],
  ['dns.qry.class', 'transaction', 'class', 'class', 'class asked for', 'dns.qry.class == IN'],
  ['dns.id', 'transaction', 'number', 'id', 'DNS ID', 'dns.id == 0x102d'],
  [
    'dns.flags.response',
    'message',
    'flag',
    'response',
    'the message is a response',
    '(dns.flags.response == 0) && ! dns.response_in',
  ],
  ['dns.flags.rcode', 'message', 'rcode', 'responseRcode', 'response code, of responses', 'dns.flags.rcode == 2'],
  ['dns.flags.opcode', 'message', 'opcode', 'opcode', 'kind of query', 'dns.flags.opcode == 5'],
  [
    'dns.flags.authoritative',
    'message',
    'flag',
    'flagAa',
    'answered from own data (AA), of responses',
    'dns.flags.authoritative == 1',
  ],
  ['dns.flags.truncated', 'message', 'flag', 'flagTc', 'cut short (TC)', 'dns.flags.truncated == 1'],
  ['dns.flags.recdesired', 'message', 'flag', 'flagRd', 'recursion wanted (RD)', 'dns.flags.recdesired == 0'],
  [
    'dns.flags.recavail',
    'message',
    'flag',
    'flagRa',
    'recursion offered (RA), of responses',
    'dns.flags.recavail == 0',
  ],
  [
    'dns.flags.authenticated',
    'message',
    'flag',
    'flagAd',
    'validated by DNSSEC (AD), of responses',
    'dns.flags.authenticated == 1',
  ],
  ['dns.flags.checkdisable', 'message', 'flag', 'flagCd', 'validation not wanted (CD)', 'dns.flags.checkdisable == 1'],
  [
    'dns.count.answers',
    'message',
    'number',
    'messageAnswers',
    'records in the answer section',
    'dns.count.answers == 0',
  ],
  ['dns.a', 'message', 'address', 'answerA', 'address in an A record of the answer', 'dns.a == 10.0.0.0/8'],
  ['dns.aaaa', 'message', 'address', 'answerAaaa', 'address in an AAAA record of the answer', 'dns.aaaa == fd00::/8'],
  [
    'dns.time',
    'message',
    'duration',
    'responseTime',
    'response time, of responses; a bare number counts seconds',
    'dns.time >= 5',
    { unitNs: 1e9 },
  ],
  ['dns.response_in', 'message', 'presence', 'responseIn', 'the query was answered', '!dns.response_in'],
  ['dns.response_to', 'message', 'presence', 'responseTo', 'the response has its query', 'dns.response_to'],
  ['dns.retransmission', 'message', 'presence', 'retransmitted', 'the query was repeated', 'dns.retransmission'],
  ['dns.unsolicited', 'message', 'presence', 'unsolicited', 'a response that nobody asked for', 'dns.unsolicited'],
  ['ip.addr ipv6.addr', 'message', 'address', 'anyAddress', 'either address', 'ip.addr == 10.0.0.0/8'],
  ['ip.src ipv6.src', 'message', 'address', 'src', 'address that sent the message', 'ip.src == 10.96.0.10'],
  ['ip.dst ipv6.dst', 'message', 'address', 'dst', 'address that the message went to', 'ip.dst == 10.96.0.10'],
  ['udp.port', 'message', 'number', 'udpPort', 'either port, over UDP', 'udp.port == 53'],
  ['udp.srcport', 'message', 'number', 'udpSrcPort', 'port that sent the message, over UDP', 'udp.srcport == 53'],
  ['udp.dstport', 'message', 'number', 'udpDstPort', 'port that the message went to, over UDP', 'udp.dstport == 53'],
  ['tcp.port', 'message', 'number', 'tcpPort', 'either port, over TCP', 'tcp.port == 53'],
  ['tcp.srcport', 'message', 'number', 'tcpSrcPort', 'port that sent the message, over TCP', 'tcp.srcport == 53'],
  ['tcp.dstport', 'message', 'number', 'tcpDstPort', 'port that the message went to, over TCP', 'tcp.dstport == 53'],
  ['dns', 'transaction', 'presence', 'dns', 'every message here, beside && or ||', 'dns && tcp'],
  ['ip', 'transaction', 'presence', 'ip', 'over IPv4, beside && or ||', 'ip && tcp'],
  ['ipv6', 'transaction', 'presence', 'ipv6', 'over IPv6, beside && or ||', 'ipv6 && tcp'],
  ['udp', 'transaction', 'presence', 'udp', 'over UDP', 'udp and latency > 1s'],
  ['tcp', 'transaction', 'presence', 'tcp', 'over TCP', 'tcp'],
  [
    'frame.number',
    'message',
    'number',
    'packet',
    'number of the packet at its place, as findings name it',
    'frame.number == 42',
  ],
  [
    'frame.time_epoch frame.time',
    'message',
    'time',
    'epoch',
    'when the packet was captured; a bare number counts seconds since 1970',
    'frame.time_epoch >= 1795262467.25',
    { unitNs: 1e9 },
  ],
  [
    'frame.time_relative',
    'message',
    'duration',
    'relative',
    'time since the trace began; a bare number counts seconds',
    'frame.time_relative < 60',
    { unitNs: 1e9 },
  ],
];

function fieldsOf(from: FilterField['from'], rows: readonly Row[]): readonly FilterField[] {
  return rows.map(([names, level, kind, column, help, example, more]) => ({
    names: names.split(' '),
    from,
    level,
    kind,
    column,
    help,
    example,
    ...more,
  }));
}

export const FILTER_FIELDS: readonly FilterField[] = [
  ...fieldsOf('dnscope', OWN),
  ...fieldsOf('gadget', GADGET),
  ...fieldsOf('wireshark', WIRESHARK),
];

const BY_NAME: ReadonlyMap<string, FilterField> = new Map(
  FILTER_FIELDS.flatMap((field) => field.names.map((name) => [name, field] as const)),
);

/** The field of that name, case ignored. */
export function fieldNamed(name: string): FilterField | undefined {
  return BY_NAME.get(name.toLowerCase());
}

export function fieldNames(): Iterable<string> {
  return BY_NAME.keys();
}

/** Fields that may stand alone and then say that there is a value, as in Wireshark. */
export function standsAlone(field: FilterField): boolean {
  return field.kind === 'presence' || (field.from === 'wireshark' && field.names[0]!.includes('.'));
}

/** Words that judge the lookup, with their meaning. */
export const VERDICT_WORDS: Readonly<Record<string, string>> = {
  failed: 'NXDOMAIN, an error or no answer in the end',
  slow: 'took longer than the threshold',
  unanswered: 'no answer came',
  pending: 'still waiting',
  answered: 'got what it asked for',
  nodata: 'the name exists, without such a record',
  nxdomain: 'the name does not exist',
  error: 'SERVFAIL, REFUSED or another error code',
};

export type FilterOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '!~' | 'contains' | ':' | 'in' | 'not in';

const EQUAL = ['==', '!=', 'in', 'not in', ':'] as const;
const ORDERED = [...EQUAL, '<', '<=', '>', '>='] as const;
const TEXTUAL = [...EQUAL, '~', '!~', 'contains'] as const;

/** What may stand between a field and its value. */
export function operatorsOf(field: FilterField): readonly FilterOperator[] {
  switch (field.kind) {
    case 'name':
    case 'text':
    case 'label':
      return TEXTUAL;
    case 'time':
    case 'duration':
    case 'size':
    case 'number':
    case 'type':
    case 'class':
    case 'rcode':
    case 'opcode':
      return ORDERED;
    case 'finding':
    case 'line':
      return [':', '=='];
    case 'presence':
      return [];
    default:
      return EQUAL;
  }
}
