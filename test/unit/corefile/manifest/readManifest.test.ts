import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { lintCorefile } from '../../../../src/core/corefile/lint.ts';
import { yamlValue } from '../../../../src/core/corefile/manifest/yamlValue.ts';
import { diagnosticsInFile, manifestDiagnostics } from '../../../../src/core/corefile/manifest/lintManifest.ts';
import { readManifest } from '../../../../src/core/corefile/manifest/readManifest.ts';
import { LineIndex } from '../../../../src/core/corefile/position.ts';

const BLOCK = '|\n    .:53 {\n      whoami\n    }\n';

function found(yaml: string): readonly string[] {
  return readManifest(yaml).texts.map(
    ({ key, purpose, configMap }) => `${configMap?.name ?? '-'}/${key} ${purpose ?? 'file'}`,
  );
}

/** What lint says of the file: `LINE:COLUMN CODE severity`. */
function linted(yaml: string): readonly string[] {
  const manifest = readManifest(yaml);
  const lines = new LineIndex(yaml);
  const diagnostics = [
    ...manifestDiagnostics(manifest, lines),
    ...manifest.texts.flatMap((text) =>
      diagnosticsInFile(
        text,
        lintCorefile(text.text, { file: text.key, purpose: text.purpose ?? 'corefile' }).diagnostics,
        lines,
        () => undefined,
      ),
    ),
  ];
  return diagnostics
    .filter(({ rule, severity }) => severity === 'error' || rule === 'CF812')
    .map(({ start, rule, severity }) => `${start.line}:${start.column} ${rule} ${severity}`);
}

