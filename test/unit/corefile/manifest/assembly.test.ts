import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CorefilePart, lintParts } from '../../../../src/core/corefile/manifest/assembly.ts';
import { purposeOfKey } from '../../../../src/core/corefile/manifest/corefileKeys.ts';
import { readImports } from '../../../../src/core/corefile/manifest/diskImports.ts';
import { matchPaths, matchesName } from '../../../../src/core/corefile/manifest/glob.ts';
import type { Workload } from '../../../../src/core/corefile/manifest/mounts.ts';
import { lintCorefile } from '../../../../src/core/corefile/lint.ts';

function part(configMap: string, key: string, text: string, namespace?: string): CorefilePart {
  return {
    configMap: { name: configMap, ...(namespace === undefined ? {} : { namespace }) },
    key,
    text,
    purpose: purposeOfKey(key),
  };
}

const MAIN = '.:53 {\n  errors\n  reload\n  whoami\n  import custom/*.override\n}\nimport custom/*.server\n';

/** `KEY LINE CODE` of the errors of every part. */
function errors(parts: readonly CorefilePart[], workloads: readonly Workload[] = []): readonly string[] {
  const { diagnostics } = lintParts(parts, workloads);
  return [...diagnostics].flatMap(([{ key }, found]) =>
    found.filter(({ severity }) => severity === 'error').map(({ start, rule }) => `${key} ${start.line} ${rule}`),
  );
}

describe('parts put together', () => {
  test('an override is linted inside the block that imports it', () => {
    const override = part('coredns-custom', 'a.override', 'log\nerrors\n');
    assert.deepEqual(errors([override]), []);
    assert.deepEqual(errors([part('coredns', 'Corefile', MAIN), override]), ['a.override 2 CF807']);
  });

  test('another place is one of the part in which it stands', () => {
    const main = part('coredns', 'Corefile', MAIN);
    const override = part('coredns-custom', 'a.override', 'log\nerrors\n');
    const server = part('coredns-custom', 'b.server', 'a.org {\n  errors\n  errors\n}\n');
    const { diagnostics } = lintParts([main, override, server], []);
    const mentioned = (one: CorefilePart): readonly string[] =>
      (diagnostics.get(one) ?? [])
        .filter(({ severity }) => severity === 'error')
        .flatMap(({ mentions }) => mentions.map(({ file, start }) => `${file.key} ${start.line}:${start.column}`));
    assert.deepEqual(mentioned(override), ['Corefile 2:3']);
    assert.deepEqual(mentioned(server), ['b.server 2:3']);
    assert.deepEqual(mentioned(main), []);
  });

  test('a server that serves what the main file serves, in any order of the parts', () => {
    const server = part('coredns-custom', 'x.server', '.:53 {\n  whoami\n}\n', 'kube-system');
    assert.deepEqual(errors([server, part('coredns', 'Corefile', MAIN)]), ['x.server 1 CF201']);
  });

  test('imports stay unknown while their ConfigMap is not given, and are found empty when it is', () => {
    assert.deepEqual(errors([part('coredns', 'Corefile', `${MAIN}import custom/must.conf\n`)]), []);
    assert.deepEqual(errors([part('coredns', 'Corefile', `${MAIN}import must.conf\n`)]), ['Corefile 8 CF114']);
  });

  test('other namespaces and other ConfigMaps are other files', () => {
    const main = part('coredns', 'Corefile', MAIN, 'kube-system');
    assert.deepEqual(errors([main, part('coredns-custom', 'a.override', 'errors\n', 'elsewhere')]), []);
    assert.deepEqual(
      errors([part('node-local-dns', 'Corefile', MAIN), part('coredns-custom', 'a.override', 'errors\n')]),
      [],
    );
  });

  test('a workload says where things are mounted', () => {
    const workload: Workload = {
      namespace: 'dns',
      corefile: '/cfg/main',
      mounts: [
        { configMap: 'own', directory: '/cfg', items: [{ key: 'text', path: 'main' }] },
        { configMap: 'more', directory: '/more' },
      ],
    };
    const parts = [
      part('own', 'text', '.:53 {\n  errors\n  import /more/b*\n}\n', 'dns'),
      part('more', 'b1', 'errors\n', 'dns'),
      part('more', 'c1', 'errors errors errors\n', 'dns'),
    ];
    assert.deepEqual(errors(parts, [workload]), ['b1 1 CF807']);
  });

  test('a part of two Corefiles is told once', () => {
    const parts = [
      part('coredns', 'Corefile', '.:53 {\n  import both\n}\n'),
      part('coredns', 'Corefile.base', '.:54 {\n  import both\n}\n'),
      part('coredns', 'both', 'nosuch\n'),
    ];
    assert.deepEqual(errors(parts), ['both 1 CF119']);
  });

  test('comments in an imported part switch off its own warnings', () => {
    const { diagnostics } = lintParts(
      [
        part('coredns', 'Corefile', MAIN),
        part('coredns-custom', 'a.server', '# dnscope: ignore-file CF601, CF604 -- a test\na.org {\n  whoami\n}\n'),
      ],
      [],
    );
    const codes = [...diagnostics.values()].flat().map(({ rule }) => rule);
    assert.ok(!codes.includes('CF601') && !codes.includes('CF604'), codes.join(' '));
  });
});

