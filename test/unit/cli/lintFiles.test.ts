/** `dnscope lint` on real files: manifests, imports, and what of the disk a Corefile may reach. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { runLint } from '../../../src/cli/lint.ts';

const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'dnscope-lint-')));
after(() => rmSync(root, { recursive: true }));
let folders = 0;

/** Writes the files into a folder of their own. */
function folder(files: Readonly<Record<string, string>>): string {
  folders += 1;
  const place = path.join(root, String(folders));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(place, name)), { recursive: true });
    writeFileSync(path.join(place, name), text);
  }
  return place;
}

async function lint(place: string, ...argv: readonly string[]) {
  const out = { stdout: '', stderr: '' };
  const code = await runLint(
    argv.map((arg) => (arg.startsWith('-') ? arg : path.join(place, arg))),
    {
      stdout: (text) => (out.stdout += text),
      stderr: (text) => (out.stderr += text),
      readFile: (file) => readFile(file),
    },
  );
  const lines = out.stdout
    .split('\n')
    .map((line) => line.replace(`${place}/`, '').replaceAll(/ +/gu, ' '))
    .filter((line) => / error /u.test(line))
    .map((line) => line.split(' ').slice(0, 3).join(' '));
  return { code, lines, ...out };
}

const MAIN = '.:53 {\n    errors\n    reload\n    whoami\n    import custom/*.override\n}\nimport custom/*.server\n';

