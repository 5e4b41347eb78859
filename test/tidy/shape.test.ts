import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { repositoryRoot } from '../../scripts/paths.ts';

const inRepository = (file: string): string => path.join(repositoryRoot, file);
const read = (file: string): string => readFileSync(inRepository(file), 'utf8');
const find = (pattern: string): string[] => globSync(pattern, { cwd: repositoryRoot }).sort();

/** Files that are, or are about to be, in version control. */
function repositoryFiles(): string[] {
  const argv = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', argv, { cwd: repositoryRoot, encoding: 'utf8' }).split('\0');
  return listed.filter((file) => file !== '' && existsSync(inRepository(file)));
}

/** Files with text of ours in them; captures and pictures have none. */
const textFiles = (): string[] =>
  repositoryFiles().filter(
    (file) =>
      /(\.(ts|tsx|js|cjs|mjs|json|md|sh|css|html|ya?ml|go|txt)|\/run|(^|\/)\.[a-z]+)$/.test(file) &&
      !file.startsWith('test/fixtures/'),
  );

suite('Findings', () => {
  const rules = find('src/core/findings/*.ts').flatMap((file) => {
    const id = /: FindingRule = \{\s*id: '([a-z0-9-]+)'/.exec(read(file))?.[1];
    return id === undefined ? [] : [{ id, name: path.basename(file, '.ts') }];
  });

  test('there are some, and no two share an id', () => {
    assert.ok(rules.length >= 6, `found ${rules.length}`);
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
  });

  for (const { id, name } of rules) {
    test(`${id} is evaluated, tested and documented`, () => {
      assert.match(read('src/core/findings/evaluateFindings.ts'), new RegExp(`import \\{ ${name} \\}`));
      assert.equal(find(`test/unit/**/findings/${name}.test.ts`).length, 1, `test/unit/findings/${name}.test.ts`);
      assert.ok(existsSync(inRepository(`docs/findings/${id}.md`)), `docs/findings/${id}.md`);
    });
  }

  test('no page describes a finding that is gone', () => {
    const pages = find('docs/findings/*.md').map((file) => path.basename(file, '.md'));
    const known = new Set(['README', ...rules.map(({ id }) => id)]);
    assert.deepEqual(
      pages.filter((page) => !known.has(page)),
      [],
    );
  });
});

suite('Corefile rules', () => {
  const rules = find('src/core/corefile/rules/cf[0-9]*.ts').map((file) => ({
    name: path.basename(file, '.ts'),
    code: path.basename(file).slice(0, 5).toUpperCase(),
    file,
  }));

  test('there are some, and no two share a code', () => {
    assert.ok(rules.length >= 10, `found ${rules.length}`);
    assert.equal(new Set(rules.map(({ code }) => code)).size, rules.length);
  });

  for (const { name, code, file } of rules) {
    test(`${name} is listed, tested and documented`, () => {
      assert.match(read(file), new RegExp(`code: '${code}'`));
      assert.ok(
        find('src/core/corefile/rules/*Rules.ts').some((list) => read(list).includes(`'./${name}.ts'`)),
        'a list in src/core/corefile/rules',
      );
      for (const shown of ['bad', 'good'].map((kind) => `test/fixtures/corefiles/rules/${code}.${kind}.corefile`)) {
        assert.ok(existsSync(inRepository(shown)), shown);
      }
      assert.ok(existsSync(inRepository(`docs/rules/${code}.md`)), `docs/rules/${code}.md`);
    });
  }
});

suite('Rooms', () => {
  const rooms = [...find('src/*/tsconfig.json'), ...find('{scripts,test}/tsconfig.json')].map((file) =>
    path.dirname(file),
  );
  const parts = ['app', 'grid', 'widgets', 'gallery'].map((name) => `webview/${name}`);
  for (const room of [...rooms, ...parts, 'agent']) {
    test(`${room} says in at most 15 lines what belongs there`, () => {
      const limit = room === 'agent' ? 80 : 15; // the agent's also says which rights it asks and why
      const lines = read(`${room}/README.md`).trimEnd().split('\n');
      assert.ok(lines.length <= limit, `${lines.length} lines`);
    });
  }

  test('each has a type check of its own', () => {
    const { references } = JSON.parse(read('tsconfig.json')) as {
      readonly references: readonly { readonly path: string }[];
    };
    const checked = new Set(references.map((reference) => path.normalize(reference.path)));
    const missing = globSync('src/*/', { cwd: repositoryRoot }).filter(
      (room) => !checked.has(path.normalize(room).replace(/\/$/, '')),
    );
    assert.deepEqual(missing, []);
  });
});

suite('Files', () => {
  test('no path of one machine, no host of a registry', () => {
    const machine = /\/work\/(main|shared)\b|\/root\/|\/home\/(?!user\b|node\b)\w+\/|\/Users\/\w+\/|[A-Z]:\\Users\\/;
    const registry =
      /registry\.npmjs\.org|registry\.yarnpkg\.com|proxy\.golang\.org|pypi\.org|deb\.debian\.org|"resolved": "http/;
    const found = textFiles().flatMap((file) => {
      if (file === 'test/tidy/shape.test.ts') return [];
      const text = read(file);
      return [machine, registry].flatMap((pattern) => {
        const hit = pattern.exec(text)?.[0];
        return hit === undefined ? [] : [`${file}: ${hit}`];
      });
    });
    assert.deepEqual(found, []);
  });

  test('no test is skipped, focused or left to do', () => {
    const parked = /\b(?:it|test|describe|suite|t)\.(?:skip|only|todo)\b|[{,]\s*(?:skip|only|todo):/;
    const files = [...find('test/**/*.test.ts'), ...find('test/**/*.test.tsx')];
    assert.ok(files.length > 0);
    assert.deepEqual(
      files.filter((file) => parked.test(read(file))),
      [],
    );
  });

  test('every test file is part of a suite', () => {
    const suites = /^test\/(unit|tidy|webview|host|cluster)\//;
    const strays = repositoryFiles().filter((file) => /\.test\.tsx?$/.test(file) && !suites.test(file));
    assert.deepEqual(strays, []);
  });

  test('source files are named in camelCase after their main export', () => {
    const odd = [...find('src/**/*.{ts,tsx}'), ...find('webview/**/*.{ts,tsx}'), ...find('scripts/**/*.ts')].filter(
      (file) =>
        !/^[a-z][A-Za-z0-9]*(\.d)?\.tsx?$/.test(path.basename(file)) && !/\/rules\/cf\d{3}-[a-z0-9-]+\.ts$/.test(file),
    );
    assert.deepEqual(odd, []);
    assert.deepEqual([...find('src/**/index.ts'), ...find('webview/**/index.{ts,tsx}')], []);
  });

  test('TypeScript stays on 6.0: 7 has no JS API, and the import checker passes everything without one', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    assert.match(devDependencies['typescript'] ?? '', /^6\.0\.\d+$/);
    const loose = Object.entries(devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version));
    assert.deepEqual(loose, [], 'versions are exact');
  });
});