describe('file names of imports', () => {
  test('patterns match as in Go', () => {
    const yes = [
      ['*.server', 'a.server'],
      ['*', '.hidden'],
      ['a?c', 'abc'],
      ['a?c', 'a😀c'],
      ['a\\*', 'a*'],
      ['*a*'.slice(0, 2), 'xa'],
      ['x*', 'x'],
    ] as const;
    const no = [
      ['*.server', 'a.servers'],
      ['a?c', 'ac'],
      ['a', 'b'],
      ['a\\*', 'ab'],
      ['', 'a'],
    ] as const;
    for (const [pattern, name] of yes) assert.ok(matchesName(pattern, name), `${pattern} ${name}`);
    for (const [pattern, name] of no) assert.ok(!matchesName(pattern, name), `${pattern} ${name}`);
  });

  test('paths come sorted, a star stays in its directory', () => {
    const paths = ['/a/c.x', '/a/b.x', '/a/B.x', '/a/d/e.x', '/a.x'];
    assert.deepEqual(matchPaths('/a/*.x', paths), ['/a/B.x', '/a/b.x', '/a/c.x']);
    assert.deepEqual(matchPaths('/a/b.x', paths), ['/a/b.x']);
  });
});

describe('imports from disk', () => {
  const disk = (files: Readonly<Record<string, string>>, asked: string[] = []) => ({
    list: (directory: string) => {
      const names = Object.keys(files).flatMap((path) =>
        path.startsWith(`${directory}/`) ? [path.slice(directory.length + 1)] : [],
      );
      return Promise.resolve(names.filter((name) => !name.includes('/')));
    },
    read: (path: string) => {
      asked.push(path);
      return Promise.resolve(files[path]);
    },
  });

  test('nested imports are relative to the file they stand in', async () => {
    const files = {
      '/w/conf/a.conf': 'import sub/b.conf\n',
      '/w/conf/sub/b.conf': 'errors\nnosuch\n',
    };
    const text = '.:53 {\n  import conf/*.conf\n}\n';
    const { resolveImport, files: read } = await readImports(text, '/w/Corefile', '/w', disk(files));
    const { imported } = lintCorefile(text, { file: 'Corefile', resolveImport });
    assert.deepEqual([...read.keys()], ['/w/conf/a.conf', '/w/conf/sub/b.conf']);
    assert.ok(imported.get('/w/conf/sub/b.conf')?.some(({ rule }) => rule === 'CF119'));
  });

  test('a file that is missing is told, one outside the root is not looked for', async () => {
    const asked: string[] = [];
    const text = '.:53 {\n  import gone\n  import ../../etc/passwd\n  import /etc/passwd\n}\n';
    const { resolveImport } = await readImports(text, '/w/x/Corefile', '/w/x', disk({ '/etc/passwd': 'root' }, asked));
    const { diagnostics } = lintCorefile(text, { file: 'Corefile', resolveImport });
    assert.deepEqual(asked, ['/w/x/gone']);
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'error').map(({ start, rule }) => `${start.line} ${rule}`),
      ['2 CF114'],
    );
  });

  test('files that import each other come to an end', async () => {
    const files = { '/w/a': 'import b\nimport b\n', '/w/b': 'import a\nimport a\n' };
    const { files: read } = await readImports('import a\n', '/w/Corefile', '/w', disk(files));
    assert.equal(read.size, 2);
  });
});
