/** What may be written at the cursor of a filter: fields, operators, values and joining words, each with one line of help. */
import { typeNames } from '../dns/types.ts';
import { FILTER_FIELDS, operatorsOf, VERDICT_WORDS, type FilterField, type FilterOperator } from './fields.ts';
import { placeAtEnd } from './parser.ts';
import { RCODE_WORDS } from './values.ts';
import { writtenValue } from './writtenValue.ts';

export interface FilterCompletion {
  readonly label: string;
  readonly kind: 'field' | 'word' | 'operator' | 'value' | 'joiner';
  /** One line, plain text; perhaps from the network where it is about something seen. */
  readonly help: string;
  /** Replaces what stands from `start` to `end`. */
  readonly insert: string;
  readonly start: number;
  readonly end: number;
}

/** Something that is known to be there. Hostile text. */
export interface KnownValue {
  readonly text: string;
  readonly help: string;
}

/** Values of this trace and cluster, best first. */
export interface FilterContext {
  readonly names: readonly KnownValue[];
  readonly pods: readonly KnownValue[];
  readonly workloads: readonly KnownValue[];
  readonly namespaces: readonly KnownValue[];
  readonly nodes: readonly KnownValue[];
  readonly clients: readonly KnownValue[];
  readonly servers: readonly KnownValue[];
  readonly upstreams: readonly KnownValue[];
  readonly vantages: readonly KnownValue[];
  /** Of processes, and numbers of network namespaces. */
  readonly commands: readonly KnownValue[];
  readonly netns: readonly KnownValue[];
  readonly findings: readonly KnownValue[];
  readonly corefileLines: readonly KnownValue[];
  readonly times: readonly KnownValue[];
}

const MOST = 50;

