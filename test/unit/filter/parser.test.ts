import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FilterNode, ValueTest } from '../../../src/core/filter/ast.ts';
import { FILTER_FIELDS, operatorsOf } from '../../../src/core/filter/fields.ts';
import { filterTerms, MOST_CHARACTERS, parseFilter } from '../../../src/core/filter/parser.ts';

/** The tree as one line, for tables. */
function printed(node: FilterNode | undefined): string {
  if (node === undefined) return 'all';
  switch (node.kind) {
    case 'and':
    case 'or':
      return `(${node.kind} ${node.items.map(printed).join(' ')})`;
    case 'not':
    case 'none':
      return `(${node.kind} ${printed(node.item)})`;
    case 'compare':
      return `(${node.field.names[0]!} ${node.negated ? '!' : ''}${node.tests.map(testText).join('|')})`;
    case 'present':
      return `(is ${node.field.names[0]!})`;
    case 'verdict':
      return node.word;
    case 'word':
      return JSON.stringify(node.text);
  }
}

function testText(test: ValueTest): string {
  switch (test.kind) {
    case 'range': {
      if (test.low === test.high) return String(test.low);
      return `${test.lowOpen ? '(' : '['}${String(test.low)}..${String(test.high)}${test.highOpen ? ')' : ']'}`;
    }
    case 'equals':
      return `=${test.text}`;
    case 'contains':
      return `*${test.text}*`;
    case 'pattern':
      return `/${test.pattern.source}/`;
    case 'network':
      return `${test.bytes.join('.')}/${String(test.ones)}${test.port === undefined ? '' : `:${String(test.port)}`}`;
  }
}

test('what is read', () => {
  const table: readonly (readonly [text: string, tree: string])[] = [
    ['', 'all'],
    ['  ', 'all'],
    ['a', '"a"'],
    ['a b', '(and "a" "b")'],
    ['a, b c && d and e', '(and "a" "b" "c" "d" "e")'],
    ['a or b c', '(or "a" (and "b" "c"))'],
    ['a or b, c or d', '(and (or "a" "b") (or "c" "d"))'],
    ['(a or b) c', '(and (or "a" "b") "c")'],
    ['(a b) c', '(and (and "a" "b") "c")'],
    ['NOT a', '(not "a")'],
    ['!a !(b)', '(and (not "a") (not "b"))'],
    ['"A b" slow', '(and "a b" slow)'],
    ['"slow"', '"slow"'],
    ['nothing orange android', '(and "nothing" "orange" "android")'],
    ['in-addr.arpa', '"in-addr.arpa"'],
    ['fe80::1 p/shop/web:53', '(and "fe80::1" "p/shop/web:53")'],
    ['name', '"name"'],
    ['name==A.b.', '(name =a.b)'],
    ['name==.', '(name =.)'],
    ['name = "a b"', '(name =a b)'],
    ['name:*.b', '(name /*.b/)'],
    ['name~a,b', '(and (name /a/) "b")'],
    ['name~a{1,2}b|c', '(name /a{1,2}b|c/)'],
    ['name~(a, b)c d', '(and (name /(a, b)c/) "d")'],
    ['name~a{1,b', '(and (name /a{1/) "b")'],
    ['name ~ "a b"', '(name /a b/)'],
    ['(name~^a)', '(name /^a/)'],
    ['name~a||name~b', '(or (name /a/) (name /b/))'],
    ['name !~ a', '(name !/a/)'],
    ['dns.qry.name matches r"\\d"', '(dns.qry.name /\\d/)'],
    ['dns.qry.name matches "\\\\d"', '(dns.qry.name /\\d/)'],
    ['rcode==Success', '(rcode 0)'],
    ['rcode in (ServerFailure, 5 RCODE9)', '(rcode 2|5|9)'],
    ['rcode not in (NameError)', '(rcode !3)'],
    ['type==TYPE65', '(type 65)'],
    ['port in {53, 5300..5400}', '(port 53|[5300..5400])'],
    ['latency > 5ms', '(latency (5000000..Infinity])'],
    ['latency:<1s', '(latency [-Infinity..1000000000))'],
    ['latency_ns_raw>=5', '(latency_ns_raw [5..Infinity])'],
    ['dns.time le 0.5', '(dns.time [-Infinity..500000000])'],
    ['size>1KiB', '(size (1024..Infinity])'],
    ['ip.addr==10.0.0.0/8', '(ip.addr 10.0.0.0/8)'],
    ['upstream:10.0.0.1:53', '(upstream 10.0.0.1/32:53)'],
    ['server==kube-dns', '(server =kube-dns)'],
    ['dns.response_in', '(is dns.response_in)'],
    ['dns', '"dns"'],
    ['dns or a', '(or (is dns) "a")'],
    ['not ip', '(not (is ip))'],
    ['tcp', '(is tcp)'],
    ['dns.flags.truncated == True', '(dns.flags.truncated 1)'],
    ['finding:slow#2', '(finding =slow#2)'],
    ['a, none(b or name==c) d', '(and "a" (none (or "b" (name =c))) "d")'],
    ['not None(a b)', '(not (none (and "a" "b")))'],
    ['none (a b)', '(and "none" (and "a" "b"))'],
    ['none', '"none"'],
  ];
  for (const [text, tree] of table) {
    const { value, problem } = parseFilter(text);
    assert.equal(problem?.detail ?? printed(value), tree, text);
  }
});

