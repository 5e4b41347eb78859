/** The twins of template and view, on stanzas that CoreDNS 1.15.0 was seen to take or refuse. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { expressionProblem } from '../../../src/core/corefile/setup/expressions.ts';
import { textTemplateProblem } from '../../../src/core/corefile/setup/goTextTemplate.ts';
import { codesOf } from '../../support/setupCodes.ts';

const HEADS: readonly (readonly [stanza: string, codes: readonly string[]])[] = [
  ['template IN A', []],
  ['template ANY ANY a.example', []],
  ['template IN None', []],
  ['template', ['CF304']],
  ['template IN', ['CF304']],
  ['template in A', ['CF411']],
  ['template IN a', ['CF411']],
  ['template IN none', ['CF306']],
  ['template A IN', ['CF306']],
];

const OPTIONS: readonly (readonly [option: string, codes: readonly string[]])[] = [
  ['rcode NXDOMAIN', []],
  ['rcode NXDOMAIN fallthrough', []],
  ['rcode nxdomain', ['CF411']],
  ['rcode NXDOMAIM', ['CF306']],
  ['rcode', ['CF304']],
  ['rcode NXDOMAIN x', ['CF303']],
  ['match ^(?P<a>x)[.]', []],
  ['match', ['CF304']],
  ['match a (b', ['CF429']],
  ['match "a(?=b)"', ['CF429']],
  ['ederror 21 x', []],
  ['ederror x', ['CF305']],
  ['ederror -1', ['CF305']],
  ['ederror 65536', ['CF306']],
  ['ederror 1 2 3', ['CF304']],
  ['var x 1', []],
  ['var x', ['CF304']],
  ['var 1x 2', ['CF306']],
  ['var name 2', ['CF306']],
  ['var not 2', ['CF306']],
  ['var x (1', ['CF429']],
  ["expr name() matches '^a' && true", []],
  ['expr', ['CF304']],
  ['expr ""', ['CF429']],
  ['expr (1', ['CF429']],
  ['answer', ['CF304']],
  ['answer "{{ .Name }} 60 IN A 192.0.2.1"', []],
  ['answer "{{ .Name } 60 IN A 192.0.2.1"', ['CF429']],
  ['answer {{ .Name }} 60 IN A 192.0.2.1', ['CF429']],
  ['answr x', ['CF303']],
  ['upstream', []],
];

describe('template', () => {
  for (const [stanza, codes] of HEADS) test(stanza, () => assert.deepEqual(codesOf(stanza), codes));
  for (const [option, codes] of OPTIONS) {
    test(option, () => assert.deepEqual(codesOf(`template IN A {\n ${option}\n}`), codes));
  }
});

describe('texts of template', () => {
  const taken = [
    'no action at all }}',
    '{{ index .Match 1 }} {{ parseInt (index .Group .x) 10 8 }}',
    '{{if .Name}}x{{else if .Type}}y{{else}}z{{end}}',
    '{{range $i, $x := .Match}}{{$x}}{{break}}{{end}}',
    '{{/* a */}}{{- /* b */ -}}',
    '{{ printf `}}` }}{{ printf "}}" }}',
    '{{ .Name -}} x {{- .Name }}',
    '{{define "x"}}y{{end}}{{template "x"}}',
    "{{ -3 }} {{ 0x1F }} {{ 1e3 }} {{ 'a' }} {{ true }}",
    '{{ .Name.\u00e9 }} {{ $ }} {{ $.Name }} {{ with .Name }}{{ . }}{{ end }}',
  ];
  for (const text of taken) test(text, () => assert.equal(textTemplateProblem(text), undefined));

  const refused: readonly (readonly [text: string, problem: RegExp])[] = [
    ['{{ .Name }', /without its "\}\}"/u],
    ['{{ .Name "a', /" that is never closed/u],
    ['{{}}', /empty/u],
    ['{{ foo }}', /function foo/u],
    ['{{ .Name | upper }}', /function upper/u],
    ['{{if .Name}}x', /\{\{if\}\} without its \{\{end\}\}/u],
    ['x{{end}}', /\{\{end\}\} without a block/u],
    ['{{else}}', /\{\{else\}\} without a block/u],
    ['{{ continue }}', /outside \{\{range\}\}/u],
    ['{{/* a }}', /comment that is never closed/u],
    ['{{/* a */ .Name }}', /beside something else/u],
    ['{{ .Name{ }}', /\{ that means nothing/u],
    ['{{ .Name } }}', /\} that means nothing/u],
    ['{{ (.Name }}', /"\(" that is never closed/u],
    ['{{ .Name) }}', /"\)" without/u],
  ];
  for (const [text, problem] of refused) {
    test(text, () => assert.match(textTemplateProblem(text) ?? '', problem));
  }

  test('any text is read to its end', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '/*',
      '*/',
      '-',
      ' ',
      '"',
      "'",
      '`',
      '\\',
      '(',
      ')',
      'if',
      'end',
      '.',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        textTemplateProblem(pieces.join(''));
      }),
    );
  });
});

describe('view', () => {
  test('takes one name and expressions', () => {
    assert.deepEqual(codesOf("view v {\n expr name() == 'a.' && incidr(client_ip(), '10.0.0.0/8')\n}"), []);
    assert.deepEqual(codesOf('view'), ['CF304']);
    assert.deepEqual(codesOf('view a b'), ['CF304']);
    assert.deepEqual(codesOf('view a\nview b'), ['CF301']);
    assert.deepEqual(codesOf('view v {\n exp true\n}'), ['CF303']);
    assert.deepEqual(codesOf("view v {\n expr name() == 'a.\n}"), ['CF429']);
  });

  test('what hides brackets in an expression is left alone', () => {
    for (const text of ['1 /* ( */ == 1', 'name() // (', 'name() == `(`', "'(' == '\\')'", "{'a': [1]}.a[0]"]) {
      assert.equal(expressionProblem(text), undefined, text);
    }
    assert.match(expressionProblem('(]') ?? '', /"\]" without/u);
    assert.match(expressionProblem(' ') ?? '', /empty/u);
  });
});
