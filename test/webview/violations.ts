import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { repositoryRoot } from '../../scripts/paths.ts';

const axeSource = readFile(path.join(repositoryRoot, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** Violations that hinder people, as one line each. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(await axeSource);
  const results = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(root: Document): Promise<AxeResults> } };
    return axe.run(document);
  });
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`));
}
