/**
 * `npm run deps`: the room directions of .dependency-cruiser.cjs, and the proof that they still bite.
 *
 * Two cruises. The tree must show no violation, and every source file on disk must be among the cruised modules (a
 * checker that parses nothing prints "no violations" too: dependency-cruiser does with TypeScript 7). The canary
 * (test/tidy/canary/rooms, a small tree of planted violations) must trip every rule, each from the file of its name.
 */
import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { nodeOptionsFree, repositoryRoot } from './paths.ts';

interface CruiseResult {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
      readonly comment?: string;
    }[];
    readonly ruleSetUsed?: { readonly forbidden?: readonly { readonly name?: string; readonly comment?: string }[] };
  };
}

const run = promisify(execFile);
const roots = ['src', 'webview', 'scripts', 'test'];
const leastModules = 40;

async function cruise(cwd: string, folders: readonly string[]): Promise<CruiseResult> {
  const bin = path.join(repositoryRoot, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const config = path.join(repositoryRoot, '.dependency-cruiser.cjs');
  const argv = [bin, '--config', config, '--output-type', 'json', ...folders];
  const options = { cwd, maxBuffer: 256 * 2 ** 20, env: nodeOptionsFree() };
  // It exits with the number of violations, so a non-zero exit with JSON on stdout is an answer, not a failure.
  const stdout = await run(process.execPath, argv, options).then(
    (done) => done.stdout,
    (error: unknown) => {
      const partial = error as { readonly stdout?: string; readonly stderr?: string };
      if (partial.stdout?.startsWith('{') !== true) throw new Error(partial.stderr ?? String(error));
      return partial.stdout;
    },
  );
  return JSON.parse(stdout) as CruiseResult;
}

const present = (cwd: string): string[] =>
  roots.filter((root) => globSync(`${root}/**/*.{ts,tsx}`, { cwd }).length > 0);

const canary = path.join(repositoryRoot, 'test/tidy/canary/rooms');
const [tree, planted] = await Promise.all([
  cruise(repositoryRoot, present(repositoryRoot)),
  cruise(canary, present(canary)),
]);
const problems: string[] = [];

const commentOf = new Map(tree.summary.ruleSetUsed?.forbidden?.map((rule) => [rule.name, rule.comment]));
for (const { from, to, rule } of tree.summary.violations) {
  problems.push(`${rule.name}: ${from} → ${to}\n    ${commentOf.get(rule.name) ?? ''}`);
}

const cruised = new Set(tree.modules.map((module) => module.source));
const onDisk = globSync(
  roots.map((root) => `${root}/**/*.{ts,tsx}`),
  { cwd: repositoryRoot, exclude: ['test/tidy/canary/**', 'test/fixtures/**'] },
);
const unseen = onDisk.filter((file) => !cruised.has(file));
if (unseen.length > 0) problems.push(`not cruised, so not checked: ${unseen.join(', ')}`);
if (onDisk.length < leastModules) problems.push(`only ${onDisk.length} source files found, expected ${leastModules}`);

const ruleNames = planted.summary.ruleSetUsed?.forbidden?.map((rule) => rule.name ?? '') ?? [];
if (ruleNames.length === 0) problems.push('no rule was loaded');
for (const name of ruleNames) {
  const caught = planted.summary.violations.some(
    (violation) => violation.rule.name === name && path.parse(violation.from).name === name,
  );
  if (!caught) problems.push(`canary: the violation planted for ${name} in test/tidy/canary/rooms was not caught`);
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  console.error(`\n${problems.length} problem(s). The rooms and their directions: docs/adr/0001-rooms.md`);
  process.exitCode = 1;
} else {
  console.log(`${cruised.size} modules obey ${ruleNames.length} rules; each rule caught its planted violation.`);
}
