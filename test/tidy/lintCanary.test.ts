import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ESLint } from 'eslint';
import { repositoryRoot } from '../../scripts/paths.ts';

const planted = path.join(repositoryRoot, 'test/tidy/canary/lint/planted.tsx');
const eslint = new ESLint({ cwd: repositoryRoot, ignore: false });

test('Each lint rule that guards something reports its planted violation', async () => {
  const expected = readFileSync(planted, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      const rule = /planted: ([\w@/-]+)/.exec(line)?.[1];
      return rule === undefined ? [] : [`${index + 1} ${rule}`];
    })
    .filter((entry) => !entry.startsWith('1 '));
  const [result] = await eslint.lintFiles([planted]);
  assert.ok(result);
  const reported = new Set(result.messages.map(({ line, ruleId }) => `${line} ${ruleId ?? 'unused-directive'}`));
  assert.deepEqual(
    expected.filter((entry) => !reported.has(entry)),
    [],
    'planted, but not reported',
  );
});

test('Every rule that is on is an error, in every room', async () => {
  const files = [
    'src/base/problem.ts',
    'src/core/x.ts',
    'src/host/x.ts',
    'webview/grid/x.tsx',
    'scripts/x.ts',
    'test/x.ts',
  ];
  for (const file of files) {
    const config = (await eslint.calculateConfigForFile(path.join(repositoryRoot, file))) as {
      readonly rules: Readonly<Record<string, readonly [severity: number, ...options: unknown[]]>>;
    };
    const warnings = Object.entries(config.rules).filter(([, [severity]]) => severity === 1);
    assert.deepEqual(warnings, [], file);
    const limit = file.startsWith('test/') ? 800 : 400;
    assert.deepEqual(config.rules['max-lines'], [2, limit], file);
  }
});
