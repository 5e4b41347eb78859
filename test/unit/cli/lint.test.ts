import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CliIo } from '../../../src/cli/io.ts';
import { runLint } from '../../../src/cli/lint.ts';

const GOOD = 'example.org:53 {\n    errors\n    whoami\n    reload\n}\n';
const BAD = '.:53 {\n    errors\n    forwrd . 192.0.2.1\n    cache 30s\n    reload\n}\n';

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(argv: readonly string[], files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const io: CliIo = {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    readFile: (path) => {
      const content = files[path];
      const fail = (code: string) => Promise.reject(Object.assign(new Error(`${code}: read '${path}'`), { code }));
      if (path.endsWith('/')) return fail('EISDIR');
      if (content === undefined) return fail('ENOENT');
      return Promise.resolve(typeof content === 'string' ? new TextEncoder().encode(content) : content);
    },
  };
  const code = await runLint(argv, io);
  return { code, stdout, stderr };
}

describe('dnscope lint as text', () => {
  test('a good file: one line, exit 0', async () => {
    assert.deepEqual(await run(['Corefile'], { Corefile: GOOD }), {
      code: 0,
      stdout: 'No problems in 1 file\n',
      stderr: '',
    });
  });

  test('lines like a compiler, aligned, exit 1', async () => {
    const { code, stdout } = await run(['Corefile', 'good'], { Corefile: BAD, good: GOOD });
    assert.equal(code, 1);
    assert.deepEqual(stdout.split('\n'), [
      'Corefile:3:5   error    CF119  CoreDNS 1.15.0 has no plugin forwrd. Did you mean forward?',
      'Corefile:4:11  warning  CF401  CoreDNS reads 30s as a zone, so nothing else is cached. Write the seconds as a bare number: cache 30',
      '1 error, 1 warning in 2 files',
      '',
    ]);
  });

  test('warnings alone leave exit 0', async () => {
    const { code } = await run(['Corefile'], { Corefile: '. {\n whoami\n}\n' });
    assert.equal(code, 0);
  });

  test('--fail-on says from which severity on the exit status is 1', async () => {
    const files = {
      warning: '.:53 {\n    errors\n    reload\n    cache 30s\n    forward . 192.0.2.1\n}\n',
      ignored: '# dnscope: ignore-file CF601 -- elsewhere\n.:53 {\n    reload\n    whoami\n}\n',
    };
    const codes = async (...argv: readonly string[]): Promise<number> => (await run(argv, files)).code;
    assert.equal(await codes('warning'), 0);
    assert.equal(await codes('warning', '--fail-on', 'error'), 0);
    assert.equal(await codes('warning', '--fail-on=warning'), 1);
    assert.equal(await codes('--fail-on', 'hint', 'warning'), 1);
    assert.equal(await codes('ignored', '--fail-on', 'hint', '--sarif'), 0);
    assert.match((await run(['ignored', '--sarif'], files)).stdout, /"justification": "elsewhere"/u);
  });

  test('--help teaches, on standard output', async () => {
    const { code, stdout, stderr } = await run(['--help', 'nothing']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^dnscope lint FILE…/u);
    for (const word of ['--coredns', '--fail-on', '--json', '--sarif', 'dnscope: ignore', 'Exit status'])
      assert.ok(stdout.includes(word), word);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 110, line);
  });

  test('hidden characters in a file name are made visible', async () => {
    const { stdout } = await run(['a\u202eb'], { 'a\u202eb': BAD });
    assert.ok(stdout.startsWith('a\\u{202e}b:3:5'));
  });

  test('standard input', async () => {
    const { stdout } = await run(['-'], { '-': BAD });
    assert.ok(stdout.startsWith('stdin:3:5'));
  });

  test('an .override is read as the inside of a server block', async () => {
    assert.equal((await run(['a.override'], { 'a.override': 'log\n' })).code, 0);
    assert.equal(
      (await run(['a.server'], { 'a.server': 'example.org {\n errors\n cache 30\n forward . 192.0.2.1\n}\n' })).stdout,
      'No problems in 1 file\n',
    );
  });

  test('--coredns beyond what is known says where that ends, and judges all the same', async () => {
    const { code, stderr } = await run(['--coredns', '9.9.9', 'Corefile'], { Corefile: BAD });
    assert.equal(code, 1);
    assert.equal(stderr, 'What is known of CoreDNS ends at 1.15.0: 9.9.9 is judged as that release\n');
    assert.equal((await run(['--coredns', 'v1.15.0', 'Corefile'], { Corefile: GOOD })).stderr, '');
  });

  test('a file named twice, in whatever way, is one file', async () => {
    const files = { Corefile: BAD, './Corefile': BAD };
    const once = await run(['Corefile'], files);
    assert.deepEqual(await run(['Corefile', './Corefile', `${process.cwd()}/Corefile`], files), once);
  });

  test('--coredns judges by another release', async () => {
    const files = { Corefile: '.:53 {\n errors\n reload\n proxy . 192.0.2.1\n}\n' };
    assert.equal((await run(['--coredns', '1.4.0', 'Corefile'], files)).code, 0);
    assert.equal((await run(['--coredns=v1.5.0', 'Corefile'], files)).code, 1);
  });
});

