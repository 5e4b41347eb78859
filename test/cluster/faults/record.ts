/**
 * Records the captures in test/fixtures/faults with the lab up, and writes what they say beside them.
 *
 *   node test/cluster/faults/record.ts [NAME…]      these, or all
 *   node test/cluster/faults/record.ts --golden     only writes anew what the captures say
 */
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allRecipes, fixtures } from './allRecipes.ts';
import { isExpected } from './recipe.ts';
import { clean, openShop } from './faultLab.ts';
import { captureOf, tellOf, type ToldFinding } from './goldens.ts';
import { recordFault } from './recordFault.ts';

const goldenFile = join(fixtures, 'golden.json');

async function writeGoldens(names: readonly string[]): Promise<void> {
  const golden = JSON.parse(await readFile(goldenFile, 'utf8').catch(() => '{}')) as Record<
    string,
    readonly ToldFinding[]
  >;
  for (const name of names) {
    const { text, findings } = await tellOf(name);
    golden[name] = findings;
    await writeFile(join(fixtures, `${name}.txt`), text);
  }
  const kept = new Set((await allRecipes()).keys());
  const sorted = Object.entries(golden)
    .filter(([name]) => kept.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  await writeFile(goldenFile, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`);
}

/** Records one, and says whether it gives what its recipe expects. */
async function record(name: string): Promise<boolean> {
  const recipe = (await allRecipes()).get(name);
  if (recipe === undefined) throw new Error(`There is no recipe ${name}`);
  const fresh = `${captureOf(name)}.new`;
  await rm(fresh, { force: true });
  const began = Date.now();
  const live = await recordFault(recipe, fresh);
  await rename(fresh, captureOf(name));
  await writeGoldens([name]);
  const told = (await tellOf(name)).findings.map(({ is }) => is);
  const { size } = await stat(captureOf(name));
  const isAsExpected = isExpected(recipe, told);
  const lines = [
    `${name}: ${String(size)} bytes, ${String(Math.round((Date.now() - began) / 1000))} s, ${isAsExpected ? 'as expected' : 'NOT AS EXPECTED'}`,
    ...(isAsExpected
      ? []
      : [...recipe.expected.map((line) => `  expected ${line}`), ...told.map((line) => `  found    ${line}`)]),
  ];
  const alive = live.map(({ severity, id, hop, cause }) => `${severity} ${id} ${hop} ${cause}`);
  if (alive.join() !== told.join()) lines.push(...alive.map((line) => `  live     ${line}`));
  process.stdout.write(`${lines.join('\n')}\n`);
  return isAsExpected;
}

const asked = process.argv.slice(2);
if (asked.includes('--golden')) {
  await writeGoldens([...(await allRecipes()).keys()]);
} else {
  const names = asked.length > 0 ? asked : [...(await allRecipes()).keys()];
  await clean();
  await openShop();
  try {
    for (const name of names) {
      const isGood = await record(name).catch((error: unknown) => {
        process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
        return false;
      });
      if (!isGood) process.exitCode = 1;
    }
  } finally {
    await clean();
  }
}
process.exit();
