/** Every rule on its fixtures, whose lines say what lint must report; and that no rule lacks a page or a fixture. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { Diagnostic } from '../../../src/core/corefile/diagnostic.ts';
import { type LintOptions, lintCorefile } from '../../../src/core/corefile/lint.ts';
import { yamlValue } from '../../../src/core/corefile/manifest/yamlValue.ts';
import { ALL_RULES } from '../../../src/core/corefile/rules/allRules.ts';

const ROOT = new URL('../../../', import.meta.url);
const FIXTURES = new URL('test/fixtures/corefiles/', ROOT);

function read(path: string): string {
  return readFileSync(new URL(path, FIXTURES), 'utf8');
}

function lint(text: string, options: Partial<LintOptions> = {}): readonly Diagnostic[] {
  return lintCorefile(text, { file: 'Corefile', ...options }).diagnostics;
}

/** What stands beside a fixture: `CFnnn.bad.json` holds lint options, and under `files` what imports stand for. */
function fixture(name: string): { readonly text: string; readonly options: Partial<LintOptions> } {
  const text = read(`rules/${name}.corefile`);
  if (!existsSync(new URL(`rules/${name}.json`, FIXTURES))) return { text, options: {} };
  const { files, ...options } = JSON.parse(read(`rules/${name}.json`)) as Partial<LintOptions> & {
    readonly files?: Readonly<Record<string, readonly { readonly path: string; readonly text: string }[]>>;
  };
  return { text, options: files === undefined ? options : { ...options, resolveImport: (pattern) => files[pattern] } };
}

/** A fixture is about its own rule; beside it only errors are told, for each of those must be meant. */
function told(diagnostics: readonly Diagnostic[], code: string): readonly string[] {
  return diagnostics
    .filter(({ rule, severity }) => rule === code || severity === 'error')
    .map(({ start, rule, severity }) => `${start.line} ${rule} ${severity}`);
}

function expected(text: string): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const match = /# expect(-next)? (\S+) (\S+)$/u.exec(line);
    return match === null ? [] : [`${index + (match[1] === undefined ? 1 : 2)} ${match[2] ?? ''} ${match[3] ?? ''}`];
  });
}

describe('rules', () => {
  for (const { code, title } of ALL_RULES) {
    test(`${code} reports what its bad fixture says, and nothing on the good one`, () => {
      const bad = fixture(`${code}.bad`);
      assert.deepEqual(told(lint(bad.text, bad.options), code), expected(bad.text));
      assert.ok(expected(bad.text).some((line) => line.includes(code)));
      const good = fixture(`${code}.good`);
      assert.deepEqual(told(lint(good.text, good.options), code), []);
    });

    test(`${code} has a page that names it`, () => {
      const page = readFileSync(new URL(`docs/rules/${code}.md`, ROOT), 'utf8');
      assert.equal(page.split('\n')[0], `# ${code}: ${title}`);
      assert.ok(
        readFileSync(new URL('docs/rules/README.md', ROOT), 'utf8').includes(`| [${code}](${code}.md) | ${title} `),
      );
    });

    test(`${code} speaks in one line without a final full stop`, () => {
      const { text, options } = fixture(`${code}.bad`);
      for (const { message, fixes, mentions } of lint(text, options)) {
        assert.match(message, /^\S[^\n]*[^.\s]$/u);
        // Of which file? Other places are mentions.
        assert.doesNotMatch(message, /\bline \d/u);
        for (const mention of mentions) assert.match(mention.message, /^[A-Z][^\n]*[^.\s]$/u);
        for (const fix of fixes) assert.match(fix.title, /^[A-Z"][^\n]*[^.\s]$/u);
      }
    });
  }

  test('codes are unique and in order, and every page belongs to a rule', () => {
    const codes = ALL_RULES.map(({ code }) => code);
    assert.deepEqual(codes, [...new Set(codes)].sort());
    const pages = readdirSync(new URL('docs/rules/', ROOT)).filter((name) => name !== 'README.md');
    assert.deepEqual(
      pages.sort(),
      // CF812 speaks of the YAML around a Corefile: its fixtures are read in manifest/readManifest.test.ts.
      [...codes, yamlValue.code].sort().map((code) => `${code}.md`),
    );
    for (const code of codes) assert.ok(existsSync(new URL(`rules/${code}.good.corefile`, FIXTURES)));
  });
});

describe('fixes', () => {
  for (const { code } of ALL_RULES) {
    test(`${code}: each fix of the bad fixture removes what it is for`, () => {
      const { text: bad, options } = fixture(`${code}.bad`);
      const found = lint(bad, options);
      for (const diagnostic of found) {
        for (const fix of diagnostic.fixes) {
          const fixed = applyFix(bad, fix.edits);
          const count = (list: readonly Diagnostic[]): number =>
            list.filter(({ rule }) => rule === diagnostic.rule).length;
          assert.ok(count(lint(fixed, options)) < count(found), `${diagnostic.rule} ${fix.title}:\n${fixed}`);
        }
      }
    });
  }
});

function applyFix(text: string, edits: Diagnostic['fixes'][number]['edits']): string {
  let result = text;
  for (const { start, end, newText } of [...edits].reverse()) {
    result = result.slice(0, start.offset) + newText + result.slice(end.offset);
  }
  return result;
}

describe('default Corefiles', () => {
  for (const name of readdirSync(new URL('defaults/', FIXTURES))) {
    test(`nothing above info on ${name}`, () => {
      assert.deepEqual(
        lint(read(`defaults/${name}`)).filter(({ severity }) => severity === 'error' || severity === 'warning'),
        [],
      );
    });
  }

  for (const name of ['kubeadm', 'kind']) {
    test(`nothing at all on ${name}, which is what a fresh cluster has`, () => {
      assert.deepEqual(lint(read(`defaults/${name}.corefile`)), []);
    });
  }
});

describe('versions and purposes', () => {
  const rulesFor = (text: string, options: object): readonly string[] =>
    lintCorefile(text, { file: 'Corefile', ...options }).diagnostics.map(({ rule, severity }) => `${rule} ${severity}`);
  const errorsFor = (text: string, options: object): readonly string[] =>
    rulesFor(text, options).filter((line) => line.endsWith(' error'));

  test('a removed plugin is fine in a release that has it, a new one is not in an old release', () => {
    const block = (line: string): string => `.:53 {\n errors\n reload\n ${line}\n}\n`;
    assert.deepEqual(errorsFor(block('proxy . 192.0.2.1'), { version: '1.4.0' }), []);
    assert.deepEqual(errorsFor(block('shed'), { version: 'v1.11.3' }), ['CF901 error']);
    assert.deepEqual(errorsFor(block('cache {\n  keepttl\n }'), { version: '1.9.4' }), ['CF901 error']);
  });

  test('an override is read as the inside of a server block', () => {
    const options = { purpose: 'override' };
    assert.deepEqual(errorsFor('log\nhosts {\n  10.0.0.1 a.example.org\n  fallthrough\n}\n', options), []);
    assert.deepEqual(rulesFor('example.org:53 {\n  log\n}\n', options), ['CF805 error']);
    assert.deepEqual(rulesFor('hosts {\n  10.0.0.1 a.example.org\n', options), ['CF101 warning']);
    assert.deepEqual(rulesFor('minimal\n}\n', options), ['CF104 warning']);
  });

  test('hidden characters in names are made visible', () => {
    const [first] = lint('.:53 {\n errors\n reload\n fo\u200brward . 192.0.2.1\n}\n');
    assert.match(first?.message ?? '', /fo\\u\{200b\}rward/u);
  });
});