describe('dnscope lint --json', () => {
  test('holds what the contract says, 1-based', async () => {
    const { code, stdout } = await run(['--json', 'Corefile'], { Corefile: BAD });
    assert.equal(code, 1);
    assert.deepEqual((JSON.parse(stdout) as readonly unknown[])[0], {
      file: 'Corefile',
      rule: 'CF119',
      severity: 'error',
      line: 3,
      column: 5,
      endLine: 3,
      endColumn: 11,
      message: 'CoreDNS 1.15.0 has no plugin forwrd. Did you mean forward?',
      fixes: [
        {
          title: 'Replace with forward',
          edits: [{ line: 3, column: 5, endLine: 3, endColumn: 11, newText: 'forward' }],
        },
      ],
      related: [],
      docs: 'docs/rules/CF119.md',
    });
  });

  test('is an empty list for a good file', async () => {
    assert.equal((await run(['Corefile', '--json'], { Corefile: GOOD })).stdout, '[]\n');
  });
});

describe('dnscope lint --sarif', () => {
  interface Sarif {
    readonly version: string;
    readonly runs: readonly {
      readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly level: string;
        readonly message: { readonly text: string };
        readonly locations: readonly {
          readonly physicalLocation: {
            readonly artifactLocation: { readonly uri: string };
            readonly region: Readonly<Record<string, number>>;
          };
        }[];
      }[];
    }[];
  }

  test('is a SARIF 2.1.0 log with rules, places and fixes', async () => {
    const { code, stdout } = await run(['--sarif', 'a dir/Corefile'], { 'a dir/Corefile': BAD });
    assert.equal(code, 1);
    const log = JSON.parse(stdout) as Sarif;
    assert.equal(log.version, '2.1.0');
    const [first] = log.runs;
    const [result, second] = first?.results ?? [];
    assert.equal(first?.tool.driver.rules[result?.ruleIndex ?? -1]?.id, 'CF119');
    assert.deepEqual([result?.ruleId, result?.level, second?.level], ['CF119', 'error', 'warning']);
    assert.deepEqual(result?.locations[0]?.physicalLocation, {
      artifactLocation: { uri: 'a%20dir/Corefile' },
      region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 11 },
    });
  });
});

test('dnscope lint --sarif gives the other places of a result', async () => {
  const twice = '. {\n    errors\n    whoami\n    reload\n    errors\n}\n';
  const { stdout } = await run(['--sarif', 'Corefile'], { Corefile: twice });
  const log = JSON.parse(stdout) as { readonly runs: readonly { readonly results: readonly object[] }[] };
  const found = log.runs[0]?.results.find((result) => 'ruleId' in result && result.ruleId === 'CF301');
  assert.deepEqual(found !== undefined && 'relatedLocations' in found ? found.relatedLocations : undefined, [
    {
      id: 0,
      message: { text: 'First errors of the block' },
      physicalLocation: {
        artifactLocation: { uri: 'Corefile' },
        region: { startLine: 2, startColumn: 5, endLine: 2, endColumn: 11 },
      },
    },
  ]);
});

describe('dnscope lint refuses, with one line on what to do', () => {
  const cases: readonly (readonly [
    name: string,
    argv: readonly string[],
    files: Readonly<Record<string, string | Uint8Array>>,
    words: RegExp,
  ])[] = [
    ['no file', [], {}, /^No Corefile given\. Use: dnscope lint/u],
    ['an unknown option', ['--fix', 'Corefile'], {}, /^Unknown option --fix\. Use/u],
    ['two formats', ['--json', '--sarif', 'Corefile'], {}, /exclude each other/u],
    ['a version that is none', ['--coredns', 'latest', 'Corefile'], {}, /latest is not a CoreDNS version/u],
    ['a severity that is none', ['--fail-on', 'bad', 'Corefile'], {}, /--fail-on needs a severity: error, warning/u],
    ['a version left out', ['Corefile', '--coredns'], {}, /needs a version/u],
    ['a missing file', ['nothing'], {}, /^nothing does not exist\. Check the path/u],
    ['a folder', ['deploy/'], {}, /^deploy\/ is a folder\. Name the files in it/u],
    ['an empty file', ['a'], { a: ' \n' }, /^a: is empty\. Name a Corefile/u],
    ['a binary file', ['a'], { a: Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1, 0, 0) }, /^a: isn't text/u],
    ['broken UTF-8', ['a'], { a: Uint8Array.of(0x61, 0xff) }, /^a: isn't text/u],
    ['a manifest', ['a'], { a: 'apiVersion: v1\nkind: ConfigMap\n' }, /^a: holds no Corefile\. Give the ConfigMap/u],
  ];
  for (const [name, argv, files, words] of cases) {
    test(name, async () => {
      const { code, stdout, stderr } = await run(argv, files);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, words);
      assert.equal(stderr.split('\n').length, 2);
    });
  }

  test('but still says what it found in the other files', async () => {
    const { code, stdout } = await run(['nothing', 'Corefile'], { Corefile: BAD });
    assert.equal(code, 2);
    assert.match(stdout, /CF119/u);
  });
});
