/**
 * `npm run l10n`: collects the English texts of `l10n.t(…)` in host and panel into l10n/bundle.l10n.json, which translators
 * copy to bundle.l10n.LANGUAGE.json. The texts of package.json stand in package.nls.json, by hand.
 * test/tidy/translation.test.ts fails while what is committed is not what this collects.
 */
import { globSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { getL10nJson, type l10nJsonFormat } from '@vscode/l10n-dev';
import { repositoryRoot } from './paths.ts';

export const bundleFile = path.join(repositoryRoot, 'l10n/bundle.l10n.json');

const SOURCES = ['src/extension.ts', 'src/host/**/*.ts', 'webview/{app,grid,widgets}/**/*.{ts,tsx}'];

/** The texts, sorted, as the file should hold them. */
export async function collectTexts(): Promise<string> {
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: repositoryRoot })).sort();
  const sources = await Promise.all(
    files.map(async (file) => ({
      contents: await readFile(path.join(repositoryRoot, file), 'utf8'),
      extension: path.extname(file),
    })),
  );
  const texts: l10nJsonFormat = await getL10nJson(sources);
  const sorted = Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}

if (import.meta.main) {
  const texts = await collectTexts();
  await mkdir(path.dirname(bundleFile), { recursive: true });
  await writeFile(bundleFile, texts);
  console.log(
    `${path.relative(repositoryRoot, bundleFile)}: ${String(Object.keys(JSON.parse(texts) as object).length)} texts`,
  );
}
