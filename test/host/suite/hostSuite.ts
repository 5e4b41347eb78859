/**
 * Tests that run inside the extension host, with the real vscode API: in code-server and in a desktop VS Code alike
 * (test/host/suite.test.ts starts either). Plain functions and node:assert; a list by name, so that nothing is found by luck.
 */
import { activationCases } from './activationCases.ts';
import { captureCases } from './captureCases.ts';
import { corefileCases } from './corefileCases.ts';
import { corefilePlaceCases } from './corefilePlaceCases.ts';
import type { HostCase } from './hostCase.ts';
import { treeCases } from './treeCases.ts';

export interface HostResult {
  readonly name: string;
  /** The failure with its stack; absent when it passed. */
  readonly failure?: string;
}

/** Order matters for the first alone: it looks at what activation has not loaded yet. */
const cases: readonly HostCase[] = [
  ...activationCases,
  ...captureCases,
  ...corefileCases,
  ...treeCases,
  ...corefilePlaceCases,
];

export async function runHostSuite(): Promise<readonly HostResult[]> {
  const results: HostResult[] = [];
  for (const { name, run } of cases) {
    try {
      await run();
      results.push({ name });
    } catch (error) {
      results.push({ name, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  return results;
}