test('what is wrong, with its column and what could stand there', () => {
  const table: readonly (readonly [text: string, problem: string])[] = [
    ['rcode==Sucess', '8: expected a response code such as NOERROR or SERVFAIL, found Sucess (did you mean Success?)'],
    ['rcode==', '8: expected a response code such as NOERROR or SERVFAIL, found the end'],
    ['rcode', ''],
    ['type in (A, AAAAA)', '13: expected a record type such as A or AAAA, found AAAAA (did you mean AAAA?)'],
    ['type in (A, AAAA', '17: expected a comma or ), found the end'],
    ['type in A', '9: expected a list in parentheses, such as (A, AAAA), found A'],
    ['latency > 5', '11: expected a duration with its unit, such as 5ms, found 5'],
    ['latency ~ 5', '9: expected one of == != in not in : < <= > >=, found ~'],
    ['ip.addr == 10.0.0.300', '12: expected an address or a network such as 10.0.0.0/8, found 10.0.0.300'],
    ['client == 10.0.0.1:53', '11: expected an address without a port, found 10.0.0.1:53'],
    [
      'server == 10.0.0.300',
      '11: expected an address, a network such as 10.0.0.0/8, or a pod or Service, found 10.0.0.300',
    ],
    ['proto == sctp', '10: expected one of udp, tcp, found sctp'],
    ['nmae == a', '1: expected a field such as name, rcode or latency, found nmae (did you mean name?)'],
    ['a, pood:x', '4: expected a field such as name, rcode or latency, found pood (did you mean pod?)'],
    ['tcp == 1', '5: expected no operator after tcp, found =='],
    ['and a', '1: expected a condition or a word, found and'],
    ['a or', '5: expected a condition or a word, found the end'],
    ['a,,b', '3: expected a condition or a word, found ,'],
    ['(a', '3: expected and, or or ), found the end'],
    ['none()', '6: expected a condition or a word, found )'],
    ['none(a', '7: expected and, or or ), found the end'],
    ['a)', '2: expected and, or, a comma or the end, found )'],
    ['"a', '3: expected a closing quote, found the end'],
    ['""', '1: expected a condition or a word, found nothing between the quotes'],
    ['== 5', '1: expected a condition or a word, found =='],
    ['name~(a', '8: expected ) at the end of the group, found the end'],
    ['name~', '6: expected a regular expression, found the end'],
    ['a & b', '3: expected and, or, a comma or the end, found &'],
    ['corefile:x', '10: expected the number of a line, found x'],
  ];
  for (const [text, problem] of table)
    assert.equal(parseFilter(text).problem?.detail ?? '', problem && `Column ${problem}`);
});

test('length, depth and number of conditions are bounded', () => {
  assert.match(parseFilter('a'.repeat(MOST_CHARACTERS + 1)).problem!.detail, /at most 10000 characters/);
  assert.match(parseFilter(`${'('.repeat(400)}a${')'.repeat(400)}`).problem!.detail, /at most 50 levels/);
  assert.match(parseFilter(`${'not '.repeat(400)}a`).problem!.detail, /at most 50 levels/);
  assert.match(parseFilter('a '.repeat(600)).problem!.detail, /at most 500 conditions/);
  assert.equal(parseFilter('a '.repeat(400)).problem, undefined);
});

test('the conditions of a filter, each as it stands, make the same filter again', () => {
  const terms = (text: string): readonly string[] => filterTerms(text, parseFilter(text).value);
  assert.deepEqual(terms('a  b'), ['a', 'b']);
  assert.deepEqual(terms('a or b, rcode == 2'), ['a or b', 'rcode == 2']);
  assert.deepEqual(terms('(a or b) and not slow'), ['(a or b)', 'not slow']);
  assert.deepEqual(terms('a or b'), ['a or b']);
  assert.deepEqual(terms(''), []);
  for (const text of ['a b, c', '(a, b) !slow', 'a or b, rcode in (1, 2)']) {
    assert.equal(printed(parseFilter(terms(text).join(', ')).value), printed(parseFilter(text).value));
  }
});

test('every example in the catalogue is read, every field has an operator or stands alone', () => {
  for (const field of FILTER_FIELDS) {
    assert.equal(parseFilter(field.example).problem, undefined, field.example);
    assert.ok(field.kind === 'presence' || operatorsOf(field).length > 0);
    assert.ok(!field.help.endsWith('.'), field.help);
  }
  const names = FILTER_FIELDS.flatMap((field) => field.names);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.every((name) => name === name.toLowerCase()));
});

test('any text is a filter or has a problem inside itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      const { value, problem } = parseFilter(text);
      if (problem === undefined) {
        assert.equal(value === undefined, text.trim() === '');
        return;
      }
      assert.equal(value, undefined);
      assert.ok(problem.start >= 0 && problem.start <= text.length && problem.end >= problem.start, text);
      assert.equal(problem.column, problem.start + 1);
    }),
    { numRuns: 3000 },
  );
});
