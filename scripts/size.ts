/** `npm run size`: packages the extension and holds bundles and VSIX to their budgets (bundles.ts). */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { bundles, chunks, vsixBudget } from './bundles.ts';
import { packageExtension } from './package.ts';
import { outFolder, repositoryRoot, vsixPath } from './paths.ts';

const problems: string[] = [];
const inKilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;

function hold(what: string, bytes: number, budget: number | undefined, biggest: string): void {
  console.log(`${what}: ${inKilobytes(bytes)}${budget === undefined ? '' : ` of ${inKilobytes(budget)}`}`);
  if (budget !== undefined && bytes > budget) {
    problems.push(`${what} is ${inKilobytes(bytes)}, its budget is ${inKilobytes(budget)}. Biggest parts: ${biggest}`);
  }
}

await packageExtension().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});

for (const { name, entry: ownEntry, outfile, budget, lazyChunks } of bundles) {
  const metaPath = path.join(outFolder, 'meta', `${name}.json`);
  if (!existsSync(path.join(repositoryRoot, outfile))) continue;
  const { outputs } = JSON.parse(readFileSync(metaPath, 'utf8')) as Metafile;
  const shipped = Object.entries(outputs).filter(([file]) => !file.endsWith('.map'));
  const inputs = shipped.flatMap(([, output]) => Object.entries(output.inputs));
  const biggest = inputs
    .sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
    .slice(0, 5)
    .map(([file, { bytesInOutput }]) => `${file} ${inKilobytes(bytesInOutput)}`);
  const bytes = shipped.reduce((sum, [, output]) => sum + output.bytes, 0);
  hold(outfile, bytes, budget, biggest.join(', '));

  for (const { entry, holds } of lazyChunks === true ? chunks.filter((chunk) => chunk.entry !== ownEntry) : []) {
    const strayed = inputs.find(([file]) => holds.test(file));
    if (strayed !== undefined) problems.push(`${outfile} holds ${strayed[0]}: ${entry} loads on first use`);
  }
}

hold('dnscope.vsix', statSync(vsixPath).size, vsixBudget, `unzip -v ${path.relative(repositoryRoot, vsixPath)}`);

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}