describe('Corefiles in YAML', () => {
  test('the keys of ConfigMaps, and what a Corefile may import from them', () => {
    const data = `data:\n  Corefile: ${BLOCK}  example.db: |\n    $ORIGIN example.org.\n`;
    assert.deepEqual(found(`kind: ConfigMap\nmetadata:\n  name: coredns\n  namespace: kube-system\n${data}`), [
      'coredns/Corefile corefile',
      'coredns/example.db file',
    ]);
    assert.deepEqual(
      found(
        'kind: ConfigMap\nmetadata:\n  name: coredns-custom\ndata:\n  a.server: |\n    a.org {\n      whoami\n    }\n  log.override: log\n',
      ),
      ['coredns-custom/a.server server', 'coredns-custom/log.override override'],
    );
  });

  test("another program's ConfigMap with a fitting name is left alone", () => {
    assert.deepEqual(
      found('kind: ConfigMap\nmetadata:\n  name: shop\ndata:\n  web.server: shop.example\n  theme: dark\n'),
      [],
    );
  });

  test('values files, by name and looks', () => {
    assert.deepEqual(found(`coredns:\n  Corefile: ${BLOCK.replaceAll('\n', '\n  ')}\nweb.server: shop.example\n`), [
      '-/Corefile corefile',
    ]);
    assert.deepEqual(found(`nodelocal:\n customConfig: ${BLOCK}`), ['-/customConfig corefile']);
    assert.deepEqual(found('customConfig: |\n  some: thing\n'), []);
  });

  test("Kustomize's literals", () => {
    const yaml =
      'configMapGenerator:\n- name: coredns-custom\n  literals:\n  - log.override=log\n  - \'a.server="a.org { # x\n\n    whoami\n\n    }"\'\n  - other=1\n';
    assert.deepEqual(found(yaml), ['coredns-custom/log.override override', 'coredns-custom/a.server server']);
    const [override, server] = readManifest(yaml).texts;
    assert.equal(yaml.slice(...Object.values(override?.positions.range(0, 3) ?? {})), 'log');
    assert.equal(server?.text, 'a.org { # x\nwhoami\n}');
    assert.equal(yaml.slice(...Object.values(server?.positions.range(12, 18) ?? {})), 'whoami');
  });

  test("Kustomize's inline patches, at their places in the file", () => {
    const corefile = '. {\n  wohami\n}\n';
    const indented = (text: string, width: number) => text.replaceAll(/^(?=.)/gmu, ' '.repeat(width));
    const merge = `kind: ConfigMap\nmetadata: {name: coredns}\ndata:\n  Corefile: |\n${indented(corefile, 4)}`;
    const operations = `- op: replace\n  path: /data/Corefile\n  value: |\n${indented(corefile, 4)}`;
    const target = '  target: {kind: ConfigMap, name: coredns, namespace: dns}\n';
    const json = JSON.stringify(
      JSON.stringify([{ op: 'add', path: '/data', value: { 'x.override': 'log\n', 'a~b/Corefile': 'x' } }]),
    );
    for (const [yaml, keys, places] of [
      [`patches:\n- patch: |-\n${indented(merge, 4)}`, ['coredns/Corefile corefile'], ['8:11 CF119 error']],
      [`patchesStrategicMerge:\n- |\n${indented(merge, 2)}`, ['coredns/Corefile corefile'], ['8:9 CF119 error']],
      [
        `patches:\n- patch: |\n${indented(operations, 4)}${target}`,
        ['coredns/Corefile corefile'],
        ['7:11 CF119 error'],
      ],
      [`patches:\n- patch: ${json}\n${target}`, ['coredns/x.override override', 'coredns/a~b/Corefile file'], []],
      [`patches:\n- patch: |\n${indented(operations, 4)}  target: {kind: Secret, name: coredns}\n`, [], []],
      [`patches:\n- path: cm.yaml\n`, [], []],
    ] as const) {
      assert.deepEqual(found(yaml), keys, yaml);
      assert.deepEqual(linted(yaml), places, yaml);
    }
    const [first] = readManifest(`patches:\n- patch: |\n${indented(operations, 4)}${target}`).texts;
    assert.deepEqual(first?.configMap, { name: 'coredns', namespace: 'dns' });
  });

  test('a fix inside of an inline patch gets the indentation of both, and damage there is told there', () => {
    const yaml =
      'patches:\r\n- patch: |\r\n    kind: ConfigMap\r\n    metadata: {name: coredns}\r\n    data:\r\n      Corefile: |\r\n        . {\r\n          whoami\r\n        }\r\n';
    const [text] = readManifest(yaml).texts;
    assert.equal(text?.text, '. {\n  whoami\n}\n');
    const edit = text.positions.edit({ start: 4, end: 4, newText: '  log\n' });
    assert.ok(edit !== undefined);
    const after = yaml.slice(0, edit.start) + edit.newText + yaml.slice(edit.end);
    assert.equal(after, yaml.replace('          whoami', '          log\r\n          whoami'));
    assert.equal(yaml.slice(text.keyStart, text.keyEnd), 'Corefile');
    const damaged = yaml.replace('Corefile: |', 'Corefile:');
    assert.deepEqual(linted(damaged), ['6:7 CF812 error']);
    const [fix] = readManifest(damaged).texts[0]?.joined?.fixes ?? [];
    const [bar] = fix?.edits ?? [];
    assert.ok(bar !== undefined);
    assert.equal(damaged.slice(0, bar.start) + bar.newText + damaged.slice(bar.end), yaml);
  });

  test('a Helm template is not a Corefile yet; fields of the template plugin are no Helm', () => {
    const of = (line: string): string =>
      `kind: ConfigMap\nmetadata:\n  name: coredns\ndata:\n  Corefile: |\n    .:53 {\n      ${line}\n    }\n`;
    assert.deepEqual(found(of('forward . {{ .Values.upstream }}')), []);
    assert.deepEqual(found(of('answer "{{ .Name }} 60 IN A {{ .Values.ip }}"')), []);
    assert.deepEqual(found(of('answer "{{ .Name }} 60 IN A 192.0.2.1"')), ['coredns/Corefile corefile']);
    assert.deepEqual(linted(`{{- if .Values.x }}\n${of('{{ include "x" . }}')}{{- end }}\n`), []);
    assert.deepEqual(linted('kind: ConfigMap\ndata:\n  Corefile: {{ tpl .Values.x . }}\n'), []);
  });

  test('workloads tell where ConfigMaps are mounted', () => {
    const { workloads } = readManifest(
      'kind: Deployment\nmetadata: {namespace: dns}\nspec:\n  template:\n    spec:\n      containers:\n      - args: [-conf, /cfg/main]\n        volumeMounts:\n        - {name: c, mountPath: /cfg/}\n        - {name: x, mountPath: /x}\n      volumes:\n      - name: c\n        configMap: {name: own, items: [{key: Corefile, path: main}]}\n      - {name: x, emptyDir: {}}\n',
    );
    assert.deepEqual(workloads, [
      {
        namespace: 'dns',
        corefile: '/cfg/main',
        mounts: [{ configMap: 'own', directory: '/cfg', items: [{ key: 'Corefile', path: 'main' }] }],
      },
    ]);
  });

  test('aliases, empty values and deep nesting', () => {
    const yaml = `a: &x ${BLOCK}data: {}\n---\nkind: ConfigMap\nmetadata: {name: coredns}\nbase: &y |\n  . {\n   whoami\n  }\ndata:\n  Corefile: *y\n  Corefile.two: *y\n`;
    assert.deepEqual(found(yaml), ['coredns/Corefile corefile']);
    assert.deepEqual(linted('kind: ConfigMap\nmetadata: {name: coredns}\ndata:\n  Corefile:\n'), []);
    assert.deepEqual(found(`Corefile: ${'['.repeat(20_000)}`), []);
    assert.equal(readManifest(`Corefile: ${'&a '.repeat(20_000)}`).readable, false);
  });

  test('any text: no throw', () => {
    const piece = fc.constantFrom(
      'Corefile:',
      ' ',
      '\n',
      '  ',
      '|',
      '>',
      '- ',
      '"',
      "'",
      '{',
      '}',
      '\t',
      '&a',
      '*a',
      '#',
      '---\n',
      'kind: ConfigMap\n',
      'data:\n',
      'a.server: ',
      '\r\n',
      '\\',
      '!!x',
      '%',
      '?',
      '<<: ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
          fc.string(),
        ),
        (yaml) => {
          const lines = new LineIndex(yaml);
          const manifest = readManifest(yaml);
          for (const text of manifest.texts) {
            diagnosticsInFile(text, lintCorefile(text.text, { file: '' }).diagnostics, lines, () => undefined);
            const { start, end } = text.positions.range(0, text.text.length);
            assert.ok(0 <= start && start <= end && end <= yaml.length);
          }
          manifestDiagnostics(manifest, lines);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('CF812', () => {
  for (const name of ['CF812.bad.yaml', 'CF812.good.yaml']) {
    test(`${name} says what it expects`, () => {
      const yaml = readFileSync(new URL(`../../../fixtures/corefiles/rules/${name}`, import.meta.url), 'utf8');
      const expected = yaml.split('\n').flatMap((line, index) => {
        const match = /# expect-next (\S+) (\S+)$/u.exec(line);
        return match === null ? [] : [`${String(index + 2)} ${match[1] ?? ''} ${match[2] ?? ''}`];
      });
      const told = linted(yaml).map((one) => one.replace(/:\d+/u, ''));
      assert.deepEqual(told.sort(), expected.sort());
    });
  }

  test('its page is named after it', () => {
    const page = readFileSync(new URL('../../../../docs/rules/CF812.md', import.meta.url), 'utf8');
    assert.equal(page.split('\n')[0], `# ${yamlValue.code}: ${yamlValue.title}`);
  });

  const map = (corefile: string): string =>
    `kind: ConfigMap\nmetadata:\n  name: coredns\ndata:\n  Corefile:${corefile}`;

  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['text below the key without |', '\n    .:53 {\n      errors\n      log: x\n    }\n', ['5:3 CF812 error']],
    ['lines joined into what CoreDNS refuses', '\n    .:53 {\n      errors\n    }\n', ['5:3 CF812 error']],
    ['the same beside the key', ' .:53 {\n      errors\n    }\n', ['5:3 CF812 error']],
    ['folded', ' >\n    .:53 {\n    errors\n    }\n', ['5:13 CF812 error']],
    ['folded, but indented lines stay', ' >\n    .:53 {\n      errors\n    }\n', []],
    ['a nested map', '\n    forward: x\n', ['5:3 CF812 error']],
    ['a flow map', ' {a: b}\n', ['5:3 CF812 error']],
    ['a number', ' 53\n', ['5:3 CF812 error']],
    ['a tab as indentation', ' |\n    .:53 {\n\terrors\n    }\n', ['7:1 CF812 error']],
    ['a tab below the key', '\n\t.:53 {\n\t}\n', ['6:1 CF812 error']],
    ['a block, tabs inside the lines', ' |\n    .:53 {\n    \terrors\n    }\n', []],
  ];
  for (const [name, corefile, expected] of cases) {
    test(name, () => {
      assert.deepEqual(linted(map(corefile)), expected);
    });
  }

  test('the fix is the bar, and what follows is read', () => {
    for (const corefile of [
      '\n    .:53 {\n      errors\n      log: x\n    }\n',
      '\n    .:53 {\n      errors\n    }\n',
      ' >\n    .:53 {\n    errors\n    }\n',
    ]) {
      const yaml = map(corefile);
      const manifest = readManifest(yaml);
      const fix = (manifest.findings[0] ?? manifest.texts[0]?.joined)?.fixes?.[0]?.edits[0];
      assert.ok(fix !== undefined);
      const [text] = readManifest(yaml.slice(0, fix.start) + fix.newText + yaml.slice(fix.end)).texts;
      assert.match(text?.text ?? '', /^\.:53 \{\n *errors\n/u);
    }
  });

  test('joined lines that CoreDNS takes are a warning', () => {
    assert.deepEqual(linted(map('\n    .:53\n    whoami\n')), ['5:3 CF812 warning']);
  });
});