function configMap(name: string, data: Readonly<Record<string, string>>): string {
  const entries = Object.entries(data).map(([key, text]) => `  ${key}: |\n${text.replaceAll(/^(?=.)/gmu, '    ')}`);
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: kube-system\ndata:\n${entries.join('')}`;
}

describe('dnscope lint on manifests', () => {
  test('coredns and coredns-custom are put together, over several files, at their own lines', async () => {
    const place = folder({
      'a/custom.yaml': configMap('coredns-custom', {
        'x.override': 'log\nerrors\n',
        'y.server': 'a.org {\n    wohami\n}\n',
      }),
      'main.yaml': `---\n${configMap('coredns', { Corefile: MAIN })}`,
    });
    const alone = await lint(place, 'a/custom.yaml');
    assert.deepEqual([alone.code, alone.lines], [1, ['a/custom.yaml:12:9 error CF119']]);
    const { code, lines } = await lint(place, 'main.yaml', 'a/custom.yaml');
    assert.equal(code, 1);
    assert.deepEqual(lines, ['a/custom.yaml:9:5 error CF807', 'a/custom.yaml:12:9 error CF119']);
  });

  test('other places are those of the YAML files, also where they stand in another one', async () => {
    const place = folder({
      'custom.yaml': configMap('coredns-custom', { 'x.override': 'log\nerrors\n' }),
      'main.yaml': `---\n${configMap('coredns', { Corefile: `${MAIN}a.org {\n    whoami\n}\na.org {\n    whoami\n}\n` })}`,
    });
    const { stdout } = await lint(place, 'main.yaml', 'custom.yaml');
    const mentions = stdout.replaceAll(`${place}/`, '').split('\n');
    assert.ok(mentions.includes('    main.yaml:10:9  The other errors'), stdout);
    assert.ok(mentions.includes('    main.yaml:16:5  Served here first'), stdout);
    assert.doesNotMatch(stdout, /\bline \d/u);
    const json = JSON.parse((await lint(place, 'main.yaml', 'custom.yaml', '--json')).stdout) as readonly {
      readonly rule: string;
      readonly related: readonly unknown[];
    }[];
    assert.deepEqual(json.find(({ rule }) => rule === 'CF807')?.related, [
      {
        file: path.join(place, 'main.yaml'),
        line: 10,
        column: 9,
        endLine: 10,
        endColumn: 15,
        message: 'The other errors',
      },
    ]);
  });

  test('JSON as kubectl prints it', async () => {
    const list = {
      kind: 'List',
      items: [{ kind: 'ConfigMap', metadata: { name: 'coredns' }, data: { Corefile: '. {\n  wohami\n}\n' } }],
    };
    const place = folder({ 'maps.json': JSON.stringify(list, undefined, 2) });
    const { lines, stdout } = await lint(place, 'maps.json', '--json');
    assert.deepEqual(lines, []);
    const all = JSON.parse(stdout) as readonly Readonly<Record<string, unknown>>[];
    const first = all.find(({ severity }) => severity === 'error');
    const text = readFileSync(path.join(place, 'maps.json'), 'utf8').split('\n')[Number(first?.['line']) - 1] ?? '';
    assert.equal(text.slice(Number(first?.['column']) - 1, Number(first?.['endColumn']) - 1), 'wohami');
  });

  test('a Deployment says where its ConfigMaps are mounted', async () => {
    const deployment =
      'kind: Deployment\nmetadata: {name: dns, namespace: kube-system}\nspec: {template: {spec: {volumes: [{name: v, configMap: {name: coredns}}, {name: w, configMap: {name: zones}}], containers: [{args: [-conf, /cfg/Corefile], volumeMounts: [{name: v, mountPath: /cfg}, {name: w, mountPath: /zones}]}]}}}\n';
    const place = folder({
      'all.yaml': `${configMap('coredns', { Corefile: '. {\n    whoami\n    import /zones/x.conf\n}\n' })}---\n${deployment}`,
      'zones.yaml': configMap('zones', { 'Corefile.none': 'a.org {\n    whoami\n}\n', 'x.conf': 'nosuch {\n}\n' }),
    });
    assert.deepEqual((await lint(place, 'all.yaml', 'zones.yaml')).lines, ['zones.yaml:12:5 error CF119']);
  });

  test('overlays that hold the same keys are judged folder by folder, each with the base', async () => {
    const custom = (text: string) => configMap('coredns-custom', { 'x.override': text });
    const main = configMap('coredns', { Corefile: MAIN });
    const files = {
      'a/coredns.yaml': main,
      'a/custom.yaml': custom('log\nerrors\n'),
      'b/coredns.yaml': main,
      'b/custom.yaml': custom('log\n'),
    };
    for (const order of [Object.keys(files), Object.keys(files).toReversed()]) {
      const { code, lines } = await lint(folder(files), ...order);
      assert.deepEqual([code, lines], [1, ['a/custom.yaml:9:5 error CF807']]);
    }
    const based = {
      'base/all.yaml': `${main}---\n${custom('log\n')}`,
      'a/custom.yaml': custom('log\n'),
      'b/custom.yaml': custom('errors\n'),
    };
    const { code, lines } = await lint(folder(based), ...Object.keys(based));
    assert.deepEqual([code, lines], [1, ['b/custom.yaml:8:5 error CF807']]);
  });

  test('files of one folder that hold the same key are judged one by one, unless nobody can tell what goes with what', async () => {
    const main = (name: string) => configMap(name, { Corefile: MAIN });
    const custom = (text: string) => configMap('coredns-custom', { 'x.override': text });
    const told = folder({ 'dev.yaml': main('coredns'), 'prod.yaml': main('coredns'), 'c.yaml': custom('errors\n') });
    assert.deepEqual((await lint(told, 'dev.yaml', 'prod.yaml', 'c.yaml')).lines, ['c.yaml:8:5 error CF807']);
    const torn = folder({
      'dev.yaml': main('coredns'),
      'prod.yaml': main('coredns'),
      'c-dev.yaml': custom('log\n'),
      'c-prod.yaml': custom('errors\n'),
    });
    const { code, stdout, stderr } = await lint(torn, 'dev.yaml', 'prod.yaml', 'c-dev.yaml', 'c-prod.yaml');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /dev\.yaml and \S+c-dev\.yaml may or may not belong together/u);
  });

  test('files without a Corefile are named, and count only when there is no other', async () => {
    const place = folder({
      'service.yaml': 'kind: Service\n',
      'main.yaml': configMap('coredns', { Corefile: '. {\n    errors\n    reload\n    whoami\n}\n' }),
    });
    const both = await lint(place, 'main.yaml', 'service.yaml');
    assert.deepEqual([both.code, both.stdout], [0, 'No problems in 1 file\n']);
    assert.match(both.stderr, /service\.yaml: holds no Corefile/u);
    assert.equal((await lint(place, 'service.yaml')).code, 2);
  });

  test('files of which a kustomization makes keys are judged as what CoreDNS mounts', async () => {
    const place = folder({
      'kustomization.yaml':
        'configMapGenerator:\n- name: coredns\n  files: [Corefile=base/main.conf]\n- name: coredns-custom\n  files:\n  - parts/a.override\n  - parts/gone.server\n- name: shop\n  files: [web.server]\n',
      'base/main.conf': MAIN,
      'parts/a.override': 'log\nerrors\n',
    });
    for (const argv of [['kustomization.yaml'], ['kustomization.yaml', 'parts/a.override']]) {
      const { code, lines, stdout, stderr } = await lint(place, ...argv);
      assert.deepEqual([code, lines], [2, ['parts/a.override:2:1 error CF807']]);
      assert.ok(stdout.includes(`    ${place}/base/main.conf:2:5  The other errors\n`), stdout);
      assert.match(
        stderr,
        /^\S+kustomization\.yaml: names parts\/gone\.server, which is missing or outside of \S+\n$/u,
      );
    }
    writeFileSync(path.join(place, 'parts/gone.server'), 'a.org {\n    whoami\n}\n');
    const whole = await lint(place, 'kustomization.yaml');
    assert.deepEqual([whole.code, whole.stderr], [1, '']);
    const above = await lint(
      folder({
        'k/kustomization.yaml': 'configMapGenerator: [{name: coredns, files: [../Corefile]}]\n',
        Corefile: MAIN,
      }),
      'k/kustomization.yaml',
    );
    assert.equal(above.code, 2);
    assert.match(above.stderr, /^\S+ names \.\.\/Corefile, which is missing or outside of \S+\n$/u);
  });

  test("a Helm template's source is left alone", async () => {
    const place = folder({ 'cm.yaml': configMap('coredns', { Corefile: '. {\n    forward . {{ .Values.up }}\n}\n' }) });
    const { code, stderr } = await lint(place, 'cm.yaml');
    assert.equal(code, 2);
    assert.match(stderr, /what helm template prints/u);
  });
});

describe('dnscope lint on Corefiles that import', () => {
  test('imported files are judged where they are imported, also when they are named', async () => {
    const place = folder({
      Corefile: MAIN,
      'custom/a.override': 'errors\n',
      'custom/b.server': '. {\n    whoami\n}\n',
      'custom/c.conf': 'no such thing',
    });
    for (const argv of [['Corefile'], ['custom/a.override', 'Corefile', 'custom/b.server']]) {
      const { code, lines } = await lint(place, ...argv);
      assert.equal(code, 1);
      assert.deepEqual([...lines].sort(), ['custom/a.override:1:1 error CF807', 'custom/b.server:1:1 error CF201']);
    }
  });

  test('an import that is not there', async () => {
    const place = folder({ Corefile: '. {\n    whoami\n    import gone\n}\nimport none/*.server\n' });
    assert.deepEqual((await lint(place, 'Corefile')).lines, ['Corefile:3:12 error CF114']);
  });

  test('nothing outside the folder is read, by dots, by a full path or by a link', async () => {
    const secret = folder({ secret: 'private-word\n' });
    const place = folder({
      Corefile: `. {\n    whoami\n    import ../${path.basename(secret)}/secret\n    import ${secret}/secret\n    import /etc/hostname\n}\nimport links/*\n`,
      'links/good': 'a.org {\n    whoami\n}\n',
    });
    symlinkSync(path.join(secret, 'secret'), path.join(place, 'links/out'));
    symlinkSync(secret, path.join(place, 'links/folder'));
    const { code, stdout, lines } = await lint(place, 'Corefile');
    assert.deepEqual([code, lines], [0, []]);
    assert.doesNotMatch(stdout, /private-word/u);
  });
});

describe('dnscope lint --sarif', () => {
  test('keeps what a comment switches off, with the reason, and knows every rule', async () => {
    const place = folder({
      'm.yaml': configMap('coredns', {
        Corefile: '# dnscope: ignore-file CF601 -- behind a cache\n. {\n    reload\n    whoami\n}\n',
      }),
    });
    const { code, stdout } = await lint(place, 'm.yaml', '--sarif');
    assert.equal(code, 0);
    interface Run {
      readonly tool: {
        readonly driver: {
          readonly rules: readonly { readonly id: string; readonly shortDescription: { readonly text: string } }[];
        };
      };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly suppressions?: unknown;
      }[];
    }
    const [run] = (JSON.parse(stdout) as { readonly runs: readonly Run[] }).runs;
    const rules = run?.tool.driver.rules ?? [];
    assert.ok(rules.some(({ id }) => id === 'CF812'));
    const one = run?.results.find(({ ruleId }) => ruleId === 'CF601');
    assert.deepEqual(one?.suppressions, [{ kind: 'inSource', justification: 'behind a cache' }]);
    assert.equal(rules[one.ruleIndex]?.id, 'CF601');
    assert.doesNotMatch((await lint(place, 'm.yaml')).stdout, /CF601/u);
  });
});
