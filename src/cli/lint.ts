/**
 * `dnscope lint FILE… [--json | --sarif] [--coredns VERSION]`: Corefiles, and those inside YAML and JSON, as CoreDNS would
 * read them, without starting it.
 * Exit 0: no error found; 1: lint found errors; 2: bad use, a file that can't be read, or no Corefile in any of them.
 */
import { visibleText } from '../base/visibleText.ts';
import type { CliIo } from './io.ts';
import { parseLintArgs } from './lintArgs.ts';
import { lintFiles } from './lintFiles.ts';
import { type LintInput, readLintInput } from './lintInput.ts';
import { lintJson, lintText } from './lintOutput.ts';
import { sarifLog } from './sarif.ts';

export const LINT_USAGE = 'dnscope lint FILE… [--json | --sarif] [--coredns VERSION]';

export async function runLint(argv: readonly string[], io: CliIo): Promise<number> {
  const args = parseLintArgs(argv);
  if (typeof args === 'string') {
    io.stderr(`${args}. Use: ${LINT_USAGE}\n`);
    return 2;
  }
  const read: LintInput[] = [];
  for (const file of args.files) {
    const input = await readLintInput(file, io);
    if (input !== undefined) read.push(input);
  }
  const holding = read.filter(holdsCorefile);
  for (const input of read) {
    if (holding.includes(input)) continue;
    const rendered = input.text.includes('{{') ? '; of a Helm chart, give what helm template prints' : '';
    io.stderr(
      `${visibleText(input.file)}: holds no Corefile. Give the ConfigMap or values file that does${rendered}\n`,
    );
  }
  if (holding.length > 0) {
    // All that was read: a Deployment says where ConfigMaps are mounted.
    const linted = await lintFiles(read, { version: args.version, keepSuppressed: args.format === 'sarif' });
    const told = linted.filter(({ file }) => !read.some((input) => input.file === file && !holding.includes(input)));
    if (args.format === 'json') io.stdout(lintJson(told));
    else if (args.format === 'sarif') io.stdout(`${JSON.stringify(sarifLog(told), undefined, 2)}\n`);
    else io.stdout(lintText(told));
    if (read.length < args.files.length) return 2;
    return told.some(({ diagnostics }) => diagnostics.some(({ severity }) => severity === 'error')) ? 1 : 0;
  }
  return 2;
}

function holdsCorefile(input: LintInput): boolean {
  if (input.kind === 'corefile') return true;
  return input.manifest.findings.length > 0 || input.manifest.texts.some(({ purpose }) => purpose !== undefined);
}
