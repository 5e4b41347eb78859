import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import ts from 'typescript';
import { repositoryRoot } from '../../scripts/paths.ts';

const canary = (file: string): string => path.join(repositoryRoot, 'test/tidy/canary/types', file);

/** The room's own compiler options, so that loosening a tsconfig is what this test sees. */
function optionsOf(room: string): ts.CompilerOptions {
  const file = path.join(repositoryRoot, room, 'tsconfig.json');
  const { config, error } = ts.readConfigFile(file, (name) => readFileSync(name, 'utf8')) as {
    readonly config?: unknown;
    readonly error?: ts.Diagnostic;
  };
  assert.equal(error, undefined);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, path.dirname(file), undefined, file);
  const { tsBuildInfoFile: _buildInfo, rootDir: _rootDir, outDir: _outDir, ...rest } = options;
  return { ...rest, composite: false, incremental: false, noEmit: true };
}

/** 1-based numbers of the lines of `file` that the compiler refuses under `options`. */
function refusedLines(file: string, options: ts.CompilerOptions): number[] {
  const program = ts.createProgram([file, path.join(repositoryRoot, 'src/base/pureRuntime.d.ts')], options);
  const source = program.getSourceFile(file);
  assert.ok(source);
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return [...new Set(found.map(({ start = 0 }) => source.getLineAndCharacterOfPosition(start).line + 1))].sort(
    (a, b) => a - b,
  );
}

function plantedLines(file: string): number[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) => (line.includes('// planted') ? [index + 1] : []));
}

suite('Pure rooms see no Node and no DOM', () => {
  for (const room of ['src/base', 'src/core', 'src/protocol', 'src/session']) {
    test(room, () => {
      const file = canary('pureRoom.ts');
      assert.deepEqual(refusedLines(file, optionsOf(room)), plantedLines(file));
    });
  }
});

suite('Strictness holds', () => {
  for (const room of ['src/core', 'src/host', 'src/cli', 'webview', 'test', 'scripts']) {
    test(room, () => {
      const file = canary('strictness.ts');
      const options = { ...optionsOf(room), lib: ['lib.es2023.d.ts'], types: [] };
      assert.deepEqual(refusedLines(file, options), plantedLines(file));
    });
  }
});