/** At most 50, those that begin with what is written before those that hold it. Empty inside quotes and patterns. */
export function completeFilter(text: string, cursor: number, context: FilterContext): readonly FilterCompletion[] {
  const before = text.slice(0, cursor);
  const place = placeAtEnd(before);
  const { start } = place;
  const end = cursor + (/^[^\s(){},"'=<>~!:]*/u.exec(text.slice(cursor))?.[0].length ?? 0);
  const written = before.slice(start).toLowerCase();
  const choices = choicesAt(place, context, !isOpen(before.slice(0, start)));
  const ranked = choices.map((choice) => ({ choice, at: choice.label.toLowerCase().indexOf(written) }));
  const found = [...ranked.filter(({ at }) => at === 0), ...ranked.filter(({ at }) => at > 0)];
  return found.slice(0, MOST).map(({ choice }) => ({ ...choice, start, end }));
}

type Choice = Omit<FilterCompletion, 'start' | 'end'>;

function choicesAt(place: ReturnType<typeof placeAtEnd>, context: FilterContext, joins: boolean): readonly Choice[] {
  switch (place.kind) {
    case 'term':
      return [...(joins ? JOINERS : []), ...TERMS];
    case 'operator':
      return [
        ...operatorsOf(place.field).map((operator) => ({
          label: operator,
          kind: 'operator' as const,
          help: OPERATOR_HELP[operator],
          insert: operator,
        })),
        ...JOINERS,
      ];
    case 'value':
      return valuesOf(place.field, context).map(({ text, help }) => ({
        label: text,
        kind: 'value' as const,
        help,
        insert: writtenValue(text),
      }));
    case 'nothing':
      return [];
  }
}

/** Whether a condition is still to come after what stands before. */
function isOpen(before: string): boolean {
  return /(?:^|[(,!]|&&|\|\||\b(?:and|or|not))\s*$/iu.test(before);
}

const OPERATOR_HELP: Readonly<Record<FilterOperator, string>> = {
  '==': 'is',
  '!=': 'has another value',
  '<': 'less than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
  '~': 'matches a regular expression somewhere',
  '!~': 'matches a regular expression nowhere',
  contains: 'holds a text',
  ':': 'holds, for names and pods; is, for the rest',
  in: 'is one of a list: in (A, AAAA)',
  'not in': 'has a value that is not in the list',
};

const JOINERS: readonly Choice[] = [
  { label: 'and', kind: 'joiner', help: 'both must hold; a comma is the same', insert: 'and ' },
  { label: 'or', kind: 'joiner', help: 'one of both must hold', insert: 'or ' },
];

const TERMS: readonly Choice[] = [
  ...Object.entries(VERDICT_WORDS).map(([label, help]) => ({ label, kind: 'word' as const, help, insert: label })),
  ...FILTER_FIELDS.map(({ names, help }) => ({
    label: names[0]!,
    kind: 'field' as const,
    help,
    insert: names[0]!,
  })),
  { label: 'not', kind: 'joiner', help: 'the condition after it must not hold', insert: 'not ' },
  { label: 'none()', kind: 'joiner', help: 'no query or response of the lookup is so', insert: 'none(' },
];

const known = (help: string, ...texts: readonly string[]): readonly KnownValue[] =>
  texts.map((text) => ({ text, help }));

const RCODE_HELP: Readonly<Record<string, string>> = {
  NOERROR: 'no error; Success in Inspektor Gadget',
  FORMERR: 'the server could not read the query',
  SERVFAIL: 'the server failed; ServerFailure in Inspektor Gadget',
  NXDOMAIN: 'the name does not exist; NameError in Inspektor Gadget',
  NOTIMP: 'the server does not know this kind of query',
  REFUSED: 'the server does not want to answer',
};

/** Types asked about every day, before the rest of the registry. */
const USUAL_TYPES = ['A', 'AAAA', 'CNAME', 'SRV', 'PTR', 'TXT', 'MX', 'NS', 'SOA', 'HTTPS', 'SVCB', 'ANY'];

function valuesOf(field: FilterField, context: FilterContext): readonly KnownValue[] {
  switch (field.column) {
    case 'name':
      return context.names;
    case 'pod':
    case 'seenPod':
      return context.pods;
    case 'workload':
      return context.workloads;
    case 'namespace':
    case 'seenNamespace':
      return context.namespaces;
    case 'node':
    case 'seenNode':
      return context.nodes;
    case 'vantage':
      return context.vantages;
    case 'command':
      return context.commands;
    case 'netns':
      return context.netns;
    case 'client':
      return context.clients;
    case 'upstream':
      return context.upstreams;
    case 'server':
      return context.servers;
    default:
      return valuesOfKind(field, context);
  }
}

function valuesOfKind(field: FilterField, context: FilterContext): readonly KnownValue[] {
  switch (field.kind) {
    case 'rcode':
      return RCODE_WORDS.map((text) => ({ text, help: RCODE_HELP[text] ?? 'response code' }));
    case 'type':
      return known('record type', ...new Set([...USUAL_TYPES, ...typeNames()]));
    case 'class':
      return [
        ...known('the Internet', 'IN'),
        ...known('Chaos: version.bind and its like', 'CH'),
        ...known('class', 'ANY'),
      ];
    case 'opcode':
      return known('kind of query', 'QUERY', 'NOTIFY', 'UPDATE', 'STATUS');
    case 'choice':
      return known(field.help, ...field.choices!);
    case 'flag':
      return [...known('set', '1'), ...known('not set', '0')];
    case 'duration':
      return [
        ...known('the usual threshold for slow', '5ms'),
        ...known('people notice', '100ms'),
        ...known('something waited', '1s'),
        ...known('a resolver gave up once', '5s'),
      ];
    case 'time':
      return context.times;
    case 'size':
      return [
        ...known('most over UDP without EDNS', '512'),
        ...known('most over UDP without fragments', '1232'),
        ...known('what many resolvers offer', '4096'),
      ];
    case 'address':
      return [...context.servers, ...context.clients];
    case 'finding':
      return context.findings;
    case 'line':
      return context.corefileLines;
    default:
      return [];
  }
}
