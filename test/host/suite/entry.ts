/** What VS Code loads: `activate` where the suite is an extension of its own (code-server), `run` for @vscode/test-electron. */
import { writeFile } from 'node:fs/promises';
import { runHostSuite } from './hostSuite.ts';

export async function run(): Promise<void> {
  const results = await runHostSuite();
  const file = process.env['DNSCOPE_SUITE_RESULTS'];
  if (file === undefined) throw new Error('DNSCOPE_SUITE_RESULTS names no file');
  await writeFile(`${file}.part`, JSON.stringify(results));
  // Renamed, so that a reader never meets half of it.
  const { rename } = await import('node:fs/promises');
  await rename(`${file}.part`, file);
}

export function activate(): void {
  void run();
}
