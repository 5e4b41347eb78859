/**
 * `npm run mutation -- [core/ROOM…] [--only WORD] [--sample N] [--seed N] [--list] [--fresh]`: changes one thing at a time in the core
 * and asks whether a test notices. Room by room; `--only` takes the files with that in their path, `--sample` N files of each room,
 * chosen by the seed; `--list` prints what no test noticed; `--fresh` forgets what earlier runs found. Reports lie in out/mutation.
 */
import { globSync, mkdirSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import type { LogLevel, MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { outFolder, repositoryRoot } from '../../scripts/paths.ts';
import { rotatingSeed, seededRandom } from '../support/rotatingSeed.ts';

/** Rooms and files of other rooms that also state the behaviour of a room. A room's own tests always run. */
const OTHER_TESTS: Readonly<Record<string, readonly string[]>> = {
  analysis: ['cli/analyze', 'findings/labCaptures', 'trace/rarePackets', 'trace/unusualMessages'],
  correlate: ['lookups', 'findings/labCaptures'],
  export: ['cli/export', 'io/parquet', 'io/redaction'],
  lookups: ['findings', 'view'],
  packet: ['trace/rarePackets', 'trace/unusualMessages', 'io/capturesByOtherTools'],
  trace: ['correlate', 'lookups', 'findings/labCaptures'],
};
const GOAL_PERCENT = 80;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    sample: { type: 'string' },
    seed: { type: 'string' },
    list: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? rotatingSeed());
const random = seededRandom(seed);
const allRooms = globSync('src/core/*/', { cwd: repositoryRoot }).map((folder) => path.basename(folder));
const rooms = positionals.length > 0 ? positionals.map((name) => path.basename(name)) : allRooms.sort();
process.chdir(repositoryRoot);
if (values.sample !== undefined) process.stdout.write(`seed ${String(seed)}\n`);
const lines: string[] = [];
let isBelowGoal = false;
for (const room of rooms) {
  if (!allRooms.includes(room)) throw new Error(`src/core has no room ${room}: one of ${allRooms.join(', ')}`);
  const started = performance.now();
  const results = await runRoom(room);
  const count = (...statuses: readonly MutantResult['status'][]): number =>
    results.filter(({ status }) => statuses.includes(status)).length;
  const [killed, all] = [count('Killed', 'Timeout'), count('Killed', 'Timeout', 'Survived', 'NoCoverage')];
  const percent = (100 * killed) / all;
  isBelowGoal ||= percent < GOAL_PERCENT;
  if (values.list) for (const line of notNoticed(results)) process.stdout.write(`${line}\n`);
  lines.push(
    `${room.padEnd(10)} ${percent.toFixed(1).padStart(5)} %  ${String(killed).padStart(5)} of ${String(all).padStart(5)} noticed, ` +
      `${String(count('Timeout'))} by time, ${String(count('NoCoverage'))} reached by no test, ` +
      `${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  process.stdout.write(`${lines.at(-1)!}\n`);
}
if (rooms.length > 1) process.stdout.write(`\n${lines.join('\n')}\n`);
if (isBelowGoal) process.exitCode = 1;

async function runRoom(room: string): Promise<readonly MutantResult[]> {
  const reports = path.join(outFolder, 'mutation', room);
  const incrementalFile = path.join(reports, 'incremental.json');
  if (values.fresh) rmSync(incrementalFile, { force: true });
  mkdirSync(reports, { recursive: true });
  const testNames = [room, ...(OTHER_TESTS[room] ?? [])];
  return new Stryker({
    testRunner: 'node-test',
    plugins: [path.join(import.meta.dirname, 'nodeTestRunner.ts')],
    // Tests of noise (…mutations.test.ts) assert little and take long; the catalogue's reads the sources, which are not as they were.
    nodeTestFiles: testNames
      .flatMap((name) => globSync([`test/unit/${name}/**/*.test.ts`, `test/unit/${name}.test.ts`]))
      .filter((file) => !/(?:mutations|findings.catalogue)\.test\./u.test(file))
      .sort(),
    mutate: sample(
      globSync(`src/core/${room}/**/*.ts`)
        .filter((file) => file.includes(values.only))
        .sort(),
    ),
    mutator: { excludedMutations: ['StringLiteral', 'Regex'], plugins: [] },
    ignoreStatic: true, // tables and constants: a process each, and mostly texts
    coverageAnalysis: 'perTest',
    incremental: values.sample === undefined && values.only === '',
    incrementalFile,
    concurrency: 1,
    timeoutMS: 20_000, // of a busy machine; an endless loop is told by how often it goes round
    timeoutFactor: 4,
    tempDirName: path.join('out', 'mutation', 'copy'),
    ignorePatterns: ['out', 'dist', '.cache'],
    reporters: ['json', process.stdout.isTTY ? 'progress' : 'progress-append-only'],
    jsonReporter: { fileName: path.join(reports, 'mutants.json') },
    disableTypeChecks: false,
    checkers: [],
    logLevel: 'error' as LogLevel, // an ambient const enum,
    allowEmpty: true,
  }).runMutationTest();
}

/** N files of a room, or all. */
function sample(files: string[]): string[] {
  const wanted = Number(values.sample ?? files.length);
  while (files.length > wanted) files.splice(random(files.length), 1);
  return files;
}

function notNoticed(results: readonly MutantResult[]): readonly string[] {
  return results
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map(({ fileName, location, mutatorName, replacement, status }) => {
      const file = path.relative(repositoryRoot, fileName);
      const place = `${file}:${String(location.start.line)}:${String(location.start.column)}`;
      return `${place} ${mutatorName} ${status === 'Survived' ? '' : '(not reached) '}-> ${(replacement ?? '').replaceAll(/\s+/gu, ' ').slice(0, 90)}`;
    });
}
